"""The exact binomial distribution: how many of n may be expected inside a bound."""

import math
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.evaluation.score_tables import mean_of

DEVIATIONS = 40  # from the mean; beyond them no double is left of the probability


def masses(count: int, share: float) -> tuple[int, Float64Array]:
    """The first of the numbers of successes that can happen, and the probability of each.

    P(X = k) by its ratio to P(X = k - 1), from the mode outwards, and divided by the sum: no
    factorial, so nothing overflows. 0 < share < 1.
    """
    deviation = math.sqrt(count * share * (1 - share))
    reach = DEVIATIONS * deviation + DEVIATIONS
    low = max(0, math.floor(count * share - reach))
    high = min(count, math.ceil(count * share + reach))
    k = np.arange(low + 1, high + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log((count - k + 1) / k * (share / (1 - share))))])
    found: Float64Array = np.exp(logs - logs.max())
    return low, found / found.sum()


def band(count: int, share: float, alpha: float) -> tuple[int, int]:
    """Least and most successes of `count` that are no surprise at a two-sided level `alpha`.

    Outside lies k with P(X <= k) <= alpha/2 or P(X >= k) <= alpha/2: at most alpha in all.
    """
    low, found = masses(count, share)
    below, above = np.cumsum(found), np.cumsum(found[::-1])[::-1]
    inside = np.flatnonzero((below > alpha / 2) & (above > alpha / 2))
    return low + int(inside[0]), low + int(inside[-1])


def independent(inside: Float64Array, fold: IntArray, overlap: int) -> int:
    """How many independent trials the outcomes (n) of 0 and 1 are worth, 1 to n.

    n over the design effect (Kish 1965): the variance of their sum as it is, summed within each
    cutoff `fold` (n), where series move together, and over the next `overlap` cutoffs, whose
    forecasts share days (weights as by Newey & West 1987), over what it would be.
    """
    count, share = len(inside), float(inside.mean())
    sums = np.bincount(fold - fold.min(), inside - share)
    found = float(sums @ sums)
    for lag in range(1, min(overlap, len(sums) - 1) + 1):
        found += 2 * (1 - lag / (overlap + 1)) * float(sums[lag:] @ sums[:-lag])
    single = count * share * (1 - share)
    effect = max(1.0, found / single) if single > 0 else 1.0
    return max(1, round(count / effect))


@dataclass(frozen=True)
class CoverageCheck:
    """Share of outcomes inside bounds, the band it may be in, of how many independent ones."""

    share: float
    independent: int
    low: float
    high: float

    @property
    def drifted(self) -> bool:
        """Whether it is outside the band."""
        return self.share < self.low or self.share > self.high


def check_coverage(
    inside: Float64Array, fold: IntArray, level: float, alpha: float, overlap: int
) -> CoverageCheck:
    """How bounds of a level did: outcomes (n) of 0, 1 or NaN, their cutoffs; see `independent`."""
    known = ~np.isnan(inside)
    if not known.any():
        return CoverageCheck(math.nan, 0, math.nan, math.nan)
    count = independent(inside[known], fold[known], overlap)
    low, high = (k / count for k in band(count, level / 100, alpha))
    return CoverageCheck(mean_of(inside), count, low, high)
