"""CRPS and PIT of distributions that are linear between quantiles, compiled; see `families`.

Bit-identical to the same in NumPy, see `pairwise_sum`.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._inline import inline_exactly
from rnncli.kernels.pairwise_sum import DEPTH, sum_of

Array = Any

# values (n, k), y (n), probabilities (k); mean squares (k - 1) of pieces that y has passed, and of
# those it has not; order of the sum; crps and places (n), or (0) where they are not wanted
PIECEWISE = (
    "void(float64[:,::1],float64[::1],float64[::1],float64[::1],float64[::1],int64[::1],"
    "float64[::1],float64[::1])"
)


@inline_exactly
def mean_square(start: float, end: float) -> float:
    """Mean of the square of what goes linearly from `start` to `end`."""
    return (start * start + start * end + end * end) / 3


@inline_exactly
def mean_square_of_rest(start: float, end: float, passed: float) -> float:
    """Mean of (F(x) - [y <= x])^2 over a piece of F, of which y has passed a share."""
    cut = start + (end - start) * passed
    return passed * mean_square(start, cut) + (1 - passed) * mean_square(1 - cut, 1 - end)


@inline_exactly
def above_zero(value: float) -> float:
    """Its positive part; NaN of NaN."""
    return 0.0 if value <= 0 else value


@inline_exactly
def share_passed(low: float, high: float, y: float) -> float:
    """How much of the piece between two values y has passed, 0 to 1."""
    width = high - low
    if not width > 0:
        return 1.0 if y >= low else 0.0
    share = (y - low) / width
    return 0.0 if share < 0 else 1.0 if share > 1 else share


def make_piecewise() -> Callable[..., None]:
    """Kernel that fills `crps` and `places`, the shares below y, cell by cell."""

    def piecewise(
        values: Array, y: Array, probabilities: Array, passed: Array, ahead: Array, order: Array,
        crps: Array, places: Array,
    ) -> None:  # fmt: skip
        pieces = probabilities.shape[0] - 1
        terms, sums = np.empty(pieces), np.empty(DEPTH)
        for n in range(y.shape[0]):
            at, here = values[n], y[n]
            reached, in_order = int(at[pieces] <= here), 0
            for k in range(pieces):
                width = at[k + 1] - at[k]
                in_order += int((width >= 0) & (width < math.inf))
                reached += int(at[k] <= here)
            cut = 0 < reached <= pieces  # one piece is
            first, end = (reached - 1, reached) if cut else (0, 0)
            if in_order < pieces:
                first, end = 0, pieces
            if crps.shape[0] > 0:
                for k in range(pieces):
                    square = passed[k] if at[k + 1] <= here else ahead[k]
                    terms[k] = square * (at[k + 1] - at[k])
                for k in range(first, end):
                    share = share_passed(at[k], at[k + 1], here)
                    square = mean_square_of_rest(probabilities[k], probabilities[k + 1], share)
                    terms[k] = square * (at[k + 1] - at[k])
                outside = above_zero(at[0] - here) + above_zero(here - at[pieces])
                crps[n] = sum_of(terms, order, sums) + outside
            if places.shape[0] > 0:
                for k in range(pieces):
                    step = probabilities[k + 1] - probabilities[k]
                    terms[k] = step if at[k + 1] <= here else 0.0
                for k in range(first, end):
                    share = share_passed(at[k], at[k + 1], here)
                    terms[k] = (probabilities[k + 1] - probabilities[k]) * share
                below = probabilities[0] + sum_of(terms, order, sums)
                below = below if at[0] <= here else 0.0
                places[n] = 1.0 if at[pieces] <= here else math.nan if math.isnan(here) else below

    return piecewise
