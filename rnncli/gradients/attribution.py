"""Which inputs of which days a function of the last day's outputs comes from.

Integrated gradients (Sundararajan, Taly & Yan 2017, arXiv:1703.01365): the difference between the
inputs and a baseline times the mean gradient on the straight line between them. Their sum is the
function at the inputs less that at the baseline (completeness), up to the error of the mean, which
is taken by Gauss's rule on ever more pieces of the line.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.network.network import Network
from rnncli.network.passes import Workspace, backward, by_inputs, forward
from rnncli.network.spread import OutputFunction

LANES = 16  # points of the line that are run side by side: those of Gauss's rule on a piece
MOST_PIECES = 64
TOLERANCE = 1e-5  # of completeness, in units of the function


@dataclass(frozen=True)
class Attribution:
    """Effects (T, I) of the inputs of T days: they add up to value - baseline + gap.

    `value`: of the function at the inputs; `baseline`: at the baseline; `gap`: what the rule errs.
    """

    effects: Float64Array
    value: float
    baseline: float

    @property
    def gap(self) -> float:
        """By how much the effects add up to more than they should."""
        return float(np.sum(self.effects)) - (self.value - self.baseline)


def attribute(
    network: Network, start: Sequence[FloatArray], x: Float64Array, baselines: Float64Array,
    function: OutputFunction,
) -> Attribution:  # fmt: skip
    """Effects of x (T, I) against the mean of baselines (B, T, I), in float64.

    start (S, H) a layer: the states before the first day. The mean over several baselines is that
    of the effects against each (Erion et al. 2021, arXiv:1906.10670).
    """
    path = _Path(network.astype("float64"), start, x, function)
    each = [path.against(baseline) for baseline in baselines]
    return Attribution(
        effects=np.mean([one.effects for one in each], axis=0),
        value=each[0].value,
        baseline=float(np.mean([one.baseline for one in each])),
    )


class _Path:
    """The straight lines that end at x, run LANES points at a time from the same states."""

    def __init__(
        self, network: Network, start: Sequence[FloatArray], x: Float64Array,
        function: OutputFunction,
    ) -> None:  # fmt: skip
        self._network, self._start, self._x, self._function = network, start, x, function
        self._work = Workspace(network.architecture, len(x), LANES, "float64", inputs_back=True)

    def against(self, baseline: Float64Array) -> Attribution:
        """Effects against one baseline (T, I), on as many pieces as completeness needs."""
        ends = self._run(baseline, np.arange(float(LANES)) % 2)[0]
        pieces = 1
        while True:
            mean = self._mean_gradient(baseline, pieces)
            result = Attribution((self._x - baseline) * mean, float(ends[1]), float(ends[0]))
            if abs(result.gap) <= TOLERANCE or pieces == MOST_PIECES:
                return result
            pieces *= 2

    def _mean_gradient(self, baseline: Float64Array, pieces: int) -> Float64Array:
        """Gradient (T, I) in the mean over the line, by Gauss's rule on equal pieces of it."""
        nodes, weights = np.polynomial.legendre.leggauss(LANES)
        total = np.zeros(self._x.shape)
        for piece in range(pieces):
            total += self._gradients(baseline, (piece + (nodes + 1) / 2) / pieces) @ weights
        return total / (2 * pieces)

    def _run(
        self, baseline: Float64Array, places: Float64Array
    ) -> tuple[Float64Array, Float64Array, Float64Array]:
        """Values (L), derivatives (L, O) and inputs (T, I, L) at places (L) on the line."""
        x = baseline[..., None] + (self._x - baseline)[..., None] * places
        for states, before in zip(self._work.states, self._start, strict=True):
            states[:, 0] = before[..., None]
        out = forward(self._network, x, self._work)
        return *self._function(out[-1].T), x

    def _gradients(self, baseline: Float64Array, places: Float64Array) -> Float64Array:
        """Gradients (T, I, L) of the function by the inputs at places (L) on the line."""
        _, derivative, x = self._run(baseline, places)
        dout = self._work.dout[: len(x)]
        dout[:] = 0
        dout[-1] = derivative.T
        backward(self._network, x, dout, self._work)
        return by_inputs(self._network, self._work, len(x)).astype(np.float64, copy=False)
