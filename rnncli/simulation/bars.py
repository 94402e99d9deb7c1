"""Bars: open, high, low, close and volume of the days of a market, and of its weeks."""

from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array

WEEK = 5  # trading days


@dataclass(frozen=True)
class Bars:
    """What a file shows of the symbols of a market, (rows, symbols) each, all in logarithms.

    `traded`: whether there was a trade; without one the last price is repeated. `listed`: whether
    the file has the row at all.
    """

    open: Float64Array
    high: Float64Array
    low: Float64Array
    close: Float64Array
    volume: Float64Array
    traded: BoolArray
    listed: BoolArray

    def since(self, row: int) -> "Bars":
        """The rows from one on."""
        return Bars(
            self.open[row:], self.high[row:], self.low[row:], self.close[row:],
            self.volume[row:], self.traded[row:], self.listed[row:],
        )  # fmt: skip

    def shifted(self, log_factor: Float64Array) -> "Bars":
        """Every price times a factor, and every volume over it."""
        return replace(
            self,
            open=self.open + log_factor,
            high=self.high + log_factor,
            low=self.low + log_factor,
            close=self.close + log_factor,
            volume=self.volume - log_factor,
        )

    def with_range(self, high: Float64Array, low: Float64Array) -> "Bars":
        """The same with another high and low, no less and no more than open and close."""
        return replace(
            self,
            high=np.maximum(high, np.maximum(self.open, self.close)),
            low=np.minimum(low, np.minimum(self.open, self.close)),
        )


def by_week(bars: Bars) -> Bars:
    """Five days put together to one bar, as the rows allow, from the first one on."""
    weeks = len(bars.close) // WEEK
    first, high, low, close, volume = (
        values[: weeks * WEEK].reshape(weeks, WEEK, -1)
        for values in (bars.open, bars.high, bars.low, bars.close, bars.volume)
    )
    traded, listed = (
        values[: weeks * WEEK].reshape(weeks, WEEK, -1) for values in (bars.traded, bars.listed)
    )
    shares = np.where(traded, np.exp(volume), 0).sum(axis=1)
    return Bars(
        first[:, 0], high.max(axis=1), low.min(axis=1), close[:, -1],
        np.log(np.maximum(shares, 1)), np.any(traded, axis=1), np.any(listed, axis=1),
    )  # fmt: skip
