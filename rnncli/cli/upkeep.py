"""`rnncli ledger` and `rnncli upgrade`: keep what runs leave for years."""

import os
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.results import show_result
from rnncli.errors import CannotCreateError, DataError, ExitStatus, UsageError
from rnncli.settings import ResultSettings

if TYPE_CHECKING:
    from rnncli.report.upkeep import Done

Action = Literal["info", "check", "prune", "compact", "export", "import"]
WITH_FILE = ("export", "import")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, "ledger", configurable=False)(ledger)
    command(app, "upgrade", configurable=False)(upgrade)


def ledger(
    path: Annotated[str, typer.Argument(metavar="LEDGER", help="Ledger file.")],
    action: Annotated[
        Action,
        typer.Argument(
            metavar="[ACTION]",
            help="info; check (is it whole?); prune (remove old forecasts); compact (give back"
            " free space); export FILE (a copy, while others write); import FILE (add another's).",
        ),
    ],
    showing: ResultSettings,
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="Other ledger of export and import.")
    ] = None,
    before: Annotated[
        str | None,
        typer.Option(
            "--before", metavar="DATE", show_envvar=False,
            help="prune: remove the forecasts from cutoffs before this date.",
        ),
    ] = None,
) -> int:  # fmt: skip
    """Inspect, check, prune, copy or merge a ledger of forecasts."""
    _check_words(action, file, before)
    messages = Messages(showing)
    done = _act(path, action, file or "", before or "")

    from rnncli.ledger.upkeep import ledger_info
    from rnncli.report.upkeep import upkeep_report

    for problem in done.problems:
        messages.fail(f"{path}: {problem}")
    info = None if done.problems else ledger_info(path)
    show_result(upkeep_report(path, action, done, info), showing)
    messages.end()
    return ExitStatus.BAD_DATA if done.problems else ExitStatus.OK


def _check_words(action: Action, file: str | None, before: str | None) -> None:
    """Refuse words that an action does not take, or lacks. Raises UsageError."""
    if (file is not None) != (action in WITH_FILE):
        reason = "needs a FILE" if action in WITH_FILE else "takes no FILE"
        raise UsageError(f"{action}: {reason}; usage: rnncli ledger LEDGER {action}"
                         + " FILE" * (action in WITH_FILE))  # fmt: skip
    if (before is not None) != (action == "prune"):
        remedy = "rnncli ledger LEDGER prune --before 2020-01-01"
        reason = "needs --before DATE" if action == "prune" else "takes no --before"
        raise UsageError(f"{action}: {reason}; usage: {remedy}")


def _act(path: str, action: Action, file: str, before: str) -> "Done":
    """Do what is asked for; its result in numbers."""
    from rnncli.ledger import merge, migration, upkeep
    from rnncli.report.upkeep import Done

    if action == "check":
        return Done(problems=upkeep.check_whole(path))
    if action == "prune":
        return Done(removed=upkeep.prune(path, before))
    if action == "compact":
        return Done(freed=upkeep.compact(path))
    if action == "export":
        upkeep.check_exists(path)
        migration.copy(path, file)
        return Done(file=file)
    if action == "import":
        return Done(added=merge.import_ledger(path, file), file=file)
    return Done()


def upgrade(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Ledgers, models, states or checkpoints."),
    ],
    showing: ResultSettings,
) -> int:
    """Upgrade files of earlier versions; a ledger is copied before."""
    from rnncli.errors import RnncliError
    from rnncli.report.upkeep import upgrade_report

    messages, rows, faults = Messages(showing), [], []
    for file in files:
        try:
            rows.append(_upgraded(file))
        except RnncliError as fault:
            faults.append(fault)
            if len(files) > 1:
                messages.fail(fault)
    if not rows:
        raise faults[0]
    show_result(upgrade_report(rows), showing)
    return messages.end()


def _upgraded(file: str) -> dict[str, object]:
    """Upgrade a file; what it is, its version before and now, and the copy of what it was."""
    from rnncli.storage.tensor_file import is_model

    if is_model(file):
        from rnncli.storage.tensor_file import FORMAT, read_kind

        kind, version = read_kind(file)
        return _row(file, kind, version, FORMAT, None)
    if os.path.isdir(file):
        raise CannotCreateError(f"{file}: is a folder; name ledgers, models, states or checkpoints")
    from rnncli.ledger.database import is_other_kind
    from rnncli.ledger.migration import backup_of, migrate
    from rnncli.ledger.tables import VERSION
    from rnncli.ledger.upkeep import check_exists

    check_exists(file)
    if os.path.isfile(file) and is_other_kind(file):
        raise DataError(f"{file}: is of another kind; name ledgers, models, states or checkpoints")
    version = migrate(file)
    return _row(
        file, "ledger", version, VERSION, None if version == VERSION else backup_of(file, version)
    )


def _row(file: str, kind: str, was: int, now: int, backup: str | None) -> dict[str, object]:
    return {
        "file": file, "kind": kind, "was": was, "now": now, "upgraded": was != now,
        "backup": backup,
    }  # fmt: skip
