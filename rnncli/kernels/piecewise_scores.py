"""CRPS and PIT of distributions that are linear between quantiles, compiled; see `families`."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._inline import inline_exactly

Array = Any

# values (n, k), y (n), probabilities (k); crps and places (n), or (0) where they are not wanted
PIECEWISE = "void(float64[:,::1],float64[::1],float64[::1],float64[::1],float64[::1])"


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


@inline_exactly
def added_up(terms: Array) -> float:
    """Their sum."""
    total = 0.0
    for k in range(len(terms)):
        total += terms[k]
    return total


def make_piecewise() -> Callable[..., None]:
    """Kernel that fills `crps` and `places`, the shares below y, cell by cell."""

    def piecewise(
        values: Array, y: Array, probabilities: Array, crps: Array, places: Array
    ) -> None:
        pieces, p = probabilities.shape[0] - 1, probabilities
        terms = np.empty(pieces)
        for n in range(y.shape[0]):
            at, here = values[n], y[n]
            if crps.shape[0] > 0:
                for k in range(pieces):
                    share = share_passed(at[k], at[k + 1], here)
                    terms[k] = mean_square_of_rest(p[k], p[k + 1], share) * (at[k + 1] - at[k])
                outside = above_zero(at[0] - here) + above_zero(here - at[pieces])
                crps[n] = added_up(terms) + outside
            if places.shape[0] > 0:
                for k in range(pieces):
                    terms[k] = (p[k + 1] - p[k]) * share_passed(at[k], at[k + 1], here)
                below = p[0] + added_up(terms) if at[0] <= here else 0.0
                places[n] = 1.0 if at[pieces] <= here else math.nan if math.isnan(here) else below

    return piecewise
