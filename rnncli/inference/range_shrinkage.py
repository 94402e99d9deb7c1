"""How far the range of each symbol moves from its mean: by what its past says of some candidates.

A network that has learnt of many symbols follows volatility where there is any to follow; where it
is constant, it follows noise. So the scale s of a forecast is drawn towards the geometric mean of
the scales that the network has given the symbol so far, and the tails may become lighter:

    log s' = log s - (1 - a) x,    x = log s - mean of log s,    1 / v' = exp(b) / v

v being the degrees of freedom, a and b the means of the candidates by their weights
(`range_evidence`), for all rows ahead.
"""

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
from rnncli.inference.range_evidence import (
    BEFORE,
    COARSEST,
    FINEST,
    MOVES,
    NEXT_ROW,
    STEPS,
    TAILS,
    inverse_dofs,
)
from rnncli.kernels.likelihoods import FEWEST, FLOOR, SPREAD


def shrunk(
    outputs: FloatArray, evidence: Float64Array, steps: Float64Array, rows: IntArray
) -> FloatArray:
    """Outputs (n, O) of mode direct whose ranges are drawn to their means, by evidence (n, MEMORY).

    `steps` (n): what a value of 1 is of a log price; `rows` (n): of the series before the last.
    """
    by_row, dofs = _by_row(outputs)
    scales = np.maximum(by_row[..., 1], FLOOR)
    levels = scales[:, 0] + np.log(steps)
    away = levels - (evidence[:, 0] + levels) / np.maximum(rows, 1)
    stays, tails = _means(evidence)
    by_row[..., 1] = scales - (stays * away)[:, None]
    by_row[..., 2] = np.log((1 / inverse_dofs(dofs, tails[:, None]) - FEWEST) / SPREAD)
    return by_row.reshape(outputs.shape).astype(outputs.dtype)


def _by_row(outputs: FloatArray) -> tuple[Float64Array, Float64Array]:
    """Outputs (n, H, 3) of H rows ahead, and the degrees of freedom (n, H) that they stand for."""
    rows = outputs.shape[1] // NEXT_ROW
    by_row = outputs.astype(np.float64).reshape(len(outputs), rows, NEXT_ROW)
    return by_row, FEWEST + SPREAD * np.exp(by_row[..., 2])


def _means(evidence: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Weighted means of 1 - a and of b (n each)."""
    scores = evidence[:, 1:] + BEFORE
    weights = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights /= np.sum(weights, axis=1, keepdims=True)
    return np.sum(weights * (1 - MOVES), axis=1), np.sum(weights * TAILS, axis=1)


def pulled_back(
    outputs: FloatArray, evidence: Float64Array, rows: IntArray, by_shrunk: Float64Array
) -> tuple[Float64Array, Float64Array]:
    """Derivatives by outputs (n, O) and by the log of steps (n), of those by `shrunk` ones (n, O).

    Of the way through the shrinkage alone: the evidence is constant.
    """
    by_row, dofs = _by_row(outputs)
    stays, tails = _means(evidence)
    back = by_shrunk.reshape(by_row.shape).copy()
    by_level = -stays * (1 - 1 / np.maximum(rows, 1)) * np.sum(back[..., 1], axis=1)
    back[:, 0, 1] += by_level * (by_row[:, 0, 1] >= FLOOR)
    lighter = np.exp(-tails)[:, None] * dofs
    within = (lighter < STEPS / FINEST) & (lighter > STEPS / COARSEST)
    slope = np.exp(-tails)[:, None] * (dofs - FEWEST) / (lighter - FEWEST)
    back[..., 2] *= np.where(within, slope, 0)
    return back.reshape(by_shrunk.shape), by_level
