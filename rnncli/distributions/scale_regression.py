"""Student's t around zero whose log scale is linear in x, by maximum likelihood.

    y = exp(x w) t,   t: Student's t of dof degrees of freedom

Minus the log likelihood, log scale + (dof + 1)/2 log(1 + y²/(dof scale²)), is convex in w for a
given dof, and its Fisher information, 2 dof/(dof + 3) X'X, depends on neither w nor y: scoring
needs one factorisation and a few steps. A penalty shrinks w to a guess, so that few rows suffice.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions import student_t
from rnncli.distributions.student_t import golden_section_minimum
from rnncli.kernels import log_scale_kernel, moments_kernel, slope_kernel
from rnncli.runtime.blas import one_blas_thread

SMALLEST_DOF, LARGEST_DOF = 2.05, 200.0
ROUNDS = 12  # of weights and dof in turn
STEPS = 50  # of the weights
HALVINGS = 30  # of a step that went too far
CLOSE = 1e-4  # a step of no weight exceeds: a hundredth of a percent of the scale
SAME_DOF = 2e-3  # relative
SEARCH = 14  # steps of golden section: 1/dof to a thousandth of its range
REMEMBERED = 16_384  # dof that a search may end in


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
    """
    problem = _Problem(x, y * y, penalty)
    weights, dof = start.weights, start.dof
    for _ in range(ROUNDS):
        weights, before = problem.best_weights(weights, dof), dof
        dof = problem.best_dof(weights)
        if abs(dof - before) < SAME_DOF * dof:
            break
    return ScaleRegression(weights, dof)


class _Problem:
    """The penalised mean loss of x (n, k) and squares (n).

    Kernels sum over x and its columns: threads of a BLAS cost more than they save with so few
    columns, and einsum takes several times as long for the same bits.
    """

    def __init__(self, x: Float64Array, squares: Float64Array, penalty: Penalty) -> None:
        self._x, self._columns = np.ascontiguousarray(x), np.ascontiguousarray(x.T)
        self._squares, self._penalty = squares, penalty
        self._strength = penalty.strength / len(x)
        moments = np.empty((x.shape[1], x.shape[1]))
        moments_kernel()(self._x, moments)
        with one_blas_thread():
            self._information = np.linalg.inv(moments / len(x) + np.diag(self._strength))
        self._log_scales, self._ratio, self._scaled = np.empty((3, len(x)))
        self._slope, self._weights = np.empty(x.shape[1]), np.empty(0)

    def best_weights(self, weights: Float64Array, dof: float) -> Float64Array:
        """Fisher scoring for a given dof; a step that does not lower the loss is halved."""
        loss, gradient = self._loss_and_gradient(weights, dof)
        for _ in range(STEPS):
            step = self._information @ gradient * ((dof + 3) / (2 * dof))
            for _ in range(HALVINGS):
                tried = weights - step
                after, ahead = self._loss_and_gradient(tried, dof)
                if after <= loss:
                    break
                step = step / 2
            else:
                return weights
            weights, loss, gradient = tried, after, ahead
            if np.abs(step).max() < CLOSE:
                break
        return weights

    def _loss_and_gradient(self, weights: Float64Array, dof: float) -> tuple[float, Float64Array]:
        """Without what depends on the dof alone."""
        squares, log_scales, ratio = self._over_scale(weights), self._log_scales, self._ratio
        slope_kernel()(self._x, squares, dof, ratio, self._slope)
        away = weights - self._penalty.towards
        np.log1p(ratio, out=ratio)
        loss = _mean(log_scales) + (dof + 1) / 2 * _mean(ratio)
        pull = self._strength * away
        return float(loss + pull @ away / 2), self._slope / len(ratio) + pull

    def _over_scale(self, weights: Float64Array) -> Float64Array:
        """The squares (n) over those of the scale, whose logarithms are left in `_log_scales`."""
        scaled = self._scaled
        if weights is self._weights:  # those of the time before
            return scaled
        self._weights = weights
        log_scale_kernel()(self._columns, weights, self._log_scales, scaled)
        np.exp(scaled, out=scaled)
        return np.multiply(self._squares, scaled, out=scaled)

    def best_dof(self, weights: Float64Array) -> float:
        """The likeliest degrees of freedom for given weights, by golden section in 1/dof."""
        squares, ratio = self._over_scale(weights), self._ratio

        def loss(inverse: float) -> float:
            np.log1p(np.multiply(squares, inverse, out=ratio), out=ratio)
            return float((1 / inverse + 1) / 2 * _mean(ratio) - _log_density_at_zero(1 / inverse))

        return 1 / golden_section_minimum(loss, 1 / LARGEST_DOF, 1 / SMALLEST_DOF, SEARCH)


def _mean(values: Float64Array) -> Any:
    """Their mean, with the bits of np.mean, which costs more than the logarithms."""
    return np.add.reduce(values) / len(values)


@lru_cache(REMEMBERED)  # a golden section asks for the same few dof, whatever it is fitted to
def _log_density_at_zero(dof: float) -> float:
    return float(student_t.log_density(np.zeros(1), np.array([dof]))[0])
