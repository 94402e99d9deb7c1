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
"""

import math
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
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

WILD = math.log(4)  # a change of the log price of which one price is likely wrong
REACHED = 0.975  # the quantile that is as far as the price before a wild change


@dataclass(frozen=True)
class _Range:
    """Log scales and degrees of freedom (n, H), and how they come from those of the network.

    `stays`, `tails` (n): weighted means of 1 - a and of b.
    """

    scales: Float64Array
    dofs: Float64Array
    stays: Float64Array
    tails: Float64Array


def shrunk(
    outputs: FloatArray, evidence: Float64Array, steps: Float64Array, rows: IntArray
) -> FloatArray:
    """Outputs (n, O) of mode direct whose ranges are drawn to their means, by evidence (n, MEMORY).

    `steps` (n): what a value of 1 is of a log price; `rows` (n): of the series before the last.
    """
    by_row, dofs = _by_row(outputs)
    to = _range(by_row, dofs, evidence, steps, rows)
    by_row[..., 1], by_row[..., 2] = to.scales, np.log((to.dofs - FEWEST) / SPREAD)
    return by_row.reshape(outputs.shape).astype(outputs.dtype)


def _by_row(outputs: FloatArray) -> tuple[Float64Array, Float64Array]:
    """Outputs (n, H, 3) of H rows ahead, and the degrees of freedom (n, H) that they stand for."""
    rows = outputs.shape[1] // NEXT_ROW
    by_row = outputs.astype(np.float64).reshape(len(outputs), rows, NEXT_ROW)
    return by_row, FEWEST + SPREAD * np.exp(by_row[..., 2])


def _range(
    by_row: Float64Array, dofs: Float64Array, evidence: Float64Array, steps: Float64Array,
    rows: IntArray,
) -> _Range:  # fmt: skip
    """The range that evidence makes of outputs (n, H, 3) and their degrees of freedom (n, H)."""
    stays, tails = _means(evidence)
    scales = np.maximum(by_row[..., 1], FLOOR)
    levels = scales[:, 0] + np.log(steps)
    away = levels - (evidence[:, 0] + levels) / np.maximum(rows, 1)
    scales = scales - (stays * away)[:, None]
    lighter = 1 / inverse_dofs(dofs, tails[:, None])
    lowest = _lowest(evidence, steps, lighter[:, 0])
    reaches = lowest > scales[:, 0]
    scales[reaches, 0] = lowest[reaches]  # and of all rows ahead, since scales never fall
    return _Range(scales, lighter, stays, tails)


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
            reached = student_t.quantiles((REACHED,), dofs[wild])[:, 0]
            lowest[wild] = np.log(away / steps[wild]) - np.log(reached)
    return lowest


def without_wild_changes(evidence: Float64Array) -> Float64Array:
    """The same evidence (n, MEMORY) as if no price of the last rows could be wrong."""
    calm = evidence.copy()
    calm[:, LAST_CHANGES] = 0
    return calm


def pulled_back(
    outputs: FloatArray, evidence: Float64Array, steps: Float64Array, rows: IntArray,
    by_shrunk: Float64Array,
) -> tuple[Float64Array, Float64Array]:  # fmt: skip
    """Derivatives by outputs (n, O) and by the log of steps (n), of those by `shrunk` ones (n, O).

    Of the way through the shrinkage alone: the evidence is constant, and without wild changes.
    """
    by_row, dofs = _by_row(outputs)
    to = _range(by_row, dofs, evidence, steps, rows)
    back = by_shrunk.reshape(by_row.shape).copy()
    by_level = -to.stays * (1 - 1 / np.maximum(rows, 1)) * np.sum(back[..., 1], axis=1)
    back[:, 0, 1] += by_level
    back[..., 1] *= by_row[..., 1] >= FLOOR
    lighter = np.exp(-to.tails)[:, None] * dofs
    within = (lighter < STEPS / FINEST) & (lighter > STEPS / COARSEST)
    slope = np.exp(-to.tails)[:, None] * (dofs - FEWEST) / (lighter - FEWEST)
    back[..., 2] *= np.where(within, slope, 0)
    return back.reshape(by_shrunk.shape), by_level
