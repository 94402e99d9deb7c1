"""Predictive distributions over arrays: quantiles, distribution function, density, CRPS.

Each describes n x aheads quantities at once (leading axes of any shape will do); `y` has that
shape, and where it is NaN the answer is. CRPS: the continuous ranked probability score, in the
unit of y, lower is better (Gneiting & Raftery 2007, doi:10.1198/016214506000001437).
"""

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.distributions import student_t
from rnncli.distributions.normal import normal_quantile
from rnncli.kernels import piecewise_kernel
from rnncli.kernels.pairwise_sum import order_of_sum

FEW = 40_000  # quantiles that are scored without a kernel, which has to be loaded
ROUNDING = 1e-12  # of a probability such as 1 - 0.025

_erfc = np.vectorize(math.erfc, otypes=[np.float64])


class Distribution(Protocol):
    """What evaluation asks of a forecast."""

    def quantile(self, probability: float) -> Float64Array:
        """Value below which that much of the mass lies, 0 < probability < 1."""

    def cdf(self, y: Float64Array) -> Float64Array:
        """P(Y <= y)."""

    def log_density(self, y: Float64Array) -> Float64Array:
        """Logarithm of the density at y; NaN throughout where there is none."""

    def crps(self, y: Float64Array) -> Float64Array:
        """Continuous ranked probability score at y."""


@dataclass(frozen=True)
class Normal:
    """Normal distributions of mean `location` and standard deviation `scale` > 0."""

    location: Float64Array
    scale: Float64Array

    def quantile(self, probability: float) -> Float64Array:
        """Value below which that much of the mass lies."""
        return self.location + self.scale * normal_quantile(probability)

    def cdf(self, y: Float64Array) -> Float64Array:
        """P(Y <= y)."""
        probabilities: Float64Array = _erfc((self.location - y) / (self.scale * math.sqrt(2))) / 2
        return probabilities

    def log_density(self, y: Float64Array) -> Float64Array:
        """Logarithm of the density at y."""
        z = (y - self.location) / self.scale
        densities: Float64Array = -(z**2) / 2 - np.log(self.scale) - math.log(2 * math.pi) / 2
        return densities

    def crps(self, y: Float64Array) -> Float64Array:
        """Closed form of Gneiting & Raftery 2007, section 4.2."""
        z = (y - self.location) / self.scale
        density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        skewed = z * (1 - _erfc(z / math.sqrt(2)))
        scores: Float64Array = self.scale * (skewed + 2 * density - 1 / math.sqrt(math.pi))
        return scores


@dataclass(frozen=True)
class StudentT:
    """Student-t distributions: location + scale * T, T with `dof` degrees of freedom.

    `scale` is not the standard deviation, which is scale * sqrt(dof / (dof - 2)). CRPS needs dof >
    1.
    """

    location: Float64Array
    scale: Float64Array
    dof: Float64Array

    def quantile(self, probability: float) -> Float64Array:
        """Value below which that much of the mass lies."""
        return self.location + self.scale * student_t.quantile(probability, np.asarray(self.dof))

    def cdf(self, y: Float64Array) -> Float64Array:
        """P(Y <= y)."""
        return student_t.cdf((y - self.location) / self.scale, np.asarray(self.dof))

    def log_density(self, y: Float64Array) -> Float64Array:
        """Logarithm of the density at y."""
        z = (y - self.location) / self.scale
        return student_t.log_density(z, np.asarray(self.dof)) - np.log(self.scale)

    def crps(self, y: Float64Array) -> Float64Array:
        """Closed form of Jordan, Krueger & Lerch 2019 (doi:10.18637/jss.v090.i12), appendix A."""
        z, dof = (y - self.location) / self.scale, np.asarray(self.dof)
        density = np.exp(student_t.log_density(z, dof))
        skewed = z * (2 * student_t.cdf(z, dof) - 1)
        # B(1/2, dof - 1/2) / B(1/2, dof/2)^2, each beta sqrt(pi) over a ratio of gammas
        betas = student_t.gamma_ratio(dof / 2) ** 2 / student_t.gamma_ratio(dof - 0.5)
        apart = 2 * np.sqrt(dof / math.pi) / (dof - 1) * betas
        scores: Float64Array = self.scale * (
            skewed + 2 * density * (dof + z**2) / (dof - 1) - apart
        )
        return scores


