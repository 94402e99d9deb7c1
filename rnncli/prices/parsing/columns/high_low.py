"""Whether closes lie between low and high, as they do not once columns have moved."""

from collections.abc import Sequence

import numpy as np

from rnncli.prices.parsing.columns.ohlcv import is_of_more
from rnncli.prices.parsing.columns.profile import Guess
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.values import numbers
from rnncli.prices.parsing.vocabulary import column_names

ROUNDED = 1e-4  # of a price: as far as rounding may take it beyond the high
ENOUGH = 3  # rows that must have a low and a high
_ELSEWHERE = ("adj", "settle", "mark", "nav", "net", "valeur", "valor", "legal")


def find_bounds(guess: Guess, price: int) -> tuple[int, int] | None:
    """Return the columns of the high and the low that a close lies between, if there are both.

    An adjusted close, a settlement and the value of a fund need not lie there.
    """
    name = guess.bare[price]
    if name not in column_names.PRICES or name.startswith(_ELSEWHERE):
        return None
    high, low = (_numeric(guess, names) for names in (column_names.HIGHS, column_names.LOWS))
    return None if high is None or low is None else (high, low)


def _numeric(guess: Guess, names: Sequence[str]) -> int | None:
    found = guess.named([name for name in names if not name.startswith("adj")])
    return next((i for i in found if guess.is_numeric(i) and not is_of_more(guess, i)), None)


def closes_outside(grid: CellGrid, columns: Columns, decimal: str) -> tuple[int, int]:
    """Return how many closes are above the high or below the low, and the line of the first.

    Of a large file only pieces are looked at.
    """
    if columns.bounds is None:
        return 0, 0
    wanted = (columns.prices[0], *columns.bounds)
    lines, rows = [], []
    for line, cells in grid.spread():
        values, bad = numbers.parse([cells[i].strip() for i in wanted], decimal)
        if bad is None:
            lines.append(line)
            rows.append(values)
    close, high, low = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    known = (close > 0) & (high > 0) & (low > 0)
    near = ROUNDED * close
    outside = np.flatnonzero(known & ((close > high + near) | (close < low - near)))
    if np.count_nonzero(known) < ENOUGH or outside.size == 0:
        return 0, 0
    return int(outside.size), lines[int(outside[0])]
