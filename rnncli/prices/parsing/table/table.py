"""From a grid and its columns to rows of symbol, date and price."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.arrays import BoolArray, DateArray, Float64Array, IntArray
from rnncli.errors import DataError, setting
from rnncli.prices.parsing.columns.roles import Columns, RequestedColumns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.grid.non_data_rows import EVENTS
from rnncli.prices.parsing.table.categorical import Categorical, merge, pair, shorten, taken
from rnncli.prices.parsing.table.cell_reader import CellReader
from rnncli.prices.parsing.table.ohlcv import count_lacking, mend_fields, read_fields
from rnncli.prices.parsing.table.row_dates import RowDates, dates_of_rows
from rnncli.prices.parsing.table.totals import TOTALS, find_totals
from rnncli.prices.parsing.vocabulary.column_names import SIGNED_PRICES, bare_name

WITHOUT_PRICE = "rows without a price"
WITHOUT_DATE = "rows with a time of day for a date"
EMPTY_COLUMNS = "columns without a price"
UNREAD = "columns not read, since a cell of {fields} is not a number"
SIGNED = "means of bid and ask, written below zero"
_FORMULA = ("'=", "'+", "'-", "'@", "'\t")


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
    evidence: dict[str, str] = field(default_factory=dict)  # decision: the evidence for it
    fields: dict[str, Float64Array] = field(default_factory=dict)  # carried beside: (rows,) each
    mended: dict[str, int] = field(default_factory=dict)  # what was wrong in the fields: rows
    noticed: dict[str, int] = field(default_factory=dict)  # what looks odd: rows

    def with_fields(self, names: Sequence[str]) -> "Table":
        """Return the table with these fields, NaN on every row where it has none of a name."""
        lacking = np.full(self.values.size, np.nan)
        return replace(self, fields={name: self.fields.get(name, lacking) for name in names})


def read_table(
    grid: CellGrid,
    columns: Columns,
    date_format: str | None,
    default: str,
    decimal: str | None = None,
    requested: RequestedColumns | None = None,
) -> Table:
    """Return the rows of a grid with a price; `default` names the symbol of a file without any.

    Fields that were `requested`, may be lacking and are have NaN on every row. Raises DataError
    with file, line and column for the first cell that cannot be read as meant.
    """
    reader = CellReader(grid, columns, decimal)
    optional = requested.optional if requested else ()
    if columns.layout == "wide":
        fields = read_fields(grid, columns, decimal, optional=optional)
        table = wide_table(reader, columns, date_format, fields, optional)
    else:
        series = columns.series or default
        table = long_table(reader, columns, date_format, series, decimal, optional)
    if requested is None or not optional:
        return table
    unread = [field for field in columns.fields if field not in table.fields]
    noticed = table.noticed | {UNREAD.format(fields=" and ".join(unread)): 1} if unread else {}
    return replace(table.with_fields(requested.fields), noticed=noticed or table.noticed)


def long_table(
    reader: CellReader,
    columns: Columns,
    date_format: str | None,
    default: str,
    decimal: str | None,
    optional: Collection[str] = (),
) -> Table:
    """One price in each row, of one symbol or of the one that the row names."""
    grid, name = reader.grid, columns.price_names[0]
    names = _series_names(reader, columns)
    groups = None if names is None else names.codes
    values = reader.price(columns.prices[0], name, groups)
    totals = totals_of_rows(reader, columns, values[np.newaxis], names)
    values = np.where(totals, np.nan, values) if totals.any() else values
    symbols, codes = symbols_of_rows(reader, names, values, default)
    values, signed = without_signs(values, name)
    empty = np.isnan(values)
    filled = np.flatnonzero(~empty) if empty.any() else np.arange(values.size)
    if filled.size == 0:
        raise _all_missing(grid, columns, values.size)
    dated = dates_of_rows(reader, columns, date_format, filled, codes)
    events = 0 if reader.events is None else int(reader.events.sum())
    counts = {
        WITHOUT_PRICE: int(empty.sum()) - events - int(totals.sum()),
        EVENTS: events + grid.dropped.get(EVENTS, 0),
        WITHOUT_DATE: dated.clocks,
    }
    without = empty & ~totals if totals.any() else empty
    missing = np.bincount(codes[without & (codes >= 0)], minlength=len(symbols))
    matrices = read_fields(grid, columns, decimal, groups, optional)
    fields = {field: taken(matrix[0], dated.rows) for field, matrix in matrices.items()}
    lacking = count_lacking({name: fields[name] for name in fields if name not in optional})
    row_codes, lines = taken(codes, dated.rows), taken(grid.lines, dated.rows)
    return Table(
        symbols,
        row_codes,
        dated.dates,
        taken(values, dated.rows),
        lines,
        dated.format,
        grid.dropped | columns.left_out | _positive(counts) | count_totals(grid, totals),
        missing.astype(np.int64),
        reader.decimal,
        _evidence(reader, columns, dated),
        fields,
        mend_fields(fields, _places(symbols, row_codes, lines)) | signed | dated.mended,
        lacking | reader.marked | dated.noticed,
    )


def _places(symbols: Sequence[str], codes: IntArray, lines: IntArray) -> Callable[[int], str]:
    """What a row is called in a message: its symbol, and its line of the file."""
    return lambda row: f"{symbols[int(codes[row])]} on line {lines[row]}"


def totals_of_rows(
    reader: CellReader, columns: Columns, prices: Float64Array, names: Categorical | None
) -> BoolArray:
    """Return which rows sum up others, shape (rows,); `prices` is (columns of prices, rows)."""
    codes = np.zeros(prices.shape[1], np.int64) if names is None else names.codes
    if names is not None and "" in names.cells:
        codes = np.where(codes == names.cells.index(""), -1, codes)
    days = None if columns.date is None else reader.text(columns.date)
    return find_totals(reader.grid, days, prices, codes)


def count_totals(grid: CellGrid, totals: BoolArray) -> dict[str, int]:
    """Return the count of rows that sum up others, under their message; empty without any."""
    rows = np.flatnonzero(totals)
    return {TOTALS.format(line=grid.lines[rows[0]]): int(rows.size)} if rows.size else {}


def _positive(counts: dict[str, int]) -> dict[str, int]:
    return {reason: count for reason, count in counts.items() if count}


def _all_missing(grid: CellGrid, columns: Columns, rows: int) -> DataError:
    """Return the error of a column of prices that holds none."""
    others = grid.width - len({columns.prices[0], columns.date, columns.symbol} - {None})
    remedy = f"choose another with {setting('column')}" if others else "fetch the file again"
    where = f"{grid.top}, column {columns.price_names[0][:40]}"
    return DataError(f"{where}: all {rows} prices are missing; {remedy}")


def without_signs(values: Float64Array, name: str) -> tuple[Float64Array, dict[str, int]]:
    """Take a price of CRSP without its sign, which marks a mean of bid and ask; zero is missing."""
    if bare_name(name) not in SIGNED_PRICES:
        return values, {}
    signed = {SIGNED: int(np.count_nonzero(values < 0))}
    return np.where(values == 0, np.nan, np.abs(values)), _positive(signed)


def _evidence(reader: CellReader, columns: Columns, dated: RowDates) -> dict[str, str]:
    reasons = {"decimal": reader.evidence, "date_format": dated.evidence}
    given = {decision: why for decision, why in reasons.items() if why}
    return reader.grid.evidence | columns.evidence | given


def _series_names(reader: CellReader, columns: Columns) -> Categorical | None:
    """Return the cells that name each row's series, those of several columns joined by a blank."""
    if columns.symbol is None:
        return None
    names = reader.text(columns.symbol)
    for index in columns.beside:
        pairs, codes = pair(names, reader.text(index))
        names = Categorical([" ".join(filter(None, both)) for both in pairs], codes)
    return names


