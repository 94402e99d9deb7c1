"""The dates of the rows of a grid: the column of days, the times of day beside it, their order."""

import re
from dataclasses import dataclass, field

import numpy as np

from rnncli.arrays import DateArray, IntArray
from rnncli.errors import DataError, setting
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.table.categorical import Categorical, pair, shorten, taken
from rnncli.prices.parsing.table.cell_reader import CellReader
from rnncli.prices.parsing.table.row_instants import settle_instants
from rnncli.prices.parsing.values.date_candidates import BadDateError
from rnncli.prices.parsing.values.date_serials import days_of_year_zero
from rnncli.prices.parsing.values.footnotes import dates_without_marks
from rnncli.prices.parsing.values.parse_dates import is_clock, is_date, parse_dates
from rnncli.prices.parsing.vocabulary.date_words import may_be_named
from rnncli.prices.parsing.vocabulary.expression import expression

MARKED = "dates with the mark of a footnote, read without it (first {cell} on line {line})"

_HAS_CLOCK = expression("%[HIMXcr]")
_WRITE = "write dates as 2024-01-31"


@dataclass(frozen=True)
class RowDates:
    """The rows that have a date, the dates, how they are written, and why so."""

    rows: IntArray  # (rows,) rows of the grid
    dates: DateArray | None  # (rows,)
    format: str | None = None
    evidence: str = ""
    clocks: int = 0  # rows left out since they have a time of day only
    mended: dict[str, int] = field(default_factory=dict)  # what was changed: rows
    noticed: dict[str, int] = field(default_factory=dict)  # what was read past: rows


def dates_of_rows(
    reader: CellReader,
    columns: Columns,
    date_format: str | None,
    priced: IntArray,
    codes: IntArray,
) -> RowDates:
    """Return the dates of the rows with a price, `codes` being the symbol of every row.

    Raises DataError for the first cell that is not a date, or if several formats fit.
    """
    if columns.date is None:
        return RowDates(priced, None)
    column = _joined(reader, columns, priced)
    rows = priced
    if columns.time is None:
        rows, column = _without_clocks(priced, column)
    elif date_format is not None and "%" in date_format and not _HAS_CLOCK.search(date_format):
        date_format = f"{date_format} {_clock_format(column.cells[0])}"

    def in_order(dates: DateArray) -> bool:
        return _is_ordered(dates[column.codes], taken(codes, rows))

    name = _name_of(reader.grid, columns.date)
    lines = taken(reader.grid.lines, rows)
    column, marked = _without_marks(column, lines)
    try:
        parsed = parse_dates(column.cells, date_format, in_order, reader.grid.header or ())
    except BadDateError as error:
        row = int(rows[column.first_row(error.index)])
        what = f"{shorten(column.cells[error.index])} {error.reason}"
        remedy = _remedy(column.cells, error, date_format)
        raise reader.fault(row, name, what, remedy) from error
    except DataError as error:
        where = f"{reader.grid.name}, line {reader.grid.lines[rows[0]]}, column {name}"
        what = str(error) if columns.time is None else re.sub(" %[HI]:%M( %p)?", "", str(error))
        raise DataError(f"{where}: {what}") from error
    instants = settle_instants(
        parsed, column, lines, taken(codes, rows), as_written=date_format is not None
    )
    return RowDates(
        rows, instants.dates, parsed.format, instants.evidence, priced.size - rows.size,
        instants.mended, marked,
    )  # fmt: skip


def _without_marks(column: Categorical, lines: IntArray) -> tuple[Categorical, dict[str, int]]:
    """Take the marks of footnotes off dates, and count the rows that had one."""
    cells, marked = dates_without_marks(column.cells)
    if not marked:
        return column, {}
    rows = np.flatnonzero(np.isin(column.codes, marked))
    cell = shorten(column.cells[column.codes[rows[0]]])
    text = MARKED.format(cell=cell, line=int(lines[rows[0]]))
    return Categorical(cells, column.codes), {text: int(rows.size)}


def _remedy(cells: list[str], error: BadDateError, date_format: str | None) -> str:
    """Return the remedy for a cell that is not a date; a format only where one can fit."""
    remedy = "mend that line" if error.index else _WRITE
    is_word = error.index and not any(map(str.isdigit, cells[error.index]))
    if is_word or not cells[error.index]:
        return "write the date, or remove that line"
    if setting("date_format") in error.reason:
        return f"or {remedy}"
    if not error.index and len(cells) > 1 and not is_date(cells[0]) and is_date(cells[1]):
        return "mend or remove that line"
    if days_of_year_zero(cells):
        return f"they count days from the year 0, as MATLAB does; {_WRITE}"
    is_alone = error.index and date_format is None and "calendar" not in error.reason
    is_of_another = "another calendar" in error.reason
    if is_of_another or is_alone or not may_be_named(cells[error.index]):
        return remedy
    return f"{remedy}, or name the format with {setting('date_format')}"


def _name_of(grid: CellGrid, index: int) -> str:
    return (grid.header[index].strip()[:40] if grid.header else "") or str(index + 1)


def _without_clocks(rows: IntArray, column: Categorical) -> tuple[IntArray, Categorical]:
    """Leave out the quote of the day that some sites put first or last, timed and not dated."""
    ends = (column.codes[0], column.codes[-1]) if rows.size else ()
    if not any(is_clock(column.cells[code]) for code in ends):
        return rows, column
    clocks = [i for i, cell in enumerate(column.cells) if is_clock(cell)]
    if len(clocks) != 1 or len(column.cells) < 3:
        return rows, column
    clock = clocks[0]
    timed = np.flatnonzero(column.codes == clock)
    if timed.size != 1 or timed[0] not in {0, rows.size - 1}:
        return rows, column
    codes = np.delete(column.codes, timed)
    cells = [cell for i, cell in enumerate(column.cells) if i != clock]
    return np.delete(rows, timed), Categorical(cells, codes - (codes > clock))


def _joined(reader: CellReader, columns: Columns, rows: IntArray) -> Categorical:
    """Return the distinct dates (with the time of day beside them) that some rows use."""
    assert columns.date is not None
    days = reader.text(columns.date)
    codes, cells = taken(days.codes, rows), days.cells
    if columns.time is not None:
        clocks = reader.text(columns.time)
        pairs, codes = pair(
            Categorical(cells, codes), Categorical(clocks.cells, clocks.codes[rows])
        )
        width = 6 if any(len(cell) > 4 for cell in clocks.cells) else 4
        return Categorical([f"{day} {_padded(clock, width)}" for day, clock in pairs], codes)
    used = np.flatnonzero(np.bincount(codes, minlength=len(cells)))
    if used.size == len(cells):
        return Categorical(cells, codes)
    return Categorical([cells[int(code)] for code in used], np.searchsorted(used, codes))


def _padded(clock: str, width: int) -> str:
    """Return a time of day whose leading zeros got lost, as in 93000, with them."""
    return clock.zfill(width) if clock.isdigit() else clock


def _clock_format(cell: str) -> str:
    """Return how a time of day beside the date is written."""
    if cell[-1:] in "mM.":
        return "%I:%M:%S %p" if cell.count(":") == 2 else "%I:%M %p"
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
