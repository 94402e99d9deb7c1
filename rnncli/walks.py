"""From drawn values to prices, day by day, for the paths of several cutoffs side by side."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.prepare import Preparation
from rnncli.prices import Prices
from rnncli.volatility import next_deviations


@dataclass(frozen=True)
class Origins:
    """Where paths begin: series (n), the last known row of each (n), and by `steps` (n) how far
    a value of 1 moves the log price of the next row.
    """

    series: IntArray
    rows: IntArray
    steps: Float64Array

    def subset(self, kept: slice) -> "Origins":
        """Some of them."""
        return Origins(self.series[kept], self.rows[kept], self.steps[kept])


def origins(preparation: Preparation, prices: Prices, series: IntArray, rows: IntArray) -> Origins:
    """Origins at rows of series."""
    steps = np.ones(len(rows))
    if preparation.scale == "log-return":
        for i in np.unique(series).tolist():
            own = series == i
            steps[own] = preparation.log_steps(prices.series(i), rows[own])
    return Origins(series, rows, steps)


class LogWalk:
    """Values that are changes of the log price, over the deviation of late where there is one."""

    def __init__(
        self, preparation: Preparation, prices: Prices, begin: Origins, paths: int
    ) -> None:
        self._preparation, season = preparation, preparation.season
        rows = prices.offsets[begin.series] + begin.rows
        self._logs = [
            np.repeat(np.log(prices.values[rows - back]), paths) for back in range(season)[::-1]
        ]
        self._count = np.repeat(begin.rows + 1 - season, paths)
        self._deviations = np.repeat(begin.steps * 100 / preparation.divisor, paths)

    def on(self, drawn: Float64Array) -> Float64Array:
        """Prices after one more value of each path, all (n x paths)."""
        p = self._preparation
        changes = self._deviations * (p.bins.decode(drawn) if p.bins else drawn)
        self._logs.append(self._logs[-p.season] + changes * (p.divisor / 100))
        if p.decay:
            self._deviations = next_deviations(self._deviations, changes, self._count, p.decay)
            self._count = self._count + 1
        with np.errstate(over="ignore"):
            found: Float64Array = np.exp(self._logs[-1])
        return found

    def back(self, prices: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Values that would lead to `prices`, and how far a value of 1 moves their logarithm."""
        steps = self._deviations * (self._preparation.divisor / 100)
        with np.errstate(invalid="ignore", divide="ignore"):
            return (np.log(prices) - self._logs[-self._preparation.season]) / steps, steps


class LevelWalk:
    """Values that are prices themselves, scaled: none depends on the one before."""

    def __init__(
        self, preparation: Preparation, prices: Prices, begin: Origins, paths: int
    ) -> None:
        self._preparation, self._prices, self._begin, self._paths = (
            preparation,
            prices,
            begin,
            paths,
        )

    def on(self, drawn: Float64Array) -> Float64Array:
        """Prices after one more value of each path, all (n x paths)."""
        parts = [
            self._priced(i, row, drawn[k * self._paths : (k + 1) * self._paths])
            for k, (i, row) in enumerate(
                zip(self._begin.series.tolist(), self._begin.rows.tolist(), strict=True)
            )
        ]
        return np.concatenate(parts)

    def back(self, prices: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Values that would lead to `prices`, and how far a value of 1 moves them."""
        zero, one = (self.on(np.full(len(prices), value)) for value in (0.0, 1.0))
        return (prices - zero) / (one - zero), one - zero

    def _priced(self, i: int, row: int, drawn: Float64Array) -> Float64Array:
        known, last = self._prices.series(i)[: row + 1], np.array([row])
        symbol = self._prices.symbols[i]
        priced: Float64Array = self._preparation.forecasts(symbol, known, last, drawn[None])[0]
        return priced


Walk = LogWalk | LevelWalk


def walk(preparation: Preparation, prices: Prices, begin: Origins, paths: int) -> Walk:
    """The walk of a preparation from some origins."""
    kind = LogWalk if preparation.scale == "log-return" else LevelWalk
    return kind(preparation, prices, begin, paths)
