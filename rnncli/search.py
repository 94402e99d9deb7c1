"""The lowest point of a function of one number."""

import math
from collections.abc import Callable

GOLDEN = (math.sqrt(5) - 1) / 2


def lowest(loss: Callable[[float], float], low: float, high: float, steps: int = 40) -> float:
    """Where a function with one valley between `low` and `high` is lowest: golden section."""
    inner = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
    values = [loss(inner[0]), loss(inner[1])]
    for _ in range(steps):
        if values[0] < values[1]:
            high, inner[1], values[1] = inner[1], inner[0], values[0]
            inner[0] = high - GOLDEN * (high - low)
            values[0] = loss(inner[0])
        else:
            low, inner[0], values[0] = inner[0], inner[1], values[1]
            inner[1] = low + GOLDEN * (high - low)
            values[1] = loss(inner[1])
    return (low + high) / 2
