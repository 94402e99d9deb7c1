"""Long short-term memory (Hochreiter & Schmidhuber 1997), in PyTorch's form and gate order.

i, f, o = sigmoid(W x + b + W h + b)     g = tanh(W x + b + W h + b), each with its own rows
c' = f c + i g                     h' = o tanh(c')

The forget gate f is that of Gers et al. (2000).
"""

from typing import Any

from rnncli.kernels._inline import inline
from rnncli.kernels._math import sigmoid, tanh

Array = Any

GATES = ("i", "f", "g", "o")
STATES, SAVED, SPLIT = 2, 5, False  # states: h, c; saved: i, f, g, o, tanh(c')
ACTIVATIONS = {"tanh": 0}


def start(parameters: dict[str, Array], forget_bias: float) -> None:
    """Start with the forget gate open: its bias_ih at `forget_bias` (Gers et al. 2000)."""
    f = parameters["bias_ih"].reshape(len(GATES), -1)[GATES.index("f")]
    f[:] = forget_bias


@inline
def step(
    sums: Array, _hidden: Array, states: Array, saved: Array, t: int, _activation: int
) -> None:
    """Day t forward: states[:, t] -> states[:, t + 1]."""
    new, memory, new_memory = states[0, t + 1], states[1, t], states[1, t + 1]
    size = new.shape[0]
    gates, of_day = saved[t], saved[t].reshape((SAVED, size))
    i, f, g, o, shown = of_day[0], of_day[1], of_day[2], of_day[3], of_day[4]
    for k in range(2 * size):  # loops of one function each: its constants fit the registers
        gates[k] = sigmoid(sums[k])
    for k in range(2 * size, 3 * size):
        gates[k] = tanh(sums[k])
    for k in range(3 * size, 4 * size):
        gates[k] = sigmoid(sums[k])
    for k in range(size):
        new_memory[k] = f[k] * memory[k] + i[k] * g[k]
        shown[k] = tanh(new_memory[k])
    for k in range(size):
        new[k] = o[k] * shown[k]


@inline
def step_backward(
    states: Array, saved: Array, t: int, after: Array, before: Array,
    dsums: Array, _dhidden: Array, _activation: int,
) -> None:  # fmt: skip
    """Day t back: from the gradient `after` by states[:, t + 1] to that by the sums."""
    memory, dnew, dmemory, dold = states[1, t], after[0], after[1], before[1]
    size = memory.shape[0]
    one = memory.dtype.type(1)  # a bare 1 would turn float32 into float64
    of_day = saved[t].reshape((SAVED, size))
    i, f, g, o, shown = of_day[0], of_day[1], of_day[2], of_day[3], of_day[4]
    di, df = dsums[:size], dsums[size : 2 * size]
    dg, do = dsums[2 * size : 3 * size], dsums[3 * size : 4 * size]
    for k in range(size):
        dc = dmemory[k] + dnew[k] * o[k] * (one - shown[k] * shown[k])
        dold[k] += dc * f[k]
        di[k] = dc * g[k] * i[k] * (one - i[k])
        df[k] = dc * memory[k] * f[k] * (one - f[k])
        dg[k] = dc * i[k] * (one - g[k] * g[k])
        do[k] = dnew[k] * shown[k] * o[k] * (one - o[k])
