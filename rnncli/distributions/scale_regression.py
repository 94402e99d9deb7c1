"""Student's t around zero whose log scale is linear in x, by maximum likelihood.

    y = exp(x w) t,   t: Student's t of dof degrees of freedom

Minus the log likelihood, log scale + (dof + 1)/2 log(1 + y²/(dof scale²)), is convex in w for a
given dof, and its Fisher information, 2 dof/(dof + 3) X'X, depends on neither w nor y: scoring
needs one factorisation and a few steps. A penalty shrinks w to a guess, so that few rows suffice.
"""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.kernels import scale_regression_kernel


@dataclass(frozen=True)
class ScaleRegression:
    """Weights (k) of the log scale, and degrees of freedom."""

    weights: Float64Array
    dof: float


@dataclass(frozen=True)
class Penalty:
    """What weights (k) are drawn to, and how hard (k): in rows of unit size and information."""

    towards: Float64Array
    strength: Float64Array


def fit_scale_regression(
    x: Float64Array, y: Float64Array, penalty: Penalty, start: ScaleRegression
) -> ScaleRegression:
    """The likeliest weights and degrees of freedom for x (n, k), y (n), n > 0; y holds no zeros.

    If most y are zero the likelihood has no maximum: the caller replaces them by a smallest size.
    An x whose columns lie together in memory is not copied.
    """
    weights = start.weights.copy()
    columns, strength = np.ascontiguousarray(x.T), penalty.strength / len(x)
    dof = scale_regression_kernel()(columns, y * y, penalty.towards, strength, weights, start.dof)
    return ScaleRegression(weights, dof)
