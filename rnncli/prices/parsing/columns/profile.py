"""What the columns of a grid look like, by their names and their first cells."""

import itertools
import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.values import numbers
from rnncli.prices.parsing.values.date_serials import is_serial
from rnncli.prices.parsing.values.dates import is_clock, is_date, is_epoch
from rnncli.prices.parsing.vocabulary.column_names import LETTERS

NEAR = 1.25  # the high of a day over its low, in the median
FEW_ROWS = 3  # fewer rows than this prove nothing
FEW_CELLS = 20  # of a column, that show whether a format fits


class Guess:
    """The names and first cells of a grid's columns, and what they look like."""

    def __init__(self, grid: CellGrid, header: Sequence[str]):
        self.name = grid.top
        self.guessed = grid.guessed
        self.grid = grid
        rows = [row for row in grid.sample if len(row) >= grid.width]
        self.complete = len(rows) == grid.lines.size  # whether the first cells are all cells
        self.cells = [[row[index] for row in rows] for index in range(len(header))]
        self.header = tuple(self._name(i, cell.strip()) for i, cell in enumerate(header))
        short = {"o", "h", "l", "c"} <= {cell.strip() for cell in header}
        self.bare = [
            names.plain_name(LETTERS.get(cell, cell) if short else cell) for cell in self.header
        ]

    def _name(self, index: int, name: str) -> str:
        """Return the name of a column; one that counts rows, or has dates under index, has none."""
        if not names.is_counter(name):
            return name
        texts = name and not self.is_numeric(index) and not self.holds_dates(index)
        return name if texts or (name and self.holds_decimals(index)) else ""

    def where(self, index: int, cell: str) -> str:
        """Return file, line and column of the first row with a cell, for a message."""
        row = next((i for i, own in enumerate(self.cells[index]) if own.strip() == cell), 0)
        line = int(self.grid.lines[row])
        return f"{self.grid.name}, line {line}, column {self.header[index][:40]}"

    def named(self, wanted: Sequence[str]) -> list[int]:
        """Return the columns with one of these names, the most wanted name first."""
        return [i for name in wanted for i, bare in enumerate(self.bare) if bare == name]

    def is_filled(self, index: int) -> bool:
        """Whether any cell holds a value."""
        return not all(map(numbers.is_missing, self.cells[index]))

    def is_numeric(self, index: int) -> bool:
        """Whether all cells are numbers, dividends between them aside."""
        filled = [cell for cell in self.cells[index] if not numbers.is_missing(cell)]
        return all(numbers.is_number(cell) or numbers.is_event(cell) for cell in filled)

    def holds_decimals(self, index: int) -> bool:
        """Whether the cells are numbers, and most have decimals."""
        cells = [cell.strip() for cell in self.cells[index] if not numbers.is_missing(cell)]
        parted = [c for c in cells if ("." in c or "," in c) and numbers.is_number(c)]
        return self.is_numeric(index) and 2 * len(parted) > len(cells)

    def holds_codes(self, index: int) -> bool:
        """Whether the cells are whole numbers, few or small or hardly changing: rather codes."""
        cells = [cell.strip() for cell in self.cells[index] if not numbers.is_missing(cell)]
        if len(cells) < FEW_ROWS or not all(re.fullmatch(r"[+-]?[0-9]{1,18}", c) for c in cells):
            return False
        changes = sum(one != other for one, other in itertools.pairwise(cells))
        if max(map(len, cells)) > 2:
            return 4 * changes < len(cells)
        return len(set(cells)) <= 7 or max(map(int, cells)) <= 31

    def holds_dates(self, index: int) -> bool:
        """Whether most cells are dates."""
        filled = [cell for cell in self.cells[index] if not numbers.is_missing(cell)]
        return bool(filled) and sum(is_date(cell) for cell in filled) > len(filled) // 2

    def fits_format(self, index: int, date_format: str) -> bool:
        """Whether the first cells are dates in a format of strptime."""
        try:
            for cell in self.cells[index][:FEW_CELLS]:
                datetime.strptime(cell.strip(), date_format)
        except (ValueError, re.error):
            return False
        return True

    def holds_counts(self, index: int) -> bool:
        """Whether the cells count seconds since 1970, or days in order, or are years."""
        cells = [cell.strip() for cell in self.cells[index]]
        if self.counts_spreadsheet_days(index):
            return True
        years = all(cell.isdecimal() and "1500" <= cell <= "2199" for cell in cells)
        return all(map(is_epoch, cells)) or (years and all(len(cell) == 4 for cell in cells))

    def counts_spreadsheet_days(self, index: int) -> bool:
        """Whether the cells number days as spreadsheets do, under the name of dates or in order."""
        cells = [cell.strip() for cell in self.cells[index]]
        if not cells or not all(map(is_serial, cells)):
            return False
        steps = np.diff([float(cell) for cell in cells])
        ordered = np.all(steps > 0) or np.all(steps < 0)
        return self.bare[index] in names.SURE_DATES or bool(len(cells) >= FEW_ROWS and ordered)

    def holds_digits_of_dates(self, index: int) -> bool:
        """Whether the cells are yyyymmdd, or rise or fall in seconds since 1970, all of them."""
        cells = [cell.strip() for cell in self.cells[index]]
        if all(len(cell) == 8 and is_date(cell) for cell in cells):
            return True
        if len(cells) < FEW_ROWS or not all(map(is_epoch, cells)):
            return False
        steps = np.diff([float(cell) for cell in cells])
        return bool(np.all(steps > 0) or np.all(steps < 0))

    def is_clock(self, index: int) -> bool:
        """Whether the cells are times of day."""
        cells = [cell for cell in self.cells[index] if not numbers.is_missing(cell)]
        if cells and all(map(is_clock, cells)):
            return True
        digits = [cell.strip().replace(":", "").split(".")[0] for cell in self.cells[index]]
        return all(d.isdigit() and len(d) in {3, 4, 5, 6} for d in digits)

    def counts_rows(self, index: int) -> bool:
        """Whether the cells are 1, 2, 3 and so on, or back."""
        cells = [cell.strip() for cell in self.cells[index]]
        if len(cells) < FEW_ROWS or not all(cell.isdecimal() and len(cell) < 10 for cell in cells):
            return False
        steps = np.diff([int(cell) for cell in cells])
        return bool(abs(steps[0]) == 1 and np.all(steps == steps[0]))

    def counts_days(self, index: int) -> bool:
        """Whether the cells are ordinary numbers, so that a name such as day or data is no date."""
        values = self.values([index])
        return values is not None and not np.any(np.abs(values) >= 1e7)

    def values(self, columns: Sequence[int], decimal: str = ".") -> Float64Array | None:
        """Return the first cells of columns as numbers, shape (columns, rows)."""
        parsed = [numbers.parse([c.strip() for c in self.cells[i]], decimal) for i in columns]
        if not parsed or any(bad is not None for _, bad in parsed):
            return None
        return np.array([values for values, _ in parsed])

    def list_names(self) -> str:
        """Return the names of the columns for a message."""
        shown = ", ".join(name[:40] or "(unnamed)" for name in self.header[:12])
        return shown + (", ..." if len(self.header) > 12 else "")

    def only(
        self,
        found: Sequence[int],
        index: int,
        remedy: str = "",
    ) -> int:
        """Return the column at `index`, unless another has the same name."""
        twins = [i for i in found if self.bare[i] == self.bare[index]]
        if len(twins) > 1:
            one, other = (self.header[i][:40] for i in twins[:2])
            where = " and ".join(str(i + 1) for i in twins)
            what = f"{one!r}" if one == other else f"{one!r} and {other!r}"
            if not remedy:  # --column does not tell names of one spelling apart
                alike = one.casefold() == other.casefold()
                remedy = "rename one" if alike else "rename one or choose with --column"
            raise DataError(f"{self.name}: two columns are called {what} ({where}); {remedy}")
        return index


def is_candle(table: Float64Array | None) -> bool:
    """Whether one column bounds the others from above and one from below, closely, in all rows."""
    if table is None or len(table) < 4:
        return False
    rows = table[:, ~np.isnan(table).any(axis=0)]
    if rows.shape[1] < FEW_ROWS or np.any(rows <= 0):
        return False
    high, low = rows.max(axis=0), rows.min(axis=0)
    bounded = np.all(rows == high, axis=1).any() and np.all(rows == low, axis=1).any()
    return bool(bounded and np.median(high / low) < NEAR)