def symbols_of_rows(
    reader: CellReader, names: Categorical | None, values: Float64Array, default: str
) -> tuple[tuple[str, ...], IntArray]:
    """Return the symbols, and each row's code; -1 for a row with neither symbol nor price."""
    if names is None:
        return (default,), np.zeros(values.size, dtype=np.int64)
    refuse_unreadable_symbols(reader, names)
    codes = names.codes
    if "" in names.cells:
        empty = names.cells.index("")
        priced = np.flatnonzero((codes == empty) & ~np.isnan(values))
        if priced.size:
            raise reader.fault(int(priced[0]), "symbol", "the symbol is empty")
        codes = np.where(codes == empty, -1, codes - (codes > empty))
    return merge([clean_symbol(cell) for cell in names.cells if cell], codes)


def refuse_unreadable_symbols(reader: CellReader, names: Categorical) -> None:
    """Refuse symbols that are not ASCII where nothing proves the encoding."""
    if not reader.grid.guessed:
        return
    unread = next((i for i, cell in enumerate(names.cells) if "\ufffd" in cell), None)
    if unread is not None:
        what = f"{shorten(names.cells[unread])} is not a readable symbol"
        raise reader.fault(names.first_row(unread), "symbol", what)
    foreign = next((i for i, cell in enumerate(names.cells) if not cell.isascii()), None)
    if foreign is not None:
        what = f"{shorten(names.cells[foreign])} is in an encoding that nothing proves"
        remedy = f"name it with {setting('encoding')}, such as cp1252 or cp1251"
        raise reader.fault(names.first_row(foreign), "symbol", what, remedy)


