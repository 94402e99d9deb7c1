"""A dilated layer (Chang et al. 2017, arXiv:1710.02224): its state is that of some days before.

A layer of dilation d over a sequence is d recurrences: the days 0, d, 2d, … of one, the
days 1, d + 1, 2d + 1, … of the next. Each runs through the kernels of its cell, one by one.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.kernels.lanes import NEVER

Kernel = Any


def _recurrences(days: int, dilation: int) -> Iterator[tuple[slice, slice, int]]:
    """Days of each that has any, its places among the states with the one carried in, its last.

    The last is counted from the first of the states that `days` days leave.
    """
    for first in range(min(dilation, days)):
        some = slice(first, days, dilation)
        count = len(range(first, days, dilation))
        yield some, slice(first, days + dilation, dilation), first + count * dilation - days


def forward_dilated(
    kernel: Kernel, dilation: int, x: FloatArray, weights: Sequence[FloatArray],
    states: FloatArray, saved: FloatArray, head: Sequence[FloatArray], out: FloatArray,
) -> None:  # fmt: skip
    """What the kernel does, for states (S, T + dilation, H, L), the first carried in."""
    for days, places, _ in _recurrences(len(x), dilation):
        part = np.ascontiguousarray(states[:, places])
        part_saved, part_out = saved[days].copy(), out[days].copy()
        every = np.ones(len(part_out), np.uint8)
        of_part = np.ascontiguousarray(x[days]), *weights, part, part_saved, *head, part_out
        kernel(*of_part, every, *NEVER)
        states[:, places], saved[days], out[days] = part, part_saved, part_out


def backward_dilated(
    kernel: Kernel, dilation: int, x: FloatArray, weight_hh: FloatArray, states: FloatArray,
    saved: FloatArray, above: FloatArray, dabove: FloatArray, dbeyond: FloatArray,
    dstates: FloatArray, dinputs: FloatArray, gradients: Sequence[FloatArray],
) -> None:  # fmt: skip
    """Likewise back: dbeyond (S * dilation, H, L) is of all states that the days leave."""
    beyond = dbeyond.reshape(len(states), dilation, *dbeyond.shape[1:])
    reached = np.roll(beyond, len(x), axis=1)  # of those that no day of the chunk follows
    for days, places, last in _recurrences(len(x), dilation):
        part = np.ascontiguousarray(states[:, places])
        part_beyond = np.ascontiguousarray(beyond[:, last])
        part_dstates = np.zeros_like(part[:, : part.shape[1] if dstates.shape[1] else 0])
        part_dinputs = np.zeros((part.shape[1] - 1, dinputs.shape[1]), x.dtype)
        kernel(
            np.ascontiguousarray(x[days]), weight_hh, part, saved[days].copy(), above,
            dabove[days].copy(), part_beyond, part_dstates, part_dinputs, *gradients,
            np.ones(len(part_dinputs), np.uint8), *NEVER,
        )  # fmt: skip
        reached[:, places.start] = part_beyond
        if dstates.shape[1]:
            dstates[:, places] = part_dstates
        if len(dinputs) >= len(x):
            dinputs[days] = part_dinputs
    beyond[:] = reached
