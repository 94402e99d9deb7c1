"""The rows of all files as series, and what looks odd in them, counted for each file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray, distinct, median
from rnncli.dates import format_date, today
from rnncli.errors import setting
from rnncli.prices.parsing.quality.date_checks import yet_to_come
from rnncli.prices.parsing.table.join import PriceRows

PAUSES = "years without a price (first {symbol} between {before} and {after})"
TO_COME = "symbols that end on a future day (first {symbol} on {date}; {option} leaves it out)"
CONSTANT = "symbols whose price never changes"

_PAUSE = 300 * 86_400  # seconds between two rows that are worth a word
_MANY = 60  # if they are also this many times the usual ones
_LONG = 30  # rows of one price throughout that are worth a word


@dataclass(frozen=True)
class SplitJumps:
    """Rows before which a price was divided by `ratios`, or multiplied where it is below 1."""

    rows: IntArray  # (jumps,)
    ratios: Float64Array  # (jumps,)
    named: BoolArray  # (jumps,) whether a column of the file names the split


@dataclass(frozen=True)
class SeriesRows:
    """The rows of all files by series and date, without those that repeat another."""

    rows: PriceRows  # as in the files
    splits: SplitJumps
    outliers: IntArray  # rows with a suspicious jump of the price
    adjusted: PriceRows  # the same rows, the splits undone where that is asked for
    undone: bool  # whether it is
    repaired: bool = False  # whether faulty prices that can be told were taken out
    euro: dict[int, str] = field(default_factory=dict)  # row: the currency that became the euro

    @cached_property
    def offsets(self) -> IntArray:
        """The row that each series begins with, and the end, shape (series + 1,)."""
        counts = np.bincount(self.rows.codes, minlength=len(self.rows.symbols))
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def symbol(self, row: int) -> str:
        """Return the symbol of a row."""
        return self.rows.symbols[int(self.rows.codes[row])]

    def by_file(self, places: IntArray) -> Iterator[tuple[int, int, int]]:
        """Yield each file with some of the rows, the first of them, and how many they are."""
        for file in distinct(self.rows.files[places]).tolist():
            of_file = places[self.rows.files[places] == file]
            yield file, int(of_file[0]), int(of_file.size)


Counts = Iterator[tuple[int, str, int]]  # a file, what was noticed or mended in it, how often


def count_pauses(series: SeriesRows) -> Counts:
    """Yield the long pauses, such as a mistyped year leaves."""
    rows = series.rows
    steps = np.diff(rows.dates).astype(np.int64)
    same = (rows.codes[1:] == rows.codes[:-1]) & ~np.isnat(rows.dates[1:])
    long = np.flatnonzero(same & (steps > _PAUSE))
    usual = {code: _usual_step(rows, steps, code) for code in distinct(rows.codes[long]).tolist()}
    pauses = [i + 1 for i in long.tolist() if steps[i] > _MANY * usual[int(rows.codes[i])]]
    for file, row, count in series.by_file(np.array(pauses, dtype=np.int64)):
        before, after = (format_date(date) for date in rows.dates[row - 1 : row + 1])
        yield file, PAUSES.format(symbol=series.symbol(row), before=before, after=after), count


def _usual_step(rows: PriceRows, steps: IntArray, code: int) -> float:
    start, end = (int(np.searchsorted(rows.codes, code, side=side)) for side in ("left", "right"))
    return median(steps[start : end - 1])


def count_to_come(series: SeriesRows) -> Counts:
    """Yield the symbols that end on a future day."""
    last = series.offsets[1:][yet_to_come(series.rows.dates, series.offsets)] - 1
    for file, row, count in series.by_file(last):
        date = format_date(series.rows.dates[row])
        yield (
            file,
            TO_COME.format(
                symbol=series.symbol(row), date=date, option=setting("until", today().isoformat())
            ),
            count,
        )


def count_constant(series: SeriesRows) -> Counts:
    """Yield the symbols whose price never changes."""
    lengths = np.diff(series.offsets)
    if lengths.size == 0 or lengths.max() < _LONG:
        return
    values, starts = series.adjusted.values, series.offsets[:-1]
    lowest, highest = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    for file, _, count in series.by_file(starts[(lowest == highest) & (lengths >= _LONG)]):
        yield file, CONSTANT, count
