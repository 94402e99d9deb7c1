"""The verdict of an evaluation, which claims no more than its tests; requirements of scripts."""

import math
import re
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnncli.distributions.conformal import level_name
from rnncli.errors import UsageError, setting
from rnncli.evaluation.best_baseline import BEST, BY_BEST, best_baseline, rivals
from rnncli.evaluation.diebold_mariano import LEAST
from rnncli.evaluation.result import MODEL, Evaluation
from rnncli.evaluation.score_tables import compare, losses, mean_of

ALPHA = 0.05  # of the verdict; a script chooses another
CLAIMS = {"naive": ("point forecast", "mae"), "ewma": ("range", "crps")}  # what skill means
MEASURES = {"mae": "MAE", "crps": "CRPS"}  # of a sentence that names the better one
NAMES = {"ewma": "EWMA"}  # of baselines in a sentence, where it is another one
SAME_COVERAGE = 0.005  # fractions with a smaller difference count as equal
STILL = "no price moved after any cutoff, so there is nothing to compare"
_COVERAGE = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


class Required(Protocol):
    """What a script asks for, in the settings of `evaluate` and of `score`."""

    @property
    def require_coverage(self) -> tuple[str, ...]:
        """Levels with the least and most they may cover, as 80:76-84."""

    @property
    def require_skill(self) -> tuple[str, ...]:
        """Baselines to beat; BEST: whichever is the best of them."""

    @property
    def alpha(self) -> float:
        """Level of the tests."""


@dataclass(frozen=True)
class Claim:
    """One loss of the model and of a baseline, over all aheads, and the test between them.

    change: of the model's mean loss relative to the baseline's, below 0 is better (NaN for log
    scores, which have no zero); difference: model less baseline; p two-sided, p_lower one-sided,
    None with fewer than 10 cutoffs.
    """

    subject: str
    loss: str
    against: str
    model: float
    baseline: float
    change: float
    difference: float
    cutoffs: int
    p: float | None
    p_lower: float | None


@dataclass(frozen=True)
class Check:
    """A requirement: whether it was met, and by how much."""

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


def claims_against_best(evaluation: Evaluation) -> list[Claim]:
    """Each loss against the baseline that is best by it: see `best_baseline`."""
    pairs = ((subject, loss) for subject, losses_of in BY_BEST.items() for loss in losses_of)
    return [
        claim(evaluation, subject, loss, best)
        for subject, loss in pairs
        if (best := best_baseline(evaluation, loss)) is not None
    ]


def claim(evaluation: Evaluation, subject: str, loss: str, against: str) -> Claim:
    """The model's loss against a baseline's, averaged over aheads."""
    model_losses = losses(evaluation, loss, MODEL)
    baseline_losses = losses(evaluation, loss, against)
    assert model_losses is not None
    assert baseline_losses is not None
    model, baseline = mean_of(model_losses), mean_of(baseline_losses)
    relative = bool(baseline) and loss != "log_score"
    test = compare(evaluation, loss, against)
    return Claim(
        subject=subject, loss=loss, against=against, model=model, baseline=baseline,
        change=model / baseline - 1 if relative else math.nan, difference=model - baseline,
        cutoffs=test.cutoffs, p=test.p, p_lower=test.p_lower,
    )  # fmt: skip


def stood_still(evaluation: Evaluation) -> bool:
    """Whether every price was exactly a forecast: no method is that good of prices that move."""
    errors = (losses(evaluation, "mae", method) for method in evaluation.scores)
    return any(one is not None and np.nanmax(one, initial=-1.0) == 0 for one in errors)


def words(evaluation: Evaluation) -> str:
    """The verdict: against naive and EWMA, and against the best of several baselines."""
    if stood_still(evaluation):
        return STILL
    usual = claims(evaluation)
    named = {(one.loss, one.against) for one in usual}
    best = [
        one
        for one in claims_against_best(evaluation)
        if one.loss in MEASURES and _is_best(evaluation, one)
    ]
    said: dict[str, list[str]] = {}
    for one in usual:
        more = _coverage(evaluation, one) if one.loss == "crps" and _is_significant(one) else ""
        said.setdefault(one.subject, []).append(f"{_sentence(evaluation, one)}{more}")
    for one in best:
        if (one.loss, one.against) not in named:
            said.setdefault(one.subject, []).append(_sentence(evaluation, one))
    untested = f"nothing was tested: add naive and ewma to {setting('baselines')}"
    parts = [f"{subject}: {', '.join(sentences)}" for subject, sentences in said.items()]
    return "; ".join(parts) or untested


def _is_best(evaluation: Evaluation, one: Claim) -> bool:
    """Whether a claim is against the best of several baselines that are not all as good."""
    several = len({*rivals(evaluation, one.loss).values()}) > 1
    return several and best_baseline(evaluation, one.loss) == one.against


def _is_significant(one: Claim) -> bool:
    """Whether the difference between model and baseline is significant."""
    return one.p is not None and one.p < ALPHA


