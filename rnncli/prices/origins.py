"""The rows of prices that forecasts are made from."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rnncli.arrays import IntArray
from rnncli.prices.series import Prices


def _no_folds() -> IntArray:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Origins:
    """n forecasts to be made, each from a series and the last row of it that is known.

    series, row (n): numbers of the series, and of the rows within them. fold (n): in an
    evaluation, which of the shared cutoffs each is; else empty.
    """

    series: IntArray
    row: IntArray
    fold: IntArray = field(default_factory=_no_folds)

    def __len__(self) -> int:
        return len(self.series)

    def by_series(self) -> Iterator[tuple[int, slice, IntArray]]:
        """Of each series with origins: its number, where they are, their rows.

        The origins of a series must follow one another.
        """
        numbers, starts = np.unique(self.series, return_index=True)
        ends = np.append(starts, len(self.series))[1:].tolist()
        for i, start, end in zip(numbers.tolist(), starts.tolist(), ends, strict=True):
            yield i, slice(start, end), self.row[start:end]

    def every(self, stride: int) -> "Origins":
        """Every `stride`-th of them, the first one included."""
        return Origins(self.series[::stride], self.row[::stride], self.fold[::stride])


def days_of(prices: Prices, origins: Origins) -> IntArray:
    """A number for the date of each origin (n), for its row without dates."""
    dates = prices.dates[prices.offsets[origins.series] + origins.row]
    seconds = dates.astype("datetime64[s]").astype(np.int64)
    days: IntArray = np.where(np.isnat(dates), origins.row, seconds)
    return days


def last_rows(prices: Prices) -> Origins:
    """The last row of each series."""
    return Origins(np.arange(len(prices.symbols)), prices.lengths - 1)
