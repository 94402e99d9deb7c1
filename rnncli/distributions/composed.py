"""Distributions made of others: sampled, by horizon, moved and scaled."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.families import Distribution, Quantiles


@dataclass(frozen=True)
class SampledQuantiles(Quantiles):
    """Quantiles of paths; the log density (n, aheads) is known only at the actual values."""

    log_density_of_what_came: Float64Array

    def after_first(self) -> "SampledQuantiles":
        """Those of all rows ahead but the first."""
        density = self.log_density_of_what_came[:, 1:]
        return SampledQuantiles(self.probabilities, self.values[:, 1:], density)

    def log_density(self, y: Float64Array) -> Float64Array:
        """Logarithm of the density at y, the actual values."""
        return np.where(np.isnan(y), np.nan, self.log_density_of_what_came)


@dataclass(frozen=True)
class ByHorizon:
    """Distributions of one kind for the next row, of another for those after."""

    first: Distribution
    later: Distribution

    def quantile(self, probability: float) -> Float64Array:
        """Value below which that much of the mass lies."""
        return np.hstack([part.quantile(probability) for part in (self.first, self.later)])

    def cdf(self, y: Float64Array) -> Float64Array:
        """P(Y <= y)."""
        return np.hstack([part.cdf(part_y) for part, part_y in self._each(y)])

    def log_density(self, y: Float64Array) -> Float64Array:
        """Logarithm of the density at y; NaN where there is none."""
        return np.hstack([part.log_density(part_y) for part, part_y in self._each(y)])

    def crps(self, y: Float64Array) -> Float64Array:
        """CRPS of each part by its kind."""
        return np.hstack([part.crps(part_y) for part, part_y in self._each(y)])

    def _each(self, y: Float64Array) -> list[tuple[Distribution, Float64Array]]:
        return [(self.first, y[:, :1]), (self.later, y[:, 1:])]


@dataclass(frozen=True)
class Affine:
    """Distributions of `by` + `times` x, `times` > 0, for x of the `base`."""

    base: Distribution
    by: Float64Array
    times: Float64Array

    def quantile(self, probability: float) -> Float64Array:
        """Value below which that much of the mass lies."""
        return self.by + self.times * self.base.quantile(probability)

    def cdf(self, y: Float64Array) -> Float64Array:
        """P(Y <= y)."""
        return self.base.cdf(self._back(y))

    def log_density(self, y: Float64Array) -> Float64Array:
        """Logarithm of the density at y; NaN where there is none."""
        densities: Float64Array = self.base.log_density(self._back(y)) - np.log(self.times)
        return densities

    def crps(self, y: Float64Array) -> Float64Array:
        """That of the base in the unit of y."""
        return self.times * self.base.crps(self._back(y))

    def _back(self, y: Float64Array) -> Float64Array:
        return (y - self.by) / self.times


@dataclass(frozen=True)
class PerSeriesLevels:
    """Quantiles of which each of n cells takes others than those asked for.

    `taken`: probability asked for -> what is taken (n); others are as they are.
    """

    base: Quantiles
    taken: dict[float, Float64Array]

    def quantile(self, probability: float) -> Float64Array:
        """Quantile (n, aheads), each cell at its probability."""
        if probability not in self.taken:
            return self.base.quantile(probability)
        probabilities, p = self.taken[probability], self.base.probabilities
        k = np.clip(np.searchsorted(p, probabilities, side="right") - 1, 0, len(p) - 2)
        low, high = (
            np.take_along_axis(self.base.values, at[:, None, None], axis=2)[:, :, 0]
            for at in (k, k + 1)
        )
        quantiles: Float64Array = (
            low + (high - low) * ((probabilities - p[k]) / (p[k + 1] - p[k]))[:, None]
        )
        return quantiles
