"""Student's t of a scale that never changes, one a series: what the range of pure noise is.

The fair opponent where returns are independent (see `placebo`): an EWMA follows noise there, and
even a constant beats it.
"""

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions import student_t
from rnncli.distributions.families import StudentT
from rnncli.distributions.student_t import golden_section_minimum
from rnncli.evaluation.result import Predictive, Predictor
from rnncli.inference.actuals import Actuals, difference_unit
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.transforms.volatility import changes

LARGEST_DOF, SMALLEST_DOF = 200.0, 2.05
SERIES = 32  # that the degrees of freedom of a day are fitted on
MOST_ROWS = 100_000  # that those of several days are fitted on
STEPS = 16  # of the search for them
ITERATIONS = 25  # of the scale
FURTHER = 10  # of the scale at a later cutoff, from the one before


def constant_t(past: Prices, unit: str, horizon: int) -> Predictor:
    """A scale a symbol from its changes up to the cutoff; for all of them a shape by rows ahead.

    The scale of several rows is that of one times what it is on the mean of all symbols: as much
    as can be known of independent changes. All by maximum likelihood.
    """
    days = _sums(past, unit, 1)
    moved = np.nansum(np.abs(days), axis=1) > 0
    some = days[moved][:: max(1, int(moved.sum()) // SERIES)]
    dof = fit_dof_of_scaled_rows(some)
    scales = _positive(scales_of(days, dof))
    shapes = [(dof, 1.0)]
    for ahead in range(2, horizon + 1):
        pooled = (_sums(past, unit, ahead)[moved] / scales[moved, None]).ravel()
        pooled = pooled[~np.isnan(pooled)]
        shapes.append(_shape(pooled[:: max(1, len(pooled) // MOST_ROWS)][None]))
    known = dict(zip(past.symbols, scales.tolist(), strict=True))
    dofs, factors = np.array(shapes).T

    def forecast(prices: Prices, origins: Origins, actuals: Actuals) -> Predictive:
        scales_at_origins = np.empty(len(origins))
        for i, at, rows in origins.by_series():
            steps = changes(prices.series(i)[: rows.max() + 1], difference_unit(unit))
            start = known.get(prices.symbols[i], float(np.mean(scales)))
            scales_at_origins[at] = _at_rows(steps, rows, dof, start)
        scale = (scales_at_origins * actuals.step())[:, None] * factors
        last = np.repeat(actuals.last[:, None], horizon, axis=1)
        shape = np.broadcast_to(dofs, scale.shape)
        return Predictive(last, StudentT(np.zeros_like(scale), scale, shape))

    return forecast


def _at_rows(steps: Float64Array, rows: IntArray, dof: float, start: float) -> Float64Array:
    """Scale of the changes up to each row (n); `start` where nothing has moved."""
    known = np.where(np.arange(len(steps)) < rows[:, None], steps, np.nan)
    scales = scales_of(known, dof, np.full(len(rows), start), FURTHER)
    return np.where(scales > 0, scales, start)


def _sums(past: Prices, unit: str, ahead: int) -> Float64Array:
    """Changes over `ahead` rows (series, most), NaN where a series has fewer."""
    each = []
    for i in range(len(past.symbols)):
        walked = np.concatenate([[0], np.cumsum(changes(past.series(i), difference_unit(unit)))])
        each.append(walked[ahead:] - walked[:-ahead])
    sums = np.full((len(each), max(map(len, each))), np.nan)
    for row, series_sums in zip(sums, each, strict=True):
        row[: len(series_sums)] = series_sums
    return sums


def _positive(scales: Float64Array) -> Float64Array:
    """Replace scales of zero by the mean of the others."""
    usual = float(np.mean(scales[scales > 0])) if np.any(scales > 0) else 1.0
    return np.where(scales > 0, scales, usual)


def _shape(pooled: Float64Array) -> tuple[float, float]:
    """Degrees of freedom and scale of values (1, n); without values, a normal of scale 1."""
    dof = fit_dof_of_scaled_rows(pooled)
    return dof, float(_positive(scales_of(pooled, dof))[0])


def fit_dof_of_scaled_rows(values: Float64Array) -> float:
    """Common degrees of freedom of values (n, most) with one scale per row."""

    def loss(inverse: float) -> float:
        dof = 1 / inverse
        scale = scales_of(values, dof)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            likelihood = student_t.log_density(values / scale, np.array(dof)) - np.log(scale)
        known = likelihood[np.isfinite(likelihood)]
        return -float(np.mean(known)) if known.size else 0.0

    return 1 / golden_section_minimum(loss, 1 / LARGEST_DOF, 1 / SMALLEST_DOF, STEPS)


def scales_of(
    values: Float64Array, dof: float, start: Float64Array | None = None, steps: int = ITERATIONS
) -> Float64Array:
    """Scale of each row (n, most) under Student's t of that dof, by maximum likelihood: (n).

    The iteration of Liu & Rubin 1995, from `start` (n) or the root mean square: values far out
    weigh less. 0 for a row that is empty or all zeros.
    """
    known = ~np.isnan(values)
    squares, count = np.where(known, values, 0.0) ** 2, np.maximum(known.sum(axis=1), 1)
    variance = squares.sum(axis=1) / count if start is None else start**2
    weights = np.empty_like(squares)  # used again: new memory costs more than what is computed
    for _ in range(steps):
        with np.errstate(divide="ignore", invalid="ignore"):
            np.divide(squares, variance[:, None], out=weights)
            weights += dof
            np.divide(dof + 1, weights, out=weights)
        if not np.all(variance > 0):  # no change has a weight where nothing has moved
            np.nan_to_num(weights, copy=False)
        weights *= squares
        variance = np.sum(weights, axis=1) / count
    scales: Float64Array = np.sqrt(variance)
    return scales
