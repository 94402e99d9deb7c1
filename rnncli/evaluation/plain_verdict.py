"""What an evaluation shows, for a reader who has never seen one: may the forecasts be trusted?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnncli.distributions.conformal import level_name
from rnncli.evaluation.coverage import CoverageCheck, check_coverage
from rnncli.evaluation.diebold_mariano import LEAST
from rnncli.evaluation.group_scores import GROUP_LEVEL
from rnncli.evaluation.result import MODEL, Evaluation
from rnncli.evaluation.verdict import (
    ALPHA,
    STILL,
    Claim,
    claims,
    claims_against_best,
    percent,
    stood_still,
)

GOOD, FAIR, POOR = "good", "fair", "poor"
NEAR = 5.0  # points between a coverage and its level that are no more than is promised


@dataclass(frozen=True)
class Finding:
    """The answer to a question; `grade`: GOOD, FAIR or POOR for those who rely on a forecast."""

    grade: str
    question: str
    answer: str


def plain_verdict(evaluation: Evaluation) -> list[Finding]:
    """Did the ranges hold, may one trade on the middle line, and is a simpler method as good?"""
    if stood_still(evaluation):
        return [Finding(FAIR, "Did any price move, so that there is something to tell?",
                        f"No: {STILL}.")]  # fmt: skip
    return [*_coverages(evaluation), *_line(evaluation), *_rival(evaluation)]


def in_short(evaluation: Evaluation) -> str:
    """The first two in one sentence: whether the intervals held, whether to trade on the line."""
    parts = [_ranges_in_short(evaluation), _line_in_short(evaluation)]
    sentence = STILL if stood_still(evaluation) else "; ".join(filter(None, parts))
    return f"{sentence[0].upper()}{sentence[1:]}."


def _ranges_in_short(evaluation: Evaluation) -> str:
    checks = dict(_checks(evaluation))
    if not checks:
        count = len(evaluation.cutoffs)
        return f"too little to tell whether the intervals hold (cutoffs: {count} of {LEAST})"
    shares = ", ".join(f"{percent(one.share, 1)} of {name} %" for name, one in checks.items())
    if any(one.drifted and one.share < one.low for one in checks.values()):
        return f"the intervals were too narrow ({shares})"
    if any(one.drifted for one in checks.values()):
        return f"the intervals were wider than need be ({shares})"
    if not all(_is_near(float(name), one) for name, one in checks.items()):
        count = len(evaluation.cutoffs)
        return f"{count} cutoffs are too few to tell whether the intervals hold ({shares})"
    return f"the intervals held as promised ({shares})"


def _is_near(level: float, check: CoverageCheck) -> bool:
    """Whether a coverage is the level (percent), rather than as far off as chance explains."""
    return abs(100 * check.share - level) <= min(NEAR, (100 - level) / 2)


def _line_in_short(evaluation: Evaluation) -> str | None:
    one = _against_last_price(evaluation)
    if one is None:
        return None
    if one.p is None:
        return "too little to tell whether the forecast line is better than the last price"
    if one.p < ALPHA and one.change < 0:
        return f"the forecast line was {percent(-one.change, 2)} closer than the last price"
    return "do not trade on the forecast line, which was no better than the last price"


def _checks(evaluation: Evaluation) -> Iterator[tuple[str, CoverageCheck]]:
    """Each level's name and the check of its coverage, where there is enough to tell."""
    plan, scores = evaluation.plan, evaluation.scores[MODEL]
    fold = np.repeat(evaluation.origins.fold, plan.horizon)
    for level in sorted(plan.levels):
        name = level_name(level)
        if f"coverage_{name}" not in scores:
            continue
        inside = scores[f"coverage_{name}"].ravel()
        check = check_coverage(inside, fold, level, GROUP_LEVEL, plan.overlap())
        if check.independent:
            yield name, check


def _coverages(evaluation: Evaluation) -> Iterator[Finding]:
    """A finding for each level: the share of outcomes inside, and whether chance explains it."""
    for name, check in _checks(evaluation):
        question = f"Does the {name} % range hold {name} % of the actual prices?"
        held = f"it held {percent(check.share, 1)}"
        band = f"chance alone explains {100 * check.low:.1f} to {100 * check.high:.1f} %"
        if not check.drifted and not _is_near(float(name), check):
            yield Finding(FAIR, question, f"Too few cutoffs to tell: {held} ({band}).")
        elif not check.drifted:
            yield Finding(GOOD, question, f"Yes: {held} ({band}).")
        elif check.share < check.low:
            yield Finding(POOR, question, f"No, it is too narrow: {held} ({band}).")
        else:
            yield Finding(FAIR, question, f"More, it is wider than need be: {held} ({band}).")


def _line(evaluation: Evaluation) -> Iterator[Finding]:
    """Whether the point forecast is any better than the last price."""
    one = _against_last_price(evaluation)
    if one is None:
        return
    question = "Is the forecast line closer to the actual price than the last price is?"
    significant = one.p is not None and one.p < ALPHA
    if one.change == 0:
        yield Finding(POOR, question, "No, it is the last price: do not trade on it.")
    elif one.p is None:
        yield Finding(FAIR, question, _why_untested(one))
    elif significant and one.change < 0:
        yield Finding(GOOD, question, f"Yes, by {percent(-one.change, 2)} ({_p(one)}).")
    elif significant:
        answer = f"No, it is {percent(one.change, 2)} further off: do not trade on it ({_p(one)})."
        yield Finding(POOR, question, answer)
    else:
        answer = f"No, it is no better: do not trade on the forecast line ({_p(one)})."
        yield Finding(POOR, question, answer)


def _against_last_price(evaluation: Evaluation) -> Claim | None:
    """The test of the point forecast; None without the naive baseline."""
    return next((one for one in claims(evaluation) if one.against == "naive"), None)


def _rival(evaluation: Evaluation) -> Iterator[Finding]:
    """Whether the range is better than that of the best simple method."""
    one = next((one for one in claims_against_best(evaluation) if one.loss == "crps"), None)
    if one is None:
        return
    question = f"Are the ranges better than those of {one.against}, the best simple method?"
    significant = one.p is not None and one.p < ALPHA
    if one.p is None:
        yield Finding(FAIR, question, _why_untested(one))
    elif significant and one.change < 0:
        yield Finding(GOOD, question, f"Yes, by {percent(-one.change, 1)} of CRPS ({_p(one)}).")
    elif significant:
        yield Finding(POOR, question, f"No, worse by {percent(one.change, 1)} of CRPS ({_p(one)}).")
    else:
        yield Finding(FAIR, question, f"No, about as good ({_p(one)}).")


def _why_untested(one: Claim) -> str:
    """Why a claim cannot be tested."""
    if one.cutoffs >= LEAST:
        return "Too little to tell: the two do not differ."
    return f"Too little to tell yet: {one.cutoffs} cutoffs, and a test needs {LEAST}."


def _p(one: Claim) -> str:
    """The p-value of a claim that was tested."""
    return "p < 0.001" if one.p is not None and one.p < 0.001 else f"p = {one.p:.2g}"
