"""`_turn_llvm` in NumPy, for kernels that run without being compiled."""

from typing import Any

import numpy as np

Array = Any


def turn(to: Array, source: Array, starts: Array, count: int, lanes: int) -> None:
    """to[k * lanes + lane] = source[starts[lane] + k] for k < count."""
    to[: count * lanes] = source[starts + np.arange(count)[:, None]].reshape(-1)
