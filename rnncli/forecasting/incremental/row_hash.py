"""A hash of the rows of a series, which can be updated row by row.

The sum over all rows of a well mixed number of the place of a row and its values, modulo 2^64: it
grows row by row, and is computed for every series at once.
"""

import struct

import numpy as np
import numpy.typing as npt

from rnncli.arrays import IntArray
from rnncli.prices.series import Prices

Words = npt.NDArray[np.uint64]
BLOCK = 1 << 14  # rows whose hashes are computed in one go: they stay in cache
MASK = (1 << 64) - 1
# the finaliser of SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195)
ODD, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


class RowHashes:
    """The hashes of series, each of any number of its first rows."""

    def __init__(self, prices: Prices) -> None:
        words = np.zeros(len(prices.values) + 1, np.uint64)
        for start in range(0, len(prices.values), BLOCK):
            rows = slice(start, min(start + BLOCK, len(prices.values)))
            words[rows.start + 1 : rows.stop + 1] = _words(prices, rows)
        self._sums, self._starts = np.cumsum(words, dtype=np.uint64), prices.offsets[:-1]

    def at(self, rows: IntArray) -> Words:
        """The hash of the first `rows` (series) rows of each series, (series)."""
        hashes: Words = self._sums[self._starts + rows] - self._sums[self._starts]
        return hashes


def with_row(row_hash: int, row: int, second: int, values: list[float]) -> int:
    """The hash of a series after one more row: its place, its date (seconds), its values."""
    word = _mixed(row, second & MASK)
    for value in values:
        word = _mixed(word, _bits(value))
    return (row_hash + word) & MASK


def _mixed(word: int, more: int) -> int:
    z = ((word ^ more) + ODD) & MASK
    z = ((z ^ (z >> 30)) * FIRST) & MASK
    z = ((z ^ (z >> 27)) * SECOND) & MASK
    return z ^ (z >> 31)


def _bits(value: float) -> int:
    """The bits of a number; the same for every NaN."""
    bits: int = struct.unpack("<Q", struct.pack("<d", value if value == value else np.nan))[0]  # noqa: PLR0124
    return bits


def _words(prices: Prices, rows: slice) -> Words:
    """The term of each of some rows."""
    numbers = np.arange(rows.start, rows.stop)
    series = np.searchsorted(prices.offsets, numbers, side="right") - 1
    words = (numbers - prices.offsets[series]).astype(np.uint64)
    _mix(words, prices.dates[rows].astype("datetime64[s]").view(np.uint64))
    for values in (prices.values, *prices.fields.values()):
        some = values[rows]
        _mix(words, np.where(np.isnan(some), np.nan, some).view(np.uint64))
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
