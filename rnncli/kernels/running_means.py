"""Exponentially weighted running means, compiled: several weights in one pass over a series."""

from collections.abc import Callable
from typing import Any

Array = Any

# values (n), weights (K), means before the first (K), means after each (n, K)
MEANS = "void(float64[::1],float64[::1],float64,float64[:,::1])"


def make_running_means() -> Callable[..., None]:
    """Kernel that fills `means`; NaN is missing, and leaves them unchanged.

    A value has weight `weights[k]`, and in the first rows that of each earlier value and the start.
    """

    def running_means(values: Array, weights: Array, start: float, means: Array) -> None:
        for k in range(weights.shape[0]):
            mean, count = start, 0
            for t in range(values.shape[0]):
                value = values[t]
                if value == value:  # noqa: PLR0124 - not NaN
                    mean += max(weights[k], 1.0 / (count + 2)) * (value - mean)
                    count += 1
                means[t, k] = mean

    return running_means
