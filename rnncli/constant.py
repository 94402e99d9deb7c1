"""Student's t of a scale that never changes, one a series: what the range of pure noise is.

The fair opponent where returns are independent (see `placebo`): an EWMA follows noise there, and
even a constant beats it.
"""

import numpy as np

from rnncli import student
from rnncli.arrays import Float64Array
from rnncli.distributions import StudentT
from rnncli.intervals import changes
from rnncli.outcomes import Cells, Outcome, difference_unit
from rnncli.predictive import Predictive, Predictor
from rnncli.prices import Prices
from rnncli.search import lowest

LARGEST_DOF, SMALLEST_DOF = 200.0, 2.05
SERIES = 32  # that the degrees of freedom are fitted on
STEPS = 16  # of the search for them
ITERATIONS = 25  # of the scale


def constant_t(past: Prices, unit: str, horizon: int) -> Predictor:
    """For every row ahead a scale a series and degrees of freedom for all, by maximum likelihood.

    Fitted on the sums of as many past changes; a series without any has the mean scale.
    """
    fitted = [_fit(_sums(past, unit, ahead)) for ahead in range(1, horizon + 1)]
    dof = np.array([own for own, _ in fitted])
    scales = np.stack([scale for _, scale in fitted], axis=1)  # (series, horizon)
    of_symbol: dict[str, Float64Array] = dict(zip(past.symbols, scales, strict=True))
    of_others: Float64Array = np.mean(scales, axis=0)

    def forecast(prices: Prices, cells: Cells, outcome: Outcome) -> Predictive:
        own = np.stack([of_symbol.get(symbol, of_others) for symbol in prices.symbols])
        scale = own[cells.series] * outcome.step()[:, None]
        last = np.repeat(outcome.last[:, None], horizon, axis=1)
        shape = np.broadcast_to(dof, scale.shape)
        return Predictive(last, StudentT(np.zeros_like(scale), scale, shape))

    return forecast


def _sums(past: Prices, unit: str, ahead: int) -> Float64Array:
    """Changes over `ahead` rows (series, most), NaN where a series has fewer."""
    each = []
    for i in range(len(past.symbols)):
        walked = np.concatenate([[0], np.cumsum(changes(past.series(i), difference_unit(unit)))])
        each.append(walked[ahead:] - walked[:-ahead])
    found = np.full((len(each), max(map(len, each))), np.nan)
    for row, own in zip(found, each, strict=True):
        row[: len(own)] = own
    return found


def _fit(sums: Float64Array) -> tuple[float, Float64Array]:
    """Degrees of freedom for all rows of `sums`, and the scale of each (series)."""
    some = sums[:: max(1, len(sums) // SERIES)]

    def loss(inverse: float) -> float:
        dof = 1 / inverse
        scale = scales_of(some, dof)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            likelihood = student.log_density(some / scale, np.array(dof)) - np.log(scale)
        known = likelihood[np.isfinite(likelihood)]
        return -float(np.mean(known)) if known.size else 0.0

    dof = 1 / lowest(loss, 1 / LARGEST_DOF, 1 / SMALLEST_DOF, STEPS)
    scales = scales_of(sums, dof)
    usual = np.mean(scales[scales > 0]) if np.any(scales > 0) else 1.0
    return dof, np.where(scales > 0, scales, usual)


def scales_of(values: Float64Array, dof: float) -> Float64Array:
    """Scale of each row (n, most) under Student's t of that dof, by maximum likelihood: (n).

    The iteration of Liu & Rubin 1995: values far out weigh less. 0 where a row holds nothing.
    """
    known = ~np.isnan(values)
    squares, count = np.where(known, values, 0.0) ** 2, np.maximum(known.sum(axis=1), 1)
    variance = squares.sum(axis=1) / count
    for _ in range(ITERATIONS):
        with np.errstate(divide="ignore", invalid="ignore"):
            weights = (dof + 1) / (dof + squares / variance[:, None])
        variance = np.sum(np.nan_to_num(weights) * squares, axis=1) / count
    found: Float64Array = np.sqrt(variance)
    return found
