"""The actual prices after an origin, and the unit that errors are pooled in."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.transforms.volatility import past_deviations


@dataclass(frozen=True)
class Actuals:
    """The prices after each of n origins; the unit of scores, in which series can be pooled.

    actual (n, horizon): prices, NaN past the end; last (n): the price at the origin; divisor (n):
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
            if self.unit == "log":
                scored = prices / last
                np.log(scored, out=scored)  # in place: new memory costs more than the logarithms
                scored *= 100
            else:
                scored = (prices - last) / divisor
        np.copyto(scored, np.nan, where=~np.isfinite(scored))
        return scored

    def priced(self, values: Float64Array) -> Float64Array:
        """The inverse of `scored`."""
        last, divisor = self.last[:, None], self.divisor[:, None]
        with np.errstate(over="ignore"):
            return last * np.exp(values / 100) if self.unit == "log" else last + values * divisor

    def step(self) -> Float64Array:
        """What an error of 1, in the unit of `conformal`, is in the unit of scores: (n)."""
        return np.full(len(self.last), 100.0) if self.unit == "log" else 1 / self.divisor


def difference_unit(unit: str) -> str:
    """The unit of changes, as `conformal` names it, that belongs to a unit of scores."""
    return "log" if unit == "log" else "absolute"


def actuals_at(prices: Prices, origins: Origins, horizon: int, unit: str) -> Actuals:
    """The prices 1 to `horizon` rows after each origin; unit "log" or "mase"."""
    count = len(origins)
    actual, last = np.full((count, horizon), np.nan), np.full(count, np.nan)
    divisor, deviation = last.copy(), last.copy()
    for i, at, rows in origins.by_series():
        series = prices.series(i)
        actual[at], last[at] = prices_after(series, rows, horizon), series[rows]
        divisor[at] = mase_divisors(series, rows)
        deviation[at] = past_deviations(series, rows, difference_unit(unit))
    return Actuals(unit, actual, last, divisor, deviation)


def prices_after_origins(prices: Prices, origins: Origins, horizon: int) -> Float64Array:
    """The prices (n, horizon) after each origin; NaN past the end of its series."""
    actual = np.empty((len(origins), horizon))
    for i, at, rows in origins.by_series():
        actual[at] = prices_after(prices.series(i), rows, horizon)
    return actual


def mase_divisors(series: Float64Array, rows: IntArray) -> Float64Array:
    """Mean absolute one-step change up to each row; NaN if there was none, or it is zero.

    Hyndman & Koehler 2006, doi:10.1016/j.ijforecast.2006.03.001.
    """
    sums = np.concatenate([[0], np.cumsum(np.abs(np.diff(series)))])
    divisors = sums[rows] / np.maximum(rows, 1)
    return np.where(divisors > 0, divisors, np.nan)


def prices_after(series: Float64Array, rows: IntArray, horizon: int) -> Float64Array:
    """The prices 1 to `horizon` rows after each of `rows`: (n, horizon), NaN past the end."""
    padded: Float64Array = np.concatenate([series, np.full(horizon, np.nan)])
    prices: Float64Array = padded[rows[:, None] + np.arange(1, horizon + 1)]
    return prices
