"""What an evaluation shows, in words that say no more than the test; what a script requires."""

import math
import re
from dataclasses import dataclass
from typing import Protocol

from rnncli.errors import UsageError, setting
from rnncli.evaluation.diebold_mariano import LEAST
from rnncli.evaluation.metrics import level_name
from rnncli.evaluation.result import MODEL, Evaluation
from rnncli.evaluation.score_tables import compare, losses, mean_of

ALPHA = 0.05  # of the words; a script chooses its own
CLAIMS = {"naive": ("point forecast", "mae"), "ewma": ("range", "crps")}  # what skill means
SAME_COVERAGE = 0.02  # shares that are no further apart are called the same
_COVERAGE = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


class Required(Protocol):
    """What a script asks for, in the settings of `evaluate` and of `score`."""

    @property
    def require_coverage(self) -> tuple[str, ...]:
        """Levels with the least and most they may cover, as 80:76-84."""

    @property
    def require_skill(self) -> tuple[str, ...]:
        """Baselines to beat."""

    @property
    def alpha(self) -> float:
        """Level of the tests."""


@dataclass(frozen=True)
class Claim:
    """One loss of the model beside a baseline's, over all aheads, and the test between them.

    change: of the model's mean loss relative to the baseline's, below 0 is better; p two-sided,
    p_lower one-sided, None with fewer than 10 cutoffs.
    """

    subject: str
    loss: str
    against: str
    model: float
    baseline: float
    change: float
    cutoffs: int
    p: float | None
    p_lower: float | None


@dataclass(frozen=True)
class Check:
    """Something that was required: whether it held, and by how much."""

    required: str
    met: bool
    said: str


def claims(evaluation: Evaluation) -> list[Claim]:
    """The point forecast against naive, the range against EWMA, where both were evaluated."""
    return [
        claim(evaluation, subject, loss, against)
        for against, (subject, loss) in CLAIMS.items()
        if against in evaluation.scores and losses(evaluation, loss, MODEL) is not None
    ]


def claim(evaluation: Evaluation, subject: str, loss: str, against: str) -> Claim:
    """The model's loss against a baseline's, averaged over aheads."""
    own, other = losses(evaluation, loss, MODEL), losses(evaluation, loss, against)
    assert own is not None
    assert other is not None
    model, baseline = mean_of(own), mean_of(other)
    change = model / baseline - 1 if baseline else math.nan
    test = compare(evaluation, loss, against)
    return Claim(
        subject, loss, against, model, baseline, change, test.cutoffs, test.p, test.p_lower
    )


def words(evaluation: Evaluation) -> str:
    """The verdict."""
    said = [_sentence(evaluation, one) for one in claims(evaluation)]
    untested = f"nothing was tested: add naive and ewma to {setting('baselines')}"
    return "; ".join(said) if said else untested


def _sentence(evaluation: Evaluation, one: Claim) -> str:
    name = "EWMA" if one.against == "ewma" else one.against
    if one.p is None:
        why = f"{one.cutoffs} cutoffs" if one.cutoffs < LEAST else "losses that do not vary"
        return f"{one.subject}: too little to tell from {name} ({why}; the test needs {LEAST})"
    shown = "p < 0.001" if one.p < 0.001 else f"p = {one.p:.2g}"
    if one.p >= ALPHA:
        return f"{one.subject}: no better than {name} ({shown})"
    size = percent(abs(one.change), 2 if abs(one.change) < 0.01 else 1)
    better = "better" if one.change < 0 else "worse"
    measure, more = ("MAE", "") if one.loss == "mae" else ("CRPS", _coverage(evaluation, one))
    return f"{one.subject}: {size} {better} than {name} by {measure} ({shown}){more}"


def _coverage(evaluation: Evaluation, one: Claim) -> str:
    """How much narrower the bounds are, where they cover the same."""
    level = level_name(min(evaluation.plan.levels))
    own, other = (
        {kind: mean_of(scores[f"{kind}_{level}"]) for kind in ("coverage", "width")}
        for scores in (evaluation.scores[MODEL], evaluation.scores[one.against])
    )
    if abs(own["coverage"] - other["coverage"]) > SAME_COVERAGE:
        held = f"{percent(own['coverage'], 1)} against {percent(other['coverage'], 1)}"
        return f", its {level} % bounds hold {held}"
    change = own["width"] / other["width"] - 1
    word = "narrower" if change < 0 else "wider"
    return f", its {level} % bounds {percent(abs(change), 0)} {word} at the same coverage"


def percent(share: float, digits: int) -> str:
    """A share in percent."""
    return f"{100 * share:.{digits}f} %"


def parse_coverage(texts: tuple[str, ...]) -> list[tuple[float, float, float]]:
    """Level, least and most of `80:76-84`, all in percent. Raises UsageError."""
    found = []
    for text in texts:
        match = _COVERAGE.fullmatch(text.strip())
        level, low, high = map(float, match.groups()) if match else (0.0, 0.0, 0.0)
        if not 0 < level < 100 or not low <= high <= 100:
            raise UsageError(
                "write level:least-most in percent, as 80:76-84", option="require_coverage",
                value=text,
            )  # fmt: skip
        found.append((level, low, high))
    return found


def checks(evaluation: Evaluation, settings: Required) -> list[Check]:
    """What was required, each with whether it held and by how much it did not."""
    found = [
        _check_coverage(evaluation, text, *parsed)
        for text, parsed in zip(
            settings.require_coverage, parse_coverage(settings.require_coverage), strict=True
        )
    ]
    return found + [
        _check_skill(evaluation, against, settings.alpha) for against in settings.require_skill
    ]


def _check_coverage(
    evaluation: Evaluation, text: str, level: float, low: float, high: float
) -> Check:
    required, name = setting("require_coverage", text), f"coverage_{level_name(level)}"
    scores = evaluation.scores[MODEL]
    held = 100 * mean_of(scores[name]) if name in scores else math.nan
    if math.isnan(held):
        return Check(required, False, "the model gives no bounds of that level")
    said = f"the {level_name(level)} % bounds held {held:.2f} %"
    if low <= held <= high:
        return Check(required, True, said)
    off, word = (low - held, "few") if held < low else (held - high, "much")
    return Check(required, False, f"{said}, {off:.2f} points too {word}")


def _check_skill(evaluation: Evaluation, against: str, alpha: float) -> Check:
    subject, loss = CLAIMS[against]
    required = setting("require_skill", against)
    if losses(evaluation, loss, MODEL) is None:
        return Check(required, False, "the model gives no distribution to score")
    one = claim(evaluation, subject, loss, against)
    change = f"{100 * one.change:+.2f} %"
    said = f"mean {loss.upper()} {one.model:.5g} against {one.baseline:.5g} ({change})"
    if one.p_lower is None:
        return Check(required, False, f"{said}; {one.cutoffs} cutoffs do not allow a test")
    return Check(
        required, one.p_lower < alpha, f"{said}, one-sided p = {one.p_lower:.3g}, alpha {alpha:g}"
    )
