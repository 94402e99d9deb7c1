"""The recurrent cells, compiled: all Numba lives in this package.

Dimension letters, here and in every shape comment:

    T days, I inputs a day, H hidden units, O outputs, L lanes (series side by side, innermost),
    G gates (rows of weight_ih per unit), S state vectors per day

The contract of a cell (one file each, an entry in CELLS, a twin in tests/naive.py):

    GATES, STATES, SAVED    G, S, and how many vectors of H the way back needs of each day
    ACTIVATIONS             name -> number, for cells with a choice
    step                    pointwise: gate sums and states before -> states after
    step_backward           pointwise: the derivative of step
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from rnncli.cells import rnn
from rnncli.cells._jit import compile_kernel
from rnncli.cells.sequence import (
    BACKWARD,
    FORWARD,
    LINEAR,
    LINEAR_BACKWARD,
    make_backward,
    make_forward,
    make_linear,
    make_linear_backward,
)

Kernel = Callable[..., None]


@dataclass(frozen=True)
class Cell:
    """What `sequence` needs to know of a cell."""

    gates: int
    states: int
    saved: int
    step: Kernel
    step_backward: Kernel
    activations: dict[str, int] = field(hash=False)


def _cell(module: Any) -> Cell:
    return Cell(
        module.GATES, module.STATES, module.SAVED, module.step, module.step_backward,
        module.ACTIVATIONS,
    )  # fmt: skip


CELLS = {"rnn": _cell(rnn)}


@cache
def forward_kernel(cell: str, activation: str, lanes: int, dtype: str) -> Kernel:
    """Kernel (x, weight_ih, weight_hh, bias_ih, bias_hh, states, saved); see `sequence`."""
    c = CELLS[cell]
    kernel = make_forward(c.step, c.gates, c.states, c.activations[activation], lanes)
    return compile_kernel(FORWARD.format(dtype), kernel)


@cache
def backward_kernel(cell: str, activation: str, lanes: int, dtype: str) -> Kernel:
    """Kernel (x, weights, states, saved, dstates, dx, gradients); see `sequence`."""
    c = CELLS[cell]
    kernel = make_backward(c.step_backward, c.states, c.activations[activation], lanes)
    return compile_kernel(BACKWARD.format(dtype), kernel)


@cache
def linear_kernel(lanes: int, dtype: str) -> Kernel:
    """Kernel (x, weight, bias, out)."""
    return compile_kernel(LINEAR.format(dtype), make_linear(lanes))


@cache
def linear_backward_kernel(lanes: int, dtype: str) -> Kernel:
    """Kernel (x, weight, dout, dx, dweight, dbias)."""
    return compile_kernel(LINEAR_BACKWARD.format(dtype), make_linear_backward(lanes))
