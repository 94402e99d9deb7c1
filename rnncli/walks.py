"""From drawn values to prices, day by day, for the paths of several cutoffs side by side."""

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.footing import Footing
from rnncli.preparation import Preparation
from rnncli.volatility import next_deviations


class LogWalk:
    """Values that are changes of the log price, over the deviation of late where there is one."""

    def __init__(self, preparation: Preparation, begin: Footing, paths: int) -> None:
        self._preparation, season = preparation, preparation.season
        self._logs = [np.repeat(np.log(last), paths) for last in begin.last.T]
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

    def __init__(self, preparation: Preparation, begin: Footing, paths: int) -> None:
        self._preparation, self._begin, self._paths = preparation, begin, paths

    def on(self, drawn: Float64Array) -> Float64Array:
        """Prices after one more value of each path, all (n x paths)."""
        return self._begin.priced(self._preparation, drawn[:, None], self._paths)[:, 0]

    def back(self, prices: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Values that would lead to `prices`, and how far a value of 1 moves them."""
        zero, one = (self.on(np.full(len(prices), value)) for value in (0.0, 1.0))
        return (prices - zero) / (one - zero), one - zero


Walk = LogWalk | LevelWalk


def walk(preparation: Preparation, begin: Footing, paths: int) -> Walk:
    """The walk of a preparation from some rows."""
    kind = LogWalk if preparation.scale == "log-return" else LevelWalk
    return kind(preparation, begin, paths)
