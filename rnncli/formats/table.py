"""From a sheet and its columns to rows of symbol, date and price."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rnncli.errors import DataError
from rnncli.formats import dates as dating
from rnncli.formats.cells import Cells, Coded, merge, shorten
from rnncli.formats.roles import Columns
from rnncli.formats.sheet import Sheet

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
DateArray = npt.NDArray[np.datetime64]

_FORMULA = ("'=", "'+", "'-", "'@", "'\t")
_EVENTS = "dividend and split rows"
_CLOCKS = "rows with a time of day for a date"


@dataclass(frozen=True)
class Table:
    """The rows of one file that have a price, in file order."""

    symbols: tuple[str, ...]
    codes: IntArray  # (rows,) index into symbols
    dates: DateArray | None  # (rows,)
    values: FloatArray  # (rows,)
    lines: IntArray  # (rows,) line of the file
    date_format: str | None
    dropped: dict[str, int] = field(default_factory=dict)
    missing: IntArray | None = None  # (symbols,) rows without a price; None in a wide file
    decimal: str = "."
    evidence: dict[str, str] = field(default_factory=dict)  # decision: what speaks for it


@dataclass(frozen=True)
class _Dated:
    """The rows that have a date, the dates, how they are written, and why so."""

    kept: IntArray  # (rows,) rows of the sheet
    dates: DateArray | None
    format: str | None = None
    evidence: str = ""
    clocks: int = 0  # rows left out since they have a time of day only


def read_table(
    sheet: Sheet,
    columns: Columns,
    date_format: str | None,
    default: str,
    decimal: str | None = None,
) -> Table:
    """Return the rows of a sheet with a price; `default` names the symbol of a file without any.

    Raises DataError with file, line and column for the first cell that cannot be read as meant.
    """
    cells = Cells(sheet, columns, decimal)
    if columns.layout == "wide":
        return _wide_table(cells, columns, date_format)
    name = columns.price_names[0]
    coded = None if columns.symbol is None else cells.text(columns.symbol)
    values = cells.price(columns.prices[0], name, None if coded is None else coded.codes)
    symbols, codes = _symbols(cells, coded, values, default)
    empty = np.isnan(values)
    kept = np.flatnonzero(~empty) if empty.any() else np.arange(values.size)
    if kept.size == 0:
        raise DataError(
            f"{sheet.name}, column {name[:40]}: all {values.size} prices are missing;"
            " choose another with --column"
        )
    dated = _dates(cells, columns, date_format, kept, codes)
    kept = dated.kept
    events = 0 if cells.events is None else int(cells.events.sum())
    lost = {
        "rows without a price": int(empty.sum()) - events,
        _EVENTS: events,
        _CLOCKS: dated.clocks,
    }
    missing = np.bincount(codes[empty & (codes >= 0)], minlength=len(symbols))
    return Table(
        symbols,
        _taken(codes, kept),
        dated.dates,
        _taken(values, kept),
        _taken(sheet.lines, kept),
        dated.format,
        sheet.dropped | {reason: count for reason, count in lost.items() if count},
        missing.astype(np.int64),
        cells.decimal,
        _evidence(cells, columns, dated),
    )


def _taken(array: npt.NDArray[Any], kept: IntArray) -> npt.NDArray[Any]:
    """Return the kept rows of an array; the array itself where all are kept."""
    return array if kept.size == array.size else array[kept]


def _evidence(cells: Cells, columns: Columns, dated: _Dated) -> dict[str, str]:
    found = {"decimal": cells.evidence, "date_format": dated.evidence}
    return cells.sheet.evidence | columns.evidence | {k: v for k, v in found.items() if v}


def _symbols(
    cells: Cells, coded: Coded | None, values: FloatArray, default: str
) -> tuple[tuple[str, ...], IntArray]:
    """Return the symbols, and each row's code; -1 for a row with neither symbol nor price."""
    if coded is None:
        return (default,), np.zeros(values.size, dtype=np.int64)
    codes = coded.codes
    unread = next((i for i, cell in enumerate(coded.cells) if "\ufffd" in cell), None)
    if cells.sheet.guessed and unread is not None:
        what = f"{shorten(coded.cells[unread])} is no readable symbol"
        raise cells.fault(coded.first_row(unread), "symbol", what)
    if "" in coded.cells:
        empty = coded.cells.index("")
        bad = np.flatnonzero((codes == empty) & ~np.isnan(values))
        if bad.size:
            raise cells.fault(int(bad[0]), "symbol", "the symbol is empty")
        codes = np.where(codes == empty, -1, codes - (codes > empty))
    labels = [cell for cell in coded.cells if cell]
    return merge([clean_symbol(cell) for cell in labels], codes)


def clean_symbol(cell: str) -> str:
    """Return the symbol in a cell; the apostrophe that guards a formula sign is taken off."""
    return cell[1:] if cell.startswith(_FORMULA) else cell


