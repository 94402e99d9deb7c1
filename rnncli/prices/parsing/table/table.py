"""From a grid and its columns to rows of symbol, date and price."""

from dataclasses import dataclass, field

import numpy as np

from rnncli.arrays import DateArray, Float64Array, IntArray
from rnncli.errors import DataError
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import EVENTS, CellGrid
from rnncli.prices.parsing.table.categorical import Categorical, merge, pair, shorten, taken
from rnncli.prices.parsing.table.cell_reader import CellReader
from rnncli.prices.parsing.table.ohlcv import count_lacking, mend_fields, read_fields
from rnncli.prices.parsing.table.row_dates import RowDates, dates_of_rows
from rnncli.prices.parsing.vocabulary.column_names import SIGNED_PRICES, bare_name

_FORMULA = ("'=", "'+", "'-", "'@", "'\t")
_CLOCKS = "rows with a time of day for a date"


@dataclass(frozen=True)
class Table:
    """The rows of one file that have a price, in file order."""

    symbols: tuple[str, ...]
    codes: IntArray  # (rows,) index into symbols
    dates: DateArray | None  # (rows,)
    values: Float64Array  # (rows,)
    lines: IntArray  # (rows,) line of the file
    date_format: str | None
    dropped: dict[str, int] = field(default_factory=dict)
    missing: IntArray | None = None  # (symbols,) rows without a price; None in a wide file
    decimal: str = "."
    evidence: dict[str, str] = field(default_factory=dict)  # decision: what speaks for it
    fields: dict[str, Float64Array] = field(default_factory=dict)  # carried beside: (rows,) each
    mended: dict[str, int] = field(default_factory=dict)  # what was wrong in the fields: rows
    noticed: dict[str, int] = field(default_factory=dict)  # what looks odd: rows


def read_table(
    grid: CellGrid,
    columns: Columns,
    date_format: str | None,
    default: str,
    decimal: str | None = None,
) -> Table:
    """Return the rows of a grid with a price; `default` names the symbol of a file without any.

    Raises DataError with file, line and column for the first cell that cannot be read as meant.
    """
    cells = CellReader(grid, columns, decimal)
    if columns.layout == "wide":
        matrices = read_fields(grid, columns, decimal)
        return _wide_table(cells, columns, date_format, matrices)
    name = columns.price_names[0]
    coded = _named(cells, columns)
    values = cells.price(columns.prices[0], name, None if coded is None else coded.codes)
    symbols, codes = _symbols(cells, coded, values, default)
    values, means = _without_signs(values, name)
    empty = np.isnan(values)
    kept = np.flatnonzero(~empty) if empty.any() else np.arange(values.size)
    if kept.size == 0:
        others = grid.width - len({columns.prices[0], columns.date, columns.symbol} - {None})
        remedy = "choose another with --column" if others else "fetch the file again"
        raise DataError(
            f"{grid.top}, column {name[:40]}: all {values.size} prices are missing; {remedy}"
        )
    dated = dates_of_rows(cells, columns, date_format, kept, codes)
    kept = dated.kept
    events = 0 if cells.events is None else int(cells.events.sum())
    lost = {
        "rows without a price": int(empty.sum()) - events,
        EVENTS: events + grid.dropped.get(EVENTS, 0),
        _CLOCKS: dated.clocks,
    }
    missing = np.bincount(codes[empty & (codes >= 0)], minlength=len(symbols))
    matrices = read_fields(grid, columns, decimal, None if coded is None else coded.codes)
    fields = {field: taken(matrix[0], kept) for field, matrix in matrices.items()}
    lacking = count_lacking(fields)
    return Table(
        symbols,
        taken(codes, kept),
        dated.dates,
        taken(values, kept),
        taken(grid.lines, kept),
        dated.format,
        grid.dropped | {reason: count for reason, count in lost.items() if count},
        missing.astype(np.int64),
        cells.decimal,
        _evidence(cells, columns, dated),
        fields,
        mend_fields(fields) | means,
        lacking,
    )


def _without_signs(values: Float64Array, name: str) -> tuple[Float64Array, dict[str, int]]:
    """Take a price of CRSP without its sign, which marks a mean of bid and ask; zero is none."""
    if bare_name(name) not in SIGNED_PRICES:
        return values, {}
    means = int(np.count_nonzero(values < 0))
    said = {"means of bid and ask, written below zero": means} if means else {}
    return np.where(values == 0, np.nan, np.abs(values)), said


