"""Tests of a value at risk: frequency and independence of the losses beyond it.

A hit is a row whose return is at or below the quantile of `probability` that was forecast for it.
Hits (n) are booleans, oldest first. The likelihood ratios have chi-square distributions.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.distributions.student_t import golden_section_minimum

LEAST_HITS = 3  # that the time between hits is tested with
SHAPES = (0.02, 10.0)  # Weibull shapes that are searched
YELLOW, RED = 0.95, 0.9999  # cumulative probabilities at which the zones begin
ADD_ONS = (0.40, 0.50, 0.65, 0.75, 0.85)  # of 5 to 9 hits in 250 rows at 1 %
RED_ADD_ON = 1.0
BASEL_ROWS, BASEL_PROBABILITY = 250, 0.01


@dataclass(frozen=True)
class LikelihoodRatio:
    """A statistic and how unlikely it is if the forecasts are right; None: too few hits to test."""

    statistic: float | None
    p: float | None

    def rejects(self, alpha: float = 0.05) -> bool:
        """Whether the forecasts are rejected at a significance level."""
        return self.p is not None and self.p < alpha


@dataclass(frozen=True)
class TrafficLight:
    """Zone of the Basel Committee: `probability` of as many hits or fewer from a right forecast.

    `add_on`: to the multiplier of capital; known for 250 rows at 1 % only.
    """

    zone: Literal["green", "yellow", "red"]
    probability: float
    add_on: float | None


UNTESTED = LikelihoodRatio(None, None)


def kupiec(hits: BoolArray, probability: float) -> LikelihoodRatio:
    """Test that the frequency of hits is `probability` (unconditional coverage).

    Kupiec 1995, doi:10.3905/jod.1995.407942.
    """
    count, rows = int(np.count_nonzero(hits)), len(hits)
    if rows == 0:
        return UNTESTED
    observed = count / rows
    ratio = _log_likelihood(observed, count, rows) - _log_likelihood(probability, count, rows)
    return _ratio(2 * ratio, 1)


def christoffersen_independence(hits: BoolArray) -> LikelihoodRatio:
    """Test that a hit is as likely after a hit as after a row without one.

    Christoffersen 1998, doi:10.2307/2527341: a Markov chain of first order against no memory.
    """
    before, after = np.asarray(hits[:-1], bool), np.asarray(hits[1:], bool)
    if len(after) == 0:
        return UNTESTED
    hits_after_hit, hits_after_none = int(np.sum(after & before)), int(np.sum(after & ~before))
    were_hit = int(np.sum(before))
    were_none, count = len(before) - were_hit, hits_after_hit + hits_after_none
    chain = sum(
        _log_likelihood(number / rows if rows else 0.0, number, rows)
        for number, rows in ((hits_after_hit, were_hit), (hits_after_none, were_none))
    )
    return _ratio(2 * (chain - _log_likelihood(count / len(after), count, len(after))), 1)


def christoffersen_conditional(hits: BoolArray, probability: float) -> LikelihoodRatio:
    """Test both at once (conditional coverage): the sum of the two ratios, two degrees of freedom.

    Christoffersen 1998, section 4.3.
    """
    frequency, independence = kupiec(hits, probability), christoffersen_independence(hits)
    if frequency.statistic is None or independence.statistic is None:
        return UNTESTED
    return _ratio(frequency.statistic + independence.statistic, 2)


def duration_test(hits: BoolArray) -> LikelihoodRatio:
    """Test that the time between hits has no memory: Weibull of shape 1 against any shape.

    The rows before the first hit and after the last are censored. None for fewer than 3 hits.
    Christoffersen & Pelletier 2004, doi:10.1093/jjfinec/nbh004.
    """
    places = np.flatnonzero(hits)
    if len(places) < LEAST_HITS:
        return UNTESTED
    ends = np.array([places[0] + 1, len(hits) - 1 - places[-1]])[[not hits[0], not hits[-1]]]
    durations = np.concatenate([np.diff(places), ends]).astype(np.float64)
    seen = np.arange(len(durations)) < len(places) - 1

    def loss(log_shape: float) -> float:
        return -_weibull(durations, seen, math.exp(log_shape))

    low, high = (math.log(shape) for shape in SHAPES)
    best = golden_section_minimum(loss, low, high, 80)
    return _ratio(2 * (-loss(best) - _weibull(durations, seen, 1.0)), 1)


def traffic_light(
    count: int, rows: int = BASEL_ROWS, probability: float = BASEL_PROBABILITY
) -> TrafficLight:
    """The zone of a number of hits: yellow from 95 % of the binomial distribution on, red 99.99 %.

    No hit is green, in however few rows. Basel Committee on Banking Supervision 1996, "Supervisory
    framework for the use of backtesting", table 2.
    """
    reached = _binomial_cdf(count, rows, probability)
    zone: Literal["green", "yellow", "red"] = (
        "green" if count == 0 or reached < YELLOW else "yellow" if reached < RED else "red"
    )
    if (rows, probability) != (BASEL_ROWS, BASEL_PROBABILITY):
        return TrafficLight(zone, reached, None)
    least = BASEL_ROWS // 50  # hits with which yellow begins
    add_ons = {"green": 0.0, "red": RED_ADD_ON}
    add_on = ADD_ONS[count - least] if zone == "yellow" else add_ons[zone]
    return TrafficLight(zone, reached, add_on)


def _ratio(statistic: float, dof: Literal[1, 2]) -> LikelihoodRatio:
    """A ratio with the upper tail of its chi-square distribution."""
    statistic = max(statistic, 0.0)  # but for rounding
    tail = math.erfc(math.sqrt(statistic / 2)) if dof == 1 else math.exp(-statistic / 2)
    return LikelihoodRatio(statistic, tail)


def _log_likelihood(probability: float, count: int, rows: int) -> float:
    """Logarithm of p^count (1 - p)^(rows - count), where 0^0 is 1."""
    by_hits = count * math.log(probability) if count else 0.0
    by_others = (rows - count) * math.log1p(-probability) if rows > count else 0.0
    return by_hits + by_others


def _weibull(durations: Float64Array, seen: BoolArray, shape: float) -> float:
    """Log likelihood of durations (n) at the best scale: of its density where seen to the end."""
    powers = durations**shape
    count = int(np.count_nonzero(seen))
    log_scale = math.log(count / float(np.sum(powers))) / shape
    logs = np.log(durations[seen])
    return float(count * (shape * log_scale + math.log(shape)) + (shape - 1) * np.sum(logs) - count)


def _binomial_cdf(count: int, rows: int, probability: float) -> float:
    """P(hits <= count) of independent rows."""
    head = math.lgamma(rows + 1)
    return min(
        1.0,
        math.fsum(
            math.exp(
                head - math.lgamma(k + 1) - math.lgamma(rows - k + 1)
                + k * math.log(probability) + (rows - k) * math.log1p(-probability)
            )
            for k in range(count + 1)
        ),
    )  # fmt: skip
