"""Some of many columns side by side, compiled."""

from collections.abc import Callable
from typing import Any

Array = Any

# whole (D, I, N), held (L), few (T, I, L) with T <= D
GATHER = "void({0}[:,:,::1],int64[::1],{0}[:,:,::1])"


def make_gather(lanes: int) -> Callable[..., None]:
    """Kernel: few[t, i, lane] = whole[t, i, held[lane]]."""

    def gather(whole: Array, held: Array, few: Array) -> None:
        for t in range(few.shape[0]):
            for i in range(few.shape[1]):
                for lane in range(lanes):
                    few[t, i, lane] = whole[t, i, held[lane]]

    return gather
