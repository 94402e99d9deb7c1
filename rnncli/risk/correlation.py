"""Correlations of many series with unequal histories and missing days, shrunk to their mean.

Ledoit & Wolf 2004, doi:10.3905/jpm.2004.110: a sample correlation moves towards the mean of all
correlations, further if it is noisy and the correlations differ little. Here the weight of a pair
depends on the days that both series have. With equal histories all pairs have the weight of Ledoit
and Wolf, apart from the covariance of the mean with its parts.
"""

import numpy as np

from rnncli.arrays import Float64Array

LEAST_DAYS = 10  # in common; a pair with fewer has the mean correlation
SMALLEST = 1e-6  # eigenvalue, so that draws can be made


def shrunk_correlation(scores: Float64Array, half_life: float | None = None) -> Float64Array:
    """Correlations (n, n) of scores (days, n) around zero; NaN where a series has no score.

    Days are in ascending order; a day has half the weight of a day `half_life` days later. The
    result is positive definite, with ones on the diagonal.
    """
    present = np.isfinite(scores).astype(np.float64)
    back = np.arange(len(scores))[::-1]
    weights = np.ones(len(scores)) if half_life is None else np.exp2(-back / half_life)
    weighted = present * weights[:, None]
    together = np.maximum(weighted.T @ present, 1e-300)
    days = together**2 / np.maximum((weighted * weights[:, None]).T @ present, 1e-300)
    filled = np.where(present > 0, scores, 0.0)
    sums = np.maximum(weights @ filled**2, 1e-300) / np.maximum(weights @ present, 1e-300)
    filled /= np.sqrt(sums)
    over = np.maximum(days, 1)
    sample = (filled * weights[:, None]).T @ filled / together
    noise = (filled**2 * weights[:, None]).T @ filled**2 / together - sample**2
    usable = (days >= LEAST_DAYS) & ~np.eye(len(days), dtype=bool)
    if not usable.any():
        return np.eye(len(days))
    mean = float(np.average(sample[usable], weights=days[usable]))
    one_day = max(float(np.average(noise[usable], weights=days[usable])), 0.0)
    spread = float(np.mean((sample[usable] - mean) ** 2 - one_day / days[usable]))
    variance = one_day / over
    with np.errstate(invalid="ignore"):  # where nothing is noisy and nothing differs
        weight = np.nan_to_num(variance / (variance + max(spread, 0.0)), nan=0.0)
    shrunk = np.where(usable, weight * mean + (1 - weight) * sample, mean)
    np.fill_diagonal(shrunk, 1.0)
    return _positive(shrunk)


def mean_correlation(correlation: Float64Array) -> float:
    """The mean of the correlations of different series; 0 for a single series."""
    count = len(correlation)
    if count < 2:
        return 0.0
    return float((correlation.sum() - np.trace(correlation)) / (count * (count - 1)))


def with_mean(correlation: Float64Array, mean: float) -> Float64Array:
    """Correlations (n, n) changed so that their mean is `mean`, up to 1.

    A lower mean is subtracted from every pair. A higher mean adds a factor that all series share,
    so that no correlation exceeds 1.
    """
    before = mean_correlation(correlation)
    if mean <= before:
        moved = correlation + (mean - before)
    else:
        weight = (1 - mean) / (1 - before)
        moved = weight * correlation + (1 - weight)
    np.fill_diagonal(moved, 1.0)
    return _positive(moved)


def _positive(correlation: Float64Array) -> Float64Array:
    """The correlation matrix (n, n) with eigenvalues below SMALLEST raised to it.

    Pairs that were estimated on different days can contradict each other.
    """
    if _has_root(correlation - SMALLEST * np.eye(len(correlation))):  # a tenth of eigh's time
        return correlation
    values, vectors = np.linalg.eigh(correlation)
    raised = (vectors * np.maximum(values, SMALLEST)) @ vectors.T
    sizes = np.sqrt(np.diag(raised))
    repaired: Float64Array = raised / np.outer(sizes, sizes)
    np.fill_diagonal(repaired, 1.0)
    return repaired


def _has_root(matrix: Float64Array) -> bool:
    """Whether a symmetric matrix is positive definite."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return True
