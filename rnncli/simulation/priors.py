"""Distributions that the parameters of a simulated symbol are drawn from."""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np


class Prior(Protocol):
    """A distribution of one parameter."""

    def draw(self, rng: np.random.Generator) -> float:
        """Return one value."""
        ...


@dataclass(frozen=True)
class Constant:
    """Always the same value."""

    value: float

    def draw(self, rng: np.random.Generator) -> float:  # noqa: ARG002 - a `Prior`
        """Return one value."""
        return self.value


@dataclass(frozen=True)
class Uniform:
    """Uniform between two values."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        """Return one value."""
        return rng.uniform(self.low, self.high)


@dataclass(frozen=True)
class LogUniform:
    """Uniform in the logarithm: every order of magnitude as likely as the next."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        """Return one value."""
        return math.exp(rng.uniform(math.log(self.low), math.log(self.high)))


@dataclass(frozen=True)
class Normal:
    """Normal with a mean and a standard deviation."""

    mean: float
    deviation: float

    def draw(self, rng: np.random.Generator) -> float:
        """Return one value."""
        return rng.normal(self.mean, self.deviation)


@dataclass(frozen=True)
class LogNormal:
    """Log-normal with a median and the standard deviation of the logarithm."""

    median: float
    deviation: float

    def draw(self, rng: np.random.Generator) -> float:
        """Return one value."""
        return self.median * math.exp(rng.normal(0, self.deviation))


@dataclass(frozen=True)
class ShiftedGamma:
    """A gamma distribution that begins at `low`: degrees of freedom, which have a least value."""

    low: float
    shape: float
    scale: float

    def draw(self, rng: np.random.Generator) -> float:
        """Return one value."""
        return self.low + rng.gamma(self.shape, self.scale)


@dataclass(frozen=True)
class Beta:
    """Beta distribution: a fraction between 0 and 1."""

    a: float
    b: float

    def draw(self, rng: np.random.Generator) -> float:
        """Return one value."""
        return rng.beta(self.a, self.b)


@dataclass(frozen=True)
class Mixture:
    """One of several distributions, each with its probability; they sum to one."""

    parts: tuple[tuple[float, Prior], ...]

    def draw(self, rng: np.random.Generator) -> float:
        """Return one value."""
        left = rng.random()
        for probability, prior in self.parts[:-1]:
            if left < probability:
                return prior.draw(rng)
            left -= probability
        return self.parts[-1][1].draw(rng)


def sometimes(probability: float, prior: Prior, otherwise: float = 0.0) -> Mixture:
    """A feature that only a fraction of the symbols has; the others have the value `otherwise`."""
    return Mixture(((probability, prior), (1 - probability, Constant(otherwise))))
