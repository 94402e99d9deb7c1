"""Losses of the returns over several rows ahead, one Student's t each, compiled."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._inline import inline
from rnncli.kernels.likelihoods import student_t
from rnncli.kernels.losses import stretch
from rnncli.kernels.time_loop import clear

Array = Any

ALONE = 1  # as in `lanes`
TOGETHER = 16  # days of one lane in a vector
OUTPUTS = 3  # of a distribution: location, log scale, and that of the degrees of freedom
# out (T, O, L), ahead (T, K, L), first, last and known (B+1, L), begins (B), rows (K), start,
# located, scale, dout as out or (0, O, L)
ROWS_AHEAD = (
    "float64({0}[:,:,::1],{0}[:,:,::1],int64[:,::1],int64[:,::1],int64[:,::1],int64[::1],"
    "int64[::1],int64,int64,{0},{0}[:,:,::1])"
)


@inline
def counting(first: Array, last: Array, known: Array, row: Any, until: Array) -> Any:
    """Days on which some lane counts, and on which all do: four bounds; fills `until` (L).

    A lane counts from its first day until its last, or until the return over `row` is not known.
    """
    some, some_end, every, every_end = first.max(), 0, first.max(), last.max()
    for lane in range(len(first)):
        until[lane] = min(last[lane], max(known[lane] - row, 0))
        every_end = min(every_end, until[lane])
        if first[lane] < until[lane]:
            some, some_end = min(some, first[lane]), max(some_end, until[lane])
    return some, some_end, every, every_end


@inline
def nobody(first: Array, until: Array, when: Any) -> bool:
    """Whether a day counts in no lane."""
    idle = True
    for lane in range(len(first)):
        idle &= not first[lane] <= when < until[lane]
    return idle


@inline
def centred(here: Array, spare: Array, located: int, lanes: int) -> Array:
    """The outputs of a day, with the location 0 unless it is `located`."""
    if located:
        return here
    for k in range(lanes, len(here)):
        spare[k] = here[k]
    return spare


def _rows_ahead_alone(
    out: Array, ahead: Array, firsts: Array, lasts: Array, knowns: Array, _begins: Array,
    rows: Array, start: int, located: int, scale: Any, dout: Array,
) -> float:  # fmt: skip
    """The kernel of one lane, whose vectors run over the days: the same numbers, in their order.

    A lane by itself holds one sequence: no other begins in it.
    """
    first, last, known = firsts[0], lasts[0], knowns[0]
    total, count = 0.0, out.shape[1]
    here, back = np.zeros(OUTPUTS * TOGETHER, out.dtype), np.empty(OUTPUTS * TOGETHER, out.dtype)
    theirs, cost = np.zeros(TOGETHER, out.dtype), np.empty(2 * TOGETHER, out.dtype)
    outs, targets, backs = out.reshape(-1), ahead.reshape(-1), dout.reshape(-1)
    levels, sent = cost[:0], dout.shape[0] > 0
    clear(backs)
    for n in range(len(rows)):
        of_row, until = 0.0, min(last[0], max(known[0] - rows[n], 0))
        begin = min(max(first[0] - start, 0), out.shape[0])
        end = max(min(until - start, out.shape[0]), begin)
        for t in range(begin, end, TOGETHER):
            days = min(TOGETHER, end - t)
            for k in range(days):
                at = (t + k) * count + n * OUTPUTS
                here[k] = outs[at] if located else here[k]
                here[TOGETHER + k] = outs[at + 1]
                here[2 * TOGETHER + k] = outs[at + 2]
                theirs[k] = targets[(t + k) * ahead.shape[1] + n]
            student_t(here, theirs, levels, cost, back, TOGETHER)
            for k in range(days):
                of_row += cost[k]
            if sent:
                for k in range(days):
                    at = (t + k) * count + n * OUTPUTS
                    for o in range(OUTPUTS):
                        backs[at + o] = scale * back[o * TOGETHER + k]
                    if not located:
                        backs[at] = scale - scale
        total += of_row
    return total


def make_rows_ahead(lanes: int) -> Callable[..., float]:
    """Kernel: the sum over the returns known, each by 1/K of `scale` in the derivative.

    The outputs of row k of `rows` are the three from 3k on; those beyond them get no derivative.
    Not `located`: the location is taken as 0, and gets none. Days on which no lane counts cost
    nothing.
    """
    if lanes == ALONE:
        return _rows_ahead_alone

    def rows_ahead(  # as one function: the compiler orders the sum over lanes otherwise in two
        out: Array, ahead: Array, firsts: Array, lasts: Array, knowns: Array, begins: Array,
        rows: Array, start: int, located: int, scale: Any, dout: Array,
    ) -> float:  # fmt: skip
        total, zero, size = 0.0, scale - scale, OUTPUTS * lanes
        day, targets_day = out.shape[1] * lanes, ahead.shape[1] * lanes
        outs, targets, backs = out.reshape(-1), ahead.reshape(-1), dout.reshape(-1)
        cost, unsent = np.empty(2 * lanes, out.dtype), np.empty(size, out.dtype)
        spare, levels, until = np.zeros(size, out.dtype), unsent[:0], np.empty(lanes, np.int64)
        clear(backs)
        for part in range(len(rows) * len(firsts)):
            of_part, n, number = 0.0, part // len(firsts), part % len(firsts)
            first, last, known = firsts[number], lasts[number], knowns[number]
            since, stop = stretch(begins, number, start, out.shape[0])
            some, some_end, every, every_end = counting(first, last, known, rows[n], until)
            for t in range(max(since, some - start), min(stop, some_end - start)):
                at, when = t * day + n * size, start + t
                whole = every <= when < every_end
                if not whole and nobody(first, until, when):
                    continue
                back = backs[at : at + size] if dout.shape[0] > 0 else unsent
                here = centred(outs[at : at + size], spare, located, lanes)
                theirs = targets[t * targets_day + n * lanes : t * targets_day + (n + 1) * lanes]
                student_t(here, theirs, levels, cost, back, lanes)
                summed = zero
                if whole:
                    for lane in range(lanes):
                        summed += cost[lane]
                    for k in range(size):
                        back[k] *= scale
                else:
                    for lane in range(lanes):
                        counts = first[lane] <= when < until[lane]
                        summed += cost[lane] if counts else zero
                        for k in range(lane, size, lanes):
                            back[k] = scale * back[k] if counts else zero
                of_part += summed
                if not located:
                    clear(back[:lanes])
            total += of_part
        return total

    return rows_ahead
