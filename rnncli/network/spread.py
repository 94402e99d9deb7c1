"""How wide the range of a value is by the outputs of a day, and where it lies: with derivatives.

Both are of one row ahead. Of mode direct, location, log scale and degrees of freedom between two
rows that have outputs go linearly in the logarithm of the rows, as they do in forecasts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.distributions import student_t
from rnncli.distributions.conformal import check_levels, tails_of
from rnncli.errors import UsageError, setting
from rnncli.kernels.likelihoods import FEWEST, FLOOR
from rnncli.network.heads import LOCATION_SCALE, OUTPUTS, Head, parameters, quantiles
from rnncli.network.network import DIRECT, Architecture, Network

# outputs (n, O) -> values (n) and their derivatives by the outputs (n, O)
OutputFunction = Callable[[FloatArray], tuple[Float64Array, Float64Array]]
USUAL = 95.0  # percent
DOF_STEP = 1e-4  # relative; of the difference that the derivative of a quantile is


@dataclass(frozen=True)
class RangeFunctions:
    """Functions of the outputs for a row ahead: `location`, and of a distribution `log_width`.

    `log_width`: of the range of a `level` in percent; None of a point, as is the level.
    """

    location: OutputFunction
    log_width: OutputFunction | None = None
    level: float | None = None


def range_functions(network: Network, ahead: int, level: float | None) -> RangeFunctions:
    """Functions of the outputs; without a level, of the 95 % interval, or the widest there is.

    Raises UsageError for rows ahead or a level that the outputs do not give, and for classes.
    """
    shares = _shares_of_rows(network.architecture, ahead)
    head = network.head
    if head.kind == "cross-entropy":
        raise UsageError(
            "explain: the model forecasts classes, which have neither a range nor a middle; train"
            f" one with {setting('loss', 'student-t')} and without {setting('bins')}"
        )
    if head.kind in LOCATION_SCALE:
        level = USUAL if level is None else level
        check_levels([level], "range_level")
        of_rows = _LocationScale(head.kind, shares, ahead, tails_of(level)[1])
        return RangeFunctions(of_rows.location, of_rows.log_width, level)
    if head.kind == "quantile":
        low, level = _ends(head, level)
        return RangeFunctions(_output(0), lambda outputs: _width_of_gaps(outputs, low), level)
    if level is not None:
        raise UsageError(
            "the model forecasts points, without a range", option="range_level", value=level
        )
    return RangeFunctions(_output(ahead - 1))


def _shares_of_rows(architecture: Architecture, ahead: int) -> Float64Array:
    """By how much each row that has outputs counts (K). Raises UsageError for other rows."""
    mode, last = architecture.mode, max(architecture.horizon, 1)
    if mode not in ("seq2seq", DIRECT, "seq2vec"):
        reads = "the last row alone" if mode == "vec2seq" else "its own forecasts"
        raise UsageError(
            f"explain: a model of mode {mode} forecasts from {reads}; there is nothing to share"
            f" out over the rows before; train one with {setting('mode', DIRECT)}"
        )
    if mode == "seq2seq" and ahead > 1:
        raise UsageError(
            "this model has outputs of the next row alone", option="ahead", value=ahead,
            remedy=f"train one with {setting('mode', DIRECT)}",
        )  # fmt: skip
    if mode != "seq2seq" and ahead > last:
        raise UsageError(
            f"this {mode} model was made for {last}", option="ahead", value=ahead,
            remedy=f"{setting('ahead', last)} is the farthest",
        )  # fmt: skip
    rows = np.array(architecture.rows_ahead or (1,))
    place = np.interp(np.log(ahead), np.log(rows), np.arange(len(rows)))
    shares: Float64Array = np.maximum(1 - np.abs(np.arange(len(rows)) - place), 0)
    return shares


def _output(number: int) -> OutputFunction:
    """One of the outputs as it is."""

    def function(outputs: FloatArray) -> tuple[Float64Array, Float64Array]:
        derivative = np.zeros(outputs.shape)
        derivative[:, number] = 1
        return outputs[:, number].astype(np.float64), derivative

    return function


@dataclass(frozen=True)
class _LocationScale:
    """A location-scale family at a row ahead; `shares` (K) of the rows that have outputs."""

    kind: str
    shares: Float64Array
    ahead: int
    upper: float

    def _by_row(self, outputs: FloatArray) -> FloatArray:
        return outputs.reshape(len(outputs), len(self.shares), OUTPUTS[self.kind])

    def location(self, outputs: FloatArray) -> tuple[Float64Array, Float64Array]:
        """The middle, in units of the deviation of one row."""
        by_row, weights = self._by_row(outputs), self.shares * np.sqrt(self.ahead)
        derivative = np.zeros(by_row.shape)
        derivative[..., 0] = weights
        return by_row[..., 0] @ weights, derivative.reshape(outputs.shape)

    def log_width(self, outputs: FloatArray) -> tuple[Float64Array, Float64Array]:
        """Log of twice the quantile times the scale; the tails count by the degrees of freedom."""
        by_row = self._by_row(outputs)
        _, scale, dof = parameters(self.kind, by_row)
        derivative = np.zeros(by_row.shape)
        derivative[..., 1] = self.shares * (by_row[..., 1] >= FLOOR)
        values = np.log(scale) @ self.shares + np.log(2) + np.log(self.ahead) / 2
        if dof is None:
            values += np.log(NormalDist().inv_cdf(self.upper))
        else:
            quantile, by_dof = self._log_quantile(dof @ self.shares)
            values += quantile
            derivative[..., 2] = by_dof[:, None] * self.shares * (dof - FEWEST)
        return values, derivative.reshape(outputs.shape)

    def _log_quantile(self, dof: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Log of the upper quantile for degrees of freedom (n), and its derivative by them."""
        step = DOF_STEP * dof
        around = np.stack([dof - step, dof, dof + step])
        below, at, above = np.log(student_t.quantiles((self.upper,), around)[..., 0])
        return at, (above - below) / (2 * step)


def _ends(head: Head, level: float | None) -> tuple[int, float]:
    """Place among the quantiles of the lower end of a level, and the level."""
    half = len(head.levels) // 2
    known = [round(100 * (1 - 2 * low), 10) for low in head.levels[:half]]
    level = known[0] if level is None else level
    for place, one in enumerate(known):
        if abs(one - level) < 1e-9:
            return place, one
    listed = ", ".join(f"{one:g}" for one in known)
    raise UsageError(f"the model learnt the levels {listed}", option="range_level", value=level)


def _width_of_gaps(outputs: FloatArray, low: int) -> tuple[Float64Array, Float64Array]:
    """Log of the sum of the gaps between the quantile at `low` and its counterpart."""
    values = quantiles(outputs)
    width = values[:, -1 - low] - values[:, low]
    half = values.shape[1] // 2
    counted = np.arange(half) < half - low
    gaps = outputs[:, 1:].astype(np.float64)
    slopes = np.exp(-np.logaddexp(0, -gaps)) * np.tile(counted, 2)
    derivative = np.concatenate([np.zeros((len(outputs), 1)), slopes / width[:, None]], axis=1)
    return np.log(width), derivative
