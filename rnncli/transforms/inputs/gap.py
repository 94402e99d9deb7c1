"""Inputs of the night before the open, which news and reports move.

gap        log of the gap between the close before and the open, over the deviation of the returns
           before the day
gap-level  log of the deviation of the gaps over 1, 2, 5, 22 and 66 days, relative to the current
           deviation of the returns

A gap is what a change of the price leaves to the night once the way from the open to the price is
taken off. An open counts where both it and the price lie between the low and the high of the day:
elsewhere they differ in scale, as after a split that only one of them is adjusted for. Nor does one
that is the close before or that of the day: of indices and thin stocks, vendors fill it in.
"""

import math
from typing import NamedTuple

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.transforms.inputs.days import Days, Input, Row, clipped
from rnncli.transforms.inputs.level import RunningMeans, log_deviations
from rnncli.transforms.volatility import START

FIELDS = ("open", "high", "low")
LIMIT = 5.0  # of a log
LEAST_GAP = 1e-6  # percent over the divisor: less is rounding
SLACK = 0.001  # of a log price: as far as rounding may take it out of the range


class Gap(Input):
    """The gap over the deviation before the day; it has no state."""

    fields, of_returns, over_deviation = FIELDS, True, True

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        logs = np.log(np.abs(gaps(days)) / days.before)
        return clipped(logs, -LIMIT, LIMIT)[:, None]

    def step(self, _memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        log = float(np.log(np.abs(gap_before(row)) / row.before))
        return [log if math.isnan(log) else max(min(log, LIMIT), -LIMIT)]


class GapLevel(Input):
    """Deviations of the gaps over the spans, relative to the current one of the returns."""

    spans = (1, 2, 5, 22, 66)
    size, fields, of_returns, usual = len(spans), FIELDS, True, "before"

    def __init__(self) -> None:
        self._means = RunningMeans(self.spans, START)
        self.memory = self._means.memory

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        return log_deviations(self._means.of_days(_squares(days))) - np.log(days.after)[:, None]

    def memory_after(self, days: Days) -> list[float]:
        """See `Input`."""
        return self._means.memory_after(_squares(days))

    def start(self) -> list[float]:
        """See `Input`."""
        return self._means.start()

    def step(self, memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        gap, late = gap_before(row), float(np.log(row.after))
        means = self._means.step(memory, gap * gap)
        return [float(x) - late for x in log_deviations(np.array(means))]


def gaps(days: Days) -> Float64Array:
    """The gap before each day (n), in units of the changes; NaN where it is not known."""
    known = _gap(days.change, days.log, _bars_of(days), days.divisor)
    return np.concatenate([[math.nan], known[1:]])


def gap_before(row: Row) -> float:
    """The gap before a row."""
    if not row.rows:
        return math.nan
    return float(_gap(np.asarray(row.change), np.asarray(row.log), _bar_of(row), row.divisor))


class _Bars(NamedTuple):
    """Prices of days other than the close."""

    open: Float64Array
    high: Float64Array
    low: Float64Array

    @classmethod
    def logs(cls, *prices: Float64Array) -> "_Bars":
        """Logarithms of the columns of `FIELDS`, NaN where there are none."""
        return cls(*(np.log(np.where(one > 0, one, math.nan)) for one in prices))

    def include(self, log: Float64Array) -> BoolArray:
        """Whether the open and a price are within the range."""
        lowest, highest = np.minimum(self.open, log), np.maximum(self.open, log)
        inside: BoolArray = (lowest >= self.low - SLACK) & (highest <= self.high + SLACK)
        return inside


def _bars_of(days: Days) -> _Bars:
    return _Bars.logs(*(days.field(name) for name in FIELDS))


def _bar_of(row: Row) -> _Bars:
    return _Bars.logs(*(np.asarray(row.fields[name]) for name in FIELDS))


def _squares(days: Days) -> Float64Array:
    known = gaps(days)
    return known * known


def _gap(change: Float64Array, log: Float64Array, bars: _Bars, divisor: float) -> Float64Array:
    """What the way from the open to the price leaves of a change; NaN for nothing."""
    way = 100 * (log - bars.open) / divisor
    gap = change - way
    is_filled = (np.abs(gap) <= LEAST_GAP) | (np.abs(way) <= LEAST_GAP)
    return np.where(bars.include(log) & ~is_filled, gap, math.nan)
