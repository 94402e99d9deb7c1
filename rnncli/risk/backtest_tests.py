"""Tests of values at risk by line, method and confidence level, and the verdict."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.errors import UsageError
from rnncli.evaluation.diebold_mariano import diebold_mariano
from rnncli.risk.backtest import MODEL, Line
from rnncli.risk.coverage_tests import (
    christoffersen_conditional,
    christoffersen_independence,
    duration_test,
    kupiec,
    traffic_light,
)
from rnncli.risk.losses import fz0_loss, quantile_loss
from rnncli.risk.rivals import TailForecast
from rnncli.risk.shortfall_tests import acerbi_szekely
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


def outcomes_of(line: Line, confidences: Sequence[float]) -> Iterator[TailTests]:
    """The tests of the methods of a line that have a forecast, the model first."""
    for c, confidence in enumerate(confidences):
        tail = tail_of(confidence)
        of_model = line.methods[MODEL]
        losses = fz0_loss(line.returns, of_model.quantiles[:, c], of_model.shortfalls[:, c], tail)
        for method, forecast in line.methods.items():
            usable = np.isfinite(forecast.quantiles[:, c]) & np.isfinite(line.returns)
            if usable.any():
                yield _outcome(line, method, forecast, c, confidence, losses)


def _outcome(
    line: Line, method: str, forecast: TailForecast, c: int, confidence: float,
    of_model: np.ndarray,
) -> TailTests:  # fmt: skip
    tail = tail_of(confidence)
    usable = np.isfinite(forecast.quantiles[:, c]) & np.isfinite(line.returns)
    returns, quantiles = line.returns[usable], forecast.quantiles[usable, c]
    shortfalls = forecast.shortfalls[usable, c]
    hits = returns <= quantiles
    losses = fz0_loss(returns, quantiles, shortfalls, tail)
    versus = diebold_mariano(of_model[usable] - losses) if method != MODEL else None
    tails = None if forecast.tails is None else forecast.tails[c][usable]
    sizes = acerbi_szekely(returns, quantiles, shortfalls, tail, tails, TRIALS)
    return TailTests(
        line=line.name,
        method=method,
        confidence=confidence,
        rows=len(returns),
        hits=int(hits.sum()),
        kupiec_p=kupiec(hits, tail).p,
        independence_p=christoffersen_independence(hits).p,
        conditional_p=christoffersen_conditional(hits, tail).p,
        duration_p=duration_test(hits).p,
        shortfall_z=sizes.z2,
        shortfall_p=sizes.p2,
        zone=traffic_light(int(hits.sum()), len(returns), tail).zone,
        fz0=float(np.nanmean(losses)) if np.isfinite(losses).any() else math.nan,
        quantile_loss=float(np.mean(quantile_loss(returns, quantiles, tail))),
        fz0_p=None if versus is None else versus.p,
        fz0_p_lower=None if versus is None else versus.p_lower,
    )


def risk_verdict(results: Sequence[TailTests], alpha: float) -> list[str]:
    """Sentences on the model: each confidence level of a single line, or a count over several."""
    of_model = [one for one in results if one.method == MODEL]
    lines = {one.line for one in of_model}
    sentences = [
        _of_line(one, alpha) if len(lines) == 1 else _of_lines(of_level, alpha)
        for of_level in _by_confidence(of_model)
        for one in of_level[:1]
    ]
    rivals = dict.fromkeys(one.method for one in results if one.method != MODEL)
    return sentences + [_of_rival(results, rival, alpha) for rival in rivals]


def _by_confidence(results: Sequence[TailTests]) -> list[list[TailTests]]:
    levels = dict.fromkeys(one.confidence for one in results)
    return [[one for one in results if one.confidence == level] for level in levels]


def _of_line(one: TailTests, alpha: float) -> str:
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


def _of_lines(symbols: Sequence[TailTests], alpha: float) -> str:
    rejected = sum(one.rejects("kupiec", alpha) for one in symbols)
    hits, rows = (sum(getattr(one, name) for one in symbols) for name in ("hits", "rows"))
    level, tail = symbols[0].confidence, tail_of(symbols[0].confidence)
    return (
        f"{level:g} %: {hits / max(rows, 1):.2%} of all losses beyond the value at"
        f" risk, {tail:.2%} expected; Kupiec rejects {rejected} of {len(symbols)}"
        f" symbols at {alpha:.0%}."
    )


def _of_rival(results: Sequence[TailTests], rival: str, alpha: float) -> str:
    """Whether the FZ0 loss is lower than a rival's, by line and confidence."""
    tests = [one for one in results if one.method == rival and one.fz0_p is not None]
    better = [one for one in tests if _is_better(one, alpha)]
    worse = [one for one in tests if _differs(one, alpha) and one not in better]
    if not tests:
        return f"{rival}: too few rows for a comparison."
    if len(tests) == 1 or len(better) in (0, len(tests)):
        word = "lower" if better else "higher" if len(worse) == len(tests) else None
        if word:
            return f"The FZ0 loss is {word} than that of {rival} ({_p_values(tests)})."
        if not worse:
            return f"The FZ0 loss is no different from that of {rival} ({_p_values(tests)})."
    return (
        f"The FZ0 loss is lower than that of {rival} in {len(better)} of {len(tests)} cases, higher"
        f" in {len(worse)}."
    )


