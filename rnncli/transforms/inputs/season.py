"""Inputs at the lags of a season: how far the log price was from that of the day.

season-N    the mean return of all days so far, then the log price of 1 to N + 1 rows before less
            that of the day, over the deviation of the series' returns of its whole past
season-NxK  the same, then forecasts of 1 to K rows ahead that are linear in them, in the symbol's
            way: see `season_functions`. Here they are zeros, to be filled in.

The changes of the last season are differences of these, so a linear function of them can repeat
the season, follow the trend, or return to a mean (Montero-Manso & Hyndman 2021,
doi:10.1016/j.ijforecast.2021.03.004: one such function for all series).
"""

import math

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.settings.training import OF_PAST
from rnncli.transforms.inputs.days import Days, Input, Row, clipped
from rnncli.transforms.inputs.level import ALL, RunningMeans
from rnncli.transforms.volatility import (
    START,
    deviation,
    deviations_of,
    next_variance,
    running_variances,
)

LIMIT = 30.0  # deviations that a price may be away


class Season(Input):
    """The mean return, and the log price at each lag of a season of `period` rows.

    `ahead`: rows whose forecasts follow. It remembers the mean, the variance, and the log prices of
    a season, NaN before the first.
    """

    of_returns, usual = True, "any"

    def __init__(self, period: int, ahead: int = 0) -> None:
        self.lags, self.ahead = np.arange(1, period + 2), ahead
        self.size = 1 + len(self.lags) + ahead
        self._mean = RunningMeans((0,), ALL)
        self.memory = self._mean.memory + 1 + len(self.lags) + 1

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        levels = np.cumsum(days.change)
        numbers = np.zeros((len(levels), self.size))
        numbers[1:, 0] = self._mean.of_days(days.change[1:])[:, 0]
        for column, lag in enumerate(self.lags.tolist(), start=1):
            numbers[lag:, column] = levels[: max(len(levels) - lag, 0)] - levels[lag:]
        return clipped(numbers / deviations_of(self._variances(days))[:, None], -LIMIT, LIMIT)

    def memory_after(self, days: Days) -> list[float]:
        """See `Input`."""
        count = len(self.lags) + 1
        late = np.concatenate([np.full(count, np.nan), np.cumsum(days.change)])[-count:]
        mean = self._mean.memory_after(days.change[1:])
        return [*mean, float(self._variances(days)[-1]), *late.tolist()]

    def start(self) -> list[float]:
        """See `Input`."""
        return [*self._mean.start(), START, *([math.nan] * (len(self.lags) + 1))]

    def step(self, memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        mean, (variance, *levels) = memory[: self._mean.memory], memory[self._mean.memory :]
        level = levels[-1] + row.change if row.rows else row.change
        if row.rows:
            self._mean.step(mean, row.change)
            variance = next_variance(variance, row.change, row.rows - 1, OF_PAST)
        memory[:] = [*mean, variance, *levels[1:], level]
        away = [before - level for before in levels[:0:-1]]
        late = deviation(variance)
        numbers = [mean[-1], *(0.0 if math.isnan(one) else one for one in away)]
        limited = [max(min(one / late, LIMIT), -LIMIT) for one in numbers]
        return [*limited, *([0.0] * self.ahead)]

    @staticmethod
    def _variances(days: Days) -> Float64Array:
        return running_variances(days.change[1:], OF_PAST)
