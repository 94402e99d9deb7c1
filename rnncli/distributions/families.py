"""Predictive distributions over arrays: quantiles, distribution function, density, CRPS.

Each describes n x aheads quantities at once (leading axes of any shape will do); `y` has that
shape, and where it is NaN the answer is. CRPS: the continuous ranked probability score, in the
unit of y, lower is better (Gneiting & Raftery 2007, doi:10.1198/016214506000001437).
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions import student_t
from rnncli.distributions.normal import normal_quantile
from rnncli.kernels import piecewise_kernel

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
        return self._score(y, crps=False)

    def log_density(self, y: Float64Array) -> Float64Array:
        """NaN: a grid has no density."""
        return np.full(y.shape, np.nan)

    def crps(self, y: Float64Array) -> Float64Array:
        """Integral of (F(x) - [y <= x])^2, which is twice that of the pinball loss, exactly.

        Piece by piece: F is linear over each, and y cuts one of them in two.
        """
        return self._score(y, crps=True)

    def after_first(self) -> "Quantiles":
        """Those of all rows ahead but the first."""
        return Quantiles(self.probabilities, self.values[:, 1:])

    def _score(self, y: Float64Array, crps: bool) -> Float64Array:
        """The CRPS, else the PIT, of y (n, aheads)."""
        scores, p = np.empty(y.size), self.probabilities
        wanted = (scores, scores[:0]) if crps else (scores[:0], scores)
        values = np.ascontiguousarray(self.values.reshape(-1, len(p)))
        piecewise_kernel()(values, np.ascontiguousarray(y.reshape(-1)), p, *wanted)
        return scores.reshape(y.shape)
