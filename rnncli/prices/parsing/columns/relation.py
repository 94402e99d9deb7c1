"""One column in terms of others, and how closely it must follow from them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array

ENOUGH = 8  # rows that must agree, and one more for each weight
_AGREE = 0.97  # the share of rows that must
_COARSE = 3  # times its rounding that a number must vary
_DISTINCT = 5  # different values at least


@dataclass(frozen=True)
class Relation:
    """One column in terms of others: the rows of both in the matrix, and the weights."""

    made: int
    sources: tuple[int, ...]
    weights: tuple[float, ...]
    kind: str  # sum, product, portfolio, or a formula of two

    def turned(self, made: int) -> "Relation":
        """Return the relation with another of its columns as the one that is made."""
        if made == self.made:
            return self
        weight = self.weights[self.sources.index(made)]
        weights = {
            source: -each / weight
            for source, each in zip(self.sources, self.weights, strict=True)
            if source != made
        }
        weights[self.made] = 1 / weight
        return Relation(made, tuple(weights), tuple(weights.values()), self.kind)


# Takes a relation, and returns it with the column that is made of the others as `made`.
Choice = Callable[[Relation], Relation]


def is_exact(ours: Float64Array, made: Float64Array, slack: Float64Array) -> bool:
    """Whether most rows are the same but for rounding, and vary by more than that."""
    rows = ~np.isnan(made)
    if np.count_nonzero(rows) < ENOUGH:
        return False
    near = np.abs(ours - made)[rows] <= slack[rows] + 1e-9 * np.abs(ours[rows])
    if near.mean() < _AGREE:
        return False
    is_coarse = np.std(ours[rows]) < _COARSE * np.median(slack[rows])
    return not is_coarse and np.unique(ours[rows]).size >= _DISTINCT
