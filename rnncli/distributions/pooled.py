"""Linear pools of two forecasts: the mixture of their distributions (Stone 1961).

    P(price <= x) = (1 - w) F(x) + w G(x)

F of a trained network, G of the prior, w the weight of the prior.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.distributions.conformal import Bounds, apply_error, error_of
from rnncli.distributions.families import Quantiles
from rnncli.distributions.quantile_forecast import MEDIAN, ModelQuantiles

NO_ERRORS = Bounds("log", (), (), None, None, "model")  # that would correct a distribution


@dataclass(frozen=True)
class PooledQuantiles(ModelQuantiles):
    """Quantiles of the mixture of a network's forecast and the prior's, of the same origins.

    Past errors correct the network's part alone: of the prior nothing was fitted on prices.
    """

    of_network: ModelQuantiles
    of_prior: ModelQuantiles
    weight: float

    def subset(self, kept: BoolArray) -> "PooledQuantiles":
        """The forecasts from some of the origins."""
        some = super().subset(kept)
        assert isinstance(some, PooledQuantiles)
        return replace(
            some, of_network=self.of_network.subset(kept), of_prior=self.of_prior.subset(kept)
        )

    def calibrated(self, bounds: Bounds) -> Quantiles:
        """Distances from the median of the mixture, the network's part corrected."""
        if self.weight == 1:
            return self.of_prior.calibrated(NO_ERRORS)
        of_network = self.of_network
        corrected = of_network.calibrated(bounds)
        prices = apply_error(of_network.median[..., None], corrected.values, bounds.unit)
        mixed = mixture(
            replace(of_network, prices=prices), self.of_prior, self.weight, self.probabilities
        )
        away = error_of(mixed, self.median[..., None], bounds.unit)
        below = np.array(self.probabilities) < MEDIAN
        limited = np.where(below, np.minimum(away, 0), np.maximum(away, 0))
        return Quantiles(np.array(self.probabilities), limited)

    def places(
        self, bounds: Bounds, actual: Float64Array, by_model: Callable[[], Float64Array]
    ) -> Float64Array:
        """Mean of where it lay in both distributions, by their weights."""
        by_prior = np.array(
            [
                np.interp(price, quantiles, self.of_prior.probabilities, left=0.0, right=1.0)
                for price, quantiles in zip(actual, self.of_prior.prices[:, 0], strict=True)
            ]
        )
        if self.weight == 1:
            return by_prior
        by_network = self.of_network.places(bounds, actual, by_model)
        return (1 - self.weight) * by_network + self.weight * by_prior


def pooled(of_network: ModelQuantiles, of_prior: ModelQuantiles, weight: float) -> PooledQuantiles:
    """The linear pool of two forecasts from the same origins."""
    probabilities = of_network.probabilities
    prices = mixture(of_network, of_prior, weight, probabilities)
    with np.errstate(divide="ignore", invalid="ignore"):  # NaN where it is not asked for
        density = np.logaddexp(
            np.log(1 - weight) + of_network.log_density, np.log(weight) + of_prior.log_density
        )
    if weight == 1:
        density = of_prior.log_density
    return PooledQuantiles(
        of_network.unit, prices[:, :, probabilities.index(MEDIAN)], of_network.outputs,
        of_network.deviations, probabilities, prices, density, of_network, of_prior, weight,
    )  # fmt: skip


def mixture(
    one: ModelQuantiles, other: ModelQuantiles, weight: float, probabilities: Sequence[float]
) -> Float64Array:
    """Quantiles (n, horizon, k) of (1 - weight) of one and weight of the other.

    Distribution functions are linear between the known quantiles of each.
    """
    if weight == 1:
        at = [other.probabilities.index(p) for p in probabilities]
        return other.prices[:, :, at]
    shape = (*one.prices.shape[:2], len(probabilities))
    first = one.prices.reshape(-1, len(one.probabilities))
    second = other.prices.reshape(-1, len(other.probabilities))
    wanted = np.array(probabilities)
    mixed = np.empty((len(first), len(wanted)))
    for cell, (own, prior) in enumerate(zip(first, second, strict=True)):
        prices = np.sort(np.concatenate([own, prior]))
        share = (1 - weight) * np.interp(prices, own, one.probabilities, left=0.0, right=1.0)
        share += weight * np.interp(prices, prior, other.probabilities, left=0.0, right=1.0)
        mixed[cell] = np.interp(wanted, share, prices)
    return mixed.reshape(shape)
