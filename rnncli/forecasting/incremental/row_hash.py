"""A number for the rows of a series: another for other rows, and quickly told for one row more.

The sum over all rows of a well mixed number of where a row stands and what it holds, modulo 2^64:
it grows row by row, and is found for every series at once.
"""

import struct

import numpy as np
import numpy.typing as npt

from rnncli.arrays import IntArray
from rnncli.prices.series import Prices

Words = npt.NDArray[np.uint64]
BLOCK = 1 << 14  # rows whose numbers are found in one go: they stay in cache
MASK = (1 << 64) - 1
# the finaliser of SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195)
ODD, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


class RowHashes:
    """The numbers of series, each for as many of its first rows as one likes."""

    def __init__(self, prices: Prices) -> None:
        words = np.zeros(len(prices.values) + 1, np.uint64)
        for start in range(0, len(prices.values), BLOCK):
            rows = slice(start, min(start + BLOCK, len(prices.values)))
            words[rows.start + 1 : rows.stop + 1] = _words(prices, rows)
        self._sums, self._starts = np.cumsum(words, dtype=np.uint64), prices.offsets[:-1]

    def at(self, rows: IntArray) -> Words:
        """The number for the first `rows` (series) rows of each series, (series)."""
        found: Words = self._sums[self._starts + rows] - self._sums[self._starts]
        return found


def with_row(number: int, row: int, second: int, values: list[float]) -> int:
    """The number for a series after one more row: its place, its date (seconds), what it holds."""
    word = _mixed(row, second & MASK)
    for value in values:
        word = _mixed(word, _bits(value))
    return (number + word) & MASK


def _mixed(word: int, more: int) -> int:
    z = ((word ^ more) + ODD) & MASK
    z = ((z ^ (z >> 30)) * FIRST) & MASK
    z = ((z ^ (z >> 27)) * SECOND) & MASK
    return z ^ (z >> 31)


def _bits(value: float) -> int:
    """The bits of a number; of all that are none, the same."""
    found: int = struct.unpack("<Q", struct.pack("<d", value if value == value else np.nan))[0]  # noqa: PLR0124
    return found


def _words(prices: Prices, rows: slice) -> Words:
    """A number for each of some rows."""
    each = np.arange(rows.start, rows.stop)
    series = np.searchsorted(prices.offsets, each, side="right") - 1
    words = (each - prices.offsets[series]).astype(np.uint64)
    _mix(words, prices.dates[rows].astype("datetime64[s]").view(np.uint64))
    for values in (prices.values, *prices.fields.values()):
        own = values[rows]
        _mix(words, np.where(np.isnan(own), np.nan, own).view(np.uint64))
    return words


def _mix(words: Words, more: Words) -> None:
    """`_mixed`, in place."""
    words ^= more
    words += np.uint64(ODD)
    words ^= words >> np.uint64(30)
    words *= np.uint64(FIRST)
    words ^= words >> np.uint64(27)
    words *= np.uint64(SECOND)
    words ^= words >> np.uint64(31)
