"""Sums of which a share is kept from row to row, compiled: bit-identical to the same in NumPy."""

from collections.abc import Callable
from typing import Any

Array = Any

# share kept (T, n), added (M, T, n), sums (T + 1, n, M) of which the first are given
DECAYED = "void(float64[:,::1],float64[:,:,::1],float64[:,:,::1])"


def make_decayed_sums() -> Callable[..., None]:
    """Kernel that fills `sums`: those of the row before times the share, and what is added."""

    def decayed_sums(shares: Array, added: Array, sums: Array) -> None:
        for t in range(added.shape[1]):
            for i in range(added.shape[2]):
                for m in range(added.shape[0]):
                    sums[t + 1, i, m] = sums[t, i, m] * shares[t, i] + added[m, t, i]

    return decayed_sums
