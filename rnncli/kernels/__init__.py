"""The recurrent cells, compiled: all Numba lives in this package.

Dimension letters, here and in every shape comment:

    T days, I inputs a day, H hidden units, O outputs, L lanes (parallel series, innermost),
    G gates (rows of weight_ih a unit), S state vectors per day

The contract of a cell (one file each, an entry in CELLS, a reference in tests/support/naive.py):

    GATES                   names of the G blocks of rows that weight_ih and weight_hh have
    STATES, SAVED           S, and how many vectors of H `step` saves a day for the backward pass
    SPLIT                   whether W_ih x + b_ih and W_hh h + b_hh are passed apart, not as a sum
    ACTIVATIONS             name -> number, for cells with a choice
    step                    pointwise: gate sums and states before -> states after
    step_backward           pointwise: the derivative of step
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from rnncli.kernels import gru, lstm, rnn
from rnncli.kernels._cache import bits_key
from rnncli.kernels._jit import compile_kernel
from rnncli.kernels.incomplete_beta import FRACTION, make_fraction
from rnncli.kernels.likelihoods import LIKELIHOOD, LIKELIHOODS, make_likelihood
from rnncli.kernels.linear_path import LINEAR, make_linear
from rnncli.kernels.losses import LOSS, LOSSES, make_loss
from rnncli.kernels.random_draws import DRAW, make_draw
from rnncli.kernels.running_means import MEANS, make_running_means
from rnncli.kernels.time_loop import BACKWARD, FORWARD, make_backward, make_forward

__all__ = ["CELLS", "bits_key"]

Kernel = Callable[..., Any]


@dataclass(frozen=True)
class Cell:
    """What `time_loop` needs to know of a cell."""

    gate_names: tuple[str, ...]
    states: int
    saved: int
    split: bool
    step: Kernel
    step_backward: Kernel
    activations: dict[str, int] = field(hash=False)

    @property
    def gates(self) -> int:
        """G, the rows of weight_ih per unit."""
        return len(self.gate_names)


def _cell(module: Any) -> Cell:
    return Cell(
        module.GATES, module.STATES, module.SAVED, module.SPLIT, module.step,
        module.step_backward, module.ACTIVATIONS,
    )  # fmt: skip


CELLS = {"rnn": _cell(rnn), "gru": _cell(gru), "lstm": _cell(lstm)}


@cache
def forward_kernel(cell: str, activation: str, lanes: int, dtype: str) -> Kernel:
    """Kernel of one layer forward, and of the head on top; see `time_loop`."""
    c = CELLS[cell]
    kernel = make_forward(c, c.activations[activation], lanes)
    return compile_kernel(FORWARD.format(dtype), kernel)


@cache
def backward_kernel(cell: str, activation: str, lanes: int, dtype: str) -> Kernel:
    """Kernel of one layer back, and of the head on top; see `time_loop`."""
    c = CELLS[cell]
    kernel = make_backward(c, c.activations[activation], lanes)
    return compile_kernel(BACKWARD.format(dtype), kernel)


@cache
def linear_kernel(lanes: int, dtype: str) -> Kernel:
    """Kernel of the linear path; see `linear_path`."""
    return compile_kernel(LINEAR.format(dtype), make_linear(lanes))


@cache
def loss_kernel(loss: str, lanes: int, dtype: str) -> Kernel:
    """Kernel of a loss and its derivative; see `losses`, and `likelihoods`, which takes levels."""
    if loss in LIKELIHOODS:
        return compile_kernel(LIKELIHOOD.format(dtype), make_likelihood(loss, lanes))
    return compile_kernel(LOSS.format(dtype), make_loss(LOSSES[loss], lanes))


@cache
def draw_kernel(head: str, dtype: str) -> Kernel:
    """Kernel of a draw of gaussian or student-t; see `random_draws`."""
    return compile_kernel(DRAW.format(dtype), make_draw(head == "student-t"))


@cache
def fraction_kernel() -> Kernel:
    """Kernel of a continued fraction; see `incomplete_beta`."""
    return compile_kernel(FRACTION, make_fraction(), exact=True)


@cache
def running_means_kernel() -> Kernel:
    """Kernel of exponentially weighted means; see `running_means`."""
    return compile_kernel(MEANS, make_running_means(), exact=True)