def _p_values(tests: Sequence[TailTests]) -> str:
    values = [one.fz0_p for one in tests if one.fz0_p is not None]
    low, high = min(values), max(values)
    return f"p = {low:.2g}" if len(values) == 1 else f"p = {low:.2g} to {high:.2g}"


def _is_better(one: TailTests, alpha: float) -> bool:
    """Whether the model's FZ0 loss is lower than that of a rival, by the two-sided test."""
    return _differs(one, alpha) and (one.fz0_p_lower or 0.0) < 0.5


def _differs(one: TailTests, alpha: float) -> bool:
    return one.fz0_p is not None and one.fz0_p < alpha


def risk_checks(
    results: Sequence[TailTests], tests: Sequence[str], rivals: Sequence[str], alpha: float
) -> list[RiskCheck]:
    """Whether each requirement is met. Raises UsageError for several lines."""
    lines = dict.fromkeys(one.line for one in results)
    if (tests or rivals) and len(lines) > 1:
        raise UsageError(
            "is of one symbol or a portfolio", option="require_test" if tests else "require_better",
            remedy="choose one with symbols, or give holdings",
        )  # fmt: skip
    of_model = [one for one in results if one.method == MODEL]
    checks = []
    for test in tests:
        failed = [f"{o.confidence:g} %" for o in of_model if o.rejects(test, alpha)]
        said = f"rejects at {', '.join(failed)}" if failed else f"does not reject at {alpha:g}"
        checks.append(RiskCheck(f"test {test}", not failed, said))
    for rival in rivals:
        of_rival = [one for one in results if one.method == rival]
        met = bool(of_rival) and all(_is_better(one, alpha) for one in of_rival)
        checks.append(
            RiskCheck(f"better than {rival}", met, _of_rival(results, rival, alpha).rstrip("."))
        )
    return checks


def check_required(tests: Sequence[str], rivals: Sequence[str], against: Sequence[str]) -> None:
    """Raise UsageError for unknown tests and for rivals that are not compared."""
    for test in tests:
        if test not in (*TESTS, GREEN):
            raise UsageError(
                "no such test", option="require_test", value=test,
                remedy=f"use {', '.join((*TESTS, GREEN))}",
            )  # fmt: skip
    for rival in rivals:
        if rival not in against:
            raise UsageError(
                "is not among the rivals", option="require_better", value=rival,
                remedy=f"there are {', '.join(against)}",
            )  # fmt: skip
