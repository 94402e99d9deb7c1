"""What a file was taken for, the evidence, and what was left out of it, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from rnncli.prices.parsing.check import Severity
from rnncli.prices.parsing.columns.roles import Columns, RequestedColumns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.grid.csv_rows import ABOVE_HEADER, DESCRIBING
from rnncli.prices.parsing.grid.non_data_rows import UNDER_HEADER
from rnncli.prices.parsing.table.row_dates import trend
from rnncli.prices.parsing.table.table import EMPTY_COLUMNS, WITHOUT_PRICE, Table

REPEATED = "repeated rows"
DONE = {"left out": "left out", "mended": "mended", "noticed": "used as it is"}  # verb: in a table
NOTES = (ABOVE_HEADER, DESCRIBING, UNDER_HEADER, EMPTY_COLUMNS)  # no cause for a warning


@dataclass(frozen=True)
class ParsedFile:
    """One file as it was read: its cells, the columns with a role, and its rows."""

    grid: CellGrid
    columns: Columns
    table: Table
    requested: RequestedColumns = field(default_factory=RequestedColumns)

    @property
    def name(self) -> str:
        """The name that the file is called by."""
        return self.grid.name

    @cached_property
    def trend(self) -> tuple[bool, bool]:
        """Whether the dates of every series never fall, and whether they never rise."""
        if self.table.dates is None:
            return False, False
        return trend(self.table.dates, self.table.codes)

    @property
    def is_in_order(self) -> bool:
        """Whether there are no dates, or those of every series only rise or only fall."""
        return self.table.dates is None or any(self.trend)

    def name_of(self, index: int | None) -> str | None:
        """Return the header of a column, its number without a header."""
        if index is None:
            return None
        return self.grid.header[index].strip() if self.grid.header else f"column {index + 1}"


@dataclass(frozen=True)
class Repair:
    """A faulty number, and what became of it; None where its row is left out."""

    symbol: str
    date: str | None
    column: str
    fault: str
    was: float
    became: float | None


@dataclass(frozen=True)
class DataFault:
    """One kind of what is odd in a file: how often, what was done, where first, what to do.

    `first` and `remedy` are empty where the check does not say.
    """

    file: str
    kind: str
    count: int
    done: str
    first: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class FileReport:
    """What one file was taken for, and what was left out of it."""

    name: str
    encoding: str
    delimiter: str
    layout: str  # single, long or wide
    price_column: str
    decimal: str
    date_column: str | None
    time_column: str | None
    date_format: str | None
    symbol_column: str | None
    order: str  # oldest first, newest first, mixed, or as in the file
    rows: int  # with a price, before --symbols, --since and --until
    dropped: dict[str, int] = field(default_factory=dict)  # reason: rows
    mended: dict[str, int] = field(default_factory=dict)  # reason: rows
    noticed: dict[str, int] = field(default_factory=dict)  # what looks odd: rows or symbols
    noted: dict[str, int] = field(default_factory=dict)  # what was done as asked: rows
    repairs: tuple[Repair, ...] = ()  # faulty prices, where repairs are asked for
    duplicates: int = 0
    dropped_by_symbol: dict[str, int] = field(default_factory=dict)
    duplicates_by_symbol: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)  # decision: the evidence for it

    def warning(self) -> str | None:
        """Return what was left out, mended and noticed, in one line."""
        parts = [
            self._counted(verb, with_notes=False) for verb in ("left out", "mended", "noticed")
        ]
        text = "; ".join(part for part in parts if part)
        return f"{self.name}: {text}" if text else None

    def faults(self) -> Iterator[DataFault]:
        """Yield what was left out, mended and noticed, kind by kind."""
        for verb, done in DONE.items():
            for reason, count in self._counts(verb).items():
                if reason not in NOTES:
                    kind, first, remedy = _parts(reason)
                    yield DataFault(self.name, kind, count, done, first, remedy)

    def note(self) -> str | None:
        """Return what was done as asked, in one line."""
        text = self._counted("noted", with_notes=True)
        return f"{self.name}: {text.removeprefix('noted ')}" if text else None

    def details(self) -> Iterator[str]:
        """Yield every decision with its evidence, and every count, a line each."""
        for name, why in self.evidence.items():
            value = getattr(self, name, None)
            shown = repr(value) if name in {"delimiter", "decimal"} else value
            what = f"{name.replace('_', ' ')} {shown}" if hasattr(self, name) else name
            yield f"{self.name}: {what}: {why}"
        for verb in ("left out", "mended", "noticed", "noted"):
            if text := self._counted(verb, with_notes=True):
                yield f"{self.name}: {text}"
        for one in self.repairs:
            became = "left out" if one.became is None else f"now {one.became:g}"
            where = f"{one.symbol}, {one.date}" if one.date else one.symbol
            yield f"{self.name}: {where}: {one.column} {one.was:g}, {one.fault}: {became}"
        for what, counts in (
            (WITHOUT_PRICE, self.dropped_by_symbol),
            (REPEATED, self.duplicates_by_symbol),
        ):
            for symbol, count in counts.items():
                yield f"{self.name}: {symbol}: {what}: {count}"

    def _counts(self, verb: str) -> dict[str, int]:
        counts = {
            "left out": self.dropped, "mended": self.mended, "noticed": self.noticed,
            "noted": self.noted,
        }[verb]  # fmt: skip
        if verb == "left out" and self.duplicates:
            counts = counts | {REPEATED: self.duplicates}
        return counts

    def _counted(self, verb: str, *, with_notes: bool) -> str:
        parts = [
            f"{reason}: {count}"
            for reason, count in self._counts(verb).items()
            if with_notes or reason not in NOTES
        ]
        return f"{verb} {', '.join(parts)}" if parts else ""

    def with_count(self, severity: Severity, reason: str, count: int) -> "FileReport":
        """Return the report with what a check has mended or noticed."""
        if severity == Severity.REPAIR:
            return replace(self, mended=self.mended | {reason: count})
        return replace(self, noticed=self.noticed | {reason: count})


def _parts(reason: str) -> tuple[str, str, str]:
    """The kind of a fault, where it was first, and the remedy; checks word it `(first …; …)`."""
    kind, _, rest = reason.removesuffix(")").partition(" (first ")
    if not rest:
        return reason, "", ""
    first, _, remedy = rest.partition("; ")
    return kind, first, remedy


def report_beside(
    name: str, rows: int, dropped: Mapping[str, int], *, noticed: Mapping[str, int] | None = None,
    noted: Mapping[str, int] | None = None,
) -> FileReport:  # fmt: skip
    """Return the report of a file that is read beside those of prices."""
    return FileReport(
        name=name, encoding="", delimiter="", layout="", price_column="", decimal=".",
        date_column=None, time_column=None, date_format=None, symbol_column=None,
        order="oldest first", rows=rows, dropped=dict(dropped),
        noticed={what: count for what, count in (noticed or {}).items() if count},
        noted={what: count for what, count in (noted or {}).items() if count},
    )  # fmt: skip


def describe(file: ParsedFile, noticed: dict[str, int]) -> FileReport:
    """Return what a file was taken for, and what was noticed in it."""
    grid, columns, table = file.grid, file.columns, file.table
    names = [file.name_of(index) for index in (columns.symbol, *columns.beside)]
    missing = [] if table.missing is None else table.missing.tolist()
    is_wide = columns.layout == "wide"
    return FileReport(
        name=grid.name,
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        layout=columns.layout,
        price_column=f"{len(columns.prices)} columns" if is_wide else columns.price_names[0],
        decimal=table.decimal,
        date_column=file.name_of(columns.date),
        time_column=file.name_of(columns.time),
        date_format=table.date_format,
        symbol_column=",".join(filter(None, names)) or None,
        order=_order(file),
        rows=int(table.values.size),
        dropped=dict(table.dropped),
        mended=grid.mended | table.mended,
        noticed={what: count for what, count in noticed.items() if count},
        dropped_by_symbol={
            symbol: count for symbol, count in zip(table.symbols, missing, strict=False) if count
        },
        evidence=table.evidence,
    )


def _order(file: ParsedFile) -> str:
    if file.table.dates is None:
        return "as in the file"
    rises, falls = file.trend
    return "oldest first" if rises else "newest first" if falls else "mixed"
