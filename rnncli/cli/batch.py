"""`rnncli batch`: the nightly job."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnncli.cli.options import command
from rnncli.cli.results import is_silent, output_of
from rnncli.errors import ExitStatus, UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import ResultSettings, RunSettings

if TYPE_CHECKING:
    from rnncli.nightly.config import Job

JobArgument = Annotated[
    str | None,
    typer.Argument(metavar="CONFIG", help="TOML file that describes the job; --init prints one."),
]
ExampleOption = Annotated[
    bool,
    typer.Option(
        "--init", help="Print an example CONFIG, with every table explained.", show_envvar=False
    ),
]
DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Only show what would be done, and why.", show_envvar=False),
]
CheckOption = Annotated[
    bool,
    typer.Option(
        "--check",
        help="Check job, paths, rights, disk space and age of the prices; the status is that of"
        " a run.",
        show_envvar=False,
    ),
]
ContainerOption = Annotated[
    bool,
    typer.Option(
        "--container",
        help="Print a Dockerfile, systemd units and a Kubernetes CronJob for the job.",
        show_envvar=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "batch", silent=_silent)(batch)


def _silent(values: dict[str, Any]) -> bool:
    """Whether nothing will be printed."""
    return is_silent(values) and not (values["example"] or values["container"])


def batch(
    running: RunSettings,
    showing: ResultSettings,
    job: JobArgument = None,
    example: ExampleOption = False,
    dry_run: DryRunOption = False,
    check: CheckOption = False,
    container: ContainerOption = False,
) -> int:
    """Run the nightly job: retrain if stale, forecast, record, score."""
    from rnncli.nightly.config import EXAMPLE

    if (example or container) and output_of(showing) is not None:
        option = "--init" if example else "--container"
        raise UsageError(f"--output: is for the result of a night; with {option}, use > FILE")
    if example:
        sys.stdout.write(EXAMPLE)
        return ExitStatus.OK
    if job is None:
        raise UsageError("CONFIG is missing; rnncli batch --init > nightly.toml writes one")
    from rnncli.cli.nightly_config import read_job
    from rnncli.cli.nightly_faults import located

    settings = read_job(job)
    if container:
        from rnncli.nightly.container import container_files

        sys.stdout.write(container_files(settings))
        return ExitStatus.OK
    try:
        return _checked_run(settings, running, showing, dry_run or check, check)
    except UsageError as fault:
        raise located(job, fault) from fault


def _checked_run(
    job: "Job", running: RunSettings, showing: ResultSettings, dry: bool, check: bool
) -> int:
    """Check a job, then run it under its lock; a dry run writes nothing and takes none."""
    from rnncli.cli.nightly_run import run_monitored, run_once
    from rnncli.nightly.preflight import check_job
    from rnncli.nightly.tidy import rotate_log
    from rnncli.storage.locks import check_free, locked

    check_job(job)
    if job.form == "parquet":
        from rnncli.report.parquet import check_parquet

        check_parquet()
    if job.report is not None:
        from rnncli.cli.html_page import check_page

        check_page("[output] report", job.report, [])
    if check:
        from rnncli.nightly.disk import check_disk

        check_free(job.file)
        check_disk(job)
    if dry:
        return run_once(job, RunLog("batch", None), running, showing, dry=True)[1]
    with locked(job.file):
        if job.log is not None:
            rotate_log(job.log, job.tidying)
        return run_monitored(job, RunLog("batch", job.log), running, showing)
