"""The worst misses of an evaluation: outcomes that fell furthest outside their intervals."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.distributions.conformal import level_name, tails_of
from rnncli.evaluation.result import MODEL, Evaluation
from rnncli.inference.actuals import actuals_at
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices


@dataclass(frozen=True)
class Miss:
    """An actual price outside its prediction interval, and the price at the cutoff.

    `limit`: the end of the interval that it passed; `widths`: how far, in widths of the interval.
    """

    symbol: str
    cutoff: str | int
    ahead: int
    last: float
    limit: float
    actual: float
    widths: float


def worst_misses(evaluation: Evaluation, prices: Prices, level: float, count: int) -> list[Miss]:
    """The outcomes furthest outside the model's interval of a level, in its widths, worst first.

    `prices`: those that were evaluated. The distance follows from the interval score, which is the
    width plus 2/alpha times the distance (Gneiting & Raftery 2007, equation 43). Empty where the
    evaluation has no interval of that level.
    """
    scores, name = evaluation.scores[MODEL], level_name(level)
    if f"width_{name}" not in scores:
        return []
    width = scores[f"width_{name}"]
    distance = (scores[f"interval_score_{name}"] - width) * tails_of(level)[0]
    outside = (scores[f"coverage_{name}"] == 0) & (width > 0)
    widths = np.divide(distance, width, out=np.zeros_like(width), where=outside)
    worst = np.argsort(-widths, axis=None, kind="stable")[:count]
    row, k = np.unravel_index(worst[widths.ravel()[worst] > 0], widths.shape)
    return _misses(evaluation, prices, row, k, distance[row, k], widths[row, k])


def _misses(
    evaluation: Evaluation, prices: Prices, row: IntArray, k: IntArray, distance: Float64Array,
    widths: Float64Array,
) -> list[Miss]:  # fmt: skip
    """Misses of some origins and rows ahead (m), `distance` beyond the limit in units of scores."""
    origins = evaluation.origins
    order = np.argsort(origins.series[row], kind="stable")  # as `Origins` must be
    row, k, distance, widths = row[order], k[order], distance[order], widths[order]
    some = Origins(origins.series[row], origins.row[row], origins.fold[row])
    actuals = actuals_at(prices, some, evaluation.plan.horizon, evaluation.unit)
    at = np.arange(len(row))
    moved = actuals.scored(actuals.actual)
    above = _above(evaluation, row, k, moved[at, k])
    limits = actuals.priced(moved - np.where(above, distance, -distance)[:, None])
    misses = [
        Miss(
            symbol=evaluation.symbols[some.series[i]],
            cutoff=evaluation.cutoffs[some.fold[i]],
            ahead=int(k[i]) + 1,
            last=float(actuals.last[i]),
            limit=float(limits[i, k[i]]),
            actual=float(actuals.actual[i, k[i]]),
            widths=float(widths[i]),
        )
        for i in range(len(row))
    ]
    return sorted(misses, key=lambda miss: -miss.widths)


def _above(evaluation: Evaluation, row: IntArray, k: IntArray, moved: Float64Array) -> BoolArray:
    """Whether outcomes lie above their intervals: by their PIT, or else by the side they moved."""
    scores = evaluation.scores[MODEL]
    above: BoolArray = scores["pit"][row, k] > 0.5 if "pit" in scores else moved > 0
    return above
