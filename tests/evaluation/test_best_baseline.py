"""The baseline of the lowest mean loss, by each loss for itself."""

import numpy as np
from evaluations import FOLDS, evaluation

from rnncli.evaluation.best_baseline import best_baseline, rivals
from rnncli.evaluation.result import MODEL

SHAPE = (2 * FOLDS, 2)


def with_rivals(**crps):
    """An evaluation with further baselines of constant CRPS, and the point forecast of naive."""
    found = evaluation()
    for name, loss in crps.items():
        found.scores[name] = found.scores["naive"] | {"crps": np.full(SHAPE, loss)}
    return found


def test_the_lowest_mean_loss_is_the_best():
    """By CRPS one, by MAE another: the first of those that are the same."""
    found = with_rivals(good=1.2, better=1.1, bad=1.9)
    assert best_baseline(found, "crps") == "better"
    means = rivals(found, "mae")
    assert means["naive"] == means["good"]
    assert best_baseline(found, "mae") == min(means, key=means.get) in {"naive", "ewma"}


def test_the_model_is_not_a_rival_of_its_own():
    """However good it is."""
    found = with_rivals(good=1.2)
    found.scores[MODEL]["crps"][:] = 0.1
    assert set(rivals(found, "crps")) == {"ewma", "good"}
    assert best_baseline(found, "crps") == "good"


def test_there_is_none_where_the_model_or_no_baseline_has_the_loss():
    """As a model of points has no density; a loss that is never known is none."""
    assert best_baseline(evaluation(), "log_score") is None
    found = with_rivals(good=1.2, unknown=np.nan)
    assert set(rivals(found, "crps")) == {"ewma", "good"}
    del found.scores[MODEL]["crps"]
    assert rivals(found, "crps") == {}