def clean_symbol(cell: str) -> str:
    """Return the symbol in a cell, without what guards it from a spreadsheet."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 3:
        return cell[2:-1]
    guarded = cell.startswith(_FORMULA) or (cell[:1] == "'" and cell[1:].isdecimal())
    return cell[1:] if guarded else cell


def wide_table(
    reader: CellReader,
    columns: Columns,
    date_format: str | None,
    matrices: dict[str, Float64Array],
    optional: Collection[str] = (),
) -> Table:
    """One series per column; an empty cell is a day on which the symbol did not trade."""
    pairs = zip(columns.prices, columns.price_names, strict=True)
    prices = np.stack([reader.price(index, name) for index, name in pairs])  # (symbols, rows)
    totals = totals_of_rows(reader, columns, prices, None)
    prices[:, totals] = np.nan
    traded = ~np.isnan(prices)
    refuse_no_prices(reader, prices, traded)
    days = np.flatnonzero(traded.any(axis=0))
    dated = dates_of_rows(reader, columns, date_format, days, np.zeros(prices.shape[1], np.int64))
    if dated.rows.size < days.size:
        traded[:, np.setdiff1d(days, dated.rows)] = False
    codes, rows = np.nonzero(traded)
    fields = {field: matrix[codes, rows] for field, matrix in matrices.items()}
    dates = None
    if dated.dates is not None:
        by_row = np.full(prices.shape[1], np.datetime64("NaT", "s"))
        by_row[dated.rows] = dated.dates
        dates = by_row[rows]
    listed = np.flatnonzero(traded.any(axis=1))
    counts = {EMPTY_COLUMNS: prices.shape[0] - listed.size, WITHOUT_DATE: dated.clocks}
    lacking = count_lacking({name: fields[name] for name in fields if name not in optional})
    symbols = tuple(clean_symbol(columns.price_names[i]) for i in listed)
    codes, lines = np.searchsorted(listed, codes).astype(np.int64), reader.grid.lines[rows]
    return Table(
        symbols,
        codes,
        dates,
        prices[traded],
        lines,
        dated.format,
        reader.grid.dropped
        | columns.left_out
        | _positive(counts)
        | count_totals(reader.grid, totals),
        decimal=reader.decimal,
        evidence=_evidence(reader, columns, dated),
        fields=fields,
        mended=mend_fields(fields, _places(symbols, codes, lines)) | dated.mended,
        noticed=lacking | reader.marked | dated.noticed | columns.noticed,
    )


def refuse_no_prices(reader: CellReader, prices: Float64Array, traded: BoolArray) -> None:
    """Refuse a wide file of returns, or of empty cells; `prices` has the shape (symbols, rows)."""
    top = reader.grid.top
    if reader.percent and np.any(prices[traded] <= 0):
        raise DataError(
            f"{top}: cells in percent and some below zero are returns, not prices;"
            f" give prices, or choose one with {setting('column')}"
        )
    if not traded.any():
        raise DataError(f"{top}: all prices are missing; choose another {setting('column')}")
