"""Run a cell along time, and back: forward, and back-propagation through time (BPTT).

Kernels are made for a cell's pointwise step, an activation and a number of lanes, all known at
compile time. Above a layer is the head or the next layer: a product of its states.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._inline import inline
from rnncli.kernels._jit import COMPILED
from rnncli.kernels.block_sizes import block_of, room_of

Array = Any
Kernel = Callable[..., None]

# x (T, I, L), weight_ih (G*H, I), weight_hh (G*H, H) or diagonal_hh (V, H), biases (G*H) or (0),
# states (S, T+1, H, L),
# saved (T, SAVED*H, L), then the head's weight (O, H), bias (O) and out (T, O, L) or (0, O, L);
# asked (T): 0 on days whose outputs nobody asks for, which are left as they are;
# begins (B), new (B, L): days, ascending, on which the lanes that are not 0 in `new` begin another
# sequence, from states of zero. The day before may count in no loss of theirs: its states are lost
FORWARD = (
    "void({0}[:,:,::1],{0}[:,::1],{0}[:,::1],{0}[::1],{0}[::1],{0}[:,:,:,::1],{0}[:,:,::1],"
    "{0}[:,::1],{0}[::1],{0}[:,:,::1],uint8[::1],int64[::1],uint8[:,::1])"
)
# x, weight_hh, states, saved as before; weight_up (U, H) and dup (T, U*L) of what
# is above; dbeyond (S, H, L); dstates (S, T+1, H, L) or (S, 0, H, L); dinputs (D, G*H*L +
# padding); gradients
# of weight_ih, weight_hh, bias_ih, bias_hh, and of weight_up (U, H) or (0, H) and bias_up
BACKWARD = (
    "void({0}[:,:,::1],{0}[:,::1],{0}[:,:,:,::1],{0}[:,:,::1],{0}[:,::1],{0}[:,::1],"
    "{0}[:,:,::1],{0}[:,:,:,::1],{0}[:,::1],{0}[:,::1],{0}[:,::1],{0}[::1],{0}[::1],{0}[:,::1],"
    "{0}[::1],uint8[::1],int64[::1],uint8[:,::1])"
)


@inline
def clear(to: Array) -> None:
    """to[k] = 0."""
    zero = to.dtype.type(0)
    for k in range(to.shape[0]):
        to[k] = zero


@inline
def clear_new(states: Array, begins: Array, new: Array, n: int, t: int) -> int:
    """Clear states (S, H*L) in the lanes that new[n] has, if begins[n] is day t: 1, else 0."""
    if not 0 <= n < len(begins) or begins[n] != t:
        return 0
    zero, lanes = states.dtype.type(0), new.shape[1]
    for lane in range(lanes):  # seldom more than one of them is new
        if new[n, lane]:
            for s in range(states.shape[0]):
                for k in range(lane, states.shape[1], lanes):
                    states[s, k] = zero
    return 1


@inline
def copy(source: Array, to: Array) -> None:
    """to[k] = source[k]."""
    for k in range(to.shape[0]):
        to[k] = source[k]


@inline
def keep(states: Array, days: Array, t: int) -> None:
    """days[s, t] = states[s], if there is room for days."""
    if days.shape[1] > 0:
        for s in range(days.shape[0]):
            copy(states[s], days[s, t])


@inline
def add(source: Array, to: Array) -> None:
    """to[k] += source[k]."""
    for k in range(to.shape[0]):
        to[k] += source[k]


@inline
def any_of(asked: Array, start: int, stop: int) -> bool:
    """Whether one of some days is asked for."""
    any_asked = False
    for t in range(start, stop):
        any_asked |= asked[t] != 0
    return any_asked


@inline
def transposed(weight: Array) -> Array:
    """A transposed copy, row after row in memory."""
    rows, cols = weight.shape
    out = np.empty((cols, rows), weight.dtype)
    for i in range(rows):
        for j in range(cols):
            out[j, i] = weight[i, j]
    return out


@inline
def taken(weight: Array, alone: bool) -> Array:
    """What products take for a weight: with one lane, the transposed of it."""
    return transposed(weight) if alone else weight


@inline
def turned(weight: Array, lanes: int) -> Array:
    """What products take for the transposed of a weight: with one lane, the weight itself."""
    return weight if lanes == 1 else transposed(weight)


@inline
def no_factors(_diagonal: Array, *_arrays: Array) -> None:
    """Factors of a cell that has none."""


@inline
def spread(factors: Array, to: Array, lanes: int) -> None:
    """Each of factors (F, H) once per lane."""
    count, units = factors.shape
    for f in range(count):
        for k in range(units):
            for lane in range(lanes):
                to[(f * units + k) * lanes + lane] = factors[f, k]


@inline
def gathered(by_lane: Array, factors: Array, lanes: int) -> Array:
    """Sums over the lanes, in the shape of factors (F, H)."""
    out = np.zeros_like(factors)
    count, units = factors.shape
    for f in range(count):
        for k in range(units):
            for lane in range(lanes):
                out[f, k] += by_lane[(f * units + k) * lanes + lane]
    return out


def _diagonal_of(cell: Any) -> tuple[bool, Kernel, Kernel, int]:
    """Whether a cell has a diagonal recurrence; its factors, their way back, and how many."""
    d = cell.diagonal
    if d is None:
        return False, no_factors, no_factors, 0
    return True, d.factors, d.factors_backward, d.count


def products_module() -> Any:
    """The products that kernels call: written in LLVM, or in NumPy where nothing is compiled."""
    if COMPILED:
        from rnncli.kernels import _products_llvm

        return _products_llvm
    from rnncli.kernels import _products_numpy

    return _products_numpy


def make_forward(cell: Any, activation: int, lanes: int) -> Kernel:
    """Kernel that fills `states`, `saved` and `out` for a chunk; states[:, 0] is carried in."""
    step, gates, states_per_day, split = cell.step, cell.gates, cell.states, cell.split
    diagonal, factors_of, _, count = _diagonal_of(cell)
    tiled, alone = products_module(), lanes == 1

    def forward(
        x: Array, weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array,
        states: Array, saved: Array, head_weight: Array, head_bias: Array, out: Array, asked: Array,
        begins: Array, new: Array,
    ) -> None:  # fmt: skip
        size = weight_hh.shape[1] * lanes
        day = x.shape[1] * lanes
        flat = states.reshape((states_per_day, states.shape[1], size))
        saved_days = saved.reshape((saved.shape[0], saved.shape[1] * lanes))
        xs, hs, outs = x.reshape(-1), states.reshape(-1), out.reshape(-1)
        sums = np.empty(gates * size, x.dtype)
        hidden = np.empty((count if diagonal else 1) * size, x.dtype)
        factors = np.empty((count, weight_hh.shape[1]), x.dtype)
        factors_of(weight_hh, factors)
        spread(factors, hidden, lanes)
        bias = bias_ih if diagonal else bias_ih + bias_hh
        whole = weight_ih.shape[0] - (weight_hh.shape[1] if split else 0)  # rows of one sum
        of_x, x_apart = taken(weight_ih[:whole], alone), taken(weight_ih[whole:], alone)
        of_h, h_apart = taken(weight_hh[:whole], alone), taken(weight_hh[whole:], alone)
        of_head = taken(head_weight, alone)
        n = 0
        for t in range(x.shape[0]):
            n += clear_new(flat[:, t], begins, new, n, t)
            if diagonal:
                tiled.product(sums, 0, bias, of_x, xs, t * day, lanes)
            else:
                tiled.products(sums, 0, bias, of_x, xs, t * day, of_h, hs, t * size, lanes)
            if split:
                at = whole * lanes
                tiled.product(sums, at, bias_ih[whole:], x_apart, xs, t * day, lanes)
                tiled.product(hidden, 0, bias_hh[whole:], h_apart, hs, t * size, lanes)
            step(sums, hidden, flat, saved_days, t, activation)
            if out.shape[0] > 0 and asked[t] != 0:
                outputs = head_weight.shape[0] * lanes
                tiled.product(outs, t * outputs, head_bias, of_head, hs, (t + 1) * size, lanes)

    return forward


def make_backward(cell: Any, activation: int, lanes: int) -> Kernel:
    """Kernel that goes from the last day to the first and adds into the gradients.

    `dup` is the derivative by the layer above; `dinputs` receives the derivative by
    W_ih x + b_ih, of all days if it has room for them, else of the current block. `dbeyond` is what
    reaches the last states from beyond the chunk, and is left with what reaches those carried in.
    Where `dstates` has days it is left with the whole derivative by every state.
    """
    step_backward, states_per_day, split = cell.step_backward, cell.states, cell.split
    tiled, (diagonal, factors_of, factors_backward, count) = products_module(), _diagonal_of(cell)
    block = block_of(lanes)

    def backward(
        x: Array, weight_hh: Array, states: Array, saved: Array, weight_up: Array, dup: Array,
        dbeyond: Array, dstates: Array, dinputs: Array, dweight_ih: Array, dweight_hh: Array,
        dbias_ih: Array, dbias_hh: Array, dweight_up: Array, dbias_up: Array, asked: Array,
        begins: Array, new: Array,
    ) -> None:  # fmt: skip
        days, rows, size = x.shape[0], dweight_ih.shape[0], weight_hh.shape[1] * lanes
        day, row, up = x.shape[1] * lanes, dinputs.shape[1], dup.shape[1]  # numbers in one of each
        flat = states.reshape((states_per_day, states.shape[1], size))
        saved_days = saved.reshape((saved.shape[0], saved.shape[1] * lanes))
        reached = dstates.reshape((states_per_day, dstates.shape[1], size))
        back_hh, back_up = turned(weight_hh, lanes), turned(weight_up, lanes)
        factors = np.empty((count, weight_hh.shape[1]), x.dtype)
        factors_of(weight_hh, factors)
        dfactors = np.zeros((1, 2 * count * size), x.dtype)
        spread(factors, dfactors[0], lanes)
        sums_back = np.empty((block if split else 0, row), x.dtype)
        dhidden = dfactors if diagonal else sums_back if split else dinputs
        xs, hs, ups = x.reshape(-1), states.reshape(-1), dup.reshape(-1)
        dis, dhs = dinputs.reshape(-1), dhidden.reshape(-1)
        sums, begun = np.zeros(rows, x.dtype), len(begins) - 1
        room = np.empty(0 if diagonal else room_of(*dweight_hh.shape), x.dtype)
        both = np.zeros((2, states_per_day, size), x.dtype)  # of the states after and before a day
        copy(dbeyond.reshape(-1), both[days % 2].reshape(-1))
        if days > 0 and asked[days - 1] != 0:
            tiled.add_product(both[days % 2].reshape(-1), 0, back_up, ups, (days - 1) * up, lanes)
        for t in range(days - 1, -1, -1):
            after, before, flow = both[(t + 1) % 2], both[t % 2], both[t % 2].reshape(-1)
            clear(flow[: 0 if diagonal else flow.shape[0]])  # a diagonal step sets all
            i, h = t % dinputs.shape[0], t % dhidden.shape[0]
            step_backward(flat, saved_days, t, after, before, dinputs[i], dhidden[h], activation)
            if not diagonal:
                tiled.add_product(flow, 0, back_hh, dhs, h * row, lanes)
            begun -= clear_new(before, begins, new, begun, t)
            if t > 0 and asked[t - 1] != 0:
                tiled.add_product(flow, 0, back_up, ups, (t - 1) * up, lanes)
            keep(after, reached, t + 1)
            if t % block == 0:
                n, at = min(block, days - t), t * size
                tiled.add_outer_and_sums(
                    dweight_ih, sums, dis, i * row, row, xs, t * day, day, n, lanes
                )
                if split:
                    tiled.add_sums(dbias_hh, dhs, h * row, row, n, lanes)
                if not diagonal:
                    tiled.add_outer(dweight_hh, room, dhs, h * row, row, hs, at, size, n, lanes)
                if dweight_up.shape[0] > 0 and any_of(asked, t, t + n):
                    tiled.add_outer_and_sums(
                        dweight_up, dbias_up, ups, t * up, up, hs, at + size, size, n, lanes
                    )
        copy(both[0].reshape(-1), dbeyond.reshape(-1))
        keep(both[0], reached, 0)
        add(sums, dbias_ih)
        if not (split or diagonal):
            add(sums, dbias_hh)
        factors_backward(
            weight_hh, factors, gathered(dfactors[0, count * size :], factors, lanes), dweight_hh
        )

    return backward
