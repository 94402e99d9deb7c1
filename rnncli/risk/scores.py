"""Scores of joint forecasts of many symbols, by equally likely scenarios; lower is better."""

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.runtime.blas import one_blas_thread

MOST_PAIRS = 1000  # of symbols that the variogram score is of, evenly chosen
ORDER = 0.5


def energy_score(scenarios: Float64Array, actual: Float64Array, shifts: int | None = None) -> float:
    """Energy score of scenarios (n, N) of n symbols at the actual values (n).

    E|X - y| - E|X - X'| / 2, X' being another scenario: all others, or, for scenarios in random
    order, those 1 to `shifts` places on. Gneiting & Raftery 2007, section 4.3,
    doi:10.1198/016214506000001437.
    """
    away = np.sqrt(np.sum((scenarios - actual[:, None]) ** 2, axis=0))
    return float(np.mean(away) - _mean_apart(scenarios, shifts) / 2)


def _mean_apart(scenarios: Float64Array, shifts: int | None) -> float:
    """Mean distance of two scenarios."""
    count = scenarios.shape[1]
    if shifts is not None and shifts < count:
        apart = 0.0
        for shift in range(1, shifts + 1):
            moved = np.roll(scenarios, shift, axis=1)
            apart += float(np.mean(np.sqrt(np.sum((scenarios - moved) ** 2, axis=0)))) / shifts
        return apart
    squares = np.sum(scenarios**2, axis=0)
    with one_blas_thread():
        products = squares[:, None] + squares - 2 * (scenarios.T @ scenarios)
    np.fill_diagonal(products, 0.0)
    return float(np.sum(np.sqrt(np.maximum(products, 0.0))) / (count * (count - 1)))


def variogram_score(scenarios: Float64Array, actual: Float64Array) -> float:
    """Variogram score of order 1/2: mean over pairs of symbols of the squared error of a distance.

    Of the mean of |X_i - X_j|^(1/2). Scheuerer & Hamill 2015, doi:10.1175/MWR-D-14-00269.1.
    """
    first, second = pairs_of(len(actual))
    expected = np.empty(len(first))
    for start in range(0, len(first), 256):  # a block of pairs stays in cache
        block = slice(start, start + 256)
        distances = np.abs(scenarios[first[block]] - scenarios[second[block]])
        expected[block] = np.mean(distances**ORDER, axis=1)
    observed = np.abs(actual[first] - actual[second]) ** ORDER
    return float(np.mean((observed - expected) ** 2)) if len(first) else 0.0


def pairs_of(count: int, most: int = MOST_PAIRS) -> tuple[IntArray, IntArray]:
    """Pairs of symbols, evenly chosen where there are more than `most`."""
    first, second = np.triu_indices(count, 1)
    stride = max(1, -(-len(first) // most))
    return first[::stride], second[::stride]
