"""Coverage checks: how many of n prices a calibrated interval covers, by the exact binomial."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from rnncli.arrays import Float64Array, IntArray, distinct
from rnncli.distributions import student_t
from rnncli.evaluation.diebold_mariano import LEAST
from rnncli.evaluation.score_tables import mean_of

NORMAL_DOF = 1e6  # Student's t with as many degrees of freedom is normal
SAME = 1e-9  # successes that differ by less are the same number
DEVIATIONS = 40  # from the mean; further out the probability is below every double


def masses(count: int, share: float) -> tuple[int, Float64Array]:
    """The least number of successes with a probability above zero, and the probability from there.

    P(X = k) by its ratio to P(X = k - 1), from the mode outwards, and divided by the sum: no
    factorial, so nothing overflows. 0 < share < 1.
    """
    deviation = math.sqrt(count * share * (1 - share))
    reach = DEVIATIONS * deviation + DEVIATIONS
    low = max(0, math.floor(count * share - reach))
    high = min(count, math.ceil(count * share + reach))
    k = np.arange(low + 1, high + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log((count - k + 1) / k * (share / (1 - share))))])
    relative: Float64Array = np.exp(logs - logs.max())
    return low, relative / relative.sum()


def band(count: int, share: float, alpha: float) -> tuple[int, int]:
    """Least and most successes of `count` that a two-sided test at level `alpha` accepts.

    Outside lies k with P(X <= k) <= alpha/2 or P(X >= k) <= alpha/2: at most alpha in all.
    """
    low, probabilities = masses(count, share)
    below, above = np.cumsum(probabilities), np.cumsum(probabilities[::-1])[::-1]
    inside = np.flatnonzero((below > alpha / 2) & (above > alpha / 2))
    return low + int(inside[0]), low + int(inside[-1])


def coverage_p(inside: float, count: int, share: float) -> float:
    """The two-sided p-value of a fraction `inside` of `count` independent trials; NaN of none.

    At most alpha where `band` at that level does not hold the fraction. 0 < share < 1.
    """
    if not count:
        return math.nan
    low, probabilities = masses(count, share)
    places = low + np.arange(len(probabilities))
    successes = inside * count
    below = float(probabilities[places <= successes + SAME].sum())
    above = float(probabilities[places >= successes - SAME].sum())
    return min(1.0, 2 * min(below, above))


def independent(inside: Float64Array, fold: IntArray, overlap: int) -> int:
    """The effective number of independent trials among outcomes (n) of 0 and 1, from 1 to n.

    n over the design effect (Kish 1965): the variance of their sum over that of independent
    outcomes. The variance sums over each cutoff `fold` (n), where series move together, and over
    the next `overlap` cutoffs, whose forecasts share days (weights of Newey & West 1987).
    """
    count, share = len(inside), float(inside.mean())
    sums = np.bincount(fold - fold.min(), inside - share)
    variance = float(sums @ sums)
    for lag in range(1, min(overlap, len(sums) - 1) + 1):
        variance += 2 * (1 - lag / (overlap + 1)) * float(sums[lag:] @ sums[:-lag])
    independent_variance = count * share * (1 - share)
    effect = max(1.0, variance / independent_variance) if independent_variance > 0 else 1.0
    return max(1, round(count / effect))


@cache
def _certainty(cutoffs: int, alpha: float) -> float:
    """By what an effective number is multiplied where its variance is that of a few cutoffs.

    The band then is as wide as by Student's t with `cutoffs` - 1 degrees of freedom (Korn &
    Graubard 1998, Survey Methodology 24(2)), and the variance is that about an estimated mean.
    """
    if not 0 < alpha < 1:
        return 1.0
    normal, t = student_t.quantile(1 - alpha / 2, np.array([NORMAL_DOF, cutoffs - 1.0]))
    return float((normal / t) ** 2) * (cutoffs - 1) / cutoffs


@dataclass(frozen=True)
class CoverageCheck:
    """Fraction of prices inside bounds, its binomial band, and the effective number of prices.

    The number is 0 and the band unknown (NaN) where there are too few cutoffs to tell.
    """

    share: float
    independent: int
    low: float
    high: float

    @property
    def drifted(self) -> bool:
        """Whether it is outside the band; never where that is unknown."""
        return self.share < self.low or self.share > self.high


def check_coverage(
    inside: Float64Array, fold: IntArray, level: float, alpha: float, overlap: int,
    per_cutoff: float = 0.0,
) -> CoverageCheck:  # fmt: skip
    """Check bounds of a level (percent) on outcomes (n): 1 inside, 0 outside, NaN unknown.

    `fold` (n), `overlap`: as for `independent`. `alpha`: of the two-sided band. As many cutoffs are
    needed as for a test of skill: series move together, so one cutoff is little more than one draw.
    With fewer, the effective number is `per_cutoff` for each of them, if it is known (above 0).
    """
    scored = ~np.isnan(inside)
    cutoffs = len(distinct(fold[scored]))
    if cutoffs < LEAST:
        count = round(per_cutoff * cutoffs)
    else:
        count = independent(inside[scored], fold[scored], overlap)
        if overlap or np.count_nonzero(scored) > cutoffs:
            count = max(1, round(count * _certainty(cutoffs, alpha)))
    if count == 0:
        return CoverageCheck(mean_of(inside), 0, math.nan, math.nan)
    low, high = (k / count for k in band(count, level / 100, alpha))
    return CoverageCheck(mean_of(inside), count, low, high)
