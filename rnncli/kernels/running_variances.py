"""The exponentially weighted variance of a series, compiled."""

from collections.abc import Callable
from typing import Any

Array = Any

# changes (n), weight of a change, start_weight, variances (n + 1) of which the first is given
VARIANCES = "void(float64[::1],float64,float64,float64[::1])"


def make_running_variances() -> Callable[..., None]:
    """Kernel that fills `variances`, as `transforms.volatility.running_variances` says."""

    def running_variances(
        changes: Array, weight: float, start_weight: float, variances: Array
    ) -> None:
        variance, young = variances[0], int(1 / weight - start_weight)
        for t in range(changes.shape[0]):
            gap = changes[t] * changes[t] - variance
            variance += gap / (t + 1 + start_weight) if t < young else weight * gap
            variances[t + 1] = variance

    return running_variances
