"""Correlations of many series with unequal histories and missing days, shrunk to their mean.

Ledoit & Wolf 2004, doi:10.3905/jpm.2004.110: a sample correlation is moved towards the mean of
all, the more the noisier it is beside how much the correlations differ. Here each pair has its own
number of common days, and so its own weight; with equal numbers it is one weight for all, theirs
but for the covariance of the mean with its parts.
"""

import numpy as np

from rnncli.arrays import Float64Array

LEAST_DAYS = 10  # in common; a pair with fewer has the mean correlation
SMALLEST = 1e-6  # eigenvalue, so that draws can be made


def shrunk_correlation(scores: Float64Array) -> Float64Array:
    """Correlations (n, n) of scores (days, n) around zero; NaN where a series has no score.

    Positive definite, ones on the diagonal.
    """
    known = np.isfinite(scores)
    days = known.T.astype(np.float64) @ known
    filled = np.where(known, scores, 0.0)
    filled /= np.sqrt(np.maximum(np.sum(filled**2, axis=0), 1e-300) / np.maximum(known.sum(0), 1))
    over = np.maximum(days, 1)
    sample = filled.T @ filled / over
    noise = (filled**2).T @ filled**2 / over - sample**2
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


def _positive(correlation: Float64Array) -> Float64Array:
    """A correlation matrix (n, n) without eigenvalues below SMALLEST, itself where it has none.

    Pairs that were estimated on different days need not fit together.
    """
    values, vectors = np.linalg.eigh(correlation)
    if values[0] >= SMALLEST:
        return correlation
    raised = (vectors * np.maximum(values, SMALLEST)) @ vectors.T
    sizes = np.sqrt(np.diag(raised))
    repaired: Float64Array = raised / np.outer(sizes, sizes)
    np.fill_diagonal(repaired, 1.0)
    return repaired