@dataclass(frozen=True)
class Quantiles:
    """Distributions known by quantiles: `values` (n, aheads, k) at `probabilities` (k), ascending.

    Linear between them; quantiles further out are unknown (NaN), and for scores that mass is on
    the outer ones. It has no density.
    """

    probabilities: Float64Array
    values: Float64Array

    def quantile(self, probability: float) -> Float64Array:
        """Value below which that much of the mass lies."""
        p = self.probabilities
        if probability < p[0] - ROUNDING or probability > p[-1] + ROUNDING:
            return np.full(self.values.shape[:-1], np.nan)
        k = min(max(int(np.searchsorted(p, probability, side="right")) - 1, 0), len(p) - 2)
        low, high = self.values[..., k], self.values[..., k + 1]
        quantiles: Float64Array = low + (high - low) * ((probability - p[k]) / (p[k + 1] - p[k]))
        return quantiles

    def cdf(self, y: Float64Array) -> Float64Array:
        """P(Y <= y)."""
        return self._in_c_order()._cdf(y) if self._few() else self._compiled(y, crps=False)

    def _cdf(self, y: Float64Array) -> Float64Array:
        passed = self._passed_in_order(y)
        if passed is None:
            shares = np.diff(self.probabilities) * self._passed(y)
        else:
            shares = np.where(passed.whole, np.diff(self.probabilities), 0.0)
            shares[passed.cell] = np.diff(self.probabilities)[passed.cell[-1]] * passed.share
        within = np.sum(shares, axis=-1)
        share = np.where(self.values[..., 0] <= y, self.probabilities[0] + within, 0.0)
        share = np.where(self.values[..., -1] <= y, 1.0, share)
        return _known(y, share)

    def log_density(self, y: Float64Array) -> Float64Array:
        """NaN: a grid has no density."""
        return np.full(y.shape, np.nan)

    def crps(self, y: Float64Array) -> Float64Array:
        """Integral of (F(x) - [y <= x])^2, which is twice that of the pinball loss, exactly.

        Piece by piece: F is linear over each, and y cuts one of them in two.
        """
        return self._in_c_order()._crps(y) if self._few() else self._compiled(y, crps=True)

    def _crps(self, y: Float64Array) -> Float64Array:
        start, end = self.probabilities[:-1], self.probabilities[1:]
        widths, passed = np.diff(self.values, axis=-1), self._passed_in_order(y)
        if passed is None:
            squares = _mean_square_of_rest(start, end, self._passed(y))
        else:
            squares = np.where(passed.whole, *_of_pieces(self.probabilities))
            piece = passed.cell[-1]
            squares[passed.cell] = _mean_square_of_rest(start[piece], end[piece], passed.share)
        squares *= widths
        outside = np.maximum(self.values[..., 0] - y, 0) + np.maximum(y - self.values[..., -1], 0)
        scores: Float64Array = np.sum(squares, axis=-1) + outside
        return scores

    def after_first(self) -> "Quantiles":
        """Those of all rows ahead but the first."""
        return Quantiles(self.probabilities, self.values[:, 1:])

    def _few(self) -> bool:
        return self.values.size <= FEW

    def _in_c_order(self) -> "Quantiles":
        """With the quantiles of a cell one after another: the order of sums follows the memory."""
        return Quantiles(self.probabilities, np.ascontiguousarray(self.values))

    def _compiled(self, y: Float64Array, crps: bool) -> Float64Array:
        """The CRPS, else the PIT, of y (n, aheads), by a kernel: the same bits, much faster."""
        p, scores = self.probabilities, np.empty(y.size)
        passed, ahead = _of_pieces(p)
        wanted = (scores, scores[:0]) if crps else (scores[:0], scores)
        values = np.ascontiguousarray(self.values.reshape(-1, len(p)))
        y_of_each = np.ascontiguousarray(y.reshape(-1))
        piecewise_kernel()(values, y_of_each, p, passed, ahead, order_of_sum(len(p) - 1), *wanted)
        return scores.reshape(y.shape)

    def _passed_in_order(self, y: Float64Array) -> "_Passed | None":
        """What `_passed` tells, where values ascend, as they mostly do: None where they do not."""
        widths = np.diff(self.values, axis=-1)
        if not (widths.size and widths.min() >= 0 and widths.max() < np.inf):
            return None
        reached = self.values <= y[..., None]
        count = np.count_nonzero(reached, axis=-1)
        rows = np.nonzero((count > 0) & (count < self.values.shape[-1]))
        cell = (*rows, count[rows] - 1)
        share = np.clip((y[rows] - self.values[cell]) / widths[cell], 0, 1)
        return _Passed(reached[..., 1:], cell, share)

    def _passed(self, y: Float64Array) -> Float64Array:
        """How much of each piece between two values y has passed, 0 to 1."""
        widths = np.diff(self.values, axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = (y[..., None] - self.values[..., :-1]) / widths
        share = np.where(widths > 0, share, y[..., None] >= self.values[..., :-1])
        return np.clip(share, 0, 1)


class _Passed(NamedTuple):
    """Which pieces y has passed whole; the pieces that it lies in, and how much of them."""

    whole: BoolArray
    cell: tuple[IntArray, ...]
    share: Float64Array


def _of_pieces(probabilities: Float64Array) -> list[Float64Array]:
    """The mean square of each piece (k - 1) if y has passed it, and if it has not."""
    start, end = probabilities[:-1], probabilities[1:]
    return [_mean_square_of_rest(start, end, np.full(len(start), one)) for one in (1.0, 0.0)]


def _mean_square_of_rest(
    start: Float64Array, end: Float64Array, passed: Float64Array
) -> Float64Array:
    """Mean of (F(x) - [y <= x])^2 over pieces of F from `start` to `end`, passed so far."""
    cut = start + (end - start) * passed
    squares: Float64Array = passed * mean_square(start, cut)
    return squares + (1 - passed) * mean_square(1 - cut, 1 - end)


def mean_square(start: Float64Array, end: Float64Array) -> Float64Array:
    """Mean of the square of what goes linearly from `start` to `end`."""
    return (start**2 + start * end + end**2) / 3


def _known(y: Float64Array, scores: Float64Array) -> Float64Array:
    """`scores` where y is known."""
    return np.where(np.isnan(y), np.nan, scores)
