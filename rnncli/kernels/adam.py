"""A step of Adam, and a whole update of training, compiled: for a small network NumPy's calls take
longer than its numbers.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._inline import inline

Array = Any

# parameters (P), gradient (P), mean (P), square (P), the shares of the gradient in both, rate,
# what is there of the square after so many steps, epsilon
ADAM = "void({0}[::1],{0}[::1],float64[::1],float64[::1],float64,float64,float64,float64,float64)"
# as before, then the average (P), the largest norm, the steps averaged over, and both norms (2)
UPDATE = (
    "void({0}[::1],{0}[::1],float64[::1],float64[::1],float64,float64,float64,float64,float64,"
    "float64[::1],float64,float64,float64[::1])"
)


@inline
def adam_step(
    parameters: Array, gradient: Array, mean: Array, square: Array,
    share: float, share_of_square: float, rate: float, there: float, epsilon: float,
) -> None:  # fmt: skip
    """The formula of `training.optimizers.Adam`."""
    for i in range(parameters.shape[0]):
        slope = gradient[i]
        mean[i] += share * (slope - mean[i])
        square[i] += share_of_square * (slope * slope - square[i])
        step = rate * mean[i] / (math.sqrt(square[i] / there) + epsilon)
        parameters[i] -= parameters.dtype.type(step)


def make_adam() -> Callable[..., None]:
    """Kernel: a step of Adam."""

    def adam(
        parameters: Array, gradient: Array, mean: Array, square: Array,
        share: float, share_of_square: float, rate: float, there: float, epsilon: float,
    ) -> None:  # fmt: skip
        adam_step(parameters, gradient, mean, square, share, share_of_square, rate, there, epsilon)

    return adam


@inline
def norm_of(values: Array) -> float:
    """L2 norm of a flat array (P)."""
    total = 0.0
    for i in range(values.shape[0]):
        value = np.float64(values[i])
        total += value * value
    return math.sqrt(total)


def make_update() -> Callable[..., None]:
    """Kernel: clip the gradient, step, and average the weights.

    It leaves the norm of the gradient before, and that of the step over that of the weights.
    """

    def update(
        parameters: Array, gradient: Array, mean: Array, square: Array,
        share: float, share_of_square: float, rate: float, there: float, epsilon: float,
        average: Array, largest: float, steps: float, norms: Array,
    ) -> None:  # fmt: skip
        before, size = parameters.copy(), norm_of(parameters)
        norms[0] = norm_of(gradient)
        if largest > 0 and norms[0] > largest:
            factor = gradient.dtype.type(largest / norms[0])
            for i in range(gradient.shape[0]):
                gradient[i] *= factor
        adam_step(parameters, gradient, mean, square, share, share_of_square, rate, there, epsilon)
        for i in range(parameters.shape[0]):
            average[i] += (parameters[i] - average[i]) / steps
            before[i] = parameters[i] - before[i]
        norms[1] = norm_of(before) / size

    return update
