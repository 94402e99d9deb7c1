"""Optimisers on the flat parameter vector, and when the learning rate falls and training ends."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.kernels import adam_kernel


@dataclass
class Adam:
    """Adam (Kingma & Ba 2015, arXiv:1412.6980) with bias correction; its state is float64."""

    STATE: ClassVar[tuple[str, ...]] = (
        "size",
        "beta1",
        "beta2",
        "epsilon",
        "count",
        "mean",
        "square",
    )
    size: int
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    count: int = 0
    mean: FloatArray = field(init=False)
    square: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.mean = np.zeros(self.size)
        self.square = np.zeros(self.size)

    def step(self, parameters: FloatArray, gradient: FloatArray, learning_rate: float) -> None:
        """Move `parameters` (P) in place against `gradient` (P)."""
        self.count += 1
        of_mean, of_square = 1 - self.beta1, 1 - self.beta2
        rate, there = learning_rate / (1 - self.beta1**self.count), 1 - self.beta2**self.count
        adam_kernel(parameters.dtype.name)(
            parameters, gradient, self.mean, self.square, of_mean, of_square, rate, there,
            self.epsilon,
        )  # fmt: skip


@dataclass
class SGD:
    """Stochastic gradient descent with momentum, in PyTorch's form: v = m v + g, p -= rate v."""

    STATE: ClassVar[tuple[str, ...]] = ("size", "momentum", "velocity")
    size: int
    momentum: float = 0.9
    velocity: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.velocity = np.zeros(self.size)

    def step(self, parameters: FloatArray, gradient: FloatArray, learning_rate: float) -> None:
        """Move `parameters` (P) in place against `gradient` (P)."""
        self.velocity = self.momentum * self.velocity + gradient
        parameters -= (learning_rate * self.velocity).astype(parameters.dtype)


def make_optimizer(name: str, size: int, momentum: float) -> Adam | SGD:
    """Optimiser by its name in `TrainSettings`."""
    return Adam(size) if name == "adam" else SGD(size, momentum)


@dataclass
class AveragedWeights:
    """Running mean of the weights along the steps (Polyak & Juditsky 1992).

    The plain mean of all weights until there are `window` of them, then an exponential one of that
    window. It removes the jitter of single steps from the validated weights.
    """

    STATE: ClassVar[tuple[str, ...]] = ("weights", "window", "count")
    weights: FloatArray
    window: float
    count: int = 0

    def add(self, parameters: FloatArray) -> None:
        """Take in the weights (P) after a step."""
        self.count += 1
        self.weights += (parameters - self.weights) / max(min(self.count, self.window), 1)
