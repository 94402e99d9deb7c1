"""Tests of values at risk by line, method and confidence level, and the verdict."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from rnncli.errors import UsageError
from rnncli.evaluation.diebold_mariano import diebold_mariano
from rnncli.risk.backtest import MODEL, Line
from rnncli.risk.losses import fz0_loss
from rnncli.risk.rivals import TailForecast
from rnncli.risk.tail_tests import (
    RiskCheck,
    TailTests,
    check_tests,
    checks_of_tests,
    sentence_of,
    tested_losses,
)
from rnncli.risk.tails import tail_of


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
    usable = np.isfinite(forecast.quantiles[:, c]) & np.isfinite(line.returns)
    returns, quantiles = line.returns[usable], forecast.quantiles[usable, c]
    shortfalls = forecast.shortfalls[usable, c]
    tails = None if forecast.tails is None else forecast.tails[c][usable]
    tests = tested_losses(line.name, method, confidence, returns, quantiles, shortfalls, tails)
    if method == MODEL:
        return tests
    losses = fz0_loss(returns, quantiles, shortfalls, tail_of(confidence))
    versus = diebold_mariano(of_model[usable] - losses)
    return replace(tests, fz0_p=versus.p, fz0_p_lower=versus.p_lower)


def risk_verdict(results: Sequence[TailTests], alpha: float) -> list[str]:
    """Sentences on the model: each confidence level of a single line, or a count over several."""
    of_model = [one for one in results if one.method == MODEL]
    lines = {one.line for one in of_model}
    sentences = [
        sentence_of(one, alpha) if len(lines) == 1 else _of_lines(of_level, alpha)
        for of_level in _by_confidence(of_model)
        for one in of_level[:1]
    ]
    rivals = dict.fromkeys(one.method for one in results if one.method != MODEL)
    return sentences + [_of_rival(results, rival, alpha) for rival in rivals]


def _by_confidence(results: Sequence[TailTests]) -> list[list[TailTests]]:
    levels = dict.fromkeys(one.confidence for one in results)
    return [[one for one in results if one.confidence == level] for level in levels]


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
    checks = checks_of_tests(of_model, tests, alpha)
    for rival in rivals:
        of_rival = [one for one in results if one.method == rival]
        met = bool(of_rival) and all(_is_better(one, alpha) for one in of_rival)
        checks.append(
            RiskCheck(f"better than {rival}", met, _of_rival(results, rival, alpha).rstrip("."))
        )
    return checks


def check_required(tests: Sequence[str], rivals: Sequence[str], against: Sequence[str]) -> None:
    """Raise UsageError for unknown tests and for rivals that are not compared."""
    check_tests(tests)
    for rival in rivals:
        if rival not in against:
            raise UsageError(
                "is not among the rivals", option="require_better", value=rival,
                remedy=f"there are {', '.join(against)}",
            )  # fmt: skip
