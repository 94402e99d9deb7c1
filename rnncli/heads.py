"""What the last layer means, and what a miss costs: the point losses and their derivatives."""

from collections.abc import Callable

import numpy as np

from rnncli.arrays import FloatArray

HUBER_DELTA = 1.0


def mse(error: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Squared error and its derivative by the output; `error` is output - target, any shape."""
    return error * error, 2 * error


def mae(error: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Absolute error and its derivative (0 at the kink)."""
    return np.abs(error), np.sign(error)


def huber(error: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Squared near 0, absolute beyond 1 (Huber 1964), as PyTorch's HuberLoss with delta 1."""
    inside = np.clip(error, -HUBER_DELTA, HUBER_DELTA)
    return inside * (error - inside / 2), inside


LOSSES: dict[str, Callable[[FloatArray], tuple[FloatArray, FloatArray]]] = {
    "mse": mse,
    "mae": mae,
    "huber": huber,
}


def loss_and_gradient(
    loss: str, output: FloatArray, target: FloatArray, mask: FloatArray
) -> tuple[float, FloatArray]:
    """Sum of the losses over the days where `mask` is 1, and its derivative by `output`.

    All of shape (T, O, L); masked days cost nothing and send nothing back.
    """
    cost, derivative = LOSSES[loss](output - target)
    return float(np.sum(cost * mask, dtype=np.float64)), derivative * mask
