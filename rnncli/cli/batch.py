"""`rnncli batch`: the nightly job."""

import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.messages import Messages
from rnncli.cli.options import command, logged_run
from rnncli.cli.results import is_silent, output_of, show_result
from rnncli.errors import ExitStatus, UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import ResultSettings, RunSettings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rnncli.cli.messages import Progress
    from rnncli.forecasting.forecast import Forecast
    from rnncli.nightly.config import Job
    from rnncli.nightly.result import JobResult
    from rnncli.prices.series import Prices
    from rnncli.report.page.content import Record


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "batch", silent=_silent)(batch)


def _silent(values: dict[str, Any]) -> bool:
    """Whether nothing will be printed."""
    return is_silent(values) and not values["example"]


def batch(
    running: RunSettings,
    showing: ResultSettings,
    job: Annotated[
        str | None,
        typer.Argument(
            metavar="CONFIG", help="TOML file that describes the job; --init prints one."
        ),
    ] = None,
    example: Annotated[
        bool,
        typer.Option(
            "--init", help="Print an example CONFIG, with every table explained.", show_envvar=False
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Only show what would be done, and why.", show_envvar=False),
    ] = False,
) -> int:
    """Run the nightly job: retrain if stale, forecast, record, score."""
    from rnncli.nightly.config import EXAMPLE

    if example and output_of(showing) is not None:
        raise UsageError("--output: is for the result of a night; with --init, use > FILE")
    if example:
        sys.stdout.write(EXAMPLE)
        return ExitStatus.OK
    if job is None:
        raise UsageError("CONFIG is missing; rnncli batch --init > nightly.toml writes one")
    from rnncli.cli.nightly_config import located, read_job

    settings = read_job(job)
    try:
        return _checked_run(settings, running, showing, dry_run)
    except UsageError as fault:
        raise located(job, fault) from fault


def _checked_run(job: "Job", running: RunSettings, showing: ResultSettings, dry: bool) -> int:
    """Check a job, then run it under its lock; a dry run writes nothing and takes no lock."""
    from rnncli.nightly.preflight import check_job
    from rnncli.storage.locks import locked

    check_job(job)
    if job.form == "parquet":
        from rnncli.report.parquet import check_parquet

        check_parquet()
    if job.report is not None:
        from rnncli.cli.html_page import check_page

        check_page("[output] report", job.report, [])
    if dry:
        return _run(job, RunLog("batch", None), running, showing, dry=True)
    with locked(job.file):
        log = RunLog("batch", job.log)
        return logged_run(log, lambda: _run(job, log, running, showing, dry=False)) or 0


def _run(job: "Job", log: RunLog, running: RunSettings, showing: ResultSettings, dry: bool) -> int:
    """Run a job, print its result, and return its status."""
    from rnncli.nightly.deliver import Encoders
    from rnncli.nightly.job import run_job
    from rnncli.report.nightly import job_report

    messages = Messages(showing, log)
    watch_kernels(messages, log.stages.stage)

    encoders = Encoders(
        output=lambda forecasts: _encoded(forecasts, job),
        page=partial(_page, job=job),
    )

    with messages.progress(job.training.epochs) as bar:
        events = _MessageEvents(messages, log, bar, job.training.epochs)
        result = run_job(job, events, encoders, running, dry)
    if not is_silent(vars(showing)) or output_of(showing) is not None:
        show_result(job_report(job.file, result), showing)
    for check in result.checks:
        if not check.met:
            messages.unmet(f"{job.ledger}: {check.required}: {check.said}")
    if running.profile:
        messages.profile(log.stages)
    return _status(result, messages)


def _status(result: "JobResult", messages: Messages) -> int:
    """That of a run without forecasts; else 1 where some failed; else that of a failed check."""
    unmet = any(not check.met for check in result.checks)
    some_failed = messages.end()
    return result.status or some_failed or (ExitStatus.CHECK_FAILED if unmet else ExitStatus.OK)


class _MessageEvents:
    """Events of a run as messages, log events and a bar; each message is shown once."""

    def __init__(self, messages: Messages, log: RunLog, bar: "Progress", epochs: int) -> None:
        self._messages = messages
        self._log = log
        self._bar = bar
        self._epochs = epochs
        self._shown: set[str] = set()

    def fail(self, fault: object) -> None:
        """Show that something failed."""
        if self._is_new(str(fault)):
            self._messages.fail(fault)

    def warn(self, line: str) -> None:
        """Show a warning."""
        if self._is_new(line):
            self._messages.warn(line)

    def note(self, line: str) -> None:
        """Show what was done, on a terminal."""
        self._messages.note(line)

    def detail(self, line: str) -> None:
        """Show a detail, with -v."""
        self._messages.detail([line])

    def progress(self, done: int, total: int, label: str) -> None:
        """Draw the bar, which is as long as the epochs of one training."""
        self._bar.update(done * self._epochs // total, label)

    def log(self, event: str, **counts: Any) -> None:
        """Write an event into the log file."""
        self._log.event(event, **counts)

    def stage(self, name: str) -> "AbstractContextManager[None]":
        """Count the time inside to a stage."""
        return self._log.stages.stage(name)

    def _is_new(self, line: str) -> bool:
        """Whether a message was not shown before."""
        new = line not in self._shown
        self._shown.add(line)
        return new


def _encoded(forecasts: "Sequence[Forecast]", job: "Job") -> bytes:
    """The forecasts of many symbols as the output file of a job."""
    from rnncli.report.forecasts import forecast_report
    from rnncli.report.output import encoded

    parts = (forecast_report(forecast, names=job.names) for forecast in forecasts)
    return encoded(parts, job.form, job.digits)


def _page(forecasts: "Sequence[Forecast]", prices: "Prices", job: "Job") -> bytes:
    """The forecasts of many symbols, and the record of the ledger, as the page of a job.

    What is to be told of the ledger was told when the run scored it.
    """
    from rnncli.cli.report import outlook_of, title_of
    from rnncli.forecasting.forecast import joined
    from rnncli.report.page.content import PageContent
    from rnncli.report.page.document import html_page

    forecast = joined(prices, forecasts, {})
    content = PageContent(
        title=title_of(forecast),
        sources=job.paths,
        forecasts=outlook_of(forecast, job.predicting.level),
        record=_record(job, prices),
    )
    return html_page(content)


def _record(job: "Job", prices: "Prices") -> "Record | None":
    """The scores of the recorded forecasts that a run looks back on; None where there are none."""
    from rnncli.cli.report import scored_by_month
    from rnncli.ledger.reader import last_pairs, read_part, recorded_symbols
    from rnncli.nightly.lookback import recorded_pairs

    if not recorded_pairs(job):
        return None
    assert job.ledger is not None
    symbols = recorded_symbols(job.ledger)
    pairs = last_pairs(job.ledger, job.window.cutoffs)
    recorded = read_part(job.ledger, pairs, symbols[0], symbols[-1])
    return scored_by_month(job.ledger, recorded, prices, job.reading, lambda _: None)
