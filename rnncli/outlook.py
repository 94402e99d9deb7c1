"""Quantiles of the prices ahead, where a model has them: exact for the next row, then sampled."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.heads import distribution
from rnncli.network import Network
from rnncli.prepare import Preparation, Prepared
from rnncli.prices import Prices
from rnncli.rollout import Cutoffs, run_to
from rnncli.sampling import Sampling, each_sample, rows_of
from rnncli.threads import Threads

PATHS = 1000  # a cutoff, unless more are asked for
CONTINUOUS = ("gaussian", "student-t", "quantile")  # heads whose bounds are drawn
MIDDLE = (0.15865525393145707, 0.5, 0.8413447460685429)  # one deviation of a normal either way


@dataclass(frozen=True)
class Outlook:
    """Quantiles of prices (n, horizon, k) at probabilities (k), ascending.

    `outputs` (n, O): the network's, of which the next row's distribution follows exactly.
    """

    probabilities: tuple[float, ...]
    prices: Float64Array
    outputs: FloatArray

    def at(self, probability: float) -> Float64Array:
        """The quantile (n, horizon) at one of the probabilities."""
        return self.prices[:, :, self.probabilities.index(probability)]

    def centre(self) -> Float64Array:
        """The median (n, horizon)."""
        return self.at(MIDDLE[1])

    def spread(self, unit: str) -> Float64Array:
        """Half the distance between the quantiles of MIDDLE (n, horizon): of logs, or as it is."""
        low, high = self.at(MIDDLE[0]), self.at(MIDDLE[2])
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Float64Array = np.log(high / low) / 2 if unit == "log" else (high - low) / 2
        return found


def draws_bounds(network: Network) -> bool:
    """Whether a network's own distribution is behind its bounds."""
    return network.architecture.head in CONTINUOUS


def outlook(
    network: Network, preparation: Preparation, prices: Prices, prepared: Prepared,
    cutoffs: Cutoffs, horizon: int, probabilities: tuple[float, ...], threads: Threads,
    paths: int = PATHS, seed: int = 0,
) -> Outlook:  # fmt: skip
    """Quantiles after each cutoff at `probabilities` and those of MIDDLE."""
    wanted = tuple(sorted({*probabilities, *MIDDLE}))
    found = np.empty((len(cutoffs.series), horizon, len(wanted)))

    def keep(at: int, sampled: Float64Array) -> None:
        with np.errstate(invalid="ignore"):  # between prices beyond the floating-point numbers
            found[at, 1:] = np.quantile(sampled[1:], wanted, axis=1).T

    if horizon == 1:
        reached = run_to(network, prepared, cutoffs, threads)
    else:
        sampling = Sampling(network, preparation, horizon, paths, seed)
        reached = each_sample(sampling, prices, prepared, cutoffs, threads, keep)
    found[:, 0] = _next(network, preparation, prices, prepared, cutoffs, reached.outputs, wanted)
    return Outlook(wanted, found, reached.outputs)


def _next(
    network: Network, preparation: Preparation, prices: Prices, prepared: Prepared,
    cutoffs: Cutoffs, outputs: FloatArray, probabilities: tuple[float, ...],
) -> Float64Array:  # fmt: skip
    """Quantiles of the next row's price (n, k) that outputs (n, O) stand for."""
    a = network.architecture
    own = distribution(a.head, outputs, a.levels)
    values = np.stack([own.quantile(p) for p in probabilities], axis=1)
    rows = rows_of(prices, prepared, cutoffs)
    found = np.empty(values.shape)
    for i in np.unique(cutoffs.series).tolist():
        at = np.flatnonzero(cutoffs.series == i)
        each = np.repeat(rows[at], len(probabilities))
        reached = preparation.forecasts(
            prices.symbols[i], prices.series(i), each, values[at].reshape(-1, 1)
        )
        found[at] = reached.reshape(len(at), -1)
    return found
