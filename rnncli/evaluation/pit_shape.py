"""What a PIT histogram shows, in words: ranges too narrow or too wide, forecasts that lean."""

from collections.abc import Iterator

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.evaluation.coverage import CoverageCheck, check_coverage
from rnncli.evaluation.group_scores import GROUP_LEVEL
from rnncli.evaluation.plain_verdict import FAIR, GOOD, POOR, Finding
from rnncli.evaluation.result import MODEL, Evaluation

QUESTION = "Did prices fall in their forecast distributions as often as they should?"
TESTS = 3  # which share the significance level


def pit_finding(evaluation: Evaluation) -> Finding | None:
    """Whether the histogram is flat, and what it means if not; None without distributions.

    Three shares are tested as a coverage is, by cutoff: of the two outer tenths, of the two middle
    ones, and of the upper half.
    """
    pit = evaluation.scores[MODEL].get("pit")
    if pit is None or not np.isfinite(pit).any():
        return None
    ends = _check(evaluation, np.abs(pit - 0.5) >= 0.4, pit, 20.0)
    middle = _check(evaluation, np.abs(pit - 0.5) < 0.1, pit, 20.0)
    upper = _check(evaluation, pit >= 0.5, pit, 50.0)
    held = (
        f"the outer tenths have {_share(ends)} of the prices (20 % should be), the upper half"
        f" {_share(upper)} (50 %)"
    )
    if not ends.independent:
        return Finding(FAIR, QUESTION, f"Too few cutoffs to tell: {held}.")
    faults = list(_faults(ends, middle, upper))
    if not faults:
        return Finding(GOOD, QUESTION, f"Yes, as far as chance allows: {held}.")
    grade = POOR if ends.drifted and ends.share > ends.high else FAIR
    return Finding(grade, QUESTION, f"No: {'; '.join(faults)}.")


def _check(
    evaluation: Evaluation, inside: np.ndarray, pit: Float64Array, level: float
) -> CoverageCheck:
    """The share of outcomes in a part of the histogram that should hold `level` percent."""
    plan = evaluation.plan
    fold = np.repeat(evaluation.origins.fold, plan.horizon)
    known = np.where(np.isfinite(pit), inside, np.nan).ravel()
    return check_coverage(known, fold, level, GROUP_LEVEL / TESTS, plan.overlap())


def _faults(ends: CoverageCheck, middle: CoverageCheck, upper: CoverageCheck) -> Iterator[str]:
    """What chance does not explain, and what it means."""
    if ends.drifted:
        means = "too narrow" if ends.share > ends.high else "too wide"
        yield f"ranges are {means}: {_share(ends)} of the prices are in the outer tenths, not 20 %"
    elif middle.drifted:
        means = "too wide" if middle.share > middle.high else "too narrow"
        yield (
            f"narrow ranges are {means}: {_share(middle)} of the prices are in the two middle"
            " tenths, not 20 %"
        )
    if upper.drifted:
        means = "too low" if upper.share > upper.high else "too high"
        yield f"forecasts are {means}: the upper half has {_share(upper)} of the prices, not 50 %"


def _share(check: CoverageCheck) -> str:
    return f"{100 * check.share:.1f} %"
