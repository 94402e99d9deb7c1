"""Vanilla recurrent network (Elman 1990), in PyTorch's form with two biases.

h' = f(W_ih x + b_ih + W_hh h + b_hh),   f = tanh or relu
"""

from typing import Any

from rnncli.kernels._inline import inline
from rnncli.kernels._math import tanh

Array = Any

GATES = ("h",)
STATES, SAVED, SPLIT = 1, 0, False
TANH, RELU = 0, 1
ACTIVATIONS = {"tanh": TANH, "relu": RELU}


@inline
def step(
    sums: Array, _hidden: Array, states: Array, _saved: Array, t: int, activation: int
) -> None:
    """Day t forward: states[:, t] -> states[:, t + 1]."""
    new = states[0, t + 1]
    zero = new.dtype.type(0)  # a bare 0 would turn float32 into float64
    for k in range(new.shape[0]):
        if activation == TANH:
            new[k] = tanh(sums[k])
        else:
            new[k] = max(sums[k], zero)  # NaN stays NaN


@inline
def step_backward(
    states: Array, _saved: Array, t: int, after: Array, _before: Array,
    dsums: Array, _dhidden: Array, activation: int,
) -> None:  # fmt: skip
    """Day t back: from the gradient `after` (S, H*L) by states[:, t + 1] to that by the sums."""
    new, dnew = states[0, t + 1], after[0]
    zero = new.dtype.type(0)
    for k in range(new.shape[0]):
        if activation == TANH:
            dsums[k] = dnew[k] - dnew[k] * new[k] * new[k]
        else:
            dsums[k] = dnew[k] if new[k] > zero else zero
