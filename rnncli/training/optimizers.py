"""Optimisers on the flat parameter vector, and when the learning rate falls and training ends."""

from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.kernels import adam_kernel, update_kernel
from rnncli.network.gradient_norms import clip_by_global_norm, global_norm
from rnncli.network.heads import PRECISIONS


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
        numbers = self._numbers(learning_rate)
        kernel = adam_kernel(PRECISIONS[parameters.dtype.char])
        kernel(parameters, gradient, self.mean, self.square, *numbers)

    def update(
        self, parameters: FloatArray, gradient: FloatArray, learning_rate: float,
        clip_norm: float, average: "AveragedWeights",
    ) -> "Update":  # fmt: skip
        """The same with all that `update` does, in one kernel."""
        numbers, norms = self._numbers(learning_rate), np.empty(2)
        steps = average.count_step()
        update_kernel(PRECISIONS[parameters.dtype.char])(
            parameters, gradient, self.mean, self.square, *numbers,
            average.weights, clip_norm, steps, norms,
        )  # fmt: skip
        return Update(*norms.tolist())

    def _numbers(self, learning_rate: float) -> tuple[float, ...]:
        """What the kernels take of one more step."""
        self.count += 1
        rate, there = learning_rate / (1 - self.beta1**self.count), 1 - self.beta2**self.count
        return 1 - self.beta1, 1 - self.beta2, rate, there, self.epsilon


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
        self.weights += (parameters - self.weights) / self.count_step()

    def count_step(self) -> float:
        """Count one more step; the number of steps that the mean is over now."""
        self.count += 1
        return float(max(min(self.count, self.window), 1))


class Update(NamedTuple):
    """The norm of a gradient before clipping, and the norm of the move over that of the weights."""

    norm: float
    move: float


def update(
    optimizer: Adam | SGD, parameters: FloatArray, gradient: FloatArray, learning_rate: float,
    clip_norm: float, average: AveragedWeights,
) -> Update:  # fmt: skip
    """Clip `gradient` (P), move `parameters` (P) against it, and average them, all in place."""
    if isinstance(optimizer, Adam):
        return optimizer.update(parameters, gradient, learning_rate, clip_norm, average)
    norm, before = clip_by_global_norm(gradient, clip_norm), parameters.copy()
    optimizer.step(parameters, gradient, learning_rate)
    average.add(parameters)
    return Update(norm, global_norm(parameters - before) / global_norm(before))
