"""What the outputs of a day mean, what a miss costs, and the way to a distribution or a draw.

point          the value itself, by mse, mae or huber
gaussian       location, log scale
student-t      location, log scale, raw degrees of freedom (see `cells.likelihoods`)
cross-entropy  a score a class, softmax over them
quantile       the median, gaps upwards, gaps downwards
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
from rnncli.distributions.binned import binned
from rnncli.distributions.conformal import check_levels
from rnncli.distributions.families import Distribution, Normal, Quantiles, StudentT
from rnncli.errors import UsageError, setting
from rnncli.kernels import loss_kernel
from rnncli.kernels.likelihoods import FEWEST, FLOOR, LIKELIHOODS, SPREAD
from rnncli.kernels.losses import LOSSES
from rnncli.transforms.binning import Bins

__all__ = ["LIKELIHOODS", "LOSSES", "add_up"]

PRECISIONS = {"f": "float32", "d": "float64"}  # NumPy's own `name` takes longer than the sum
OUTPUTS = {"point": 1, "gaussian": 2, "student-t": 3}


@dataclass(frozen=True)
class Head:
    """What the outputs of a day mean, how many there are, and the probabilities of quantiles."""

    kind: str = "point"
    outputs: int = 1
    levels: tuple[float, ...] = ()


POINT = Head()


def head_of(loss: str, level: Sequence[float] = (), classes: int | None = None) -> Head:
    """The head for a loss; `level` in percent, of quantiles alone; `classes`: those of the bins.

    Raises UsageError where the loss and classes do not go together, or for a level out of range.
    """
    if loss not in LIKELIHOODS:
        return POINT
    if loss == "cross-entropy" and classes is None:
        raise UsageError(
            "there are no classes", option="loss", value=loss, remedy=f"add {setting('bins')}"
        )
    if loss != "cross-entropy" and classes is not None:
        remedy = f"use {setting('loss', 'cross-entropy')}"
        raise UsageError("is of values, not classes", option="loss", value=loss, remedy=remedy)
    if loss == "cross-entropy":
        return Head(loss, classes or 0)
    if loss == "quantile":
        levels = _probabilities(level)
        return Head(loss, len(levels), levels)
    return Head(loss, OUTPUTS[loss])


def _probabilities(level: Sequence[float]) -> tuple[float, ...]:
    """Ends of the bounds of each level in percent, and the median, ascending."""
    check_levels(level)
    tails = sorted((100 - one) / 200 for one in level)
    return (*tails, 0.5, *(1 - tail for tail in reversed(tails)))


def start_bias(head: Head) -> Float64Array:
    """Bias (O) of an untrained head: a distribution around 0 of unit variance, even classes."""
    bias = np.zeros(head.outputs)
    if head.kind == "student-t":
        dof = FEWEST + SPREAD
        bias[1] = np.log((dof - 2) / dof) / 2
    elif head.kind == "quantile":
        half = len(head.levels) // 2
        normal = [NormalDist().inv_cdf(level) for level in head.levels[half:]]
        bias[1:] = np.tile(np.log(np.expm1(np.diff(normal))), 2)
    return bias


def add_up(
    loss: str, out: FloatArray, target: FloatArray, first: IntArray, last: IntArray,
    start: int = 0, scale: float = 1.0, dout: FloatArray | None = None,
    levels: Sequence[float] = (),
) -> float:  # fmt: skip
    """Sum of the losses of outputs (T, O, L) over the days that count, the chunk's first `start`.

    The days first <= start + t < last of a lane count (both (L)). `dout` (T, O, L) is filled with
    `scale` times the derivative by `out`: zero on days that do not count. The target of a
    likelihood is (T, 1, L), of a point loss (T, O, L).
    """
    kernel = loss_kernel(loss, out.shape[2], PRECISIONS[out.dtype.char])
    back = out[:0] if dout is None else dout
    more = (np.asarray(levels, out.dtype),) if loss in LIKELIHOODS else ()
    return float(kernel(out, target, first, last, start, *more, out.dtype.type(scale), back))


def median(kind: str, outputs: FloatArray) -> FloatArray:
    """The middle of the distribution (...) that outputs (..., O) stand for; of classes, a code."""
    if kind != "cross-entropy":
        return outputs[..., 0]
    reached = np.cumsum(probabilities(outputs), axis=-1) >= 0.5
    codes: FloatArray = (np.argmax(reached, axis=-1) / (outputs.shape[-1] - 1)).astype(
        outputs.dtype
    )
    return codes


def probabilities(outputs: FloatArray) -> Float64Array:
    """Softmax of the scores of classes (..., N)."""
    scores = outputs.astype(np.float64)
    shares = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    found: Float64Array = shares / np.sum(shares, axis=-1, keepdims=True)
    return found


def quantiles(outputs: FloatArray) -> Float64Array:
    """Values (..., K), ascending, of a median, gaps upwards and gaps downwards."""
    values = outputs.astype(np.float64)
    gaps = np.logaddexp(0, values[..., 1:])
    half = gaps.shape[-1] // 2
    up, down = np.cumsum(gaps[..., :half], axis=-1), np.cumsum(gaps[..., half:], axis=-1)
    middle = values[..., :1]
    return np.concatenate([middle - down[..., ::-1], middle, middle + up], axis=-1)


def distribution(
    kind: str, outputs: FloatArray, levels: Sequence[float] = (), bins: Bins | None = None
) -> Distribution:
    """Distributions (...) of the scaled value that outputs (..., O) stand for.

    Raises ValueError for a point, which is none.
    """
    if kind in ("gaussian", "student-t"):
        location, scale, dof = parameters(kind, outputs)
        return Normal(location, scale) if dof is None else StudentT(location, scale, dof)
    if kind == "quantile":
        return Quantiles(np.asarray(levels), quantiles(outputs))
    if kind == "cross-entropy" and bins is not None:
        return binned(probabilities(outputs), bins)
    raise ValueError(f"{kind}: no distribution")


def parameters(
    kind: str, outputs: FloatArray
) -> tuple[Float64Array, Float64Array, Float64Array | None]:
    """Location, scale and degrees of freedom (...), None of Gauss, of outputs (..., O)."""
    if kind not in ("gaussian", "student-t"):
        raise ValueError(f"{kind}: no distribution by location and scale")
    values = outputs.astype(np.float64)
    scale = np.exp(np.maximum(values[..., 1], FLOOR))
    dof = FEWEST + SPREAD * np.exp(values[..., 2]) if kind == "student-t" else None
    return values[..., 0], scale, dof
