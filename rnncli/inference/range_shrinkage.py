"""How far the range of each symbol moves from its mean: by what its past says of some candidates.

A network that has learnt of many symbols follows volatility where there is any to follow; where it
is constant, it follows noise. So the scale s of a forecast is drawn towards the geometric mean of
the scales that the network has given the symbol so far, and the tails may become lighter:

    log s' = log s - (1 - a) x,    x = log s - mean of log s,    1 / v' = exp(b) / v

v being the degrees of freedom, a and b the means of the candidates by their weights
(`range_evidence`), for all rows ahead.

A price that has moved more than fourfold in a row may be wrong, and the next may be back where the
last right one was: the 95 % interval after it is at least wide enough for that. Not after the move
back.

A network whose loss is a mean over all days hardly cares for the first few of a series, where the
scale is a guess from one or two changes. There its scale is multiplied by YOUNG or YOUNG_RANGED:
by what lets the 80 and 95 % intervals of the next row hold on stocks, indices, oil and simulated
walks, which agree within a tenth from three prices on.
"""

import math
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, FloatArray, IntArray
from rnncli.distributions import student_t
from rnncli.inference.range_evidence import (
    BEFORE,
    COARSEST,
    FINEST,
    LAST_CHANGES,
    MOVES,
    NEXT_ROW,
    SCORES,
    STEPS,
    TAILS,
    inverse_dofs,
)
from rnncli.kernels.likelihoods import FEWEST, FLOOR, SPREAD
from rnncli.transforms.features import names_of_columns
from rnncli.transforms.inputs.table import PRESENCE

WILD = math.log(4)  # a change of the log price of which one price is likely wrong
REACHED = 0.975  # the quantile that is as far as the price before a wild change
YOUNG = np.array([1.25, 2.9, 1.7, 1.25, 1.08, 1.0])  # by the prices before the last: 0, 1, …
YOUNG_RANGED = np.array([1.0, 1.35, 1.0, 1.0, 1.0, 1.0])  # where high and low are known
TINY_STEP = 1e-5  # relative, of central differences


@dataclass(frozen=True)
class _Range:
    """Log scales and degrees of freedom (n, H), and how they come from those of the network.

    `stays`, `tails` (n): weighted means of 1 - a and of b; `reaches` (n): whether the scale of the
    next row is the lowest that reaches back, whatever the network says.
    """

    scales: Float64Array
    dofs: Float64Array
    stays: Float64Array
    tails: Float64Array
    reaches: BoolArray


def ranges_known(inputs: tuple[str, ...], numbers: Float64Array) -> BoolArray:
    """Whether high and low of a row are known (n), by what a network is fed of it (n, 1 + I)."""
    columns = names_of_columns(inputs)
    if PRESENCE not in columns:
        return np.zeros(len(numbers), np.bool_)
    known: BoolArray = numbers[:, 1 + columns.index(PRESENCE)] > 0
    return known


def shrunk(
    outputs: FloatArray, evidence: Float64Array, steps: Float64Array, rows: IntArray,
    ranged: BoolArray,
) -> FloatArray:  # fmt: skip
    """Outputs (n, O) of mode direct whose ranges are drawn to their means, by evidence (n, MEMORY).

    `steps` (n): what a value of 1 is of a log price; `rows` (n): of the series before the last;
    `ranged` (n): whether high and low of the last are known.
    """
    by_row, dofs = _by_row(outputs)
    to = _range(by_row, dofs, evidence, steps, rows, ranged)
    by_row[..., 1], by_row[..., 2] = to.scales, np.log((to.dofs - FEWEST) / SPREAD)
    return by_row.reshape(outputs.shape).astype(outputs.dtype)


def _young(rows: IntArray, ranged: BoolArray) -> Float64Array:
    """The log of what the scale of a young series is multiplied by (n)."""
    at = np.minimum(rows, len(YOUNG) - 1)
    logs: Float64Array = np.log(np.where(ranged, YOUNG_RANGED[at], YOUNG[at]))
    return logs


def _by_row(outputs: FloatArray) -> tuple[Float64Array, Float64Array]:
    """Outputs (n, H, 3) of H rows ahead, and the degrees of freedom (n, H) that they stand for."""
    rows = outputs.shape[1] // NEXT_ROW
    by_row = outputs.astype(np.float64).reshape(len(outputs), rows, NEXT_ROW)
    return by_row, FEWEST + SPREAD * np.exp(by_row[..., 2])


