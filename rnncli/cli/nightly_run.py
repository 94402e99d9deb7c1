"""One run of a nightly job: its messages and result, waiting for prices, who is told at the end."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.messages import Messages
from rnncli.cli.nightly_events import MessageEvents
from rnncli.cli.nightly_output import encoders_of
from rnncli.cli.options import logged_run
from rnncli.cli.results import is_silent, output_of, show_result
from rnncli.dates import seconds_until
from rnncli.errors import ExitStatus, NotDeliveredError, RnncliError
from rnncli.runtime.event_log import RunLog
from rnncli.runtime.service import notify, run_command
from rnncli.settings import ResultSettings, RunSettings

if TYPE_CHECKING:
    from rnncli.nightly.config import Job
    from rnncli.nightly.result import JobResult

STATUS_VARIABLE = "RNNCLI_STATUS"  # of the commands at the end


def run_monitored(job: "Job", log: RunLog, running: RunSettings, showing: ResultSettings) -> int:
    """Run a job, tell those who are to be told how it ended, and return its status."""
    from rnncli.nightly.result import JobResult

    result = JobResult()

    def run() -> int:
        nonlocal result
        result, status = run_once(job, log, running, showing, dry=False)
        return status

    notify(READY="1")
    try:
        status = logged_run(log, run) or 0
    except Exception as fault:
        status = fault.status if isinstance(fault, RnncliError) else ExitStatus.BUG
        result = JobResult(status=int(status), faults=[str(fault)])
        _tell(job, log, result, int(status), Messages(showing, None))
        raise
    _tell(job, log, result, status, Messages(showing, None))
    return status


def run_once(
    job: "Job", log: RunLog, running: RunSettings, showing: ResultSettings, dry: bool
) -> "tuple[JobResult, int]":
    """Run a job and print its result; the result, and the status."""
    from rnncli.report.nightly import job_report

    messages = Messages(showing, log)
    watch_kernels(messages, log.stages.stage)
    result = _when_delivered(job, log, running, messages, dry)
    if not is_silent(vars(showing)) or output_of(showing) is not None:
        show_result(job_report(job.file, result), showing)
    for check in result.checks:
        if not check.met:
            messages.unmet(f"{job.ledger}: {check.required}: {check.said}")
    if running.profile:
        messages.profile(log.stages)
    return result, _status(result, messages)


def _when_delivered(
    job: "Job", log: RunLog, running: RunSettings, messages: Messages, dry: bool
) -> "JobResult":
    """Run a job once the prices of today are there, if it waits for them.

    Raises NotDeliveredError where they are not there in time; a dry run does not wait.
    """
    from rnncli.nightly.steps import run_job

    with messages.progress(job.training.epochs) as bar:
        events = MessageEvents(messages, log, bar, job.training.epochs)
        while True:
            try:
                return run_job(job, events, encoders_of(job), running, dry)
            except NotDeliveredError as fault:
                left = seconds_until(job.feed.wait_for or "00:00")
                if dry or left <= 0:
                    raise
                pause = min(job.feed.retry_seconds, left)
                log.event("waiting", until=job.feed.wait_for, why=str(fault))
                notify(STATUS=f"waiting for prices until {job.feed.wait_for}")
                time.sleep(pause)


def _status(result: "JobResult", messages: Messages) -> int:
    """The status: of a run without forecasts, else 1 if some failed, else of a failed check."""
    unmet = any(not check.met for check in result.checks)
    some_failed = messages.end()
    return result.status or some_failed or (ExitStatus.CHECK_FAILED if unmet else ExitStatus.OK)


def _tell(job: "Job", log: RunLog, result: "JobResult", status: int, messages: Messages) -> None:
    """Write the metrics and run the command for this status; a failure of either is a warning."""
    notify(STATUS=f"ended with status {status}", STOPPING="1")
    monitor = job.monitor
    if monitor.metrics is not None:
        from rnncli.nightly.metrics import write_metrics

        try:
            write_metrics(monitor.metrics, job.file, result, status, log.stages.seconds())
        except RnncliError as fault:
            messages.warn(str(fault))
    words = monitor.on_failure if status else monitor.on_success
    if words:
        fault_of_command = run_command(
            words, _summary(job, result), monitor.command_seconds,
            Path(job.file).absolute().parent, {STATUS_VARIABLE: str(status)},
        )  # fmt: skip
        if fault_of_command is not None:
            option = "on-failure" if status else "on-success"
            messages.warn(f"{job.file}: [monitor] {option}: {words[0]} {fault_of_command}")


def _summary(job: "Job", result: "JobResult") -> bytes:
    """The summary of a run as JSON."""
    from rnncli.report.nightly import job_report
    from rnncli.report.output import encoded

    return encoded([job_report(job.file, result)], "json", None)
