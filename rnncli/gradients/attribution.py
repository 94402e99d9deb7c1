"""Attribution of a function of the last day's outputs to the inputs of each day.

Integrated gradients (Sundararajan, Taly & Yan 2017, arXiv:1703.01365): the difference between the
inputs and a baseline times the mean gradient on the straight line between them. Their sum is the
quantity at the inputs less that at the baseline (completeness), up to the error of the mean, which
is taken by Gauss's rule on as many pieces of the line as needed. The line runs along the returns
of the series and the variables that do not follow from them, see `ScaledPath`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.network.network import Network
from rnncli.network.passes import Workspace, backward, by_inputs, forward
from rnncli.transforms.scaled_path import ScaledPath

# outputs (n, O) and the logs of what a value of 1 is (n) -> values (n), their derivatives by both
Quantity = Callable[[FloatArray, Float64Array], tuple[Float64Array, Float64Array, Float64Array]]
LANES = 16  # points of the line per run: those of Gauss's rule on a piece
MOST_PIECES = 100
TOLERANCE = 1e-5  # of completeness, in units of the quantity


@dataclass(frozen=True)
class Attribution:
    """Effects (T, I) of the inputs of T days: they add up to value - baseline + gap.

    `value`: of the quantity at the inputs; `baseline`: at the baseline.
    """

    effects: Float64Array
    value: float
    baseline: float

    @property
    def gap(self) -> float:
        """The sum of the effects less the quantity (0: complete)."""
        return float(np.sum(self.effects)) - (self.value - self.baseline)


def attribute(
    network: Network, start: Sequence[FloatArray], path: ScaledPath, x: Float64Array,
    baselines: Float64Array, quantity: Quantity,
) -> Attribution:  # fmt: skip
    """Effects of the point x (T, I) against the mean of those of baselines (B, T, I), in float64.

    All are points of `path`. start (S, H) a layer: the states before the first day. The mean over
    several baselines is that of the effects against each (Erion et al. 2021, arXiv:1906.10670).
    """
    line = _Line(network.astype("float64"), start, path, x, quantity)
    each = [line.against(baseline) for baseline in baselines]
    return Attribution(
        effects=np.mean([one.effects for one in each], axis=0),
        value=each[0].value,
        baseline=float(np.mean([one.baseline for one in each])),
    )


def outputs_at(
    network: Network, start: Sequence[FloatArray], path: ScaledPath, x: Float64Array
) -> tuple[FloatArray, Float64Array]:
    """Outputs (1, O) of the last day at the point x (T, I), and the log of what a value of 1 is."""
    work = Workspace(network.architecture, len(x), LANES, "float64")  # the kernel of the line
    work.carry_in([before[..., None] for before in start])
    fed, log_steps = path.fed(np.repeat(x[..., None], LANES, axis=2))
    return forward(network, fed, work)[-1].T[:1].copy(), log_steps[:1]


@dataclass(frozen=True, eq=False)
class _Piece:
    """Effects (T, I) along a part of the line, and the quantity before and after it."""

    start: float
    stop: float
    before: float
    after: float
    effects: Float64Array

    @property
    def miss(self) -> float:
        """The sum of the effects less the quantity (0: complete)."""
        return float(np.sum(self.effects)) - (self.after - self.before)


class _Line:
    """The straight lines that end at x, run LANES points at a time from the same states."""

    def __init__(
        self, network: Network, start: Sequence[FloatArray], path: ScaledPath, x: Float64Array,
        quantity: Quantity,
    ) -> None:  # fmt: skip
        self._network, self._start, self._x = network, start, x
        self._path, self._quantity = path, quantity
        self._work = Workspace(network.architecture, len(x), LANES, "float64", inputs_back=True)

    def against(self, baseline: Float64Array) -> Attribution:
        """Effects against one baseline (T, I), on as many pieces as completeness needs.

        The effects of each piece should add up to the change of the quantity along it; the piece
        with the largest error is halved.
        """
        pieces = [self._piece(baseline, 0.0, 1.0)]
        first = pieces[0]
        while sum(abs(piece.miss) for piece in pieces) > TOLERANCE and len(pieces) < MOST_PIECES:
            worst = max(pieces, key=lambda piece: abs(piece.miss))
            pieces.remove(worst)
            middle = (worst.start + worst.stop) / 2
            pieces.append(self._piece(baseline, worst.start, middle))
            pieces.append(self._piece(baseline, middle, worst.stop))
        effects = np.sum([piece.effects for piece in pieces], axis=0)
        return Attribution(effects, value=first.after, baseline=first.before)

    def _piece(self, baseline: Float64Array, start: float, stop: float) -> "_Piece":
        """A piece of the line, its gradient in the mean by Gauss's rule."""
        nodes, weights = np.polynomial.legendre.leggauss(LANES)
        ends = np.where(np.arange(LANES) % 2, stop, start)
        values = self._run(*self._path.fed(self._points(baseline, ends)))[0]
        places = start + (stop - start) * (nodes + 1) / 2
        sums = self._gradients(self._points(baseline, places)) @ weights
        effects = (self._x - baseline) * sums * ((stop - start) / 2)
        return _Piece(start, stop, float(values[0]), float(values[1]), effects)

    def _points(self, baseline: Float64Array, places: Float64Array) -> Float64Array:
        """Points (T, I, L) at places (L) from 0 to 1 on the line."""
        return baseline[..., None] + (self._x - baseline)[..., None] * places

    def _run(
        self, fed: Float64Array, log_steps: Float64Array
    ) -> tuple[Float64Array, Float64Array, Float64Array]:
        """Values (L) of the quantity, and derivatives by outputs (L, O) and log steps (L)."""
        self._work.carry_in([before[..., None] for before in self._start])
        out = forward(self._network, fed, self._work)
        return self._quantity(out[-1].T, log_steps)

    def _gradients(self, points: Float64Array) -> Float64Array:
        """Gradients (T, I, L) of the quantity at the points (T, I, L)."""
        fed, log_steps = self._path.fed(points)
        _, by_outputs, by_log_steps = self._run(fed, log_steps)
        dout = self._work.dout[: len(fed)]
        dout[:] = 0
        dout[-1] = by_outputs.T
        backward(self._network, fed, dout, self._work)
        dfed = by_inputs(self._network, dout, self._work).astype(np.float64, copy=False)
        return self._path.back(points, dfed, by_log_steps)
