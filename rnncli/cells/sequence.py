"""Run a cell along time, and back: forward, and back-propagation through time (BPTT).

Kernels are made for a cell's pointwise step, an activation and a number of lanes, all known at
compile time. Backward leaves in `dstates` the total gradient that reaches each day's state.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.cells.affine import add_outer, add_product, add_sums, place, spread

Array = Any
Kernel = Callable[..., None]

# x (T, I, L), weight_ih (G*H, I), weight_hh (G*H, H), biases (G*H), states (S, T+1, H, L),
# saved (T, SAVED*H, L)
FORWARD = "void({0}[:,:,::1],{0}[:,::1],{0}[:,::1],{0}[::1],{0}[::1],{0}[:,:,:,::1],{0}[:,:,::1])"
# the same without the biases; dstates (S, T+1, H, L), dx (T, I, L) or (0, I, L), then gradients
BACKWARD = (
    "void({0}[:,:,::1],{0}[:,::1],{0}[:,::1],{0}[:,:,:,::1],{0}[:,:,::1],{0}[:,:,:,::1],"
    "{0}[:,:,::1],{0}[:,::1],{0}[:,::1],{0}[::1],{0}[::1])"
)
# x (T, I, L), weight (O, I), bias (O), out (T, O, L)
LINEAR = "void({0}[:,:,::1],{0}[:,::1],{0}[::1],{0}[:,:,::1])"
# x, weight, dout (T, O, L), dx (T, I, L), dweight, dbias
# days whose weight gradients are added up in one go: longer rows, fewer sums across a register
BLOCK = 16
PADDING = 16  # keeps the rows of a block off the same cache sets
LINEAR_BACKWARD = "void({0}[:,:,::1],{0}[:,::1],{0}[:,:,::1],{0}[:,:,::1],{0}[:,::1],{0}[::1])"


def make_forward(
    step: Kernel, gates: int, states_per_day: int, activation: int, lanes: int
) -> Kernel:
    """Kernel that fills `states` and `saved` for the whole chunk; states[:, 0] is carried in."""

    def forward(
        x: Array, weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array,
        states: Array, saved: Array,
    ) -> None:  # fmt: skip
        size = weight_hh.shape[1] * lanes
        hidden = np.empty(gates * size, x.dtype)
        flat = states.reshape((states_per_day, states.shape[1], size))
        for t in range(x.shape[0]):
            kept = saved[t].reshape(-1)
            spread(bias_ih, kept, lanes)
            add_product(weight_ih, x[t].reshape(-1), kept, lanes)
            spread(bias_hh, hidden, lanes)
            add_product(weight_hh, flat[0, t], hidden, lanes)
            step(kept, hidden, flat, t, activation)

    return forward


def make_backward(
    step_backward: Kernel, states_per_day: int, activation: int, lanes: int
) -> Kernel:
    """Kernel that adds into the gradients, and makes `dstates` total, last day first.

    On entry dstates[:, t + 1] holds what reaches the states after day t from above (the head or
    the next layer); on exit what reaches them from everywhere. `dx` is added to where it has rows.
    """

    def backward(
        x: Array, weight_ih: Array, weight_hh: Array, states: Array, saved: Array, dstates: Array,
        dx: Array, dweight_ih: Array, dweight_hh: Array, dbias_ih: Array, dbias_hh: Array,
    ) -> None:  # fmt: skip
        rows, size = weight_hh.shape[0], weight_hh.shape[1] * lanes
        hidden = np.empty(rows * lanes, x.dtype)
        weight_ih_t = np.ascontiguousarray(weight_ih.T)
        weight_hh_t = np.ascontiguousarray(weight_hh.T)
        flat = states.reshape((states_per_day, states.shape[1], size))
        dflat = dstates.reshape((states_per_day, states.shape[1], size))
        stride = BLOCK * lanes + PADDING
        hidden_block = np.empty(rows * stride, x.dtype)
        input_block = np.empty(rows * stride, x.dtype)
        state_block = np.empty(weight_hh.shape[1] * stride, x.dtype)
        x_block = np.empty(weight_ih.shape[1] * stride, x.dtype)
        for t in range(x.shape[0] - 1, -1, -1):
            kept = saved[t].reshape(-1)
            step_backward(kept, hidden, flat, dflat, t, activation)
            add_product(weight_hh_t, hidden, dflat[0, t], lanes)
            if dx.shape[0] > 0:
                add_product(weight_ih_t, kept, dx[t].reshape(-1), lanes)
            offset = t % BLOCK * lanes
            place(hidden, hidden_block, stride, offset, lanes)
            place(kept[: rows * lanes], input_block, stride, offset, lanes)
            place(flat[0, t], state_block, stride, offset, lanes)
            place(x[t].reshape(-1), x_block, stride, offset, lanes)
            if offset == 0:
                width = min(BLOCK, x.shape[0] - t) * lanes
                add_outer(hidden_block, state_block, dweight_hh, stride, width)
                add_outer(input_block, x_block, dweight_ih, stride, width)
                add_sums(hidden_block, dbias_hh, stride, width)
                add_sums(input_block, dbias_ih, stride, width)

    return backward


def make_linear(lanes: int) -> Kernel:
    """Kernel of the head: out[t] = weight x[t] + bias."""

    def linear(x: Array, weight: Array, bias: Array, out: Array) -> None:
        for t in range(x.shape[0]):
            day = out[t].reshape(-1)
            spread(bias, day, lanes)
            add_product(weight, x[t].reshape(-1), day, lanes)

    return linear


def make_linear_backward(lanes: int) -> Kernel:
    """Kernel back through the head: adds into dx, dweight and dbias."""

    def linear_backward(
        x: Array, weight: Array, dout: Array, dx: Array, dweight: Array, dbias: Array
    ) -> None:
        weight_t = np.ascontiguousarray(weight.T)
        for t in range(x.shape[0]):
            day = dout[t].reshape(-1)
            add_product(weight_t, day, dx[t].reshape(-1), lanes)
            add_outer(day, x[t].reshape(-1), dweight, lanes, lanes)
            add_sums(day, dbias, lanes, lanes)

    return linear_backward
