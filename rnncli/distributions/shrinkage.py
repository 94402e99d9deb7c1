"""Correction of a model's distribution by its errors on the validation days.

Errors differ from period to period: the correction is shrunk by its standard error, with days as
observations, since symbols move together.
"""

from dataclasses import replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.distributions.conformal import GRID, Bounds

TINY = 1e-12
MOST = 5.0  # that a correction widens a bound
FEW_DAYS = 4  # minimum of days with errors, for any correction
LEVELS = (0.8, 0.95)  # whose coverage measures the miscalibration of a model


def shrink_to_model(
    bounds: Bounds, scaled: Float64Array, of_model: Float64Array, days: IntArray
) -> Bounds:
    """Bounds between the model's and those of its errors, by a weight for each row ahead.

    Each quantile of the model is moved by the difference between its mean and that of the errors,
    so that each day's distribution keeps its shape, and is unchanged without a correction.

    scaled (n, h): errors over the model's spread, NaN if unknown; of_model (h, k): its quantiles
    at GRID over its spread; days (n): the day of each cutoff. The weight is that
    of the positive part of James & Stein (1961), max(0, 1 - 1/F), F being the mean square of the
    errors of coverage over their standard errors.
    """
    weights = tuple(
        _weight(scaled[:, ahead], of_model[ahead], days, ahead + 1)
        for ahead in range(len(bounds.quantiles))
    )
    rows, shifts = [], []
    for ahead, (weight, errors) in enumerate(zip(weights, bounds.quantiles, strict=True)):
        known = bool(np.all(np.isfinite(of_model[ahead])))
        mixed = weight * np.array(errors) + (1 - weight) * of_model[ahead]
        rows.append(_limited(mixed, of_model[ahead]) if known else errors)
        corrected = known and weight > 0
        shifts.append(tuple((np.array(rows[-1]) - of_model[ahead]).tolist()) if corrected else ())
    return replace(bounds, quantiles=tuple(rows), weights=weights, shifts=tuple(shifts))


def _limited(quantiles: Float64Array, of_model: Float64Array) -> tuple[float, ...]:
    """Quantiles limited to MOST times the model's.

    Larger ones are due to days on which its spread was almost zero, or to a few errors.
    """
    most = MOST * np.maximum(np.abs(of_model), 1)
    return tuple(np.clip(quantiles, -most, most).tolist())


def _weight(scaled: Float64Array, of_model: Float64Array, days: IntArray, ahead: int) -> float:
    if not np.all(np.isfinite(of_model)):  # no cutoff had a distribution: errors are all there is
        return 1.0
    known = np.isfinite(scaled)
    each, day = np.unique(days[known], return_inverse=True)
    if len(each) < FEW_DAYS:
        return 0.0
    of_errors = scaled[known]
    squares: list[float] = []
    for level in LEVELS:
        low, high = (np.interp(p, GRID, of_model) for p in ((1 - level) / 2, (1 + level) / 2))
        inside = (of_errors >= low) & (of_errors <= high)
        miss, error = _by_day(inside, level, day, ahead)
        squares.append((miss / error) ** 2 if error > 0 else np.inf)
    return max(0.0, 1 - 1 / max(float(np.mean(squares)), TINY))


def miss_and_error(
    inside: BoolArray, level: float, days: IntArray, ahead: int
) -> tuple[float, float]:
    """Coverage less its level, and the standard error of that, days (n) being independent.

    Those `ahead` days together that a forecast spans are counted as one.
    """
    return _by_day(inside, level, np.unique(days, return_inverse=True)[1], ahead)


def _by_day(inside: BoolArray, level: float, day: IntArray, ahead: int) -> tuple[float, float]:
    """`miss_and_error` of days that are numbered from 0."""
    off = np.bincount(day, inside - level)
    count = np.bincount(day)
    miss = float(off.sum() / count.sum())
    rest = off - miss * count
    return miss, float(np.sqrt(ahead * np.sum(rest**2)) / count.sum())
