"""Causal attention over the last days (Vaswani et al. 2017, arXiv:1706.03762) by relative position.

q, k, v, u = W x + b     score(j) = q(t) k(t-j) / sqrt(E) + bias(j), j = 0 … window - 1
h(t) = tanh(u(t) + sum over j of softmax(score)(j) v(t-j))

in heads of E = 8 units (one head where H is no multiple of 8), each with its bias by lag, learnt
as in Raffel et al. (2020, arXiv:1910.10683). The layer looks back itself: in place of the step of a
recurrent cell are kernels for a whole chunk. Days before the first count as zeros, as the first
state of a recurrent cell does.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._inline import inline
from rnncli.kernels._math import exp, tanh
from rnncli.kernels.block_sizes import block_of
from rnncli.kernels.half_lives import start_half_lives
from rnncli.kernels.time_loop import add, any_of, copy, products_module, transposed

Array = Any
Kernel = Callable[..., None]

GATES = ("q", "k", "v", "u")
STATES, SAVED = 3, 3  # states: h, k, v; saved: q and, by head, largest score and 1 / sum of exp
ACTIVATIONS = {"tanh": 0}
WINDOWED = True
UNITS = 8  # of a head


def heads(hidden_size: int) -> int:
    """How many heads the units of a layer make."""
    return hidden_size // UNITS if hidden_size % UNITS == 0 else 1


def start(parameters: dict[str, Array], _forget_bias: float) -> None:
    """Start with heads as exponentially weighted means that halve in 1 to 250 days."""
    bias = parameters["bias_lag"]
    half_lives = start_half_lives(len(bias))
    bias[:] = -np.log(2) * np.arange(bias.shape[1]) / half_lives[:, None]


@inline
def dots(left: Array, left_at: int, right: Array, right_at: int, units: int, out: Array) -> None:
    """out[lane] += sum over units of left * right, from their places in flat arrays."""
    lanes = out.shape[0]
    for unit in range(units):
        one = left[left_at + unit * lanes : left_at + (unit + 1) * lanes]
        other = right[right_at + unit * lanes : right_at + (unit + 1) * lanes]
        for lane in range(lanes):
            out[lane] += one[lane] * other[lane]


@inline
def add_scaled(scale: Array, values: Array, at: int, units: int, to: Array, to_at: int) -> None:
    """To += scale[lane] * values, of some units from their places in flat arrays."""
    lanes = scale.shape[0]
    for unit in range(units):
        one = values[at + unit * lanes : at + (unit + 1) * lanes]
        other = to[to_at + unit * lanes : to_at + (unit + 1) * lanes]
        for lane in range(lanes):
            other[lane] += scale[lane] * one[lane]


@inline
def score(bias: Array, head: int, q: Array, keys: Array, at: int, size: int, scores: Array) -> None:
    """Scores (N, L) of a head: scores[j] of the day j before that whose key begins at `at`."""
    units = size // scores.shape[1] // bias.shape[0]
    first = head * units * scores.shape[1]
    root = scores.dtype.type(np.sqrt(units))
    for j in range(bias.shape[1]):
        row = scores[j]
        row[:] = 0
        dots(q, first, keys, at - j * size + first, units, row)
        for lane in range(row.shape[0]):
            row[lane] = row[lane] / root + bias[head, j]


@inline
def by_scores(
    bias: Array, head: int, q: Array, keys: Array, values: Array, at: int, size: int,
    top: Array, inverse: Array, du: Array, share: Array, by_share: Array,
) -> None:  # fmt: skip
    """Shares (N, L) of a head, from the `top` score and 1 / sum of exp; the derivative by scores.

    That is a share times the derivative by it, less the mean of these products over the shares.
    """
    window, lanes = share.shape
    units = size // lanes // bias.shape[0]
    first = head * units * lanes
    score(bias, head, q, keys, at, size, share)
    mean = np.zeros(lanes, q.dtype)
    for j in range(window):
        by_share[j, :] = 0
        dots(du, first, values, at - j * size + first, units, by_share[j])
        for lane in range(lanes):
            share[j, lane] = exp(share[j, lane] - top[lane]) * inverse[lane]
            mean[lane] += share[j, lane] * by_share[j, lane]
    for j in range(window):
        for lane in range(lanes):
            by_share[j, lane] = share[j, lane] * (by_share[j, lane] - mean[lane])


def make_forward(_cell: Any, _activation: int, lanes: int) -> Kernel:
    """Kernel of `time_loop.FORWARD`: weight_hh is bias_lag (heads, N), states (3, T+N, H, L)."""
    tiled = products_module()

    def forward(
        x: Array, weight_ih: Array, bias_lag: Array, bias_ih: Array, _bias_hh: Array,
        states: Array, saved: Array, head_weight: Array, head_bias: Array, out: Array, asked: Array,
        _begins: Array, _new: Array,
    ) -> None:  # fmt: skip
        count, window = bias_lag.shape
        size, day = states.shape[2] * lanes, x.shape[1] * lanes
        units = size // lanes // count
        hs, ks, vs = states[0].reshape(-1), states[1].reshape(-1), states[2].reshape(-1)
        stored = saved.reshape((saved.shape[0], SAVED * size))
        xs, outs = x.reshape(-1), out.reshape(-1)
        sums, scores = np.empty(4 * size, x.dtype), np.empty((window, lanes), x.dtype)
        one = x.dtype.type(1)
        for t in range(x.shape[0]):
            at = (t + window) * size
            tiled.product(sums, 0, bias_ih, weight_ih, xs, t * day, lanes)
            q = stored[t, :size]
            copy(sums[:size], q)
            copy(sums[size : 2 * size], ks[at : at + size])
            copy(sums[2 * size : 3 * size], vs[at : at + size])
            attended = sums[3 * size :]  # u, and what is added to it
            for head in range(count):
                top = stored[t, size + head * lanes : size + (head + 1) * lanes]
                share = stored[t, 2 * size + head * lanes : 2 * size + (head + 1) * lanes]
                score(bias_lag, head, q, ks, at, size, scores)
                copy(scores[0], top)
                for j in range(1, window):
                    for lane in range(lanes):
                        top[lane] = max(top[lane], scores[j, lane])
                share[:] = 0
                for j in range(window):
                    for lane in range(lanes):
                        scores[j, lane] = exp(scores[j, lane] - top[lane])
                        share[lane] += scores[j, lane]
                for lane in range(lanes):
                    share[lane] = one / share[lane]
                first = head * units * lanes
                for j in range(window):
                    for lane in range(lanes):
                        scores[j, lane] *= share[lane]
                    add_scaled(scores[j], vs, at - j * size + first, units, attended, first)
            new = hs[at : at + size]
            for n in range(size):
                new[n] = tanh(attended[n])
            if out.shape[0] > 0 and asked[t] != 0:
                outputs = head_weight.shape[0] * lanes
                tiled.product(outs, t * outputs, head_bias, head_weight, hs, at, lanes)

    return forward


def make_backward(_cell: Any, _activation: int, lanes: int) -> Kernel:
    """Kernel of `time_loop.BACKWARD`, from the last day to the first."""
    tiled, block = products_module(), block_of(lanes)

    def backward(  # noqa: PLR0912 - one loop over days; a part of it would not know `lanes`
        x: Array, bias_lag: Array, states: Array, saved: Array, weight_up: Array, dup: Array,
        dbeyond: Array, dstates: Array, dinputs: Array, dweight_ih: Array, dbias_lag: Array,
        dbias_ih: Array, _dbias_hh: Array, dweight_up: Array, dbias_up: Array, asked: Array,
        _begins: Array, _new: Array,
    ) -> None:  # fmt: skip
        count, window = bias_lag.shape
        days, size, day = x.shape[0], states.shape[2] * lanes, x.shape[1] * lanes
        units, row, up = size // lanes // count, dinputs.shape[1], dup.shape[1]
        hs, ks, vs = states[0].reshape(-1), states[1].reshape(-1), states[2].reshape(-1)
        stored = saved.reshape((saved.shape[0], SAVED * size))
        xs, ups, dis = x.reshape(-1), dup.reshape(-1), dinputs.reshape(-1)
        weight_up_t, root = transposed(weight_up), x.dtype.type(np.sqrt(units))
        flow = np.zeros((3, (days + window) * size), x.dtype)  # by the states of all days
        beyond = dbeyond.reshape((3, window * size))
        for s in range(3):
            copy(beyond[s], flow[s, days * size :])
        dhs, dks, dvs = flow[0], flow[1], flow[2]
        share, by_score = np.empty((window, lanes), x.dtype), np.empty((window, lanes), x.dtype)
        by_lag = np.zeros((count, window, lanes), x.dtype)
        sums, one = np.zeros(dweight_ih.shape[0], x.dtype), x.dtype.type(1)
        for t in range(days - 1, -1, -1):
            at, i = (t + window) * size, t % dinputs.shape[0]
            if asked[t] != 0:
                tiled.add_product(dhs, at, weight_up_t, ups, t * up, lanes)
            q, new, of_sums = stored[t, :size], hs[at : at + size], dinputs[i]
            copy(dks[at : at + size], of_sums[size : 2 * size])  # of the days after this one
            copy(dvs[at : at + size], of_sums[2 * size : 3 * size])
            dq, du = of_sums[:size], of_sums[3 * size : 4 * size]
            dq[:] = 0
            for n in range(size):
                du[n] = dhs[at + n] * (one - new[n] * new[n])
            for head in range(count):
                top = stored[t, size + head * lanes : size + (head + 1) * lanes]
                inverse = stored[t, 2 * size + head * lanes : 2 * size + (head + 1) * lanes]
                by_scores(bias_lag, head, q, ks, vs, at, size, top, inverse, du, share, by_score)
                first = head * units * lanes
                for j in range(window):
                    add(by_score[j], by_lag[head, j])
                    for lane in range(lanes):
                        by_score[j, lane] /= root
                    past = at - j * size + first
                    add_scaled(by_score[j], ks, past, units, dq, first)
                    if j == 0:
                        add_scaled(by_score[j], q, first, units, of_sums, size + first)
                        add_scaled(share[j], du, first, units, of_sums, 2 * size + first)
                    else:
                        add_scaled(by_score[j], q, first, units, dks, past)
                        add_scaled(share[j], du, first, units, dvs, past)
            if t % block == 0:
                n = min(block, days - t)
                tiled.add_outer_and_sums(
                    dweight_ih, sums, dis, i * row, row, xs, t * day, day, n, lanes
                )
                if dweight_up.shape[0] > 0 and any_of(asked, t, t + n):
                    tiled.add_outer_and_sums(
                        dweight_up, dbias_up, ups, t * up, up, hs, at, size, n, lanes
                    )
        for s in range(3):
            copy(flow[s, : window * size], beyond[s])
            if dstates.shape[1] > 0:
                copy(flow[s], dstates[s].reshape(-1)[: (days + window) * size])
        add(sums, dbias_ih)
        for head in range(count):
            for j in range(window):
                for lane in range(lanes):
                    dbias_lag[head, j] += by_lag[head, j, lane]

    return backward
