"""The fit of `distributions.scale_regression`, compiled; the rows are the innermost axis."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._inline import inline
from rnncli.kernels._log_gamma import ratio
from rnncli.kernels._math import exp
from rnncli.kernels.likelihoods import HALF_LOG_TAU

Array = Any

# columns (k, n), squares (n), towards (k), strength (k), weights (k) to begin with, and dof; leaves
# the likeliest weights, and returns the dof
FIT = "float64(float64[:,::1],float64[::1],float64[::1],float64[::1],float64[::1],float64)"
STEPS = 100
HALVINGS = 30  # of a step that went too far
CLOSE = 1e-4  # a step of no weight exceeds: a hundredth of a percent of the scale
SAME_DOF = 2e-3  # relative
SMALLEST_DOF, LARGEST_DOF = 2.05, 200.0
SEARCH = 14  # steps of golden section: 1/dof to a thousandth of its range
GOLDEN = (math.sqrt(5) - 1) / 2
AT_ONCE = 8  # numbers whose product has a logarithm for all of them


@inline
def factor(columns: Array, strength: Array, lower: Array) -> None:
    """Cholesky factor (k, k) of the mean products of columns, the penalty added to squares."""
    count, rows = columns.shape
    for i in range(count):
        for j in range(i + 1):
            one, other, total = columns[i], columns[j], 0.0
            for t in range(rows):
                total += one[t] * other[t]
            total /= rows
            for m in range(j):
                total -= lower[i, m] * lower[j, m]
            if i == j:
                lower[i, i] = math.sqrt(total + strength[i])
            else:
                lower[i, j] = total / lower[j, j]


@inline
def solve(lower: Array, right: Array, solution: Array) -> None:
    """What the matrix of a Cholesky factor (k, k) makes `right` (k) of."""
    count = len(right)
    for i in range(count):
        total = right[i]
        for m in range(i):
            total -= lower[i, m] * solution[m]
        solution[i] = total / lower[i, i]
    for i in range(count - 1, -1, -1):
        total = solution[i]
        for m in range(i + 1, count):
            total -= lower[m, i] * solution[m]
        solution[i] = total / lower[i, i]


@inline
def over_scale(columns: Array, squares: Array, weights: Array, over: Array) -> Any:
    """Fill `over` (n) with the squares over those of the scale; the mean log scale."""
    count, rows = columns.shape
    for t in range(rows):
        over[t] = 0.0
    for k in range(count):
        column, weight = columns[k], weights[k]
        for t in range(rows):
            over[t] += weight * column[t]
    total = 0.0
    for t in range(rows):
        total += over[t]
        over[t] = squares[t] * exp(-2 * over[t])
    return total / rows


@inline
def mean_log(over: Array, inverse: Any, products: Array) -> Any:
    """Mean of log(1 + over/dof) for 1/dof, in logarithms of products (n / AT_ONCE)."""
    rows, blocks, total = len(over), len(products), 0.0
    for t in range(blocks):
        products[t] = 1 + inverse * over[t]
    for block in range(1, AT_ONCE):
        for t in range(blocks):
            products[t] *= 1 + inverse * over[block * blocks + t]
    for t in range(blocks):
        total += math.log(products[t])
    for t in range(blocks * AT_ONCE, rows):
        total += math.log1p(inverse * over[t])
    return total / rows


@inline
def loss_of_dof(over: Array, inverse: Any, products: Array) -> Any:
    """Minus the mean log density for 1/dof, but for the log scale."""
    log = mean_log(over, inverse, products)
    return (1 / inverse + 1) / 2 * log - ratio(2 * inverse) + HALF_LOG_TAU


@inline
def likeliest_dof(over: Array, products: Array) -> Any:
    """The degrees of freedom for given scales, by golden section in 1/dof."""
    low, high = 1 / LARGEST_DOF, 1 / SMALLEST_DOF
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left = loss_of_dof(over, left, products)
    at_right = loss_of_dof(over, right, products)
    for _ in range(SEARCH):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = loss_of_dof(over, left, products)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = loss_of_dof(over, right, products)
    return 2 / (low + high)


@inline
def slopes(columns: Array, over: Array, dof: Any, share: Array, slope: Array) -> None:
    """Fill `slope` (k), the derivative of the mean loss by the weights; `share` (n) is spare."""
    count, rows = columns.shape
    for t in range(rows):
        share[t] = 1 - (dof + 1) * (over[t] / (dof + over[t]))
    for k in range(count):
        column, total = columns[k], 0.0
        for t in range(rows):
            total += share[t] * column[t]
        slope[k] = total / rows


@inline
def pull(weights: Array, towards: Array, strength: Array) -> Any:
    """The penalty."""
    total = 0.0
    for k in range(len(weights)):
        total += strength[k] * (weights[k] - towards[k]) ** 2
    return total / 2


def make_fit() -> Callable[..., float]:
    """Kernel: Fisher scoring, the dof searched for after each step.

    A step that does not lower the loss is halved.
    """

    def fit(
        columns: Array, squares: Array, towards: Array, strength: Array, weights: Array, dof: float
    ) -> float:
        count, rows = columns.shape
        lower, over, share = np.empty((count, count)), np.empty(rows), np.empty(rows)
        slope, step, tried = np.empty(count), np.empty(count), np.empty(count)
        products = np.empty(rows // AT_ONCE)
        factor(columns, strength, lower)
        scale = over_scale(columns, squares, weights, over)
        for _ in range(STEPS):
            slopes(columns, over, dof, share, slope)
            loss = scale + (dof + 1) / 2 * mean_log(over, 1 / dof, products)
            loss += pull(weights, towards, strength)
            for k in range(count):
                slope[k] += strength[k] * (weights[k] - towards[k])
            solve(lower, slope, step)
            length, size = (dof + 3) / (2 * dof), 0.0
            for k in range(count):
                size = max(size, abs(step[k]))
            for _ in range(HALVINGS):
                for k in range(count):
                    tried[k] = weights[k] - length * step[k]
                scale = over_scale(columns, squares, tried, over)
                after = scale + (dof + 1) / 2 * mean_log(over, 1 / dof, products)
                if after + pull(tried, towards, strength) <= loss:
                    break
                length /= 2
            else:
                return dof
            for k in range(count):
                weights[k] = tried[k]
            before, dof = dof, likeliest_dof(over, products)
            if length * size < CLOSE and abs(dof - before) < SAME_DOF * dof:
                break
        return dof

    return fit