def _evidence(cells: CellReader, columns: Columns, dated: RowDates) -> dict[str, str]:
    found = {"decimal": cells.evidence, "date_format": dated.evidence}
    return cells.grid.evidence | columns.evidence | {k: v for k, v in found.items() if v}


def _named(cells: CellReader, columns: Columns) -> Categorical | None:
    """Return the cells that name each row's series, those of several columns joined by a blank."""
    if columns.symbol is None:
        return None
    coded = cells.text(columns.symbol)
    for index in columns.beside:
        pairs, codes = pair(coded, cells.text(index))
        coded = Categorical([" ".join(filter(None, both)) for both in pairs], codes)
    return coded


def _symbols(
    cells: CellReader, coded: Categorical | None, values: Float64Array, default: str
) -> tuple[tuple[str, ...], IntArray]:
    """Return the symbols, and each row's code; -1 for a row with neither symbol nor price."""
    if coded is None:
        return (default,), np.zeros(values.size, dtype=np.int64)
    codes = coded.codes
    unread = next((i for i, cell in enumerate(coded.cells) if "\ufffd" in cell), None)
    if cells.grid.guessed and unread is not None:
        what = f"{shorten(coded.cells[unread])} is no readable symbol"
        raise cells.fault(coded.first_row(unread), "symbol", what)
    odd = next((i for i, cell in enumerate(coded.cells) if not cell.isascii()), None)
    if cells.grid.guessed and odd is not None:
        what = f"{shorten(coded.cells[odd])} is in an encoding that nothing proves"
        remedy = "name it with --encoding, such as cp1252 or cp1251"
        raise cells.fault(coded.first_row(odd), "symbol", what, remedy)
    if "" in coded.cells:
        empty = coded.cells.index("")
        bad = np.flatnonzero((codes == empty) & ~np.isnan(values))
        if bad.size:
            raise cells.fault(int(bad[0]), "symbol", "the symbol is empty")
        codes = np.where(codes == empty, -1, codes - (codes > empty))
    labels = [cell for cell in coded.cells if cell]
    return merge([clean_symbol(cell) for cell in labels], codes)


def clean_symbol(cell: str) -> str:
    """Return the symbol in a cell, without what guards it from a spreadsheet."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 3:
        return cell[2:-1]
    guarded = cell.startswith(_FORMULA) or (cell[:1] == "'" and cell[1:].isdecimal())
    return cell[1:] if guarded else cell


def _wide_table(
    cells: CellReader, columns: Columns, date_format: str | None, matrices: dict[str, Float64Array]
) -> Table:
    """One series per column; an empty cell is a day on which the symbol did not trade."""
    pairs = zip(columns.prices, columns.price_names, strict=True)
    matrix = np.stack([cells.price(index, name) for index, name in pairs])  # (symbols, rows)
    traded = ~np.isnan(matrix)
    if cells.percent and np.any(matrix[traded] <= 0):
        raise DataError(
            f"{cells.grid.top}: cells in percent and some below zero are returns, not prices;"
            " give prices, or choose one with --column"
        )
    if not traded.any():
        raise DataError(f"{cells.grid.top}: all prices are missing; choose another --column")
    days = np.flatnonzero(traded.any(axis=0))
    dated = dates_of_rows(cells, columns, date_format, days, np.zeros(matrix.shape[1], np.int64))
    if dated.kept.size < days.size:
        traded[:, np.setdiff1d(days, dated.kept)] = False
    codes, rows = np.nonzero(traded)
    fields = {field: of_all[codes, rows] for field, of_all in matrices.items()}
    dates = None
    if dated.dates is not None:
        by_row = np.full(matrix.shape[1], np.datetime64("NaT", "s"))
        by_row[dated.kept] = dated.dates
        dates = by_row[rows]
    listed = np.flatnonzero(traded.any(axis=1))
    empty = {"columns without a price": matrix.shape[0] - listed.size, _CLOCKS: dated.clocks}
    lacking = count_lacking(fields)
    return Table(
        tuple(clean_symbol(columns.price_names[i]) for i in listed),
        np.searchsorted(listed, codes).astype(np.int64),
        dates,
        matrix[traded],
        cells.grid.lines[rows],
        dated.format,
        cells.grid.dropped | {reason: count for reason, count in empty.items() if count},
        decimal=cells.decimal,
        evidence=_evidence(cells, columns, dated),
        fields=fields,
        mended=mend_fields(fields),
        noticed=lacking,
    )
