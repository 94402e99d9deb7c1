"""Saturated units, counted by a kernel: in NumPy its calls take longer than the numbers."""

from collections.abc import Callable
from typing import Any

Array = Any

# states (S, T+span, H, L), span, days looked at (n), days that each lane has (L), the edge, and the
# counts (H), to which the days beyond the edge are added
SATURATED = "float64({0}[:,:,:,::1],int64,int64[::1],int64[::1],{0},int64[::1])"


def make_saturated() -> Callable[..., float]:
    """Kernel that counts the days with |h| > edge of each unit; how many days it looked at."""

    def saturated(
        states: Array, span: int, days: Array, last: Array, edge: Any, units: Array
    ) -> float:
        looked_at = 0
        for day in days:
            for lane in range(states.shape[3]):
                if day < last[lane]:
                    looked_at += 1
                    for unit in range(states.shape[2]):
                        if abs(states[0, span + day, unit, lane]) > edge:
                            units[unit] += 1
        return float(looked_at)

    return saturated
