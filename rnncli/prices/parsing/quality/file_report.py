"""What a file was taken for, the evidence, and what was left out of it, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rnncli.prices.parsing.columns.high_low import closes_outside
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.quality.date_checks import out_of_order, times_out_of_order
from rnncli.prices.parsing.quality.duplicates import spelled_alike
from rnncli.prices.parsing.quality.level_shifts import levels_changed
from rnncli.prices.parsing.quality.truncation import cut_prices
from rnncli.prices.parsing.table.row_dates import trend
from rnncli.prices.parsing.table.table import Table

_EXPECTED = (  # no cause for a warning
    "lines above the header",
    "lines under the header",
    "columns without a price",
)


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
    duplicates: int = 0
    dropped_by_symbol: dict[str, int] = field(default_factory=dict)
    duplicates_by_symbol: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)  # decision: what speaks for it

    def warning(self) -> str | None:
        """Return what was left out, mended and noticed, in one line."""
        parts = [self._counted(verb, expected=False) for verb in ("left out", "mended", "noticed")]
        said = "; ".join(part for part in parts if part)
        return f"{self.name}: {said}" if said else None

    def details(self) -> Iterator[str]:
        """Yield every decision with its evidence, and every count, a line each."""
        for name, why in self.evidence.items():
            value = getattr(self, name, None)
            said = repr(value) if name in {"delimiter", "decimal"} else value
            what = f"{name.replace('_', ' ')} {said}" if hasattr(self, name) else name
            yield f"{self.name}: {what}: {why}"
        for verb in ("left out", "mended", "noticed"):
            if said := self._counted(verb, expected=True):
                yield f"{self.name}: {said}"
        for what, counts in (
            ("rows without a price", self.dropped_by_symbol),
            ("repeated rows", self.duplicates_by_symbol),
        ):
            for symbol, count in counts.items():
                yield f"{self.name}: {symbol}: {what}: {count}"

    def _counted(self, verb: str, *, expected: bool) -> str:
        counts = {"left out": self.dropped, "mended": self.mended, "noticed": self.noticed}[verb]
        if verb == "left out" and self.duplicates:
            counts = counts | {"repeated rows": self.duplicates}
        said = [
            f"{reason}: {n}" for reason, n in counts.items() if expected or reason not in _EXPECTED
        ]
        return f"{verb} {', '.join(said)}" if said else ""


def describe(grid: CellGrid, columns: Columns, table: Table) -> FileReport:
    """Return what a file was taken for."""

    def name(index: int | None) -> str | None:
        if index is None:
            return None
        return grid.header[index].strip() if grid.header else f"column {index + 1}"

    wide = columns.layout == "wide"
    missing = [] if table.missing is None else table.missing.tolist()
    strays, line = out_of_order(table)
    clocks, clock = (0, 0) if strays else times_out_of_order(table)
    outside, first = closes_outside(grid, columns, table.decimal)
    noticed = (
        columns.noticed
        | levels_changed(grid, columns, table)
        | table.noticed
        | spelled_alike(table)
        | {
            f"dates out of order (first on line {line})": strays,
            f"times of day out of order (first on line {clock})": clocks,
            "opens not adjusted as the price is": _unadjusted(columns, name)
            * int(table.values.size),
            f"closes outside low to high (first on line {first})": outside,
            "prices below zero": int(np.count_nonzero(table.values < 0)),
            "prices of zero": _odd_zeros(table.values),
        }
        | cut_prices(grid, columns, table)
    )
    return FileReport(
        name=grid.name,
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        layout=columns.layout,
        price_column=f"{len(columns.prices)} columns" if wide else columns.price_names[0],
        decimal=table.decimal,
        date_column=name(columns.date),
        time_column=name(columns.time),
        date_format=table.date_format,
        symbol_column=",".join(filter(None, map(name, (columns.symbol, *columns.beside)))) or None,
        order=_order(table),
        rows=int(table.values.size),
        dropped=dict(table.dropped),
        mended=grid.mended | table.mended,
        noticed={what: count for what, count in noticed.items() if count},
        dropped_by_symbol={
            symbol: count for symbol, count in zip(table.symbols, missing, strict=False) if count
        },
        evidence=table.evidence,
    )


def _unadjusted(columns: Columns, name: Callable[[int | None], str | None]) -> bool:
    """Whether the open that is carried is another day's price beside an adjusted close."""
    opens = columns.fields.get("open", ())
    adjusted = "adj" in columns.price_names[0].casefold() if opens else False
    return adjusted and "adj" not in (name(opens[0]) or "").casefold()


def _odd_zeros(values: npt.NDArray[np.float64]) -> int:
    """Return how many prices are zero, none where zero is one of a few levels that recur."""
    zeros = int(np.count_nonzero(values == 0))
    if not zeros:
        return 0
    levels = np.unique(values).size
    recurs = values.size >= 3 * levels and 2 * zeros * levels >= values.size
    return 0 if recurs else zeros


def _order(table: Table) -> str:
    if table.dates is None:
        return "as in the file"
    rises, falls = trend(table.dates, table.codes)
    return "oldest first" if rises else "newest first" if falls else "mixed"
