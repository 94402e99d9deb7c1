"""What the columns of a grid look like, by their names and their first cells."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError, setting
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.values import numbers
from rnncli.prices.parsing.values.calendars import in_gregorian
from rnncli.prices.parsing.values.date_serials import is_serial
from rnncli.prices.parsing.values.footnotes import has_mark
from rnncli.prices.parsing.values.numbers import plain
from rnncli.prices.parsing.values.parse_dates import has_year, is_clock, is_date, is_epoch
from rnncli.prices.parsing.vocabulary.calendar_words import calendar_called
from rnncli.prices.parsing.vocabulary.column_names import LETTERS

NEAR = 1.25  # the high of a day over its low, in the median
FEW_ROWS = 3  # fewer rows than this prove nothing
FEW_CELLS = 20  # of a column, that show whether a format fits
_ORDINARY = 1e7  # numbers below it are rather prices or counts than dates
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_MARK = re.compile("[.,]")


@dataclass(frozen=True)
class ColumnProfile:
    """The header and the first cells of one column, and what they look like.

    Each property is worked out when it is first asked for, and kept.
    """

    header: str  # as in the file, stripped
    raw_cells: tuple[str, ...]  # the first cells as in the file
    in_letters: bool = False  # whether o, h, l and c stand for open, high, low and close

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """The first cells, stripped."""
        return tuple(cell.strip() for cell in self.raw_cells)

    @cached_property
    def filled_cells(self) -> tuple[str, ...]:
        """The first cells that hold a value, stripped."""
        return tuple(cell for cell in self.cells if not numbers.is_missing(cell))

    @cached_property
    def name(self) -> str:
        """The header; empty where the column counts rows, or has dates under such a header."""
        if not names.is_counter(self.header):
            return self.header
        holds_texts = self.header and not self.is_numeric and not self.holds_dates
        is_named = holds_texts or (self.header and self.holds_decimals)
        return self.header if is_named else ""

    @cached_property
    def bare_name(self) -> str:
        """The name as the vocabulary of column names lists it."""
        return names.plain_name(LETTERS.get(self.name, self.name) if self.in_letters else self.name)

    @property
    def is_filled(self) -> bool:
        """Whether any cell holds a value."""
        return bool(self.filled_cells)

    @cached_property
    def is_numeric(self) -> bool:
        """Whether all cells are numbers, with a footnote or not; dividends between them aside."""
        return all(
            numbers.is_number(cell) or numbers.is_event(cell) or has_mark(cell)
            for cell in self.filled_cells
        )

    @cached_property
    def holds_decimals(self) -> bool:
        """Whether the cells are numbers, and most have decimals."""
        marked = [cell for cell in self.filled_cells if "." in cell or "," in cell]
        decimals = sum(map(numbers.is_number, marked))
        return 2 * decimals > len(self.filled_cells) and self.is_numeric

    @cached_property
    def decimals(self) -> int:
        """How many digits the cells have behind a point or a comma at most."""
        behind = [re.split("[.,]", cell)[-1] for cell in self.filled_cells if _MARK.search(cell)]
        return max((sum(map(str.isdigit, digits)) for digits in behind), default=0)

    @cached_property
    def holds_codes(self) -> bool:
        """Whether the cells are whole numbers, few or small or hardly changing: rather codes."""
        cells = self.filled_cells
        if len(cells) < FEW_ROWS or not all(map(_WHOLE.fullmatch, cells)):
            return False
        changes = sum(one != other for one, other in itertools.pairwise(cells))
        if max(map(len, cells)) > 2:
            return 4 * changes < len(cells)
        return len(set(cells)) <= 7 or max(map(int, cells)) <= 31

    @cached_property
    def holds_dates(self) -> bool:
        """Whether most cells are dates."""
        cells = self.filled_cells
        return bool(cells) and sum(map(is_date, cells)) > len(cells) // 2

    @cached_property
    def holds_epochs_or_years(self) -> bool:
        """Whether the cells count seconds since 1970, or days in order, or are years."""
        if self.holds_spreadsheet_days:
            return True
        years = all(
            cell.isdecimal() and len(cell) == 4 and "1500" <= cell <= "2199" for cell in self.cells
        )
        return all(map(is_epoch, self.cells)) or years

    @cached_property
    def holds_spreadsheet_days(self) -> bool:
        """Whether the cells number days as spreadsheets do, under the name of dates or in order."""
        if not self.cells or not all(map(is_serial, self.cells)):
            return False
        in_order = len(self.cells) >= FEW_ROWS and _only_rise_or_fall(self.cells)
        return self.bare_name in names.SURE_DATES or in_order

    @cached_property
    def holds_digits_of_dates(self) -> bool:
        """Whether the cells are yyyymmdd, or rise or fall in seconds since 1970, all of them."""
        if all(len(cell) == 8 and is_date(cell) for cell in self.cells):
            return True
        if len(self.cells) < FEW_ROWS or not all(map(is_epoch, self.cells)):
            return False
        return _only_rise_or_fall(self.cells)

    @cached_property
    def holds_times(self) -> bool:
        """Whether the cells are times of day."""
        if self.filled_cells and all(map(is_clock, self.filled_cells)):
            return True
        digits = [cell.replace(":", "").split(".")[0] for cell in self.cells]
        return all(text.isdigit() and len(text) in {3, 4, 5, 6} for text in digits)

    @cached_property
    def counts_rows(self) -> bool:
        """Whether the cells are 1, 2, 3 and so on, or back."""
        cells = self.cells
        if len(cells) < FEW_ROWS or not all(cell.isdecimal() and len(cell) < 10 for cell in cells):
            return False
        steps = np.diff([int(cell) for cell in cells])
        return bool(abs(steps[0]) == 1 and np.all(steps == steps[0]))

    @cached_property
    def holds_ordinary_numbers(self) -> bool:
        """Whether the cells are small numbers, so that a column named day holds no dates."""
        values = self.values(".")
        return values is not None and not np.any(np.abs(values) >= _ORDINARY)

    def values(self, decimal: str) -> Float64Array | None:
        """Return the first cells as numbers, shape (cells,); None where a cell is not a number."""
        return self._with_points if decimal == "." else self._with_commas

    @cached_property
    def _with_points(self) -> Float64Array | None:
        return _parsed(self.cells, ".")

    @cached_property
    def _with_commas(self) -> Float64Array | None:
        return _parsed(self.cells, ",")

    def fits_format(self, date_format: str) -> bool:
        """Whether the first cells are dates in a format of strptime."""
        if calendar_called(date_format) is not None:
            return bool(in_gregorian(self.cells, list(map(plain, self.cells)), date_format, ())[1])
        year = ("", "") if has_year(date_format) else (" 2000", " %Y")  # any, with a 29 February
        try:
            for cell in self.cells[:FEW_CELLS]:
                datetime.strptime(cell + year[0], date_format + year[1])
        except (ValueError, re.error):
            return False
        return True


def _parsed(cells: Sequence[str], decimal: str) -> Float64Array | None:
    values, bad = numbers.parse(cells, decimal)
    return np.array(values, dtype=np.float64) if bad is None else None


def _only_rise_or_fall(cells: Sequence[str]) -> bool:
    steps = np.diff([float(cell) for cell in cells])
    return bool(np.all(steps > 0) or np.all(steps < 0))


class GridProfile:
    """The profiles of all columns of a grid, in their order."""

    def __init__(self, grid: CellGrid, header: Sequence[str]):
        self.grid = grid
        rows = [row[: grid.width] for row in grid.sample if len(row) >= grid.width]
        self.is_complete = len(rows) == grid.lines.size  # whether the first cells are all cells
        columns = list(zip(*rows, strict=True)) or [()] * len(header)
        stripped = [cell.strip() for cell in header]
        in_letters = {"o", "h", "l", "c"} <= set(stripped)
        self._columns = [
            ColumnProfile(name, cells, in_letters)
            for name, cells in zip(stripped, columns, strict=True)
        ]

    def __getitem__(self, index: int) -> ColumnProfile:
        return self._columns[index]

    def __len__(self) -> int:
        return len(self._columns)

    def __iter__(self) -> Iterator[ColumnProfile]:
        return iter(self._columns)

    @property
    def top(self) -> str:
        """The file and the line of its header, for a message."""
        return self.grid.top

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self._columns)

    @cached_property
    def bare_names(self) -> tuple[str, ...]:
        """The names as the vocabulary lists them."""
        return tuple(column.bare_name for column in self._columns)

    def short_name(self, index: int) -> str:
        """Return the name of a column as it is shown in a message."""
        return self.names[index][:40]

    def where(self, index: int, cell: str) -> str:
        """Return file, line and column of the first row with a cell, for a message."""
        cells = self[index].cells
        line = int(self.grid.lines[cells.index(cell) if cell in cells else 0])
        return f"{self.grid.name}, line {line}, column {self.short_name(index)}"

    def named(self, wanted: Sequence[str]) -> list[int]:
        """Return the columns with one of these names, the most wanted name first."""
        return [index for name in wanted for index in self._places.get(name, ())]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """The columns of each bare name."""
        places: dict[str, list[int]] = {}
        for index, name in enumerate(self.bare_names):
            places.setdefault(name, []).append(index)
        return places

    def values(self, columns: Sequence[int], decimal: str = ".") -> Float64Array | None:
        """Return the first cells of columns as numbers, shape (columns, rows); None for texts."""
        values = list(self._values_until_text(columns, decimal))
        return np.array(values) if values and len(values) == len(columns) else None

    def _values_until_text(self, columns: Sequence[int], decimal: str) -> Iterator[Float64Array]:
        for index in columns:
            values = self[index].values(decimal)
            if values is None:
                return
            yield values

    def list_names(self) -> str:
        """Return the names of the columns for a message."""
        shown = ", ".join(name[:40] or "(unnamed)" for name in self.names[:12])
        return shown + (", ..." if len(self) > 12 else "")

    def unique(self, index: int, candidates: Sequence[int], remedy: str = "") -> int:
        """Return the column at `index`; DataError where another candidate has its name."""
        twins = [i for i in candidates if self.bare_names[i] == self.bare_names[index]]
        if len(twins) > 1:
            one, other = (self.short_name(i) for i in twins[:2])
            where = " and ".join(str(i + 1) for i in twins)
            what = f"{one!r}" if one == other else f"{one!r} and {other!r}"
            if not remedy:  # --column does not tell names of one spelling apart
                alike = one.casefold() == other.casefold()
                remedy = "rename one" if alike else f"rename one or choose with {setting('column')}"
            raise DataError(f"{self.top}: two columns are called {what} ({where}); {remedy}")
        return index


def is_candle(values: Float64Array | None) -> bool:
    """Whether one column bounds the others from above and one from below, closely, in all rows.

    `values` has the shape (columns, rows).
    """
    if values is None or len(values) < 4:
        return False
    rows = values[:, ~np.isnan(values).any(axis=0)]
    if rows.shape[1] < FEW_ROWS or np.any(rows <= 0):
        return False
    high, low = rows.max(axis=0), rows.min(axis=0)
    bounded = np.all(rows == high, axis=1).any() and np.all(rows == low, axis=1).any()
    return bool(bounded and np.median(high / low) < NEAR)
