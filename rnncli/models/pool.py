"""The prior that a model is pooled with, and how much weight it has at each row ahead."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from rnncli.arrays import Float64Array

M = TypeVar("M")  # of a model, which has a pool itself
FAR_AHEAD = 5  # rows, beyond which the weights stay
MOST_GROWTH = 1e6


@dataclass(frozen=True)
class Pool(Generic[M]):
    """The prior that a model's forecasts are pooled with, and its weight, above 0 and up to 1.

    `weight`: one row ahead; `growth`: times that the odds of the network grow from there to
    FAR_AHEAD rows, evenly by the logarithm of the rows.
    """

    prior: M
    weight: float
    growth: float = 1.0

    def weights(self, horizon: int) -> Float64Array:
        """Weight of the prior at each of `horizon` rows ahead."""
        far = np.minimum(np.log(np.arange(1, horizon + 1)) / np.log(FAR_AHEAD), 1.0)
        weights: Float64Array = self.weight / (self.weight + (1 - self.weight) * self.growth**far)
        return weights

    @property
    def far_ahead(self) -> float:
        """Weight of the prior from FAR_AHEAD rows on."""
        return float(self.weights(FAR_AHEAD)[-1])

    @property
    def in_range(self) -> bool:
        """Whether the numbers are such as can be."""
        return 0 < self.weight <= 1 and 0 < self.growth <= MOST_GROWTH

    def as_dict(self) -> dict[str, float]:
        """The numbers, for the model file."""
        return {"weight": self.weight, "growth": self.growth}

    @classmethod
    def of_file(cls, prior: M, numbers: dict[str, Any]) -> "Pool[M]":
        """The pool of a file; in earlier ones the weight is the same for all rows ahead."""
        return cls(prior, float(numbers["weight"]), float(numbers.get("growth", 1.0)))
