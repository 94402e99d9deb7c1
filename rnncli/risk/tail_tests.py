"""Tests of the losses of one line beyond its values at risk, at one confidence level.

A line is a symbol or a portfolio. Returns and forecasts go in, in percent; p-values and losses come
out, and requirements on them are checked.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import UsageError
from rnncli.risk.coverage_tests import (
    christoffersen_conditional,
    christoffersen_independence,
    duration_test,
    kupiec,
    traffic_light,
)
from rnncli.risk.losses import fz0_loss, quantile_loss
from rnncli.risk.shortfall_tests import ShortfallTest, acerbi_szekely
from rnncli.risk.tails import tail_of

TESTS = {  # that may be required -> the field of its p
    "kupiec": "kupiec_p", "christoffersen": "conditional_p", "duration": "duration_p",
    "shortfall": "shortfall_p",
}  # fmt: skip
GREEN = "green"
TRIALS = 5000  # of the test of shortfalls


@dataclass(frozen=True)
class TailTests:
    """Tests of a line's values at risk by a method at a confidence level.

    `hits` of `rows` returns were beyond; p-values are None where there is too little to test, those
    of shortfalls for other methods than the model. `fz0`, `quantile_loss`: mean losses; `fz0_p`: of
    the Diebold-Mariano test of the model against the method, two-sided; `fz0_p_lower`: one-sided,
    that the model is no better.
    """

    line: str
    method: str
    confidence: float
    rows: int
    hits: int
    kupiec_p: float | None
    independence_p: float | None
    conditional_p: float | None
    duration_p: float | None
    shortfall_z: float | None
    shortfall_p: float | None
    zone: str
    fz0: float
    quantile_loss: float
    fz0_p: float | None
    fz0_p_lower: float | None

    @property
    def expected(self) -> float:
        """Hits that were to be expected."""
        return self.rows * tail_of(self.confidence)

    def rejects(self, test: str, alpha: float) -> bool:
        """Whether a test of TESTS, or the traffic light, rejects it."""
        if test == GREEN:
            return self.zone != GREEN
        p = getattr(self, TESTS[test])
        return p is not None and p < alpha


@dataclass(frozen=True)
class RiskCheck:
    """A requirement on a backtest, whether it is met, and the figures."""

    required: str
    met: bool
    said: str


def tested_losses(
    line: str, method: str, confidence: float, returns: Float64Array, quantiles: Float64Array,
    shortfalls: Float64Array, tails: Float64Array | None,
) -> TailTests:  # fmt: skip
    """The tests of returns (n), oldest first, by what was forecast of each.

    `tails` (n, k): as in `acerbi_szekely`.
    """
    tail, hits = tail_of(confidence), returns <= quantiles
    losses = fz0_loss(returns, quantiles, shortfalls, tail)
    sizes = _sizes(returns, quantiles, shortfalls, tail, tails)
    return TailTests(
        line=line,
        method=method,
        confidence=confidence,
        rows=len(returns),
        hits=int(hits.sum()),
        kupiec_p=kupiec(hits, tail).p,
        independence_p=christoffersen_independence(hits).p,
        conditional_p=christoffersen_conditional(hits, tail).p,
        duration_p=duration_test(hits).p,
        shortfall_z=None if sizes is None else sizes.z2,
        shortfall_p=None if sizes is None else sizes.p2,
        zone=traffic_light(int(hits.sum()), len(returns), tail).zone,
        fz0=float(np.nanmean(losses)) if np.isfinite(losses).any() else math.nan,
        quantile_loss=float(np.mean(quantile_loss(returns, quantiles, tail))),
        fz0_p=None,
        fz0_p_lower=None,
    )


def _sizes(
    returns: Float64Array, quantiles: Float64Array, shortfalls: Float64Array, tail: float,
    tails: Float64Array | None,
) -> ShortfallTest | None:  # fmt: skip
    """The test of the sizes of losses; of rows whose shortfall is a loss, None without any."""
    rows = shortfalls < 0
    if not rows.any():
        return None
    some = None if tails is None else tails[rows]
    return acerbi_szekely(returns[rows], quantiles[rows], shortfalls[rows], tail, some, TRIALS)


def sentence_of(one: TailTests, alpha: float) -> str:
    """How many losses were beyond the value at risk, and which tests reject it."""
    against = []
    if one.rejects("kupiec", alpha):
        many = "too many" if one.hits > one.expected else "too few"
        against.append(f"that is {many} (Kupiec, p = {one.kupiec_p:.2g})")
    if one.independence_p is not None and one.independence_p < alpha:
        against.append(f"they come in clusters (Christoffersen, p = {one.independence_p:.2g})")
    if one.rejects("duration", alpha):
        against.append(f"the time between them is not random (p = {one.duration_p:.2g})")
    if one.rejects("shortfall", alpha):
        against.append(f"they are larger than forecast (Acerbi-Szekely, p = {one.shortfall_p:.2g})")
    holds = "; ".join(against) if against else "no test rejects it"
    return (
        f"{one.confidence:g} %: {one.hits} of {one.rows} losses beyond the value at risk,"
        f" {one.expected:.1f} expected ({one.zone}): {holds}."
    )


def checks_of_tests(
    results: Sequence[TailTests], tests: Sequence[str], alpha: float
) -> list[RiskCheck]:
    """Whether each required test rejects none of the results."""
    checks = []
    for test in tests:
        failed = [f"{one.confidence:g} %" for one in results if one.rejects(test, alpha)]
        said = f"rejects at {', '.join(failed)}" if failed else f"does not reject at {alpha:g}"
        checks.append(RiskCheck(f"test {test}", not failed, said))
    return checks


def check_tests(tests: Sequence[str]) -> None:
    """Raise UsageError for unknown tests."""
    for test in tests:
        if test not in (*TESTS, GREEN):
            raise UsageError(
                "no such test", option="require_test", value=test,
                remedy=f"use {', '.join((*TESTS, GREEN))}",
            )  # fmt: skip