def _range(
    by_row: Float64Array, dofs: Float64Array, evidence: Float64Array, steps: Float64Array,
    rows: IntArray, ranged: BoolArray,
) -> _Range:  # fmt: skip
    """The range that evidence makes of outputs (n, H, 3) and their degrees of freedom (n, H)."""
    stays, tails = _means(evidence)
    scales = np.maximum(by_row[..., 1], FLOOR)
    levels = scales[:, 0] + np.log(steps)
    away = levels - (evidence[:, 0] + levels) / np.maximum(rows, 1)
    scales = scales + (_young(rows, ranged) - stays * away)[:, None]
    lighter = 1 / inverse_dofs(dofs, tails[:, None])
    lowest = _lowest(evidence, steps, lighter[:, 0])
    reaches = lowest > scales[:, 0]
    scales[reaches, 0] = lowest[reaches]  # and of all rows ahead, since scales never fall
    return _Range(scales, lighter, stays, tails, reaches)


def _means(evidence: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Weighted means of 1 - a and of b (n each)."""
    scores = evidence[:, SCORES] + BEFORE
    weights = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights /= np.sum(weights, axis=1, keepdims=True)
    return np.sum(weights * (1 - MOVES), axis=1), np.sum(weights * TAILS, axis=1)


def _lowest(evidence: Float64Array, steps: Float64Array, dofs: Float64Array) -> Float64Array:
    """The log scale (n) at which REACHED is where a price was before its wild change, else -inf."""
    earlier, last = evidence[:, LAST_CHANGES].T
    lowest, wild = np.full(len(evidence), -math.inf), np.abs(last) > WILD
    if wild.any():
        away = np.minimum(np.abs(last), np.abs(earlier + last))[wild]  # moved back: nearly 0
        with np.errstate(divide="ignore"):
            lowest[wild] = np.log(away / steps[wild]) - _log_reached(dofs[wild])
    return lowest


def _log_reached(dofs: Float64Array) -> Float64Array:
    """The log of how many scales REACHED is away (n)."""
    logs: Float64Array = np.log(student_t.quantiles((REACHED,), dofs)[:, 0])
    return logs


def pulled_back(
    outputs: FloatArray, evidence: Float64Array, steps: Float64Array, rows: IntArray,
    ranged: BoolArray, by_shrunk: Float64Array,
) -> tuple[Float64Array, Float64Array]:  # fmt: skip
    """Derivatives by outputs (n, O) and by the log of steps (n), of those by `shrunk` ones (n, O).

    Of the way through the shrinkage alone: the evidence is constant.
    """
    by_row, dofs = _by_row(outputs)
    to = _range(by_row, dofs, evidence, steps, rows, ranged)
    back = by_shrunk.reshape(by_row.shape).copy()
    by_lowest = np.where(to.reaches, back[:, 0, 1], 0)
    back[to.reaches, 0, 1] = 0
    by_level = -to.stays * (1 - 1 / np.maximum(rows, 1)) * np.sum(back[..., 1], axis=1)
    back[:, 0, 1] += by_level * (by_row[:, 0, 1] >= FLOOR)
    lighter = np.exp(-to.tails)[:, None] * dofs
    within = (lighter < STEPS / FINEST) & (lighter > STEPS / COARSEST)
    slope = np.exp(-to.tails)[:, None] * (dofs - FEWEST) / (lighter - FEWEST)
    back[:, 0, 2] -= by_lowest * _slope_of_reached(to)
    back[..., 2] *= np.where(within, slope, 0)
    return back.reshape(by_shrunk.shape), by_level - by_lowest


def _slope_of_reached(to: _Range) -> Float64Array:
    """The derivative of `_log_reached` by the output of degrees of freedom (n)."""
    slopes, dofs = np.zeros(len(to.dofs)), to.dofs[to.reaches, 0]
    if len(dofs):
        above = _log_reached(dofs * (1 + TINY_STEP)) - _log_reached(dofs * (1 - TINY_STEP))
        slopes[to.reaches] = above / (2 * TINY_STEP * dofs) * (dofs - FEWEST)
    return slopes