def _dates(
    cells: Cells, columns: Columns, date_format: str | None, kept: IntArray, codes: IntArray
) -> _Dated:
    """Return the dates of the kept rows, `codes` being each row's symbol."""
    if columns.date is None:
        return _Dated(kept, None)
    coded = _joined(cells, columns, kept)
    size = kept.size
    if columns.time is None:
        kept, coded = _without_clocks(kept, coded)
    elif date_format is not None:
        date_format = f"{date_format} {_clock_format(coded.cells[0].split()[-1])}"

    def in_order(dates: DateArray) -> bool:
        return _is_ordered(dates[coded.codes], _taken(codes, kept))

    try:
        parsed = dating.parse_dates(coded.cells, date_format, in_order)
    except dating.BadDateError as error:
        row = int(kept[coded.first_row(error.index)])
        what = f"{shorten(coded.cells[error.index])} {error.reason}"
        remedy = "mend that line, or name the format with --date-format"
        raise cells.fault(row, _name_of(cells.sheet, columns.date), what, remedy) from error
    except DataError as error:
        where = f"{cells.sheet.name}, column {_name_of(cells.sheet, columns.date)}"
        raise DataError(f"{where}: {error}") from error
    dates = parsed.dates[coded.codes]
    return _Dated(kept, dates, parsed.format, parsed.evidence, size - kept.size)


def _name_of(sheet: Sheet, index: int) -> str:
    return (sheet.header[index].strip()[:40] if sheet.header else "") or str(index + 1)


def _without_clocks(kept: IntArray, coded: Coded) -> tuple[IntArray, Coded]:
    """Leave out the quote of the day that some sites put first or last, timed and not dated."""
    clocks = [i for i, cell in enumerate(coded.cells) if dating.is_clock(cell)]
    if len(clocks) != 1 or len(coded.cells) < 3:
        return kept, coded
    rows = np.flatnonzero(coded.codes == clocks[0])
    if rows.size != 1 or rows[0] not in {0, kept.size - 1}:
        return kept, coded
    codes = np.delete(coded.codes, rows)
    cells = [cell for i, cell in enumerate(coded.cells) if i != clocks[0]]
    return np.delete(kept, rows), Coded(cells, codes - (codes > clocks[0]))


def _joined(cells: Cells, columns: Columns, kept: IntArray) -> Coded:
    """Return the distinct dates (with the time of day beside them) that the kept rows use."""
    assert columns.date is not None
    day = cells.text(columns.date)
    codes, texts = _taken(day.codes, kept), day.cells
    if columns.time is not None:
        clock = cells.text(columns.time)
        both = codes * len(clock.cells) + clock.codes[kept]
        used, first, codes = np.unique(both, return_index=True, return_inverse=True)
        order = np.argsort(first)
        pairs = [divmod(int(code), len(clock.cells)) for code in used[order]]
        width = 6 if any(len(cell) > 4 for cell in clock.cells) else 4
        joined = [f"{texts[d]} {_padded(clock.cells[c], width)}" for d, c in pairs]
        return Coded(joined, np.argsort(order)[codes])
    used = np.flatnonzero(np.bincount(codes, minlength=len(texts)))
    if used.size == len(texts):
        return Coded(texts, codes)
    return Coded([texts[int(code)] for code in used], np.searchsorted(used, codes))


def _padded(clock: str, width: int) -> str:
    """Return a time of day whose leading zeros got lost, as in 93000, with them."""
    return clock.zfill(width) if clock.isdigit() else clock


def _clock_format(cell: str) -> str:
    """Return how a time of day beside the date is written."""
    if ":" in cell:
        return "%H:%M:%S" if cell.count(":") == 2 else "%H:%M"
    return "%H%M%S" if len(cell) > 4 else "%H%M"


def _is_ordered(dates: DateArray, codes: IntArray) -> bool:
    """Whether the dates of every series only rise, or of every series only fall."""
    rises, falls = trend(dates, codes)
    return (rises or falls) and bool(codes.size > np.count_nonzero(np.bincount(codes)))


def trend(dates: DateArray, codes: IntArray) -> tuple[bool, bool]:
    """Return whether the dates of every series never fall, and whether they never rise."""
    moments = dates.view(np.int64)
    if np.any(codes[1:] < codes[:-1]):
        order = np.argsort(codes, kind="stable")
        moments, codes = moments[order], codes[order]
    other = codes[1:] != codes[:-1]
    return (
        bool(np.all(other | (moments[1:] >= moments[:-1]))),
        bool(np.all(other | (moments[1:] <= moments[:-1]))),
    )


def _wide_table(cells: Cells, columns: Columns, date_format: str | None) -> Table:
    """One series per column; an empty cell is a day on which the symbol did not trade."""
    pairs = zip(columns.prices, columns.price_names, strict=True)
    grid = np.stack([cells.price(index, name) for index, name in pairs])  # (symbols, rows)
    traded = ~np.isnan(grid)
    if not traded.any():
        raise DataError(f"{cells.sheet.name}: all prices are missing; choose another --column")
    days = np.flatnonzero(traded.any(axis=0))
    dated = _dates(cells, columns, date_format, days, np.zeros(grid.shape[1], np.int64))
    if dated.kept.size < days.size:
        traded[:, np.setdiff1d(days, dated.kept)] = False
    codes, rows = np.nonzero(traded)
    dates = None
    if dated.dates is not None:
        by_row = np.full(grid.shape[1], np.datetime64("NaT", "s"))
        by_row[dated.kept] = dated.dates
        dates = by_row[rows]
    listed = np.flatnonzero(traded.any(axis=1))
    empty = {"columns without a price": grid.shape[0] - listed.size, _CLOCKS: dated.clocks}
    return Table(
        tuple(clean_symbol(columns.price_names[i]) for i in listed),
        np.searchsorted(listed, codes).astype(np.int64),
        dates,
        grid[traded],
        cells.sheet.lines[rows],
        dated.format,
        cells.sheet.dropped | {reason: count for reason, count in empty.items() if count},
        decimal=cells.decimal,
        evidence=_evidence(cells, columns, dated),
    )
