"""Optimisers on the flat parameter vector, and when the learning rate falls and training ends."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.settings import TrainSettings


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
        self.mean += (1 - self.beta1) * (gradient - self.mean)
        self.square += (1 - self.beta2) * (gradient * gradient - self.square)
        rate = learning_rate / (1 - self.beta1**self.count)
        root = np.sqrt(self.square / (1 - self.beta2**self.count)) + self.epsilon
        parameters -= (rate * self.mean / root).astype(parameters.dtype)


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

    The plain mean of all weights so far until there are `window` of them, then one that forgets
    at that pace. It takes the jitter of single steps out of what is validated and kept.
    """

    STATE: ClassVar[tuple[str, ...]] = ("weights", "window", "count")
    weights: FloatArray
    window: float
    count: int = 0

    def add(self, parameters: FloatArray) -> None:
        """Take in the weights (P) after a step."""
        self.count += 1
        self.weights += (parameters - self.weights) / max(min(self.count, self.window), 1)


class Schedule:
    """The learning rate falls by `decay` whenever the loss has not improved for a while.

    A while is `patience` epochs, and `patience_steps` steps at least, so that small inputs with
    few steps an epoch get their chance too. `stop` turns true when it would fall once too often.
    """

    STATE: ClassVar[tuple[str, ...]] = (
        "rate", "stop", "decays_left", "best_loss", "epochs_waited", "steps_waited"
    )  # fmt: skip

    def __init__(self, settings: TrainSettings) -> None:
        self.rate = settings.learning_rate
        self.stop = False
        self.decays_left = settings.decays
        self._settings = settings
        self.best_loss = np.inf
        self.epochs_waited = self.steps_waited = 0

    def see(self, loss: float, steps: int) -> bool:
        """Take in an epoch's loss; True if it is the best so far."""
        if loss < self.best_loss:
            self.best_loss, self.epochs_waited, self.steps_waited = loss, 0, 0
            return True
        self.epochs_waited += 1
        self.steps_waited += steps
        return False

    def due(self) -> bool:
        """Whether patience has run out; if so, the rate falls or training is to stop."""
        settings = self._settings
        if self.epochs_waited < settings.patience or self.steps_waited < settings.patience_steps:
            return False
        self.epochs_waited = self.steps_waited = 0
        self.stop = self.decays_left == 0
        self.decays_left -= 1
        self.rate *= settings.decay
        return True
