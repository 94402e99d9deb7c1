"""Recent deviation of the changes of a series, the scale of its next change."""

import math

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.prices.origins import Origins, last_rows
from rnncli.prices.series import Prices

FLOOR = 0.01  # of the pooled deviation: a series that has stood still may still move
START = 1.0  # variance before the first change, that of all training changes together
ONE_CHANGE = 1.0  # weight of START: that of a change
BLOCK = 64  # series whose deviations are summed together


def running_deviations(
    changes: Float64Array, decay: float, start_weight: float = ONE_CHANGE
) -> Float64Array:
    """Deviation of the changes (n) known before each of them, and after the last: (n + 1)."""
    return deviations_of(running_variances(changes, decay, start_weight))


def deviations_of(variances: Float64Array) -> Float64Array:
    """The deviations of variances."""
    deviations: Float64Array = np.maximum(np.sqrt(variances), FLOOR)
    return deviations


def running_variances(
    changes: Float64Array, decay: float, start_weight: float = ONE_CHANGE
) -> Float64Array:
    """Their squares, with no floor.

    The exponentially weighted variance of RiskMetrics (1996), v + (1 - decay)(change² - v); a
    young series counts its few changes evenly, with START as `start_weight` more.
    """
    from rnncli.kernels import running_variances_kernel  # noqa: PLC0415 - what reads dates needs no kernel

    variances = np.empty(len(changes) + 1)
    variances[0] = START
    kernel = running_variances_kernel()
    kernel(np.ascontiguousarray(changes, np.float64), 1 - decay, start_weight, variances)
    return variances


def next_variance(
    variance: float, change: float, count: int, decay: float, start_weight: float = ONE_CHANGE
) -> float:
    """The same after one more change, the series having had `count` before: to the last bit."""
    weight = 1 - decay
    gap = change * change - variance
    young = count < int(1 / weight - start_weight)
    return variance + (gap / (count + 1 + start_weight) if young else weight * gap)


def deviation(variance: float) -> float:
    """The deviation of a variance."""
    return max(math.sqrt(variance), FLOOR)


def next_deviations(
    deviations: Float64Array, changes: Float64Array, counts: IntArray, decay: float,
    start_weight: float = ONE_CHANGE,
) -> Float64Array:  # fmt: skip
    """Deviations (n) after one more change each (n), the series having had `counts` (n) before."""
    weight = np.maximum(1 - decay, 1 / (counts + 1 + start_weight))
    variances = deviations**2 + weight * (changes**2 - deviations**2)
    floored: Float64Array = np.maximum(np.sqrt(variances), FLOOR)
    return floored


def unit_of(prices: Prices, scale: str = "none") -> str:
    """Log errors if every price is positive; absolute ones otherwise, and for differences.

    Differences are of prices that may become zero or negative later.
    """
    return "log" if scale != "difference" and np.all(prices.values > 0) else "absolute"


def changes(series: Float64Array, unit: str) -> Float64Array:
    """One-step changes of a series in the unit of its errors."""
    if unit == "log":
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.diff(np.log(series))
    return np.diff(series)


def past_deviations(series: Float64Array, rows: IntArray, unit: str) -> Float64Array:
    """Standard deviation of the changes up to each of `rows`; NaN with fewer than two changes."""
    steps = changes(series, unit)
    if len(steps) == 0:
        return np.full(len(rows), np.nan)
    centred = steps - steps[0]  # a shift by what is past: sums cancel little, 0 stays 0
    count = np.arange(1, len(steps) + 1)
    mean = np.cumsum(centred) / count
    variance = np.maximum(np.cumsum(centred**2) / count - mean**2, 0)
    deviation = np.concatenate([[np.nan, np.nan], np.sqrt(variance)[1:]])
    return deviation[rows]


def deviations_at(prices: Prices, origins: Origins, unit: str) -> Float64Array:
    """`past_deviations` at each origin, (n), in any order."""
    last = last_rows(prices)
    if np.array_equal(origins.series, last.series) and np.array_equal(origins.row, last.row):
        return last_deviations(prices, unit)
    deviations = np.empty(len(origins))
    order = np.argsort(origins.series, kind="stable")
    numbers, starts = np.unique(origins.series[order], return_index=True)
    with np.errstate(invalid="ignore"):  # where the logarithm of a price does not exist
        for i, places in zip(numbers.tolist(), np.split(order, starts)[1:], strict=True):
            deviations[places] = past_deviations(prices.series(i), origins.row[places], unit)
    return deviations


def last_deviations(prices: Prices, unit: str) -> Float64Array:
    """`past_deviations` at the last row of each series, (n,): the same bits without those before.

    Series in blocks of similar length, so that a sum runs over all of them at once.
    """
    deviations = np.full(len(prices.symbols), np.nan)
    order = np.argsort(prices.lengths, kind="stable")
    for start in range(0, len(order), BLOCK):
        block = order[start : start + BLOCK]
        block = block[prices.lengths[block] > 2]  # two changes
        if len(block):
            deviations[block] = _deviations_of([changes(prices.series(i), unit) for i in block])
    return deviations


def _deviations_of(steps: list[Float64Array]) -> Float64Array:
    """Standard deviation of each array of changes, (n,)."""
    count = np.array([len(one_series) for one_series in steps])
    centred = np.zeros((count.max(), len(steps)))
    with np.errstate(invalid="ignore"):
        for column, one_series in enumerate(steps):
            centred[: len(one_series), column] = one_series - one_series[0]
        # running sums, since a plain sum adds in another order where it has one column alone
        mean = np.cumsum(centred, axis=0)[-1] / count
        variance: Float64Array = np.cumsum(centred**2, axis=0)[-1] / count - mean**2
        return np.sqrt(np.maximum(variance, 0))


def weights_of_changes(count: int, decay: float, start_weight: float = ONE_CHANGE) -> Float64Array:
    """The weight of the square of each of `count` changes in the variance after it, (count)."""
    weight, number = 1 - decay, np.arange(1, count + 1)
    young = number <= int(1 / weight - start_weight)
    weights: Float64Array = np.where(young, 1 / (number + start_weight), weight)
    return weights
