"""A group of sequences out of all that are packed, compiled."""

from collections.abc import Callable
from typing import Any

from rnncli.kernels.time_loop import clear

Array = Any

# values (D, I, N) and targets (D, K, N) of all sequences, their lengths, first and last days that
# count and known values (4, N), held (L); the same of the group: (T, I, L), (T, K, L), (4, L), and
# asked (T - 1)
DEAL = (
    "float64({0}[:,:,::1],{0}[:,:,::1],int64[:,::1],int64[::1],"
    "{0}[:,:,::1],{0}[:,:,::1],int64[:,::1],uint8[::1])"
)


def make_deal(lanes: int) -> Callable[..., float]:
    """Kernel that copies the sequences `held` into lanes; the number of days that count there."""

    def deal(
        values: Array, ahead: Array, of_lanes: Array, held: Array,
        few: Array, few_ahead: Array, of_few: Array, asked: Array,
    ) -> float:  # fmt: skip
        for t in range(few.shape[0]):
            for i in range(few.shape[1]):
                for lane in range(lanes):
                    few[t, i, lane] = values[t, i, held[lane]]
            for k in range(few_ahead.shape[1]):
                for lane in range(lanes):
                    few_ahead[t, k, lane] = ahead[t, k, held[lane]]
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
