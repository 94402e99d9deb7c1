"""Inputs of the day itself: volume, range, day of the week, and which of these are known.

volume     log of the shares traded over their running mean, with the decay of volatility
high-low   log of the day's range, log(high/low), over the deviation of the returns before it
weekday    sine and cosine of the day of the week
presence   1 where the range is known, else 0; the same for the volume
"""

import math

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.prices.date_history import DAY, weekday
from rnncli.transforms.inputs.days import DECAY, Days, Input, Row, clipped, log_range

LIMIT = 5.0  # limit of a log: of a volume of 1, a range of zero
ANGLES = 2 * np.pi * np.arange(7) / 7
WEEKDAYS = np.stack([np.sin(ANGLES), np.cos(ANGLES)]).T  # what is fed of each, from Monday on


class Volume(Input):
    """The volume over its running mean; it remembers that mean, NaN before the first volume."""

    fields, memory = ("volume",), 1

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        logs, means = self._logs(days), self._means(days)
        known = ~np.isnan(logs)
        relative = np.full((len(logs), 1), np.nan)
        relative[known, 0] = logs[known] - np.concatenate([means[:1], means[:-1]])
        return clipped(relative, -LIMIT, LIMIT)

    def memory_after(self, days: Days) -> list[float]:
        """See `Input`."""
        means: list[float] = self._means(days)[-1:].tolist()
        return means or self.start()

    def start(self) -> list[float]:
        """See `Input`."""
        return [math.nan]

    def step(self, memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        volume, mean = row.fields["volume"], memory[0]
        if not volume >= 0:
            return [math.nan]
        log = float(np.log1p(volume))
        new = math.isnan(mean)
        memory[0] = log if new else next_mean(mean, log)
        return [0.0 if new else max(min(log - mean, LIMIT), -LIMIT)]

    @staticmethod
    def _logs(days: Days) -> Float64Array:
        volume = days.field("volume")
        with np.errstate(invalid="ignore"):
            return np.log1p(np.where(volume >= 0, volume, np.nan))

    def _means(self, days: Days) -> Float64Array:
        """The running mean after each known volume: `next_mean` of all in turn."""
        logs = self._logs(days)
        return running_logs(logs[~np.isnan(logs)])


class HighLow(Input):
    """The range over the deviation before the day; it has no state."""

    fields, of_returns, over_deviation = ("high", "low"), True, True

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        spans = log_range(days.field("high"), days.field("low"), days.divisor)
        with np.errstate(invalid="ignore", divide="ignore"):
            logs = np.log(spans / days.before)
        return clipped(logs, -LIMIT, LIMIT)[:, None]

    def step(self, _memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        high, low = (np.asarray(row.fields[name]) for name in self.fields)
        with np.errstate(invalid="ignore", divide="ignore"):
            log = float(np.log(log_range(high, low, row.divisor) / row.before))
        return [log if math.isnan(log) else max(min(log, LIMIT), -LIMIT)]


class Weekday(Input):
    """The day of the week, as an angle."""

    size = 2

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        turned: Float64Array = WEEKDAYS[days_of_week(days.dates)]
        return turned

    def step(self, _memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        turned: list[float] = WEEKDAYS[weekday(row.second // DAY)].tolist()
        return turned


class Presence(Input):
    """Whether the range and the volume are known: with it, columns may be missing."""

    size, fields, usual = 2, ("high", "low", "volume"), "any"

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        high, low, volume = (days.field(name) for name in self.fields)
        ranged = ~(np.isnan(high) | np.isnan(low))
        with np.errstate(invalid="ignore"):
            return np.column_stack([ranged, volume >= 0]).astype(np.float64)

    def step(self, _memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        high, low, volume = (row.fields[name] for name in self.fields)
        return [float(not (math.isnan(high) or math.isnan(low))), float(volume >= 0)]


def next_mean(mean: float, log: float) -> float:
    """The running mean of the logarithms of volumes after one more."""
    return DECAY * mean + (1 - DECAY) * log


def running_logs(logs: Float64Array) -> Float64Array:
    """The mean after each of the logarithms (n), which begins as the first of them."""
    from rnncli.kernels import decayed_sums_kernel  # noqa: PLC0415 - what reads dates needs no kernel

    means = logs.copy()
    if len(logs) > 1:
        shares, added = np.full((len(logs) - 1, 1), DECAY), (1 - DECAY) * logs[None, 1:, None]
        decayed_sums_kernel()(shares, added, means[:, None, None])
    return means


def days_of_week(dates: np.ndarray) -> IntArray:
    """Day of the week of each date, Monday 0."""
    return weekday(dates.astype("datetime64[D]").astype(np.int64))
