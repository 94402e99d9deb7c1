"""Inputs of volatility over shorter and longer spans, and of direction.

level        log of the deviation of the returns: the current one, over the divisor; and over 2,
             5, 10, 22, 66 and all days so far, over the current one (Corsi 2009: the heterogeneous
             autoregressive model, doi:10.1093/jjfinec/nbp001)
year-level   level with a year, 250 days, in place of all days: the past of decades misleads
range-level  the same for the deviation from the days' ranges (Parkinson 1980,
             doi:10.1086/296071), over 2, 5, 22 and 66 days
leverage     the fall of the day, and the mean return of 5 and 22 days, over the deviation: after
             losses prices move further (Black 1976)
"""

import math
from collections.abc import Sequence

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.transforms.inputs.days import Days, Input, Row, clipped, log_range
from rnncli.transforms.volatility import FLOOR, START

YEAR = 250  # days
ALL = 0.0  # the weight of a mean over all days so far
LIMIT = 5.0  # deviations of a return or a mean of them
PARKINSON = 4 * math.log(2)  # squared log range of a Brownian day over its variance


class RunningMeans:
    """Means of a number a day with several weights; it remembers them and how many there were."""

    def __init__(self, spans: Sequence[int], start: float) -> None:
        self._weights = np.array([1 / span if span else ALL for span in spans])
        self._start = start
        self.memory = 1 + len(self._weights)

    def of_days(self, values: Float64Array) -> Float64Array:
        """The means (n, K) after each of the values (n); NaN is missing."""
        from rnncli.kernels import running_means_kernel  # noqa: PLC0415 - what reads names needs no Numba

        means = np.empty((len(values), len(self._weights)))
        running_means_kernel()(np.ascontiguousarray(values), self._weights, self._start, means)
        return means

    def start(self) -> list[float]:
        """What is remembered before the first value."""
        return [0.0, *([self._start] * len(self._weights))]

    def memory_after(self, values: Float64Array) -> list[float]:
        """What is remembered after the values."""
        if not len(values):
            return self.start()
        return [float(np.count_nonzero(~np.isnan(values))), *self.of_days(values)[-1].tolist()]

    def step(self, memory: list[float], value: float) -> list[float]:
        """The means after one more value; updates the memory."""
        if not math.isnan(value):
            least = 1.0 / (memory[0] + 2)
            for k, weight in enumerate(self._weights.tolist(), start=1):
                memory[k] += max(weight, least) * (value - memory[k])
            memory[0] += 1
        return memory[1:]


class Level(Input):
    """The current deviation, and those over the spans relative to it."""

    of_returns, usual = True, "before"

    def __init__(self, longest: int) -> None:
        """The deviation over the `longest` span of days, 0 for all, is the last."""
        self.spans = (2, 5, 10, 22, 66, longest)
        self.size = 1 + len(self.spans)
        self._means = RunningMeans(self.spans, START)
        self.memory = self._means.memory

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        late = np.log(days.after)[:, None]
        squares = days.change[1:] ** 2
        means = np.vstack([np.full(len(self.spans), START), self._means.of_days(squares)])
        return np.hstack([late, log_deviations(means) - late])

    def memory_after(self, days: Days) -> list[float]:
        """See `Input`."""
        return self._means.memory_after(days.change[1:] ** 2)

    def start(self) -> list[float]:
        """See `Input`."""
        return self._means.start()

    def step(self, memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        late = float(np.log(row.after))
        means = self._means.step(memory, row.change * row.change if row.rows else math.nan)
        return [late, *(float(x) - late for x in log_deviations(np.array(means)))]


class RangeLevel(Input):
    """Deviations from ranges over the spans, relative to the current one of the returns."""

    spans = (2, 5, 22, 66)
    size, fields, of_returns, usual = len(spans), ("high", "low"), True, "before"

    def __init__(self) -> None:
        self._means = RunningMeans(self.spans, START)
        self.memory = self._means.memory

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        return (
            log_deviations(self._means.of_days(self._squares(days))) - np.log(days.after)[:, None]
        )

    def memory_after(self, days: Days) -> list[float]:
        """See `Input`."""
        return self._means.memory_after(self._squares(days))

    def start(self) -> list[float]:
        """See `Input`."""
        return self._means.start()

    def step(self, memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        high, low = (np.asarray(row.fields[name]) for name in self.fields)
        means = self._means.step(memory, float(self._square(high, low, row.divisor)))
        late = float(np.log(row.after))
        return [float(x) - late for x in log_deviations(np.array(means))]

    def _squares(self, days: Days) -> Float64Array:
        return self._square(days.field("high"), days.field("low"), days.divisor)

    @staticmethod
    def _square(high: Float64Array, low: Float64Array, divisor: float) -> Float64Array:
        span = log_range(high, low, divisor)
        squares: Float64Array = span * span / PARKINSON
        return squares


class Leverage(Input):
    """The fall of the day and the recent mean returns, in deviations."""

    spans = (5, 22)
    size, of_returns = 1 + len(spans), True

    def __init__(self) -> None:
        self._means = RunningMeans(self.spans, 0.0)
        self._roots = np.sqrt(self.spans)
        self.memory = self._means.memory

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        means = np.vstack([np.zeros(len(self.spans)), self._means.of_days(days.change[1:])])
        falls = clipped(days.change / days.before, -LIMIT, 0.0)
        moved = means * self._roots / days.after[:, None]
        return np.column_stack([falls, clipped(moved, -LIMIT, LIMIT)])

    def memory_after(self, days: Days) -> list[float]:
        """See `Input`."""
        return self._means.memory_after(days.change[1:])

    def start(self) -> list[float]:
        """See `Input`."""
        return self._means.start()

    def step(self, memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        means = np.array(self._means.step(memory, row.change if row.rows else math.nan))
        fall = max(min(row.change / row.before, 0.0), -LIMIT)
        moved = clipped(means * self._roots / row.after, -LIMIT, LIMIT)
        return [fall, *moved.tolist()]


def log_deviations(variances: Float64Array) -> Float64Array:
    """Logarithm of the deviations of variances."""
    logs: Float64Array = np.log(np.maximum(np.sqrt(variances), FLOOR))
    return logs
