"""A group of sequences out of the rows that they are cut from, compiled."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._jit import COMPILED
from rnncli.kernels.time_loop import clear

Array = Any

# inputs (rows, I) and targets (rows, K); of all sequences where they begin (N), their lengths,
# first and last days that count and known values (4, N); held (L); of the group: (T, I, L),
# (T, K, L), (4, L), and asked (T - 1)
DEAL = (
    "float64({0}[:,::1],{0}[:,::1],int64[::1],int64[:,::1],int64[::1],"
    "{0}[:,:,::1],{0}[:,:,::1],int64[:,::1],uint8[::1])"
)


SQUARE = 16  # numbers of as many lanes that are turned at once, or a part of it


def turn_module() -> Any:
    """What turns squares: written in LLVM, or in NumPy where nothing is compiled."""
    if COMPILED:
        from rnncli.kernels import _turn_llvm

        return _turn_llvm
    from rnncli.kernels import _turn_numpy

    return _turn_numpy


def make_deal(lanes: int) -> Callable[..., float]:
    """Kernel that copies the sequences `held` into lanes; the number of days that count there.

    After the rows of any sequence there are as many more as the group has days.
    """
    turning = turn_module()

    def deal(
        inputs: Array, ahead: Array, begin: Array, of_lanes: Array, held: Array,
        few: Array, few_ahead: Array, of_few: Array, asked: Array,
    ) -> float:  # fmt: skip
        starts, zero = np.empty(lanes, np.int64), few.dtype.type(0)
        for source, to in ((inputs, few), (ahead, few_ahead)):
            columns, numbers, places = to.shape[1], source.reshape(-1), to.reshape(-1)
            count = to.shape[0] * columns
            for lane in range(lanes):
                starts[lane] = begin[held[lane]] * columns
            turning.turn(places, numbers, starts, count - count % SQUARE, lanes)
            for lane in range(lanes):
                for k in range(count - count % SQUARE, count):
                    places[k * lanes + lane] = numbers[starts[lane] + k]
                for k in range(of_lanes[0, held[lane]] * columns, count):
                    places[k * lanes + lane] = zero
        for row in range(of_few.shape[0]):
            for lane in range(lanes):
                of_few[row, lane] = of_lanes[row, held[lane]]
        clear(asked)
        counted = 0
        for lane in range(lanes):
            for t in range(of_few[1, lane], of_few[2, lane]):
                asked[t] = 1
                counted += 1
        return float(counted)

    return deal
