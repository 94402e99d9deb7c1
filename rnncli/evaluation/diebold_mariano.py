"""Whether one forecast is better than another, or only luckier: the Diebold-Mariano test."""

import math
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions import student_t

LEAST = 10  # cutoffs; with fewer there is no test


@dataclass(frozen=True)
class TestResult:
    """Mean difference of losses over `cutoffs`, and its p-values under equal accuracy.

    p: two-sided; p_lower: one-sided, that the first loss is no lower. None: too few cutoffs, or
    differences that never vary.
    """

    difference: float
    cutoffs: int
    p: float | None
    p_lower: float | None


def diebold_mariano(differences: Float64Array, autocovariances: int = 0) -> TestResult:
    """Test the mean of loss differences (cutoffs), oldest first; NaN ones are left out.

    Diebold & Mariano 1995; corrected and compared with Student's t with n - 1 degrees of freedom as
    by Harvey, Leybourne & Newbold 1997, doi:10.1016/S0169-2070(96)00719-4. If the long-run variance
    of the rectangular window is not positive, that without autocovariances is used (as in dm.test
    of R's forecast), with the correction.
    """
    d = differences[~np.isnan(differences)]
    n = len(d)
    if n == 0:
        return TestResult(math.nan, 0, None, None)
    mean = float(np.mean(d))
    if n < LEAST:
        return TestResult(mean, n, None, None)
    if not np.any(d):
        return TestResult(0.0, n, 1.0, 0.5)
    statistic = _statistic(d, min(autocovariances, n - 1))
    if statistic is None:
        return TestResult(mean, n, None, None)
    tail = float(student_t.upper_tail(np.array(abs(statistic)), np.array(n - 1.0)))
    return TestResult(mean, n, 2 * tail, tail if statistic < 0 else 1 - tail)


def _statistic(d: Float64Array, autocovariances: int) -> float | None:
    """The corrected statistic; None if the differences do not vary."""
    n, steps = len(d), autocovariances + 1
    away = d - np.mean(d)
    gamma = [float(away[k:] @ away[: n - k]) / n for k in range(steps)]
    variance = (gamma[0] + 2 * sum(gamma[1:])) / n
    correction = (n + 1 - 2 * steps + steps * (steps - 1) / n) / n
    if variance > 0 and correction > 0 and gamma[0] > 1e-24 * float(d @ d) / n:
        return float(np.mean(d)) / math.sqrt(variance) * math.sqrt(correction)
    return _statistic(d, 0) if autocovariances else None


def by_cutoff(losses: Float64Array, fold: np.ndarray, folds: int) -> Float64Array:
    """Mean over series (and rows ahead) of losses (n, ...) at each cutoff; NaN if none are known.

    Shape (folds,).
    """
    flat = losses.reshape(len(losses), -1)
    known = ~np.isnan(flat)
    sums = np.bincount(fold, np.where(known, flat, 0).sum(1), folds)
    counts = np.bincount(fold, known.sum(1), folds)
    with np.errstate(invalid="ignore"):
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
