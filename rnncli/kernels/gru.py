"""Gated recurrent unit (Cho et al. 2014, arXiv:1406.1078), in PyTorch's form and gate order.

r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)          z likewise
n = tanh(W_in x + b_in + r (W_hn h + b_hn))   h' = (1 - z) n + z h
"""

from typing import Any

from rnncli.kernels._inline import inline
from rnncli.kernels._math import sigmoid, tanh

Array = Any

GATES = ("r", "z", "n")
STATES, SAVED, SPLIT = 1, 4, True  # saved: r, z, n and W_hn h + b_hn
ACTIVATIONS = {"tanh": 0}


@inline
def step(sums: Array, hidden: Array, states: Array, saved: Array, t: int, _activation: int) -> None:
    """Day t forward: states[:, t] -> states[:, t + 1]."""
    old, new = states[0, t], states[0, t + 1]
    size = new.shape[0]
    one = new.dtype.type(1)  # a bare 1 would turn float32 into float64
    gates, of_day = saved[t], saved[t].reshape((SAVED, size))
    r, z, n, flow = of_day[0], of_day[1], of_day[2], of_day[3]
    in_n = sums[2 * size :]
    for k in range(2 * size):  # loops of one function each: its constants fit the registers
        gates[k] = sigmoid(sums[k])
    for k in range(size):
        flow[k] = hidden[k]
        n[k] = tanh(in_n[k] + r[k] * hidden[k])
    for k in range(size):
        new[k] = (one - z[k]) * n[k] + z[k] * old[k]


@inline
def step_backward(
    states: Array, saved: Array, t: int, after: Array, before: Array,
    dsums: Array, dhidden: Array, _activation: int,
) -> None:  # fmt: skip
    """Day t back: from the gradient `after` by states[:, t + 1] to those by both sums."""
    old, dnew, dold = states[0, t], after[0], before[0]
    size = old.shape[0]
    one = old.dtype.type(1)
    of_day = saved[t].reshape((SAVED, size))
    r, z, n, flow = of_day[0], of_day[1], of_day[2], of_day[3]
    in_r, in_z, in_n = dsums[:size], dsums[size : 2 * size], dsums[2 * size : 3 * size]
    of_r, of_z, of_n = dhidden[:size], dhidden[size : 2 * size], dhidden[2 * size : 3 * size]
    for k in range(size):
        dn = dnew[k] * (one - z[k]) * (one - n[k] * n[k])
        dz = dnew[k] * (old[k] - n[k]) * z[k] * (one - z[k])
        dr = dn * flow[k] * r[k] * (one - r[k])
        dold[k] += dnew[k] * z[k]
        in_r[k], in_z[k], in_n[k] = dr, dz, dn
        of_r[k], of_z[k], of_n[k] = dr, dz, dn * r[k]
