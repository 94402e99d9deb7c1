"""The steps of prices from row to row: which are large, and which of them unusual."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from rnncli.arrays import Float64Array, IntArray, median
from rnncli.errors import setting
from rnncli.prices.parsing.quality.series_rows import Counts, SeriesRows

OUTLIERS = (
    "suspicious price jumps (first {symbol} on line {line}: from {before:g} to {price:g}{hint})"
)
LAST = (
    "suspicious jumps of the last price, from which forecasts start (first {symbol} on line"
    " {line}: from {before:g} to {price:g})"
)

UNUSUAL = 12  # times the median step of the series
STAYS = 0.2  # what the next step may take back, in logarithms; a bad print takes back more
BACK = 0.2  # of the way there that may be missing on the way back
SPELL = 3  # rows at most after which a price has come back
FEW = 5  # steps that must have been seen to call another one unusual
AROUND = 60  # steps before one, and behind it, among which it must be unusual too
CALM = 5  # steps behind one that show whether the price moves as before
LARGER = 2  # times the median step, that they are then on average, at most
RECENT = 20  # rows before the last one, whose median it is held against
FAR = 3  # a price over the one before it, or the reverse
HUGE = 60  # the same, where there are too few steps to say what is usual
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

    def unusual(self, places: IntArray) -> IntArray:
        """Return which of some steps are far beyond the others of the series."""
        return places[np.abs(self.sizes[places]) >= UNUSUAL * self._usual[1]]

    def is_unusual_nearby(self, place: int) -> bool:
        """Whether a step is far beyond those before it, and beyond those behind it."""
        sides = (slice(max(0, place - AROUND), place), slice(place + 1, place + 1 + AROUND))
        moves = [moves for side in sides if (moves := _moves(self.sizes[side])).size > FEW]
        usual = max(map(_median_of_others, moves), default=0.0)
        return bool(abs(self.sizes[place]) >= UNUSUAL * usual)

    @property
    def usual(self) -> float:
        """The median of all moves but the largest."""
        return self._usual[1]

    def is_unlike(self, place: int, times: float) -> bool:
        """Whether a step is several times as large as the largest of all others."""
        others = np.delete(np.abs(self.sizes), place)
        return bool(abs(self.sizes[place]) >= times * np.nanmax(others, initial=0))

    def is_calm_after(self, place: int) -> bool:
        """Whether the next steps are as usual: bad news is followed by larger ones."""
        after = np.abs(self.sizes[place + 1 : place + 1 + CALM])
        return not after.size or bool(np.nanmean(after) <= LARGER * self.usual)

    def stays(self, place: int) -> bool:
        """Whether the steps beside one are small."""
        beside = [self.sizes[i] for i in (place - 1, place + 1) if 0 <= i < self.sizes.size]
        return all(abs(step) < STAYS for step in beside)

    def comes_back(self, place: int) -> bool:
        """Whether a price that steps away is soon where it was, or was there shortly before."""
        slack = BACK * abs(self.sizes[place])
        after = np.cumsum(self.sizes[place : place + SPELL + 1])[1:]
        before = np.cumsum(self.sizes[max(0, place - SPELL) : place + 1][::-1])[1:]
        return bool(np.any(np.abs(after) <= slack) or np.any(np.abs(before) <= slack))


def _moves(steps: Float64Array) -> Float64Array:
    sizes = np.abs(steps)
    return np.sort(sizes[(sizes > 0) & np.isfinite(sizes)])


def _median_of_others(moves: Float64Array) -> float:
    """Return the median of sorted moves without the largest, 0 for a single move."""
    return median(moves[:-1]) if moves.size > 1 else 0.0


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
    series, first = np.unique(codes[rows], return_index=True)
    for code, places in zip(series.tolist(), np.split(rows, first)[1:], strict=True):
        start, end = (int(np.searchsorted(codes, code, side=side)) for side in ("left", "right"))
        yield start, end, places - start


def find_outliers(values: Float64Array, codes: IntArray, splits: IntArray) -> IntArray:
    """Return the rows with a suspicious jump of the price, without those of `splits`.

    A factor that is usual for the series, or was at that time, is not suspicious; of a few rows
    only a huge one is. Rows are sorted by series and date.
    """
    outliers: list[int] = []
    for start, end, places in large_steps(values, codes, AWAY):
        steps = PriceSteps(values[start:end])
        if not steps.are_enough:
            huge = places[np.abs(steps.sizes[places]) >= np.log(HUGE)]
            outliers += (start + huge + 1).tolist()
            continue
        outliers += [
            start + i + 1
            for i in steps.unusual(places).tolist()
            if abs(steps.sizes[i]) >= np.log(FAR) or steps.comes_back(i)
            if steps.is_unusual_nearby(i)
        ]
    rows = np.array(outliers, dtype=np.int64)
    return rows[~np.isin(rows, splits)]


def count_outliers(series: SeriesRows) -> Counts:
    """Yield the suspicious jumps of the price, the first one named."""
    yield from _counted(series, OUTLIERS, series.outliers)


def count_last(series: SeriesRows) -> Counts:
    """Yield those of them that are the last of their series, and no return to where it was."""
    values, ends = series.rows.values, set((series.offsets[1:] - 1).tolist())
    last = np.array([row for row in series.outliers.tolist() if row in ends], dtype=np.int64)
    far = []
    for row in last.tolist():
        start = int(np.searchsorted(series.rows.codes, series.rows.codes[row]))
        usual = median(values[max(start, row - RECENT) : row])
        is_back = PriceSteps(values[start : row + 1]).comes_back(row - start - 1)
        far.append(not is_back and abs(np.log(values[row] / usual)) >= np.log(AWAY))
    yield from _counted(series, LAST, last[np.array(far, dtype=np.bool_)])


def _counted(series: SeriesRows, text: str, places: IntArray) -> Counts:
    rows = series.rows
    for file, row, count in series.by_file(places):
        price, before = rows.values[row], rows.values[row - 1]
        line, symbol, hint = rows.lines[row], series.symbol(row), _hint(series, row)
        said = text.format(symbol=symbol, line=line, price=price, before=before, hint=hint)
        yield file, said, count


def _hint(series: SeriesRows, row: int) -> str:
    """What helps; nothing where it was done."""
    if series.repaired:
        return ""
    first = int(series.offsets[series.rows.codes[row]])
    enough = PriceSteps(series.rows.values[first:row]).are_enough
    more = "" if enough else ", which needs more rows before"
    return f"; see {setting('repair')}{more}"
