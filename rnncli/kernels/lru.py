"""Linear recurrent unit (Orvieto et al. 2023, arXiv:2303.06349) with real decays and an input gate.

h' = decay h + sqrt(1 - decay^2) i u,   i = sigmoid(W_i x + b_i),   u = W_u x + b_u

decay = exp(-exp(log_rate)), so that it stays between 0 and 1 in training. A state halves in
log(2) / exp(log_rate) days; the root gives every unit the variance of its inputs.
"""

import math
from typing import Any

import numpy as np

from rnncli.kernels._inline import inline
from rnncli.kernels._math import sigmoid
from rnncli.kernels.half_lives import start_half_lives

Array = Any

GATES = ("i", "u")
STATES, SAVED, SPLIT = 1, 1, False  # saved: i; what flows in, scale i u, is h' - decay h
ACTIVATIONS = {"tanh": 0}
DIAGONAL, FACTORS = ("log_rate",), 2  # factors: decay, and scale = sqrt(1 - decay^2)


def start(parameters: dict[str, Array], _forget_bias: float) -> None:
    """Start units as exponentially weighted means of u that halve in 1 to 250 days.

    They are where scale i = 1 - decay, so the gate starts at i = sqrt((1 - decay) / (1 + decay)).
    """
    log_rate = parameters["diagonal_hh"][0]
    rate = np.log(2) / start_half_lives(len(log_rate))
    log_rate[:] = np.log(rate)
    i = np.sqrt(np.tanh(rate / 2))  # (1 - decay) / (1 + decay) is tanh(rate / 2)
    parameters["bias_ih"].reshape(len(GATES), -1)[GATES.index("i")] = np.log(i / (1 - i))


@inline
def factors(diagonal: Array, out: Array) -> None:
    """Decay and sqrt(1 - decay^2) of every unit: (1, H) -> (2, H)."""
    for k in range(diagonal.shape[1]):
        rate = math.exp(diagonal[0, k])
        out[0, k] = math.exp(-rate)
        out[1, k] = math.sqrt(-math.expm1(-rate - rate))


@inline
def factors_backward(diagonal: Array, factors: Array, dfactors: Array, ddiagonal: Array) -> None:
    """Add the derivative by log_rate (1, H), from that by the factors (2, H)."""
    for k in range(diagonal.shape[1]):
        rate, decay, scale = math.exp(diagonal[0, k]), factors[0, k], factors[1, k]
        if scale > 0:  # else the decay is 1, and its derivative 0
            by_scale = dfactors[1, k] / scale / scale  # `step_backward` adds up that by its log
            ddiagonal[0, k] += rate * decay * (decay * by_scale - dfactors[0, k])


@inline
def step(
    sums: Array, factors: Array, states: Array, saved: Array, t: int, _activation: int
) -> None:
    """Day t forward: states[:, t] -> states[:, t + 1]."""
    old, new = states[0, t], states[0, t + 1]
    size = new.shape[0]
    of_i, u, i = sums[:size], sums[size : 2 * size], saved[t]
    decay, scale = factors[:size], factors[size : 2 * size]
    for k in range(size):
        i[k] = sigmoid(of_i[k])
        new[k] = decay[k] * old[k] + scale[k] * i[k] * u[k]


@inline
def step_backward(
    states: Array, saved: Array, t: int, after: Array, before: Array,
    dsums: Array, dfactors: Array, _activation: int,
) -> None:  # fmt: skip
    """Day t back: from the gradient `after` by states[:, t + 1] to that by sums and factors."""
    old, new, dnew, dold = states[0, t], states[0, t + 1], after[0], before[0]
    size = old.shape[0]
    one = old.dtype.type(1)  # a bare 1 would turn float32 into float64
    di, du, i = dsums[:size], dsums[size : 2 * size], saved[t]
    decay, scale = dfactors[:size], dfactors[size : 2 * size]
    ddecay, dlog_scale = dfactors[2 * size : 3 * size], dfactors[3 * size : 4 * size]
    for k in range(size):
        by_inflow = dnew[k] * (new[k] - decay[k] * old[k])
        dold[k] = dnew[k] * decay[k]
        du[k] = dnew[k] * scale[k] * i[k]
        di[k] = by_inflow * (one - i[k])
        ddecay[k] += dnew[k] * old[k]
        dlog_scale[k] += by_inflow
