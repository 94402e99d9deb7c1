"""The data of an input: all days of a series at once, or one row and the state before it.

Changes are log returns in percent over a divisor, one for all series; deviations are those of
`volatility`, with the decay of `DECAY`, before and after the change of a day.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.prices.series import Prices
from rnncli.transforms.volatility import ONE_CHANGE, START, deviations_of, running_variances

DECAY = 0.94  # of what a volume and a range are measured against


@dataclass(frozen=True)
class Row:
    """One row of a series.

    `rows`: number of rows before it; `log`: of its price; `change`: its log return over the
    divisor, 0 at the first row; `before`, `after`: deviation of the changes up to the row before
    and up to this one; `second`: its date, from 1970; `fields`: further columns of the file, NaN if
    missing.
    """

    rows: int
    log: float
    change: float
    before: float
    after: float
    second: int
    divisor: float
    fields: dict[str, float] = field(default_factory=dict)


class Days:
    """All rows of a series, each attribute an array (rows) of what `Row` has of one."""

    def __init__(
        self, prices: Prices, i: int, divisor: float, start_weight: float = ONE_CHANGE
    ) -> None:
        self._prices, self._i = prices, i
        self.divisor, self._start_weight = divisor, start_weight

    @property
    def dates(self) -> DateArray:
        """Their dates."""
        return self._prices.dates_of(self._i)

    @cached_property
    def log(self) -> Float64Array:
        """Logarithms of the prices."""
        return np.log(self._prices.series(self._i))

    @cached_property
    def change(self) -> Float64Array:
        """Log returns over the divisor; of the first row 0."""
        changes = 100 * np.diff(self.log) / self.divisor
        return np.concatenate([[0.0], changes])

    @cached_property
    def _variances(self) -> Float64Array:
        return running_variances(self.change[1:], DECAY, self._start_weight)

    @property
    def last_variance(self) -> float:
        """Variance of all the changes, with no floor."""
        return float(self._variances[-1])

    @cached_property
    def after(self) -> Float64Array:
        """Deviation of the changes up to each row."""
        return deviations_of(self._variances)

    @cached_property
    def before(self) -> Float64Array:
        """Deviation of the changes up to the row before each."""
        return np.concatenate([[START], self.after[:-1]])

    def field(self, name: str) -> Float64Array:
        """A column of the price file, NaN where missing."""
        rows = slice(self._prices.offsets[self._i], self._prices.offsets[self._i + 1])
        values: Float64Array = self._prices.fields[name][rows]
        return values


class Input(ABC):
    """One input: its values per day, the price columns that it needs, the size of its state.

    `of_returns`: whether it needs log returns, and so positive prices; `over_deviation`: whether
    it is a log over the deviation of the returns before the day; `usual`: its value in a
    continuing series: its mean, its previous value (if it sums up the past), or any; `bounded`:
    whether its standardised numbers are; `linear`: whether the linear path alone is fed it.
    """

    size: int = 1
    fields: tuple[str, ...] = ()
    memory: int = 0
    of_returns: bool = False
    over_deviation: bool = False
    usual: Literal["mean", "before", "any"] = "mean"
    bounded: bool = False
    linear: bool = False

    @abstractmethod
    def of_days(self, days: Days) -> Float64Array:
        """Its numbers on all days of a series, (rows, size), NaN where missing."""

    @abstractmethod
    def step(self, memory: list[float], row: Row) -> list[float]:
        """Its numbers on one more day, (size); updates the memory."""

    def start(self) -> list[float]:
        """What is remembered before the first day: `memory` numbers."""
        return []

    def memory_after(self, days: Days) -> list[float]:  # noqa: ARG002 - of what has none
        """What must be remembered after all days of a series."""
        return []


def log_range(high: Float64Array, low: Float64Array, divisor: float) -> Float64Array:
    """Log range of days in percent over the divisor."""
    with np.errstate(invalid="ignore", divide="ignore"):
        spans: Float64Array = 100 * np.log(high / low) / divisor
    return spans


def clipped(values: Float64Array, low: float, high: float) -> Float64Array:
    """Values that are not beyond the limits; NaN stays."""
    limited: Float64Array = np.minimum(np.maximum(values, low), high)
    return limited
