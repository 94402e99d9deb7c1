"""A step of Adam, compiled: in NumPy its calls take longer than the numbers of a small network."""

import math
from collections.abc import Callable
from typing import Any

Array = Any

# parameters (P), gradient (P), mean (P), square (P), the shares of the gradient in both, rate,
# what is there of the square after so many steps, epsilon
ADAM = "void({0}[::1],{0}[::1],float64[::1],float64[::1],float64,float64,float64,float64,float64)"


def make_adam() -> Callable[..., None]:
    """Kernel: `training.optimizers.Adam`, with the bits that its formula has in NumPy."""

    def adam(
        parameters: Array, gradient: Array, mean: Array, square: Array,
        share: float, share_of_square: float, rate: float, there: float, epsilon: float,
    ) -> None:  # fmt: skip
        for i in range(parameters.shape[0]):
            slope = gradient[i]
            mean[i] += share * (slope - mean[i])
            square[i] += share_of_square * (slope * slope - square[i])
            step = rate * mean[i] / (math.sqrt(square[i] / there) + epsilon)
            parameters[i] -= parameters.dtype.type(step)

    return adam
