"""The dates of a grid's rows: the column of days, the times of day beside it, their order."""

import re
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import DateArray, IntArray
from rnncli.errors import DataError
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.table.categorical import Categorical, pair, shorten, taken
from rnncli.prices.parsing.table.cell_reader import CellReader
from rnncli.prices.parsing.values.date_candidates import BadDateError
from rnncli.prices.parsing.values.dates import is_clock, parse_dates
from rnncli.prices.parsing.vocabulary.date_words import may_be_named

_WRITE = "write dates as 2024-01-31"


@dataclass(frozen=True)
class RowDates:
    """The rows that have a date, the dates, how they are written, and why so."""

    kept: IntArray  # (rows,) rows of the grid
    dates: DateArray | None
    format: str | None = None
    evidence: str = ""
    clocks: int = 0  # rows left out since they have a time of day only


def dates_of_rows(
    cells: CellReader, columns: Columns, date_format: str | None, kept: IntArray, codes: IntArray
) -> RowDates:
    """Return the dates of the kept rows, `codes` being each row's symbol."""
    if columns.date is None:
        return RowDates(kept, None)
    coded = _joined(cells, columns, kept)
    size = kept.size
    if columns.time is None:
        kept, coded = _without_clocks(kept, coded)
    elif date_format is not None and not re.search("%[HIMXcr]", date_format):
        date_format = f"{date_format} {_clock_format(coded.cells[0])}"

    def in_order(dates: DateArray) -> bool:
        return _is_ordered(dates[coded.codes], taken(codes, kept))

    try:
        parsed = parse_dates(coded.cells, date_format, in_order)
    except BadDateError as error:
        row = int(kept[coded.first_row(error.index)])
        what = f"{shorten(coded.cells[error.index])} {error.reason}"
        remedy = _remedy(coded.cells, error, date_format)
        raise cells.fault(row, _name_of(cells.grid, columns.date), what, remedy) from error
    except DataError as error:
        line = cells.grid.lines[kept[0]]
        where = f"{cells.grid.name}, line {line}, column {_name_of(cells.grid, columns.date)}"
        said = str(error) if columns.time is None else re.sub(" %[HI]:%M( %p)?", "", str(error))
        raise DataError(f"{where}: {said}") from error
    dates = parsed.dates[coded.codes]
    return RowDates(kept, dates, parsed.format, parsed.evidence, size - kept.size)


def _remedy(cells: list[str], error: BadDateError, date_format: str | None) -> str:
    """Return what mends a cell that is no date; a format is offered only where one can fit."""
    remedy = "mend that line" if error.index else _WRITE
    alone = error.index and date_format is None and "calendar" not in error.reason
    if alone or not may_be_named(cells[error.index]):
        return remedy
    return f"{remedy}, or name the format with --date-format"


def _name_of(grid: CellGrid, index: int) -> str:
    return (grid.header[index].strip()[:40] if grid.header else "") or str(index + 1)


def _without_clocks(kept: IntArray, coded: Categorical) -> tuple[IntArray, Categorical]:
    """Leave out the quote of the day that some sites put first or last, timed and not dated."""
    ends = (coded.codes[0], coded.codes[-1]) if kept.size else ()
    if not any(is_clock(coded.cells[code]) for code in ends):
        return kept, coded
    clocks = [i for i, cell in enumerate(coded.cells) if is_clock(cell)]
    if len(clocks) != 1 or len(coded.cells) < 3:
        return kept, coded
    rows = np.flatnonzero(coded.codes == clocks[0])
    if rows.size != 1 or rows[0] not in {0, kept.size - 1}:
        return kept, coded
    codes = np.delete(coded.codes, rows)
    cells = [cell for i, cell in enumerate(coded.cells) if i != clocks[0]]
    return np.delete(kept, rows), Categorical(cells, codes - (codes > clocks[0]))


def _joined(cells: CellReader, columns: Columns, kept: IntArray) -> Categorical:
    """Return the distinct dates (with the time of day beside them) that the kept rows use."""
    assert columns.date is not None
    day = cells.text(columns.date)
    codes, texts = taken(day.codes, kept), day.cells
    if columns.time is not None:
        clock = cells.text(columns.time)
        pairs, codes = pair(Categorical(texts, codes), Categorical(clock.cells, clock.codes[kept]))
        width = 6 if any(len(cell) > 4 for cell in clock.cells) else 4
        return Categorical([f"{date} {_padded(time, width)}" for date, time in pairs], codes)
    used = np.flatnonzero(np.bincount(codes, minlength=len(texts)))
    if used.size == len(texts):
        return Categorical(texts, codes)
    return Categorical([texts[int(code)] for code in used], np.searchsorted(used, codes))


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
