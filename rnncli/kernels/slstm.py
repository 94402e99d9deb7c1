"""Scalar LSTM (Beck et al. 2024, arXiv:2405.04517, section 2.2), in its authors' gate order.

i = exp(a_i)     f = sigmoid(a_f)     z = tanh(a_z)     o = sigmoid(a_o)
c' = f c + i z   n' = f n + i         h' = o c' / n'    with each a = W x + b + W h + b

The memory c / n is a mean of all z so far, and a day's i may outweigh all days before it. c and n
are stored over exp(m), m the largest exponent in them: no exp overflows, and h does not depend on
m. f is the sigmoid of the authors' code: with an exp, m would grow with the days, and with it its
rounding errors.
"""

from typing import Any

import numpy as np

from rnncli.kernels._inline import inline
from rnncli.kernels._math import exp, log1p, sigmoid, tanh
from rnncli.kernels.half_lives import start_half_lives

Array = Any

GATES = ("i", "f", "z", "o")
STATES, SAVED, SPLIT = 4, 5, False  # states: h, c, n, m; saved: i and f over exp(m), 1 - f, z, o
ACTIVATIONS = {"tanh": 0}
LARGEST = 60.0  # exponent of f over exp(m) where n is 0, so f multiplies zeros


def start(parameters: dict[str, Array], _forget_bias: float) -> None:
    """Start with biases b_f that let memories halve in 1 to 250 days: f = 2^(-1 / days)."""
    f = parameters["bias_ih"].reshape(len(GATES), -1)[GATES.index("f")]
    f[:] = -np.log(np.expm1(np.log(2) / start_half_lives(len(f))))


@inline
def step(
    sums: Array, _hidden: Array, states: Array, saved: Array, t: int, _activation: int
) -> None:
    """Day t forward: states[:, t] -> states[:, t + 1]."""
    memory, weight, top = states[1, t], states[2, t], states[3, t]
    new, new_memory = states[0, t + 1], states[1, t + 1]
    new_weight, new_top = states[2, t + 1], states[3, t + 1]
    size = new.shape[0]
    kind = new.dtype.type  # a bare 1 would turn float32 into float64
    zero, one, largest = kind(0), kind(1), kind(LARGEST)
    of_day = saved[t].reshape((SAVED, size))
    i, f, left, z, o = of_day[0], of_day[1], of_day[2], of_day[3], of_day[4]
    of_i, of_f = sums[:size], sums[size : 2 * size]
    of_z, of_o = sums[2 * size : 3 * size], sums[3 * size :]
    for k in range(size):  # three loops: LLVM vectorises none over that many arrays
        z[k], o[k], left[k] = tanh(of_z[k]), sigmoid(of_o[k]), sigmoid(-of_f[k])
    for k in range(size):  # the log of f
        f[k] = min(zero, of_f[k]) - log1p(exp(min(of_f[k], -of_f[k])))
    for k in range(size):
        log_f, before = f[k], weight[k]
        rise = of_i[k] - (log_f + top[k])  # of m, if i is the largest
        leads = (rise > zero) | (before == zero)
        most = min(largest, -rise)
        other = exp(most if leads else rise)
        i[k] = one if leads else other
        f[k] = other if leads else one
        new_top[k] = of_i[k] if leads else log_f + top[k]
        new_memory[k] = f[k] * memory[k] + i[k] * z[k]
        new_weight[k] = f[k] * before + i[k]
        new[k] = o[k] * new_memory[k] / new_weight[k]


@inline
def step_backward(
    states: Array, saved: Array, t: int, after: Array, before: Array,
    dsums: Array, _dhidden: Array, _activation: int,
) -> None:  # fmt: skip
    """Day t back: from the gradient `after` by states[:, t + 1] to that by the sums.

    What a rise of m does directly and by way of c and n adds up to 0, so m' is a constant here;
    m before the day counts as log f does.
    """
    memory, weight = states[1, t], states[2, t]
    new, new_memory, new_weight = states[0, t + 1], states[1, t + 1], states[2, t + 1]
    size = new.shape[0]
    zero, one = new.dtype.type(0), new.dtype.type(1)
    of_day = saved[t].reshape((SAVED, size))
    i, f, left, z, o = of_day[0], of_day[1], of_day[2], of_day[3], of_day[4]
    di, df = dsums[:size], dsums[size : 2 * size]
    dz, do = dsums[2 * size : 3 * size], dsums[3 * size : 4 * size]
    for k in range(size):
        sent = after[0, k]  # nothing where another sequence begins, whose weight is 0
        by_mean = sent / new_weight[k] if sent != zero else sent
        dmemory = after[1, k] + by_mean * o[k]
        dweight = after[2, k] - by_mean * new[k]
        by_log_f = f[k] * (dmemory * memory[k] + dweight * weight[k])
        before[1, k] += dmemory * f[k]
        before[2, k] += dweight * f[k]
        before[3, k] += by_log_f
        di[k] = i[k] * (dmemory * z[k] + dweight)
        df[k] = by_log_f * left[k]
        dz[k] = dmemory * i[k] * (one - z[k] * z[k])
        do[k] = by_mean * new_memory[k] * o[k] * (one - o[k])
