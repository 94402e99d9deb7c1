"""Heads: meaning and loss of the outputs of a day, and their distribution or a draw from it.

point          the value itself, by mse, mae or huber
gaussian       location, log scale
student-t      location, log scale, raw degrees of freedom (see `kernels.likelihoods`)
cross-entropy  one score per class, softmax over them
quantile       the median, gaps upwards, gaps downwards
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
from rnncli.distributions.binned import binned
from rnncli.distributions.conformal import check_levels
from rnncli.distributions.families import Distribution, Normal, Quantiles, StudentT
from rnncli.errors import UsageError, setting
from rnncli.kernels import draw_kernel, loss_kernel
from rnncli.kernels.lanes import NEVER
from rnncli.kernels.likelihoods import FEWEST, FLOOR, LIKELIHOODS, SPREAD
from rnncli.kernels.losses import LOSSES
from rnncli.transforms.binning import Bins

__all__ = ["LIKELIHOODS", "LOSSES", "add_up"]

PRECISIONS = {"f": "float32", "d": "float64"}  # NumPy's `name` property takes longer than the sum
OUTPUTS = {"point": 1, "gaussian": 2, "student-t": 3}
LOCATION_SCALE = ("gaussian", "student-t")
TINY = 2.0**-53  # the least uniform number but 0
Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Head:
    """What the outputs of a day mean, how many there are, and the probabilities of quantiles."""

    kind: str = "point"
    outputs: int = 1
    levels: tuple[float, ...] = ()

    def median(self, outputs: FloatArray) -> FloatArray:
        """The median (...) of outputs (..., O); of classes, the code of one."""
        if self.kind != "cross-entropy":
            return outputs[..., 0]
        reached = np.cumsum(probabilities(outputs), axis=-1) >= 0.5
        codes: FloatArray = (np.argmax(reached, axis=-1) / (outputs.shape[-1] - 1)).astype(
            outputs.dtype
        )
        return codes

    def distribution(self, outputs: FloatArray, bins: Bins | None = None) -> Distribution:
        """Distributions (...) of the scaled value, from outputs (..., O).

        Raises ValueError for a point.
        """
        if self.kind in LOCATION_SCALE:
            location, scale, dof = parameters(self.kind, outputs)
            return Normal(location, scale) if dof is None else StudentT(location, scale, dof)
        if self.kind == "quantile":
            return Quantiles(np.asarray(self.levels), quantiles(outputs))
        if self.kind == "cross-entropy" and bins is not None:
            return binned(probabilities(outputs), bins)
        raise ValueError(f"{self.kind}: no distribution")

    def distribution_if_any(
        self, outputs: FloatArray, bins: Bins | None = None
    ) -> Distribution | None:
        """`distribution`; None for a point."""
        return None if self.kind == "point" else self.distribution(outputs, bins)

    def pick(self, sampled: Choice, fed_back: Choice) -> Choice:
        """How rows ahead are forecast: by sampled paths, or by feeding back each median.

        A continuous distribution is sampled. A point has no distribution, and quantiles of classes
        would be no finer than the classes.
        """
        return sampled if self.kind in (*LOCATION_SCALE, "quantile") else fed_back

    def refuse_without_draws(self) -> None:
        """Raise UsageError for a point, from which no paths can be drawn."""
        if self.kind == "point":
            raise UsageError(
                "this model forecasts points",
                option="paths",
                remedy=f"train one with {setting('loss', 'student-t')}, gaussian, quantile, or"
                f" cross-entropy and {setting('bins')}",
            )

    def draw(self, outputs: FloatArray, uniforms: Float64Array) -> Float64Array:
        """A scaled value (n), or a class's code, from outputs (n, O) and uniforms (n, 2) in [0, 1).

        See `kernels.random_draws`. Raises ValueError for a point.
        """
        if self.kind == "cross-entropy":
            reached = np.cumsum(probabilities(outputs), axis=1) <= uniforms[:, :1]
            top = outputs.shape[1] - 1
            codes: Float64Array = np.minimum(np.sum(reached, axis=1), top) / top
            return codes
        if self.kind == "quantile":
            return _from_quantiles(uniforms[:, 0], quantiles(outputs), np.asarray(self.levels))
        if self.kind not in LOCATION_SCALE:
            raise ValueError(f"{self.kind}: no distribution to draw from")
        values = np.empty(len(outputs))
        kernel = draw_kernel(self.kind, outputs.dtype.name)
        kernel(np.ascontiguousarray(outputs.T), np.ascontiguousarray(uniforms.T), values)
        return values

    def classes(
        self, outputs: FloatArray, bins: Bins
    ) -> tuple[list[list[str]], list[Float64Array]]:
        """Labels (n, horizon) of outputs (n, horizon, O), and the probability (n, horizon) of each.

        The labels are those of the most probable classes; without probabilities, of the nearest.
        """
        if self.kind != "cross-entropy":
            return [[bins.label(code) for code in row] for row in self.median(outputs)], []
        shares = probabilities(outputs)
        labels = [[bins.labels[k] for k in row] for row in np.argmax(shares, axis=2)]
        return labels, list(np.moveaxis(shares, 2, 0))

    def fits(self, classes: int | None) -> bool:
        """Whether outputs, levels and classes fit the kind of distribution.

        `classes`: number of bins, None without bins.
        """
        levels = np.array(self.levels)
        outputs = OUTPUTS | {"quantile": len(levels), "cross-entropy": classes or 0}
        return (
            self.outputs == outputs.get(self.kind)
            and (classes is not None) == (self.kind == "cross-entropy")
            and (len(levels) > 0) == (self.kind == "quantile")
            and bool(np.all((levels > 0) & (levels < 1)) and np.all(np.diff(levels) > 0))
        )


POINT = Head()


def head_of(loss: str, level: Sequence[float] = (), classes: int | None = None) -> Head:
    """The head for a loss; `level` in percent, of quantiles alone; `classes`: those of the bins.

    Raises UsageError where the loss and classes do not go together, or for a level out of range.
    """
    if loss not in LIKELIHOODS:
        return POINT
    if loss == "cross-entropy" and classes is None:
        raise UsageError(
            "needs classes", option="loss", value=loss, remedy=f"add {setting('bins')}"
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
        from statistics import NormalDist  # noqa: PLC0415 - it takes long to load

        half = len(head.levels) // 2
        normal = [NormalDist().inv_cdf(level) for level in head.levels[half:]]
        bias[1:] = np.tile(np.log(np.expm1(np.diff(normal))), 2)
    return bias


def add_up(
    loss: str, out: FloatArray, target: FloatArray, first: IntArray, last: IntArray,
    start: int = 0, scale: float = 1.0, dout: FloatArray | None = None,
    levels: Sequence[float] = (), begins: IntArray = NEVER.days,
) -> float:  # fmt: skip
    """Sum of the losses of outputs (T, O, L) over the days that count, the chunk's first `start`.

    The days first <= start + t < last of a lane count: both (L), or (B+1, L) where lanes begin
    another sequence on the days `begins` (B). `dout` (T, O, L) is filled with
    `scale` times the derivative by `out`: zero on days that do not count. The target of a
    likelihood is (T, 1, L), of a point loss (T, O, L).
    """
    kernel = loss_kernel(loss, out.shape[2], PRECISIONS[out.dtype.char])
    back = out[:0] if dout is None else dout
    more = (np.asarray(levels, out.dtype),) if loss in LIKELIHOODS else ()
    firsts, lasts = (days.reshape(len(begins) + 1, -1) for days in (first, last))
    numbers = *more, out.dtype.type(scale), back
    return float(kernel(out, target, firsts, lasts, begins, start, *numbers))


def probabilities(outputs: FloatArray) -> Float64Array:
    """Softmax of the scores of classes (..., N)."""
    scores = outputs.astype(np.float64)
    shares = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    normalised: Float64Array = shares / np.sum(shares, axis=-1, keepdims=True)
    return normalised


def quantiles(outputs: FloatArray) -> Float64Array:
    """Values (..., K), ascending, of a median, gaps upwards and gaps downwards."""
    values = outputs.astype(np.float64)
    gaps = np.logaddexp(0, values[..., 1:])
    half = gaps.shape[-1] // 2
    up, down = np.cumsum(gaps[..., :half], axis=-1), np.cumsum(gaps[..., half:], axis=-1)
    middle = values[..., :1]
    return np.concatenate([middle - down[..., ::-1], middle, middle + up], axis=-1)


def parameters(
    kind: str, outputs: FloatArray
) -> tuple[Float64Array, Float64Array, Float64Array | None]:
    """Location, scale and degrees of freedom (...; None for Gauss) of outputs (..., O)."""
    if kind not in LOCATION_SCALE:
        raise ValueError(f"{kind}: no distribution by location and scale")
    values = outputs.astype(np.float64)
    scale = np.exp(np.maximum(values[..., 1], FLOOR))
    dof = FEWEST + SPREAD * np.exp(values[..., 2]) if kind == "student-t" else None
    return values[..., 0], scale, dof


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
