"""From drawn values to prices, day by day, for the paths of several cutoffs side by side."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
from rnncli.prices.series import Prices
from rnncli.transforms.target_transform import TargetTransform
from rnncli.transforms.volatility import next_deviations


@dataclass(frozen=True)
class InverseContext:
    """n rows that forecasts are made from, each of a series called `symbols`[k].

    `rows` (n): the number of each in its series; `last` (n, season): its price and those before
    it, oldest first; by `steps` (n) a value of 1 moves the log price of the next row; `shift`,
    `size` (n): of minmax and standard, else 0 and 1.
    """

    symbols: tuple[str, ...]
    rows: IntArray
    last: Float64Array
    steps: Float64Array
    shift: Float64Array
    size: Float64Array

    def subset(self, kept: slice) -> "InverseContext":
        """Some of them."""
        return InverseContext(
            self.symbols[kept], self.rows[kept], self.last[kept], self.steps[kept],
            self.shift[kept], self.size[kept],
        )  # fmt: skip

    def priced(
        self, preparation: TargetTransform, outputs: FloatArray, each: int = 1
    ) -> Float64Array:
        """Prices (n x each, horizon) that outputs (n x each, horizon) stand for.

        What leaves the floats is infinite.
        """
        last, steps = np.repeat(self.last, each, axis=0), np.repeat(self.steps, each)
        pair = np.repeat(self.shift, each), np.repeat(self.size, each)
        return preparation.priced(outputs, last, steps, pair)


def inverse_context(
    preparation: TargetTransform, prices: Prices, series: IntArray, rows: IntArray
) -> InverseContext:  # fmt: skip
    """The footing of rows (n) of series (n)."""
    steps, shift, size = np.ones(len(rows)), np.zeros(len(rows)), np.ones(len(rows))
    scale = preparation.scale
    back = np.arange(preparation.season)[::-1]
    if scale == "log-return" and not preparation.decay:
        steps[:] = preparation.divisor / 100
    elif scale != "none":
        order = np.argsort(series, kind="stable")
        each, starts = np.unique(series[order], return_index=True)
        for i, own in zip(each.tolist(), np.split(order, starts)[1:], strict=True):
            known = prices.series(i)
            if scale == "log-return":
                steps[own] = preparation.log_steps(known, rows[own])
            else:
                shift[own], size[own] = preparation.shift_and_size(prices.symbols[i], known)
    return InverseContext(
        symbols=tuple(prices.symbols[i] for i in series.tolist()),
        rows=rows,
        last=prices.values[(prices.offsets[series] + rows)[:, None] - back],
        steps=steps,
        shift=shift,
        size=size,
    )


class LogWalk:
    """Values that are changes of the log price, over the deviation of late where there is one."""

    def __init__(self, preparation: TargetTransform, begin: InverseContext, paths: int) -> None:
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

    def __init__(self, preparation: TargetTransform, begin: InverseContext, paths: int) -> None:
        self._preparation, self._begin, self._paths = preparation, begin, paths

    def on(self, drawn: Float64Array) -> Float64Array:
        """Prices after one more value of each path, all (n x paths)."""
        return self._begin.priced(self._preparation, drawn[:, None], self._paths)[:, 0]

    def back(self, prices: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Values that would lead to `prices`, and how far a value of 1 moves them."""
        zero, one = (self.on(np.full(len(prices), value)) for value in (0.0, 1.0))
        return (prices - zero) / (one - zero), one - zero


Walk = LogWalk | LevelWalk


def walk(preparation: TargetTransform, begin: InverseContext, paths: int) -> Walk:
    """The walk of a preparation from some rows."""
    kind = LogWalk if preparation.scale == "log-return" else LevelWalk
    return kind(preparation, begin, paths)
