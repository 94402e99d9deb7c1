"""The check of gradients by central differences."""

from dataclasses import dataclass, replace
from itertools import count

import naive
import numpy as np
import pytest
from naive import LOSSES, loss_and_gradient

from rnncli.kernels import CELLS
from rnncli.kernels.block_sizes import block_of
from rnncli.network.network import Architecture, Network, named_views
from rnncli.network.passes import Workspace, backward, forward

STEP = 1e-5
CLEAR = 1e-4  # from every kink: more than a step of STEP can move a unit
CHOICES = [(cell, activation) for cell in CELLS for activation in CELLS[cell].activations]
each_choice = pytest.mark.parametrize(("cell", "activation"), CHOICES)
TWO, THREE = (pytest.param(layers, marks=pytest.mark.slow) for layers in (2, 3))
each_depth = pytest.mark.parametrize("layers", [1, TWO, THREE])


def disagreement(name, analytic, numeric):
    """A line for the worst number that central differences do not confirm; empty for none."""
    excess = np.abs(analytic - numeric) - (1e-8 + 1e-6 * np.abs(numeric))
    worst = np.unravel_index(np.argmax(excess), excess.shape)
    if excess[worst] <= 0:
        return ""
    place = f"{name}[{', '.join(map(str, worst))}]"
    return f"{place}: backward {analytic[worst]!r}, central difference {numeric[worst]!r}"


LANES = 16
BLOCK = block_of(LANES)
DAYS = BLOCK + 2  # a full block of the weight gradients, and a rest
FEW_DAYS = 9  # for central differences; over more, the naive gradient is the one to compare with


@dataclass(frozen=True)
class Case:
    """Something to learn: x (T, I, L), target and mask (T, O, L)."""

    network: Network
    x: np.ndarray
    target: np.ndarray
    mask: np.ndarray

    @property
    def chosen(self):
        a = self.network.architecture
        return a.cell, a.layers, a.activation

    def outputs(self, **disturbed):
        """Outputs (T, O, L) by the naive forward."""
        return naive.outputs(self.x, self.network.parameters, *self.chosen, **disturbed)

    def loss_by_lane(self, out, loss):
        """Each lane's part (L) of the mean of a loss over the days that count, from outputs."""
        cost, _ = LOSSES[loss](out - self.target)
        return np.sum(cost * self.mask, axis=(0, 1)) / self.mask.sum()


def make_case(cell, activation, layers=1, hidden_size=5, days=DAYS):
    """A case away from every kink: lanes of all lengths with warm-ups, and two empty ones."""
    architecture = Architecture(cell, activation, 2, hidden_size, layers, output_size=2, window=5)
    for seed in count():
        rng = np.random.default_rng(seed)
        bound = 1.5 / np.sqrt(hidden_size)
        chosen = Network(architecture, rng.uniform(-bound, bound, architecture.size))
        x = rng.standard_normal((days, 2, LANES))
        if naive.kinks(x, chosen.parameters, cell, layers, activation) > CLEAR:
            break
    # errors on both sides of Huber's kink at 1, none near it or near 0
    error = rng.uniform(0.2, 0.8, (days, 2, LANES)) + rng.integers(0, 2, (days, 2, LANES))
    error *= rng.choice([-1, 1], error.shape)
    target = naive.outputs(x, chosen.parameters, cell, layers, activation) - error
    last = np.concatenate([[0], rng.integers(1, days + 1, LANES - 3), [0, days]])
    t = np.arange(days)[:, None, None]
    mask = np.broadcast_to((t >= last // 4) & (t < last), error.shape).astype(float)
    return Case(chosen, x, target, mask)


def back_propagated(case, dtype="float64", loss_name="mse"):
    """The workspace after forward and backward, and the loss."""
    x, target, mask = (array.astype(dtype) for array in (case.x, case.target, case.mask))
    chosen = case.network.astype(dtype)
    work = Workspace(chosen.architecture, len(x) + 3, LANES, dtype, keep_dstates=True)
    loss, dout = loss_and_gradient(loss_name, forward(chosen, x, work), target, mask)
    backward(chosen, x, dout / dout.dtype.type(mask.sum()), work)
    return work, loss


def central_differences(case, losses):
    """The derivative by each parameter (P) of each loss; they share the passes forward."""
    flat = case.network.flat
    numeric = {loss: np.empty(len(flat)) for loss in losses}
    for k in range(len(flat)):
        up, down = (
            replace(case, network=replace(case.network, flat=flat + step)).outputs()
            for step in (STEP * (np.arange(len(flat)) == k), -STEP * (np.arange(len(flat)) == k))
        )
        for loss, derivative in numeric.items():
            moved = case.loss_by_lane(up, loss).sum() - case.loss_by_lane(down, loss).sum()
            derivative[k] = moved / (2 * STEP)
    return numeric


def check_gradients(case, losses=("mse",)):
    """Raise AssertionError where a parameter's gradient is not the central difference."""
    for loss, numeric in central_differences(case, losses).items():
        comp = named_views(
            case.network.architecture, back_propagated(case, loss_name=loss)[0].gradient
        )
        ref = named_views(case.network.architecture, numeric)
        lines = [disagreement(name, comp[name], ref[name]) for name in ref]
        assert not any(lines), "\n".join([loss, *filter(None, lines)])
