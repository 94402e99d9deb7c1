"""Scores of an evaluation by group of its forecasts: by row ahead, symbol, month, model."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array, IntArray, distinct
from rnncli.distributions.conformal import level_name
from rnncli.evaluation.coverage import check_coverage
from rnncli.evaluation.result import MODEL, NAIVE, Evaluation, Plan
from rnncli.evaluation.score_tables import mean_of

Row = dict[str, Any]
GROUP_LEVEL = 0.01  # significance level of the band of coverage, where none is asked for


def score_groups(
    evaluation: Evaluation, keys: Mapping[str, np.ndarray], alpha: float = GROUP_LEVEL
) -> list[Row]:
    """A row for each group of scored forecasts: scores, naive's error, coverage and its band.

    `keys`: name -> what each forecast (n, horizon) is grouped by; `alpha`: of the band. Coverage
    and naive's error are NaN where the evaluation has no intervals, or no naive forecast. A group
    of too few cutoffs for a band has the one of as many typical cutoffs, if groups are of whole
    cutoffs, as months are.
    """
    scored = ~np.isnan(evaluation.scores[MODEL]["absolute"])
    row, ahead = np.nonzero(scored)
    naive = evaluation.scores.get(NAIVE, {}).get("absolute", np.full(scored.shape, np.nan))
    groups = list(_groups([values[scored] for values in keys.values()], len(row)))
    fold = evaluation.origins.fold[row]
    whole = sum(len(distinct(fold[members])) for _, members in groups) == len(distinct(fold))
    per_cutoff = _per_cutoff(evaluation, alpha) if whole else {}
    scores = _ForecastScores(
        scores={name: values[scored] for name, values in evaluation.scores[MODEL].items()},
        naive=naive[scored],
        fold=fold,
        ahead=ahead + 1,
    )
    return [
        {
            **dict(zip(keys, key, strict=True)),
            "forecasts": len(members),
            **_summary(scores.subset(members), evaluation.plan, alpha, per_cutoff),
        }
        for key, members in groups
    ]


def _per_cutoff(evaluation: Evaluation, alpha: float) -> dict[float, float]:
    """The effective number of outcomes of a cutoff, by level; 0 with too few cutoffs in all."""
    plan, scores = evaluation.plan, evaluation.scores[MODEL]
    fold = np.repeat(evaluation.origins.fold, plan.horizon)
    overlap = plan.overlap()
    numbers = dict[float, float]()
    for level in plan.levels:
        inside = scores.get(f"coverage_{level_name(level)}")
        if inside is not None:
            check = check_coverage(inside.ravel(), fold, level, alpha, overlap)
            cutoffs = len(distinct(fold[~np.isnan(inside.ravel())]))
            numbers[level] = check.independent / max(cutoffs, 1)
    return numbers


def group_keys(evaluation: Evaluation, name: str) -> np.ndarray:
    """What each forecast (n, horizon) is grouped by: `ahead`, `symbol`, or `month` of the cutoff.

    Of series without dates the month is empty.
    """
    shape = evaluation.scores[MODEL]["absolute"].shape
    if name == "ahead":
        return np.broadcast_to(np.arange(1, shape[1] + 1), shape)
    if name == "symbol":
        of_origin = np.array(evaluation.symbols, dtype=object)[evaluation.origins.series]
    else:
        months = [str(day)[:7] if isinstance(day, str) else "" for day in evaluation.cutoffs]
        of_origin = np.array(months, dtype=object)[evaluation.origins.fold]
    return np.broadcast_to(of_origin[:, None], shape)


@dataclass(frozen=True)
class _ForecastScores:
    """Scores of n forecasts, naive's absolute error, cutoffs and rows ahead: (n) each."""

    scores: dict[str, Float64Array]
    naive: Float64Array
    fold: IntArray
    ahead: IntArray

    def subset(self, members: IntArray) -> "_ForecastScores":
        """The scores of some of the forecasts, by number."""
        scores = {name: values[members] for name, values in self.scores.items()}
        return _ForecastScores(scores, self.naive[members], self.fold[members], self.ahead[members])


def _groups(keys: list[np.ndarray], count: int) -> Iterator[tuple[tuple[Any, ...], IntArray]]:
    """Each combination of keys that occurs, in order, and the numbers of its forecasts."""
    codes, uniques = np.zeros(count, np.int64), []
    for key in keys:
        unique, code = _coded(key)
        codes = codes * len(unique) + code
        uniques.append(unique)
    order = np.argsort(codes, kind="stable")
    occurring, starts = np.unique(codes[order], return_index=True)
    for code, members in zip(occurring.tolist(), np.split(order, starts[1:]), strict=True):
        values, rest = [], code
        for unique in reversed(uniques):
            rest, place = divmod(rest, len(unique))
            values.append(unique[place : place + 1].tolist()[0])
        yield tuple(reversed(values)), members


def _coded(key: np.ndarray) -> tuple[np.ndarray, IntArray]:
    """The distinct values of a key in order, and the place of each value among them."""
    if key.dtype != object:
        unique, code = np.unique(key, return_inverse=True)
        return unique, code.ravel()
    texts = key.tolist()  # looked up, as sorting all of them takes much longer
    places = {text: place for place, text in enumerate(sorted(set(texts)))}
    return np.array(list(places), object), np.array([places[text] for text in texts], np.int64)


def _summary(
    scores: _ForecastScores, plan: Plan, alpha: float, per_cutoff: Mapping[float, float]
) -> Row:
    """Mean scores of a group of forecasts."""
    row: Row = {
        "mae": float(scores.scores["absolute"].mean()),
        "mae_naive": mean_of(scores.naive),
        "rmse": math.sqrt(float(scores.scores["square"].mean())),
        "mase": mean_of(scores.scores["mase"]),
    }
    overlap = plan.overlap(int(scores.ahead.max()))
    for level in plan.levels:
        row |= _level_summary(scores, level, alpha, overlap, per_cutoff.get(level, 0.0))
    return row


def _level_summary(
    scores: _ForecastScores, level: float, alpha: float, overlap: int, per_cutoff: float
) -> Row:
    """Coverage of a level, its binomial band, whether it is outside; width and interval score."""
    name, unknown = level_name(level), np.full(len(scores.fold), np.nan)
    inside = scores.scores.get(f"coverage_{name}", unknown)
    coverage = check_coverage(inside, scores.fold, level, alpha, overlap, per_cutoff)
    return {
        f"coverage_{name}": coverage.share,
        f"independent_{name}": coverage.independent,
        f"band_low_{name}": coverage.low,
        f"band_high_{name}": coverage.high,
        f"drift_{name}": coverage.drifted,
        f"width_{name}": mean_of(scores.scores.get(f"width_{name}", unknown)),
        f"interval_score_{name}": mean_of(scores.scores.get(f"interval_score_{name}", unknown)),
    }


def row_columns(by: Sequence[str], levels: Sequence[float]) -> list[str]:
    """Names of the columns of `score_groups`, in order."""
    kinds = (
        "coverage", "independent", "band_low", "band_high", "drift", "width", "interval_score",
    )  # fmt: skip
    ranges = [f"{kind}_{level_name(level)}" for level in levels for kind in kinds]
    return [*by, "forecasts", "mae", "mae_naive", "rmse", "mase", *ranges]
