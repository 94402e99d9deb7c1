"""Statistics of real and simulated series, and the fraction of real ones in the simulated range."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError
from rnncli.prices.series import Prices
from rnncli.simulation.statistics import FEWEST_ROWS, STATISTICS, statistics_of

TAIL = 1.0  # percent of the simulated series below their range, and above it


@dataclass(frozen=True)
class StatisticComparison:
    """One statistic over the real and over the simulated series; NaN if no series has it.

    `low` and `high` bound the middle 98 % of the simulated series; `inside` is the fraction of
    the real ones between them.
    """

    statistic: str
    series: int
    real_mean: float
    real_sd: float
    simulated_mean: float
    simulated_sd: float
    low: float
    high: float
    inside: float


def compare(real: Prices, simulated: Iterable[Prices]) -> list[StatisticComparison]:
    """Compare every statistic. Raises DataError where no real series is long enough."""
    of_real = statistics_of(real)
    if not any(np.isfinite(values).any() for values in of_real.values()):
        raise DataError(
            f"no series has {FEWEST_ROWS} rows above zero, which a comparison needs",
            remedy="name longer ones",
        )
    parts = [statistics_of(prices) for prices in simulated]
    return [
        _compare_one(name, of_real[name], np.concatenate([part[name] for part in parts]))
        for name in STATISTICS
    ]


def _compare_one(name: str, real: Float64Array, simulated: Float64Array) -> StatisticComparison:
    real, simulated = real[np.isfinite(real)], simulated[np.isfinite(simulated)]
    low, high = (
        np.percentile(simulated, [TAIL, 100 - TAIL]).tolist()
        if len(simulated)
        else (np.nan, np.nan)
    )
    inside = (real >= low) & (real <= high)
    return StatisticComparison(
        name, len(real), _mean(real), _deviation(real), _mean(simulated), _deviation(simulated),
        low, high, _mean(inside.astype(np.float64)),
    )  # fmt: skip


def _mean(values: Float64Array) -> float:
    return float(np.mean(values)) if len(values) else np.nan


def _deviation(values: Float64Array) -> float:
    return float(np.std(values)) if len(values) else np.nan
