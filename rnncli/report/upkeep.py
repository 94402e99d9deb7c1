"""What `rnncli ledger` and `rnncli upgrade` print."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from rnncli.report.output import Report, Row

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rnncli.ledger.upkeep import LedgerInfo

UPGRADE_COLUMNS = ("file", "kind", "was", "now", "upgraded", "backup")


@dataclass(frozen=True)
class Done:
    """What was done to a ledger; None where nothing of the kind was.

    `problems`: of a check; `removed`, `added`: forecasts; `freed`: bytes; `file`: the other ledger.
    """

    problems: list[str] = field(default_factory=list)
    removed: int | None = None
    added: int | None = None
    freed: int | None = None
    file: str | None = None


def upkeep_report(ledger: str, action: str, done: Done, info: "LedgerInfo | None") -> Report:
    """Report of an action on a ledger, and of its contents after that (None if it is damaged)."""
    document: Row = {
        "ledger": ledger, "action": action, **asdict(done), "info": info and asdict(info),
    }  # fmt: skip
    rows = [
        {"fact": name, "value": value}
        for name, value in {**asdict(done), **(document["info"] or {})}.items()
    ]

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.tables import pairs, shown

        facts = [
            (name.replace("_", " "), _joined(value) if isinstance(value, list) else shown(value))
            for name, value in ((row["fact"], row["value"]) for row in rows)
            if value not in (None, [])
        ]
        yield pairs(ledger, facts)

    return Report("ledger", document, ("fact", "value"), lambda: rows, tables)


def _joined(values: Sequence[object]) -> str:
    """Levels or paths in one cell."""
    return ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values)


def upgrade_report(rows: Sequence[Row]) -> Report:
    """Report of files that were brought to this version, a row each."""

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.tables import table

        cells = [[row[name] if row[name] is not None else "-" for name in UPGRADE_COLUMNS]
                 for row in rows]  # fmt: skip
        yield table("Files", UPGRADE_COLUMNS, cells)

    return Report("upgrade", None, UPGRADE_COLUMNS, lambda: rows, tables)
