"""Scores of an evaluation put together: by method and ahead, over all aheads, by symbol."""

import math
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import level_name
from rnncli.evaluation.diebold_mariano import TestResult, by_cutoff, diebold_mariano
from rnncli.evaluation.metrics import histogram
from rnncli.evaluation.result import MODEL, Evaluation, Scores

Row = dict[str, Any]
POINT = {"mae": "absolute", "rmse": "square", "smape": "smape", "mase": "mase"}
TESTED = ("mae", "crps", "log_score")  # and the interval score of every level


def columns(levels: tuple[float, ...]) -> list[str]:
    """Names of the columns of `table`, and of the p-values."""
    names = [level_name(level) for level in levels]
    kinds = ("interval_score", "coverage", "width")
    ranges = [f"{kind}_{name}" for name in names for kind in kinds]
    return [*POINT, "crps", "log_score", *ranges, "direction", *_p_columns(levels)]


def _tested(levels: tuple[float, ...]) -> list[str]:
    return [*TESTED, *(f"interval_score_{level_name(level)}" for level in levels)]


def _p_columns(levels: tuple[float, ...]) -> list[str]:
    return [f"p_{name}" for name in _tested(levels)]


def table(evaluation: Evaluation) -> list[Row]:
    """A row a method and ahead; the p-values of a baseline are of its difference to the model."""
    return [
        {"method": method, "ahead": k + 1, **_row(evaluation, method, k)}
        for method in evaluation.scores
        for k in range(evaluation.plan.horizon)
    ]


def overall(evaluation: Evaluation) -> list[Row]:
    """A row a method, over all aheads, with its PIT histogram."""
    return [
        {
            "method": method,
            **_row(evaluation, method, None),
            "pit": histogram(scores["pit"]) if "pit" in scores else None,
        }
        for method, scores in evaluation.scores.items()
    ]


def _row(evaluation: Evaluation, method: str, k: int | None) -> Row:
    levels = evaluation.plan.levels
    scores: Row = dict.fromkeys(columns(levels), math.nan)
    scores |= _means(evaluation.scores[method], k)
    if method != MODEL:
        for name in _tested(levels):
            scores[f"p_{name}"] = compare(evaluation, name, method, k).p
    known = ~np.isnan(_at(evaluation.scores[method]["absolute"], k))
    return {"forecasts": int(known.sum()), **scores}


def _means(scores: Scores, k: int | None) -> Row:
    """The means of all scores of a row."""
    means: Row = {}
    for name, key in POINT.items():
        mean = mean_of(_at(scores[key], k))
        means[name] = math.sqrt(mean) if name == "rmse" else mean
    hidden = {*POINT.values(), "price_absolute", "price_square", "pit"}
    return means | {
        name: mean_of(_at(values, k))
        for name, values in scores.items()
        if name not in hidden and (k is not None or _said_everywhere(values))
    }


def _said_everywhere(values: Float64Array) -> bool:
    """Whether a score is known at every ahead: else its mean over them is of other aheads."""
    return not np.any(np.all(np.isnan(values), axis=0))


def _at(values: Float64Array, k: int | None) -> Float64Array:
    return values if k is None else values[:, k]


def mean_of(values: Float64Array) -> float:
    """Mean of what is known; NaN of nothing."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else math.nan


def losses(evaluation: Evaluation, name: str, method: str) -> Float64Array | None:
    """A score by its name in the table, of every cell and ahead; None if absent."""
    return evaluation.scores[method].get(POINT.get(name, name))


def compare(evaluation: Evaluation, name: str, against: str, k: int | None = None) -> TestResult:
    """Diebold-Mariano test of the model's loss minus a baseline's; k: one ahead, None: all.

    The difference at a cutoff is the mean over symbols, with ceil(horizon/stride) - 1
    autocovariances.
    """
    plan = evaluation.plan
    model, baseline = losses(evaluation, name, MODEL), losses(evaluation, name, against)
    if model is None or baseline is None:
        return TestResult(math.nan, 0, None, None)
    if k is None and not (_said_everywhere(model) and _said_everywhere(baseline)):
        return TestResult(math.nan, 0, None, None)
    difference = _at(model - baseline, k)
    d = by_cutoff(difference, evaluation.origins.fold, len(plan.days))
    return diebold_mariano(d, plan.overlap())


def by_symbol(evaluation: Evaluation) -> list[Row]:
    """One row per symbol and ahead: errors in price, also of naive, and coverage by level."""
    return [
        {
            "symbol": evaluation.symbols[i],
            "ahead": k + 1,
            "forecasts": len(rows),
            **_of_symbol(evaluation, at, k),
        }
        for i, at, rows in evaluation.origins.by_series()
        for k in range(evaluation.plan.horizon)
    ]


def _of_symbol(evaluation: Evaluation, at: slice, k: int) -> Row:
    scores, naive = evaluation.scores[MODEL], evaluation.scores.get("naive")
    means = {
        "mae": mean_of(scores["price_absolute"][at, k]),
        "rmse": math.sqrt(mean_of(scores["price_square"][at, k])),
        "mae_naive": mean_of(naive["price_absolute"][at, k]) if naive else math.nan,
    }
    for level in evaluation.plan.levels:
        name = f"coverage_{level_name(level)}"
        means[name] = mean_of(scores[name][at, k]) if name in scores else math.nan
    return means
