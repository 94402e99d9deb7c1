"""Which decimal mark a column has, where three digits behind every point leave it open."""

from collections.abc import Sequence

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.values import numbers
from rnncli.prices.parsing.values.parse_dates import is_date

ABSURD = 100  # a step of a price by this factor, where the other reading has none by a tenth


class NeighbourCells:
    """What the first cells of the number columns prove; dates, times and symbols aside."""

    def __init__(self, grid: CellGrid, columns: Columns):
        every = zip(*(row[: grid.width] for row in grid.sample), strict=False)
        self._cells = [
            cell
            for i, column in enumerate(every)
            if i not in columns.named and _is_numeric(column)
            for cell in column
        ]
        self.mark, self.proof = numbers.decimal_proof(self._cells)
        self._by_machine = grid.delimiter == "," and not grid.quoted
        dates = [] if columns.date is None else [row[columns.date] for row in grid.sample]
        self._has_pointed_dates = any(cell.count(".") > 1 for cell in dates)

    def leaves_open(self, cells: Sequence[str]) -> bool:
        """Whether every point in the cells may separate thousands.

        A file that commas cut, and no quotes, has no decimal commas: its points are decimal ones,
        unless the dates have points as well, or the last digits are round, as in thousands.
        """
        if not numbers.may_be_thousands(cells, self._cells if self._by_machine else ()):
            return False
        return not self._by_machine or self._has_pointed_dates or numbers.mostly_end_round(cells)


def _is_numeric(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if not numbers.is_missing(cell)]
    return all(map(numbers.is_number, filled)) and not all(map(is_date, filled))


def may_be_dotted(values: Float64Array, has_points: bool) -> bool:
    """Whether prices that were read with decimal points may all have had three digits behind.

    `has_points`: whether the file has points anywhere, as 100.000 has and 100 has not.
    """
    prices = values[~np.isnan(values)]
    if np.any(np.abs(prices) >= 1000):
        return False
    thousandths = prices * 1000
    has_more = np.abs(thousandths - np.round(thousandths)) > 1e-6
    return has_points and bool(prices.size) and not np.any(has_more)


def by_steps(
    cells: Sequence[str], codes: IntArray, groups: IntArray | None, sign: str
) -> str | None:
    """Return the decimal mark without which a price steps by about a thousand, None if open.

    Only steps between a cell with the sign, a point or a comma, and one without can tell.
    """
    points, _ = numbers.parse(cells, ".")
    groupings, _ = numbers.parse(cells, ",")
    if len(points) < len(cells) or len(groupings) < len(cells):
        return None
    dotted = np.array([sign in cell and not numbers.is_missing(cell) for cell in cells])[codes]
    series = np.zeros_like(codes) if groups is None else groups
    read = np.array([points, groupings])[:, codes]
    positive = np.flatnonzero((read > 0).all(axis=0))
    positive = positive[np.argsort(series[positive], kind="stable")]
    before, after = positive[:-1], positive[1:]
    mixed = (dotted[before] != dotted[after]) & (series[before] == series[after])
    if not np.any(mixed):
        return None
    steps = np.abs(np.log(read[:, after[mixed]] / read[:, before[mixed]])).max(axis=1)
    point, grouping = steps.tolist()
    if max(point, grouping) < np.log(ABSURD) or min(point, grouping) > np.log(ABSURD / 10):
        return None
    return "." if point < grouping else ","


def fewest_bad(cells: list[str], mark: str, bad: int) -> tuple[str, int]:
    """Return the mark with which the fewest cells are bad, and the first cell that is."""
    bad_cells = {}
    for sign in (mark, "," if mark == "." else "."):
        indices = [i for i, cell in enumerate(cells) if numbers.parse([cell], sign)[1] is not None]
        bad_cells[sign] = indices or [bad]
    best = min(bad_cells, key=lambda sign: len(bad_cells[sign]))
    return best, bad_cells[best][0]
