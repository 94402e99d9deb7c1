"""How far a series has moved of late: what its next change is measured against."""

import math
from itertools import accumulate

import numpy as np

from rnncli.arrays import Float64Array, IntArray

FLOOR = 0.01  # of the pooled deviation: a series that has stood still may still move
START = 1.0  # variance before the first change, that of all training changes together


def own_deviations(changes: Float64Array, decay: float) -> Float64Array:
    """Deviation of the changes (n) known before each of them, and after the last: (n + 1)."""
    return np.maximum(np.sqrt(own_variances(changes, decay)), FLOOR)


def own_variances(changes: Float64Array, decay: float) -> list[float]:
    """Their squares, with no floor.

    The exponentially weighted variance of RiskMetrics (1996), v + (1 - decay)(change² - v); a
    young series counts its few changes evenly, with START as one more.
    """
    squares = (changes * changes).tolist()
    weight = 1 - decay
    young = int(1 / weight) - 1  # of these, one over their number is more than the weight
    variances = [START]
    for count, square in enumerate(squares[:young], start=2):
        variances.append(variances[-1] + (square - variances[-1]) / count)
    older = accumulate(
        squares[young:], lambda before, now: before + weight * (now - before), initial=variances[-1]
    )
    return variances + list(older)[1:]


def next_variance(variance: float, change: float, count: int, decay: float) -> float:
    """The same after one more change, the series having had `count` before: to the last bit."""
    weight = 1 - decay
    gap = change * change - variance
    return variance + (gap / (count + 2) if count < int(1 / weight) - 1 else weight * gap)


def deviation(variance: float) -> float:
    """The deviation that a variance stands for."""
    return max(math.sqrt(variance), FLOOR)


def next_deviations(
    deviations: Float64Array, changes: Float64Array, counts: IntArray, decay: float
) -> Float64Array:
    """Deviations (n) after one more change each (n), the series having had `counts` (n) before."""
    weight = np.maximum(1 - decay, 1 / (counts + 2))
    variances = deviations**2 + weight * (changes**2 - deviations**2)
    found: Float64Array = np.maximum(np.sqrt(variances), FLOOR)
    return found
