"""Vanilla recurrent network (Elman 1990), in PyTorch's form with two biases.

h' = f(W_ih x + b_ih + W_hh h + b_hh),   f = tanh or relu
"""

from typing import Any

from rnncli.cells._jit import inline
from rnncli.cells._math import tanh

Array = Any

GATES, STATES, SAVED = 1, 1, 1
TANH, RELU = 0, 1
ACTIVATIONS = {"tanh": TANH, "relu": RELU}


@inline
def step(saved: Array, hidden: Array, states: Array, t: int, activation: int) -> None:
    """Day t forward: states[:, t] -> states[:, t + 1].

    saved (SAVED*H*L): W_ih x + b_ih of the day, kept for the way back; hidden (G*H*L):
    W_hh h + b_hh; states (S, T+1, H*L).
    """
    new = states[0, t + 1]
    zero = new.dtype.type(0)  # a bare 0 would turn float32 into float64
    for k in range(new.shape[0]):
        total = saved[k] + hidden[k]
        if activation == TANH:
            new[k] = tanh(total)
        else:
            new[k] = max(total, zero)  # NaN stays NaN


@inline
def step_backward(
    saved: Array, hidden: Array, states: Array, dstates: Array, t: int, activation: int
) -> None:
    """Day t back: from dstates[:, t + 1], the whole gradient there, fill two gradients.

    saved becomes dL/d(W_ih x + b_ih), hidden becomes dL/d(W_hh h + b_hh), both (G*H*L); what
    reaches the states before past the product is added to dstates[:, t] (here nothing).
    """
    new, dnew = states[0, t + 1], dstates[0, t + 1]
    zero = new.dtype.type(0)
    for k in range(new.shape[0]):
        if activation == TANH:
            total = dnew[k] - dnew[k] * new[k] * new[k]
        else:
            total = dnew[k] if new[k] > zero else zero
        saved[k] = total
        hidden[k] = total
