"""Linear pools of two forecasts: the mixture of their distributions (Stone 1961).

    P(price <= x) = (1 - w) F(x) + w G(x)

F of a trained network, G of the prior, w the weight of the prior, for each row ahead.
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

    `weights` (horizon): of the prior.
    Past errors correct the network's part alone: of the prior nothing was fitted on prices.
    """

    of_network: ModelQuantiles
    of_prior: ModelQuantiles
    weights: Float64Array

    def subset(self, rows: BoolArray) -> "PooledQuantiles":
        """The forecasts from some of the origins."""
        some = super().subset(rows)
        assert isinstance(some, PooledQuantiles)
        return replace(
            some, of_network=self.of_network.subset(rows), of_prior=self.of_prior.subset(rows)
        )

    def calibrated(self, bounds: Bounds) -> Quantiles:
        """Distances from the median of the mixture, the network's part corrected."""
        if np.all(self.weights == 1):
            return self.of_prior.calibrated(NO_ERRORS)
        of_network = self.of_network
        corrected = of_network.calibrated(bounds)
        prices = apply_error(of_network.median[..., None], corrected.values, bounds.unit)
        mixed = mixture(
            replace(of_network, prices=prices), self.of_prior, self.weights, self.probabilities
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
        weight = self.weights[0]
        if weight == 1:
            return by_prior
        by_network = self.of_network.places(bounds, actual, by_model)
        mean: Float64Array = (1 - weight) * by_network + weight * by_prior
        return mean


def pooled(
    of_network: ModelQuantiles, of_prior: ModelQuantiles, weights: Float64Array
) -> PooledQuantiles:
    """The linear pool of two forecasts from the same origins; `weights` (horizon): of the prior."""
    probabilities = of_network.probabilities
    prices = mixture(of_network, of_prior, weights, probabilities)
    with np.errstate(divide="ignore", invalid="ignore"):  # NaN where it is not asked for
        density = np.logaddexp(
            np.log(1 - weights) + of_network.log_density, np.log(weights) + of_prior.log_density
        )
    if np.all(weights == 1):
        density = of_prior.log_density
    return PooledQuantiles(
        of_network.unit, prices[:, :, probabilities.index(MEDIAN)], of_network.outputs,
        of_network.deviations, probabilities, prices, density, of_network, of_prior, weights,
    )  # fmt: skip


def mixture(
    one: ModelQuantiles, other: ModelQuantiles, weights: Float64Array,
    probabilities: Sequence[float],
) -> Float64Array:  # fmt: skip
    """Quantiles (n, horizon, k) of 1 - `weights` (horizon) of one and `weights` of the other.

    Distribution functions are linear between the known quantiles of each.
    """
    if np.all(weights == 1):
        at = [other.probabilities.index(p) for p in probabilities]
        return other.prices[:, :, at]
    shape = (*one.prices.shape[:2], len(probabilities))
    first = one.prices.reshape(-1, len(one.probabilities))
    second = other.prices.reshape(-1, len(other.probabilities))
    wanted = np.array(probabilities)
    mixed = np.empty((len(first), len(wanted)))
    of_cells = np.tile(weights, len(one.prices)).tolist()
    for cell, (network, prior, weight) in enumerate(zip(first, second, of_cells, strict=True)):
        prices = np.sort(np.concatenate([network, prior]))
        share = (1 - weight) * np.interp(prices, network, one.probabilities, left=0.0, right=1.0)
        share += weight * np.interp(prices, prior, other.probabilities, left=0.0, right=1.0)
        mixed[cell] = np.interp(wanted, share, prices)
    return mixed.reshape(shape)
