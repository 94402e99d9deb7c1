"""The steps of prices from row to row: which are large, and which of them unusual."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from rnncli.arrays import Float64Array, IntArray

UNUSUAL = 12  # times the median step of the series
STAYS = 0.2  # what the next step may take back, in logarithms: a bad print is no split
BACK = 0.2  # of the way there that may be missing on the way back
SPELL = 3  # rows at most after which a price has come back
FEW = 5  # steps that must have been seen to call another one unusual
AROUND = 60  # steps before one, and behind it, among which it must be unusual too
FAR = 3  # a price over the one before it, or the reverse
AWAY = 1.75  # the same, where the price comes back within a few rows


class PriceSteps:
    """The logarithmic steps of one series; a step from or to a price not above zero is NaN."""

    def __init__(self, values: Float64Array):
        with np.errstate(divide="ignore", invalid="ignore"):
            self.sizes = np.diff(np.log(np.where(values > 0, values, np.nan)))  # (rows - 1,)

    @cached_property
    def _usual(self) -> tuple[int, float]:
        """How many steps there are, and the median of all but the largest."""
        moves = _moves(self.sizes)
        return moves.size, _median_of_others(moves)

    @property
    def are_enough(self) -> bool:
        """Whether the series moves often enough to say what is usual."""
        return self._usual[0] > FEW

    def unusual(self, here: IntArray) -> IntArray:
        """Return which of some steps are far beyond the others of the series."""
        return here[np.abs(self.sizes[here]) >= UNUSUAL * self._usual[1]]

    def is_unusual_nearby(self, here: int) -> bool:
        """Whether a step is far beyond those before it, and beyond those behind it."""
        sides = (slice(max(0, here - AROUND), here), slice(here + 1, here + 1 + AROUND))
        moves = [moves for side in sides if (moves := _moves(self.sizes[side])).size > FEW]
        usual = max(map(_median_of_others, moves), default=0.0)
        return bool(abs(self.sizes[here]) >= UNUSUAL * usual)

    def stays(self, here: int) -> bool:
        """Whether the steps beside one are small."""
        beside = [self.sizes[i] for i in (here - 1, here + 1) if 0 <= i < self.sizes.size]
        return all(abs(step) < STAYS for step in beside)

    def comes_back(self, here: int) -> bool:
        """Whether a price that steps away is soon where it was, or was there shortly before."""
        slack = BACK * abs(self.sizes[here])
        after = np.cumsum(self.sizes[here : here + SPELL + 1])[1:]
        before = np.cumsum(self.sizes[max(0, here - SPELL) : here + 1][::-1])[1:]
        return bool(np.any(np.abs(after) <= slack) or np.any(np.abs(before) <= slack))


def _moves(steps: Float64Array) -> Float64Array:
    sizes = np.abs(steps)
    return np.sort(sizes[(sizes > 0) & np.isfinite(sizes)])


def _median_of_others(moves: Float64Array) -> float:
    """Return the median of sorted moves without the largest, 0 where there is no other."""
    return float(np.median(moves[:-1])) if moves.size > 1 else 0.0


def large_steps(
    values: Float64Array, codes: IntArray, factor: float
) -> Iterator[tuple[int, int, IntArray]]:
    """Yield the series that step by a factor or more: first row, row behind the last, and where.

    The rows are sorted by series; a step is numbered by the row before it, from 0 in its series.
    """
    before, after = values[:-1], values[1:]
    with np.errstate(over="ignore"):  # of prices near the largest number
        large = (after >= factor * before) | (before >= factor * after)
    large &= (codes[1:] == codes[:-1]) & (before > 0) & (after > 0)
    rows = np.flatnonzero(large)
    found, first = np.unique(codes[rows], return_index=True)
    for code, here in zip(found.tolist(), np.split(rows, first)[1:], strict=True):
        start, end = (int(np.searchsorted(codes, code, side=side)) for side in ("left", "right"))
        yield start, end, here - start


def find_strays(values: Float64Array, codes: IntArray, splits: IntArray) -> IntArray:
    """Return the rows that a price far from the one before stands in, those of `splits` aside.

    A factor that is usual for the series, or was at that time, says nothing. Rows are sorted by
    series and date.
    """
    found: list[int] = []
    for start, end, here in large_steps(values, codes, AWAY):
        steps = PriceSteps(values[start:end])
        found += [
            start + i + 1
            for i in (steps.unusual(here) if steps.are_enough else here[:0]).tolist()
            if abs(steps.sizes[i]) >= np.log(FAR) or steps.comes_back(i)
            if steps.is_unusual_nearby(i)
        ]
    return np.setdiff1d(np.array(found, dtype=np.int64), splits)
