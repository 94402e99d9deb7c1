"""Draw a value from the outputs of a day, given uniform numbers: the same draw every time."""

from collections.abc import Sequence

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.kernels import draw_kernel
from rnncli.network.heads import probabilities, quantiles

TINY = 2.0**-53  # the least uniform number but 0


def draw(
    kind: str, outputs: FloatArray, uniforms: Float64Array, levels: Sequence[float] = ()
) -> Float64Array:
    """A scaled value (n), or a class's code, from outputs (n, O) and uniforms (n, 2) in [0, 1).

    See `cells.draws`. Raises ValueError for a point.
    """
    if kind == "cross-entropy":
        reached = np.cumsum(probabilities(outputs), axis=1) <= uniforms[:, :1]
        top = outputs.shape[1] - 1
        codes: Float64Array = np.minimum(np.sum(reached, axis=1), top) / top
        return codes
    if kind == "quantile":
        return _from_quantiles(uniforms[:, 0], quantiles(outputs), np.asarray(levels))
    if kind not in ("gaussian", "student-t"):
        raise ValueError(f"{kind}: no distribution to draw from")
    drawn = np.empty(len(outputs))
    kernel = draw_kernel(kind, outputs.dtype.name)
    kernel(np.ascontiguousarray(outputs.T), np.ascontiguousarray(uniforms.T), drawn)
    return drawn


def _from_quantiles(u: Float64Array, values: Float64Array, levels: Float64Array) -> Float64Array:
    """The inverse of the distribution function: linear between the quantiles (n, K) at levels (K).

    Beyond the outer ones the tails fall exponentially, as between the last two of either side.
    """
    last, rows = len(levels) - 1, np.arange(len(u))
    below = np.clip(np.searchsorted(levels, u, side="right") - 1, 0, last - 1)
    low, high = values[rows, below], values[rows, below + 1]
    share = (u - levels[below]) / (levels[below + 1] - levels[below])
    within = low + (high - low) * np.clip(share, 0, 1)
    step = np.log(levels[1] / levels[0])  # of both tails: levels are the same from either end
    tail = np.maximum(np.log(levels[0] / np.maximum(u, TINY)), 0) / step
    head = np.maximum(np.log((1 - levels[-1]) / (1 - u)), 0) / step
    first, final = values[:, 1] - values[:, 0], values[:, -1] - values[:, -2]
    drawn: Float64Array = within - tail * first + head * final
    return drawn
