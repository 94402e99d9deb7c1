"""The best of the baselines by a loss: the one that a model has to beat.

It is chosen by its mean loss on the very days that it is then compared on: the luck of these days
is on its side, the more so the more baselines there are. So the comparison errs against the model:
one that is better in truth may seem no better, and the p of a claim to be better is, if anything,
too high.
"""

import math

from rnncli.evaluation.result import MODEL, Evaluation
from rnncli.evaluation.score_tables import losses, mean_of

BEST = "best"  # its name among required skills
BY_BEST = {  # what is compared with the best baseline, and by which losses
    "point forecast": ("mae",), "range": ("crps", "log_score"),
}  # fmt: skip


def rivals(evaluation: Evaluation, loss: str) -> dict[str, float]:
    """Mean loss of every baseline with that loss, if the model has it too; else empty."""
    if losses(evaluation, loss, MODEL) is None:
        return {}
    known = ((method, losses(evaluation, loss, method)) for method in evaluation.scores)
    means = {
        method: mean_of(values)
        for method, values in known
        if method != MODEL and values is not None
    }
    return {method: mean for method, mean in means.items() if math.isfinite(mean)}


def best_baseline(evaluation: Evaluation, loss: str) -> str | None:
    """The baseline of the lowest mean loss over all aheads, the first of equals, or None."""
    means = rivals(evaluation, loss)
    return min(means, key=means.__getitem__) if means else None
