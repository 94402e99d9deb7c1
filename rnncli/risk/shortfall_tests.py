"""Test of an expected shortfall: the size of the losses beyond a value at risk."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.runtime.random_numbers import generator

TRIALS = 10_000


@dataclass(frozen=True)
class ShortfallTest:
    """The statistics of Acerbi & Szekely, 0 where forecasts are right, below 0 where losses exceed.

    `z1`: of the sizes of the losses beyond the value at risk alone, None without any; `z2`: of
    their sizes and number. `p1`, `p2`: how likely a lower one is from right forecasts, None where
    the tails are not known.
    """

    z1: float | None
    z2: float
    p1: float | None = None
    p2: float | None = None


def acerbi_szekely(
    returns: Float64Array,
    quantiles: Float64Array,
    shortfalls: Float64Array,
    probability: float,
    tails: Float64Array | None = None,
    trials: int = TRIALS,
    seed: int = 0,
) -> ShortfallTest:
    """Test shortfalls (n) by the returns (n) at or below quantiles (n) of a probability.

    `tails` (n, k): equally likely returns below each quantile, as they were forecast; drawn from,
    they give the distribution of the statistics if the forecasts are right. Without them there is
    no p; for z2 at 2.5 % the authors name -0.7 as the bound at 5 % for all usual tails.

    Acerbi & Szekely 2014, "Back-testing expected shortfall", Risk 27(11), tests 1 and 2.
    """
    r, v, e = (np.asarray(part, np.float64) for part in (returns, quantiles, shortfalls))
    beyond = r[r <= v] / e[r <= v]
    expected = len(r) * probability
    z1 = float(1 - np.mean(beyond)) if len(beyond) else None
    z2 = float(1 - np.sum(beyond) / expected)
    if tails is None:
        return ShortfallTest(z1, z2)
    rng = generator(seed)
    ratios = tails / e[:, None]
    sums, counts = _sums(ratios, rng.binomial(len(r), probability, trials), rng)
    means = sums[counts > 0] / counts[counts > 0]
    p1 = None if z1 is None else _lower(1 - means, z1)
    return ShortfallTest(z1, z2, p1, _lower(1 - sums / expected, z2))


def _sums(
    ratios: Float64Array, counts: IntArray, rng: np.random.Generator
) -> tuple[Float64Array, IntArray]:
    """Sums of as many ratios of random rows as each trial has hits."""
    drawn = ratios.reshape(-1)[rng.integers(ratios.size, size=int(counts.sum()))]
    trial = np.repeat(np.arange(len(counts)), counts)
    sums: Float64Array = np.bincount(trial, drawn, len(counts)).astype(np.float64)
    return sums, counts


def _lower(simulated: Float64Array, statistic: float) -> float:
    """Fraction of simulated statistics that are as low, the observed one among them."""
    return float((1 + np.sum(simulated <= statistic)) / (1 + len(simulated)))
