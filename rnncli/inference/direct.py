"""Distributions of all rows ahead from the outputs of one day, and paths that agree with them.

The outputs are a Student's t of the log return at each of some horizons, in units of the
deviation of the day and the root of the rows. Between two of these, location, logarithm of the
scale and degrees of freedom are linear in the logarithm of the rows. Beyond the last, squared
scales add up: the increment per row moves, by half in HALF_LIFE rows, from that of the last rows
to the variance of the whole past of the series; location and degrees of freedom stay.

A path has at each row exactly the distribution of that row. From row to row it moves as a random
walk whose variance grows as the squared scales do (a Gaussian copula: Nelsen 2006, 2.3).
"""

from functools import cache, lru_cache

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.distributions import student_t
from rnncli.distributions.families import StudentT
from rnncli.network.heads import OUTPUTS, parameters
from rnncli.network.network import Architecture

KIND = "student-t"
HALF_LIFE = 60  # rows
OF_LATE = 20  # weight, in rows, of the current deviation against the whole past of a series
STEPS_OF_DOF = 64  # in a factor of e: the dof are rounded, so that few quantiles are computed
MOST_DOFS = 4096  # whose quantiles are remembered: 8 MB
SCORES = np.linspace(-6, 6, 241)  # normal scores at which quantiles are known; linear between


def distributions_ahead(
    architecture: Architecture, outputs: FloatArray, long_run: Float64Array, horizon: int
) -> StudentT:
    """Distributions (n, horizon) of the log return over 1 to `horizon` rows, from outputs (n, O).

    In units of the deviation of the day, as is `long_run` (n): the deviation of one row over the
    whole past of each series.
    """
    rows = np.array(architecture.rows_ahead)
    by_row = outputs.reshape(len(outputs), len(rows), OUTPUTS[KIND])
    location, scale, dof = parameters(KIND, by_row)
    assert dof is not None
    ahead = np.arange(1, horizon + 1)
    places = np.interp(np.log(np.minimum(ahead, rows[-1])), np.log(rows), np.arange(len(rows)))
    within = np.exp(_between(np.log(scale), places)) * np.sqrt(ahead)
    squares = np.maximum.accumulate(within**2, axis=1)
    freedom = np.log(np.maximum(_between(dof, places) - 2, np.exp(-5)))
    dofs = 2 + np.exp(np.rint(freedom * STEPS_OF_DOF) / STEPS_OF_DOF)
    if horizon > rows[-1]:
        squares = _extended(squares, rows.tolist(), long_run, dofs[:, -1])
    roots = np.sqrt(np.minimum(ahead, rows[-1]))
    return StudentT(_between(location, places) * roots, np.sqrt(squares), dofs)


def _between(values: Float64Array, places: Float64Array) -> Float64Array:
    """Values (n, horizon) at places (horizon) among the columns of values (n, K)."""
    below = np.minimum(places.astype(np.int64), values.shape[1] - 1)
    above = np.minimum(below + 1, values.shape[1] - 1)
    between: Float64Array = values[:, below] + (values[:, above] - values[:, below]) * (
        places - below
    )
    return between


def _extended(
    squares: Float64Array, rows: list[int], long_run: Float64Array, dof: Float64Array
) -> Float64Array:
    """Squared scales (n, horizon) beyond the last of `rows`, where these are not yet right."""
    last, before = rows[-1], rows[-2] if len(rows) > 1 else 0
    total = squares[:, last - 1]
    added = (total - (squares[:, before - 1] if before else 0)) / (last - before)
    of_past = long_run**2 * (dof - 2) / dof
    beyond = np.arange(1, squares.shape[1] - last + 1)
    keeps = np.exp2(-1 / HALF_LIFE)
    of_late = keeps * (1 - keeps**beyond) / (1 - keeps)
    further = added[:, None] * of_late + of_past[:, None] * (beyond - of_late)
    return np.hstack([squares[:, :last], total[:, None] + further])


def long_run_deviations(
    deviations: Float64Array, steps: Float64Array, rows: Float64Array
) -> Float64Array:
    """Deviation of a row over the past (n), in units of the current deviation, `steps`.

    `deviations` (n): of the log prices' changes so far; `rows` (n): their number. A young series
    is shrunk to its current deviation.
    """
    past = np.where(np.isfinite(deviations), deviations / steps, 1.0) ** 2
    mixed: Float64Array = np.sqrt((rows * past + OF_LATE) / (rows + OF_LATE))
    return mixed


def paths_ahead(distribution: StudentT, uniforms: Float64Array) -> Float64Array:
    """Paths (horizon, N) of log returns of one series, by uniform numbers (horizon, 2, N).

    `distribution` (1, horizon): of the return over each number of rows.
    """
    location, scale, dof = (
        np.broadcast_to(part, distribution.scale.shape)[0]
        for part in (distribution.location, distribution.scale, distribution.dof)
    )
    squares = scale**2
    moves = np.sqrt(np.diff(squares, prepend=0))[:, None] * _normals(uniforms)
    scores = np.cumsum(moves, axis=0) / scale[:, None]
    paths: Float64Array = np.empty_like(scores)
    for row, of_row in enumerate(dof.tolist()):
        standard = np.interp(scores[row], SCORES, _standard(of_row))
        paths[row] = location[row] + scale[row] * standard
    return paths


def _normals(uniforms: Float64Array) -> Float64Array:
    """Normal numbers (horizon, N): Box & Muller 1958."""
    radius = np.sqrt(-2 * np.log1p(-uniforms[:, 0]))
    normals: Float64Array = radius * np.cos(2 * np.pi * uniforms[:, 1])
    return normals


@lru_cache(MOST_DOFS)
def _standard(dof: float) -> Float64Array:
    """Quantiles of Student's t (k) at the probabilities of SCORES; symbols share rounded dof."""
    return student_t.quantiles(_probabilities(), np.array(dof), student_t.compiled_fraction)


@cache
def _probabilities() -> tuple[float, ...]:
    """What a normal variable is below of SCORES: (k)."""
    from statistics import NormalDist  # noqa: PLC0415 - it takes long to load

    return tuple(NormalDist().cdf(score) for score in SCORES.tolist())
