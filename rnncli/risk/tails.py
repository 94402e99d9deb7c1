"""Value at risk, expected shortfall and the contributions of positions, from scenarios.

Scenarios are equally likely gains (..., N); a loss is a gain below zero. Both measures are amounts
of loss: the value at risk of 95 % is the loss that is exceeded with a probability of 5 %.
"""

from typing import NamedTuple

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.runtime.blas import one_blas_thread

BAND = (
    0.25  # of the tail's probability on each side, that a share in the value at risk is read from
)


class Measures(NamedTuple):
    """Value at risk and expected shortfall, each of shape (...)."""

    value_at_risk: Float64Array
    shortfall: Float64Array


def tail_of(confidence: float) -> float:
    """The probability beyond a confidence level in percent."""
    return (100 - confidence) / 100


@one_blas_thread()
def measures(ordered: Float64Array, tail: float) -> Measures:
    """Both of gains (..., N) in ascending order, each gain at the middle of its Nth.

    Quantile: Hyndman & Fan 1996, type 5; shortfall: Acerbi & Tasche 2002,
    doi:10.1016/S0378-4266(02)00283-2.
    """
    count = ordered.shape[-1]
    place = min(max(tail * count - 0.5, 0.0), count - 1.0)
    below = int(place)
    above = min(below + 1, count - 1)
    low, high = ordered[..., below], ordered[..., above]
    weights = tail_weights(count, tail)
    scenarios = len(weights)
    quantile, mean = low + (high - low) * (place - below), ordered[..., :scenarios] @ weights
    return Measures(0.0 - quantile, 0.0 - mean)  # so that no gain is no loss, with no sign


def tail_weights(count: int, tail: float) -> Float64Array:
    """Weights (k) of the lowest of N gains in the mean of the tail; their sum is 1."""
    size = max(tail * count, 1e-9)
    whole = int(size + 1e-9)
    weights = np.ones(min(whole + 1, count))
    if len(weights) > whole:
        weights[-1] = max(size - whole, 0.0)
    normed: Float64Array = weights / weights.sum()
    return normed


def tail_cells(ordered: Float64Array, tail: float, count: int) -> Float64Array:
    """Means (count) of equally likely parts of the tail of ascending gains (N), the lowest first.

    Their mean is the expected shortfall, with its sign changed.
    """
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    edges = np.linspace(0, max(tail * len(ordered), 1e-9), count + 1)
    up_to_edges = np.interp(edges, np.arange(len(sums)), sums)
    cells: Float64Array = np.diff(up_to_edges) / np.diff(edges)
    return cells


@one_blas_thread()
def contributions(gains: Float64Array, tail: float) -> Measures:
    """Contributions of positions with gains (m, N) to both measures of their sum: (m) each.

    They add up to the measures. Euler's rule (Tasche 1999, arXiv:cond-mat/0104295): the mean loss
    of a position where the sum is in its tail, and where it is about at its quantile. The latter is
    a mean over a band around the quantile; what is missing to the measure is shared by size.
    """
    count = gains.shape[1]
    total = gains.sum(axis=0)
    order = np.argsort(total, kind="stable")
    whole = measures(total[order], tail)
    weights = tail_weights(count, tail)
    of_shortfall = 0.0 - (gains[:, order[: len(weights)]] @ weights)
    size = max(tail * count, 1.0)
    first, last = int(size * (1 - BAND)), min(int(np.ceil(size * (1 + BAND))), count)
    of_quantile = 0.0 - gains[:, order[first:last]].mean(axis=1)
    return Measures(
        _adding_up(of_quantile, float(whole.value_at_risk)),
        _adding_up(of_shortfall, float(whole.shortfall)),
    )


def _adding_up(parts: Float64Array, total: float) -> Float64Array:
    """Parts (m) with what they lack of the total shared by their sizes."""
    sizes = np.abs(parts)
    if not sizes.any():
        return parts
    shared: Float64Array = parts + (total - parts.sum()) * sizes / sizes.sum()
    return shared
