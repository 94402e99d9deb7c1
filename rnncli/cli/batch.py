"""`rnncli batch`: the nightly job."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.messages import Messages
from rnncli.cli.options import command, logged_run
from rnncli.errors import ExitStatus, UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import OutputSettings, RunSettings

if TYPE_CHECKING:
    from rnncli.forecasting.forecast import Forecast
    from rnncli.nightly.config import Job
    from rnncli.nightly.run import Callbacks, JobResult
    from rnncli.training.per_symbol import SymbolOutcome
    from rnncli.training.state import Epoch


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "batch", silent=_silent)(batch)


def _silent(values: dict[str, Any]) -> bool:
    """Whether nothing will be printed."""
    return values["quiet"] and values["format"] is None and not values["example"]


def batch(
    running: RunSettings,
    showing: OutputSettings,
    job: Annotated[
        str | None, typer.Argument(metavar="CONFIG", help="A TOML file; --init prints one.")
    ] = None,
    example: Annotated[
        bool, typer.Option("--init", help="Print a CONFIG to begin with.", show_envvar=False)
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Only say what would be done, and why.", show_envvar=False),
    ] = False,
) -> int:
    """The nightly job: train what is stale, forecast, record, score."""
    from rnncli.nightly.config import EXAMPLE

    if example:
        sys.stdout.write(EXAMPLE)
        return ExitStatus.OK
    if job is None:
        raise UsageError("CONFIG is missing; rnncli batch --init > nightly.toml writes one")
    from rnncli.cli.nightly_config import located, read_job

    told = read_job(job)
    try:
        return _checked_run(told, running, showing, dry_run)
    except UsageError as fault:
        raise located(job, fault) from fault


def _checked_run(job: "Job", running: RunSettings, showing: OutputSettings, dry: bool) -> int:
    """Run a job alone, once all is refused that can be seen before."""
    from rnncli.nightly.preflight import check_job
    from rnncli.storage.locks import locked

    check_job(job)
    if job.form == "parquet":
        from rnncli.report.parquet import check_parquet

        check_parquet()
    if dry:
        return _run(job, RunLog("batch", None), running, showing, dry=True)
    with locked(job.file):
        log = RunLog("batch", job.log)
        return logged_run(log, lambda: _run(job, log, running, showing, dry=False)) or 0


def _run(job: "Job", log: RunLog, running: RunSettings, showing: OutputSettings, dry: bool) -> int:
    """Run a job, tell what it came to, and return the status of that."""
    from rnncli.nightly.job import run_job
    from rnncli.report.nightly import night_report
    from rnncli.report.output import write_report

    messages = Messages(showing, log)
    watch_kernels(messages, log.stages.stage)
    with messages.progress(job.training.epochs) as bar:

        def on_epoch(epoch: "Epoch") -> None:
            bar.update(epoch.epoch, f"epoch {epoch.epoch}  loss {epoch.train_loss:.5g}")

        def on_outcome(outcome: "SymbolOutcome", done: int, total: int) -> None:
            part = done * job.training.epochs // total
            bar.update(part, f"{done} of {total} series  {outcome.symbol}")

        night = run_job(job, _talk(job, messages, log, on_epoch, on_outcome), running, dry)
    if not showing.quiet or showing.format is not None:
        write_report(night_report(job.file, night), showing.format)
    for one in night.checks:
        if not one.met:
            messages.unmet(f"{job.ledger}: {one.required}: {one.said}")
    if running.profile:
        messages.profile(log.stages)
    return _status(night, messages)


def _status(night: "JobResult", messages: Messages) -> int:
    """None done; else some failed, else a check that did not hold."""
    unmet = any(not one.met for one in night.checks)
    some = messages.end()
    return night.status or some or (ExitStatus.CHECK_FAILED if unmet else ExitStatus.OK)


def _talk(
    job: "Job", messages: Messages, log: RunLog, on_epoch: "Callable[[Epoch], None]",
    on_outcome: "Callable[[SymbolOutcome, int, int], None]",
) -> "Callbacks":  # fmt: skip
    """Who is told of what."""
    from rnncli.nightly.run import Callbacks

    return Callbacks(
        warn=messages.warn,
        fail=messages.fail,
        note=messages.note,
        detail=messages.detail,
        event=log.event,
        epoch=on_epoch,
        outcome=on_outcome,
        stage=log.stages.stage,
        elapsed=lambda: log.stages.elapsed,
        encode=lambda parts: _encoded(parts, job.form),
    )


def _encoded(parts: "Sequence[Forecast]", form: str) -> bytes:
    """The forecasts of many symbols as a file of a form."""
    from rnncli.report.forecasts import forecast_report
    from rnncli.report.output import encoded

    return encoded((forecast_report(part) for part in parts), form)
