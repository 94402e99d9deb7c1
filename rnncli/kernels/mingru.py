"""Minimal gated recurrent unit (Feng et al. 2024, arXiv:2410.01201): gates that see no state.

z = sigmoid(W_z x + b_z)     n = W_n x + b_n     h' = (1 - z) h + z n
"""

from typing import Any

import numpy as np

from rnncli.kernels._inline import inline
from rnncli.kernels._math import sigmoid
from rnncli.kernels.half_lives import start_half_lives

Array = Any

GATES = ("z", "n")
STATES, SAVED, SPLIT = 1, 1, False  # saved: z; z (n - h) is h' - h
ACTIVATIONS = {"tanh": 0}
DIAGONAL: tuple[str, ...] = ()


def start(parameters: dict[str, Array], _forget_bias: float) -> None:
    """Start with biases b_z that let states halve in 1 to 250 days: 1 - z = 2^(-1 / days)."""
    z = parameters["bias_ih"].reshape(len(GATES), -1)[GATES.index("z")]
    z[:] = np.log(np.expm1(np.log(2) / start_half_lives(len(z))))


@inline
def step(
    sums: Array, _factors: Array, states: Array, saved: Array, t: int, _activation: int
) -> None:
    """Day t forward: states[:, t] -> states[:, t + 1]."""
    old, new = states[0, t], states[0, t + 1]
    size = new.shape[0]
    one = new.dtype.type(1)  # a bare 1 would turn float32 into float64
    of_z, n, z = sums[:size], sums[size : 2 * size], saved[t]
    for k in range(size):
        z[k] = sigmoid(of_z[k])
        new[k] = (one - z[k]) * old[k] + z[k] * n[k]


@inline
def step_backward(
    states: Array, saved: Array, t: int, after: Array, before: Array,
    dsums: Array, _dfactors: Array, _activation: int,
) -> None:  # fmt: skip
    """Day t back: from the gradient `after` by states[:, t + 1] to that by the sums."""
    old, new, dnew, dold = states[0, t], states[0, t + 1], after[0], before[0]
    size = old.shape[0]
    one = old.dtype.type(1)
    dz, dn, z = dsums[:size], dsums[size : 2 * size], saved[t]
    for k in range(size):
        left = dnew[k] * (one - z[k])
        dold[k] = left
        dz[k] = left * (new[k] - old[k])
        dn[k] = dnew[k] * z[k]
