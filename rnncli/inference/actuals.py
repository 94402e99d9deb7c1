"""What came after a cutoff, and the unit that errors are pooled in."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.prices.series import Prices
from rnncli.transforms.volatility import past_deviations


@dataclass(frozen=True)
class Origins:
    """Forecasts to be made, one a series and cutoff, series after series.

    series, row, fold (n): the row of its series that is the last one known, and which of the
    shared cutoffs that is.
    """

    series: IntArray
    row: IntArray
    fold: IntArray

    def by_series(self) -> Iterator[tuple[int, slice, IntArray]]:
        """Of each series with cells: its number, their place, their rows."""
        each, starts = np.unique(self.series, return_index=True)
        ends = np.append(starts, len(self.series))[1:].tolist()
        for i, start, end in zip(each.tolist(), starts.tolist(), ends, strict=True):
            yield i, slice(start, end), self.row[start:end]


@dataclass(frozen=True)
class Actuals:
    """What came after each of n cells; the unit of scores, in which series can be pooled.

    actual (n, horizon): prices, NaN past the end; last (n): the price at the cutoff; divisor (n):
    mean absolute one-step change up to it, NaN where nothing changed; deviation (n): standard
    deviation of the changes up to it. unit: "log" for 100 log(price/last), "mase" for
    (price - last) / divisor where prices may be zero or less.
    """

    unit: str
    actual: Float64Array
    last: Float64Array
    divisor: Float64Array
    deviation: Float64Array

    @property
    def horizon(self) -> int:
        """Rows ahead."""
        return int(self.actual.shape[1])

    def scored(self, prices: Float64Array) -> Float64Array:
        """Prices (n, horizon) in the unit of scores; NaN where they have no place in it."""
        last, divisor = self.last[:, None], self.divisor[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            found = 100 * np.log(prices / last) if self.unit == "log" else (prices - last) / divisor
        return np.where(np.isfinite(found), found, np.nan)

    def priced(self, values: Float64Array) -> Float64Array:
        """The inverse of `scored`."""
        last, divisor = self.last[:, None], self.divisor[:, None]
        with np.errstate(over="ignore"):
            return last * np.exp(values / 100) if self.unit == "log" else last + values * divisor

    def step(self) -> Float64Array:
        """What a change in `intervals`' unit of 1 is in the unit of scores: (n)."""
        return np.full(len(self.last), 100.0) if self.unit == "log" else 1 / self.divisor


def difference_unit(unit: str) -> str:
    """The unit of changes, as `intervals` names it, that belongs to a unit of scores."""
    return "log" if unit == "log" else "absolute"


def actuals_at(prices: Prices, cells: Origins, horizon: int, unit: str) -> Actuals:
    """What came 1 to `horizon` rows after each cell; unit "log" or "mase"."""
    count = len(cells.series)
    actual, last = np.full((count, horizon), np.nan), np.full(count, np.nan)
    divisor, deviation = last.copy(), last.copy()
    for i, at, rows in cells.by_series():
        series = prices.series(i)
        actual[at], last[at] = prices_after(series, rows, horizon), series[rows]
        divisor[at] = mase_divisors(series, rows)
        deviation[at] = past_deviations(series, rows, difference_unit(unit))
    return Actuals(unit, actual, last, divisor, deviation)


def mase_divisors(series: Float64Array, rows: IntArray) -> Float64Array:
    """Mean absolute one-step change up to each row; NaN where there was none, or it is zero.

    Hyndman & Koehler 2006, doi:10.1016/j.ijforecast.2006.03.001.
    """
    sums = np.concatenate([[0], np.cumsum(np.abs(np.diff(series)))])
    divisors = sums[rows] / np.maximum(rows, 1)
    return np.where(divisors > 0, divisors, np.nan)


def prices_after(series: Float64Array, rows: IntArray, horizon: int) -> Float64Array:
    """What came 1 to `horizon` rows after each of `rows`: (n, horizon), NaN past the end."""
    padded: Float64Array = np.concatenate([series, np.full(horizon, np.nan)])
    found: Float64Array = padded[rows[:, None] + np.arange(1, horizon + 1)]
    return found