def _sentence(evaluation: Evaluation, one: Claim) -> str:
    best = ", the best baseline" if _is_best(evaluation, one) else ""
    name = f"{NAMES.get(one.against, one.against)}{best}"
    if one.p is None:
        why = f"{one.cutoffs} cutoffs" if one.cutoffs < LEAST else "losses that do not vary"
        return f"too little to tell from {name} ({why}; the test needs {LEAST})"
    shown = "p < 0.001" if one.p < 0.001 else f"p = {one.p:.2g}"
    if not _is_significant(one):
        return f"no better than {name} ({shown})"
    size = percent(abs(one.change), 2 if abs(one.change) < 0.01 else 1)
    better = "better" if one.change < 0 else "worse"
    return f"{size} {better} than {name}{',' if best else ''} by {MEASURES[one.loss]} ({shown})"


def _coverage(evaluation: Evaluation, one: Claim) -> str:
    """What the intervals cover, and how much narrower they are if they cover the same."""
    level = level_name(min(evaluation.plan.levels))
    of_model, of_baseline = (
        {kind: mean_of(scores[f"{kind}_{level}"]) for kind in ("coverage", "width")}
        for scores in (evaluation.scores[MODEL], evaluation.scores[one.against])
    )
    held = f"{percent(of_model['coverage'], 1)} against {percent(of_baseline['coverage'], 1)}"
    if abs(of_model["coverage"] - of_baseline["coverage"]) > SAME_COVERAGE:
        return f", its {level} % interval covers {held}"
    change = of_model["width"] / of_baseline["width"] - 1
    word = "narrower" if change < 0 else "wider"
    size = percent(abs(change), 0)
    return f", its {level} % interval {size} {word} at the same coverage ({held})"


def percent(share: float, digits: int) -> str:
    """A fraction in percent."""
    return f"{100.0 * share:z.{digits}f} %"


def parse_coverage(texts: tuple[str, ...]) -> list[tuple[float, float, float]]:
    """Level, least and most of `80:76-84`, all in percent. Raises UsageError."""
    ranges = []
    for text in texts:
        match = _COVERAGE.fullmatch(text.strip())
        level, low, high = map(float, match.groups()) if match else (0.0, 0.0, 0.0)
        if not 0 < level < 100 or not low <= high <= 100:
            raise UsageError(
                "write level:least-most in percent, as 80:76-84", option="require_coverage",
                value=text,
            )  # fmt: skip
        ranges.append((level, low, high))
    return ranges


def checks(evaluation: Evaluation, settings: Required) -> list[Check]:
    """The requirements, each with whether it was met and by how much it was missed."""
    coverage_checks = [
        _check_coverage(evaluation, text, *parsed)
        for text, parsed in zip(
            settings.require_coverage, parse_coverage(settings.require_coverage), strict=True
        )
    ]
    return coverage_checks + [
        _check_skill(evaluation, against, settings.alpha) for against in settings.require_skill
    ]


def _check_coverage(
    evaluation: Evaluation, text: str, level: float, low: float, high: float
) -> Check:
    required, name = setting("require_coverage", text), f"coverage_{level_name(level)}"
    scores = evaluation.scores[MODEL]
    held = 100 * mean_of(scores[name]) if name in scores else math.nan
    if math.isnan(held):
        return Check(required, False, "the model gives no interval of that level")
    said = f"the {level_name(level)} % interval covers {held:.2f} %"
    if low <= held <= high:
        return Check(required, True, said)
    off, word = (low - held, "low") if held < low else (held - high, "high")
    return Check(required, False, f"{said}, {off:.2f} points too {word}")


def _check_skill(evaluation: Evaluation, against: str, alpha: float) -> Check:
    required = setting("require_skill", against)
    subject, loss = _skill(evaluation, against)
    if losses(evaluation, loss, MODEL) is None:
        return Check(required, False, "the model gives no distribution to score")
    baseline = best_baseline(evaluation, loss) if against == BEST else against
    if baseline is None:
        return Check(required, False, f"no baseline has a {subject}")
    one = claim(evaluation, subject, loss, baseline)
    if stood_still(evaluation):
        return Check(required, False, STILL)
    change = f"{100 * one.change:+z.2f} %"
    name = f"{baseline}, the best baseline: " if against == BEST else ""
    said = f"{name}mean {loss.upper()} {one.model:.5g} against {one.baseline:.5g} ({change})"
    if one.p_lower is None:
        return Check(required, False, f"{said}; {one.cutoffs} cutoffs do not allow a test")
    return Check(
        required, one.p_lower < alpha, f"{said}, one-sided p = {one.p_lower:.3g}, alpha {alpha:g}"
    )


def _skill(evaluation: Evaluation, against: str) -> tuple[str, str]:
    """What must be better, and by which loss; against the best, the interval if there is one."""
    if against != BEST:
        return CLAIMS[against]
    ranged = losses(evaluation, "crps", MODEL) is not None
    return CLAIMS["ewma" if ranged else "naive"]
