"""Sums of `distributions.scale_regression`, compiled: with the bits that einsum gives on x86-64.

It sums products over rows in turn in even and odd rows, of each eight rows the last two first.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._inline import inline_exactly

Array = Any

# x (n, k), the sums of products of its columns (k, k)
MOMENTS = "void(float64[:,::1],float64[:,::1])"
# columns (k, n), weights (k); log scale (n), and -2 times that
LOG_SCALE = "void(float64[:,::1],float64[::1],float64[::1],float64[::1])"
# x (n, k), squares over squared scales (n), degrees of freedom, the same over these (n), slope (k)
SLOPE = "void(float64[:,::1],float64[::1],float64,float64[::1],float64[::1])"
ROWS, SIDES = 8, 2


@inline_exactly
def add_products(factors: Array, x: Array, sums: Array, first: int) -> None:
    """Add factors (n) times rows of x (n, k) to the sums (2, k) of even and odd rows, from `first`.

    Those of a number of rows that eight divides, and then of the others.
    """
    rows, columns = x.shape
    whole = rows - rows % ROWS
    for t in range(0, whole, ROWS):
        for side in range(SIDES):
            a, b, c, d = t + 6 + side, t + 4 + side, t + 2 + side, t + side
            p, q, r, s = factors[a], factors[b], factors[c], factors[d]
            for k in range(first, columns):
                sums[side, k] = (
                    ((sums[side, k] + p * x[a, k]) + q * x[b, k]) + r * x[c, k]
                ) + s * x[d, k]
    for t in range(whole, rows):
        for k in range(first, columns):
            sums[t % SIDES, k] += factors[t] * x[t, k]


def make_moments() -> Callable[..., None]:
    """Kernel: the sums of the products of any two columns."""

    def moments(x: Array, products: Array) -> None:
        columns = x.shape[1]
        column, sums = np.empty(x.shape[0]), np.empty((SIDES, columns))
        for k in range(columns):
            for t in range(x.shape[0]):
                column[t] = x[t, k]
            sums[:] = 0
            add_products(column, x, sums, k)
            for other in range(k, columns):
                products[k, other] = sums[0, other] + sums[1, other]
                products[other, k] = products[k, other]

    return moments


def make_log_scale() -> Callable[..., None]:
    """Kernel: the log scale of each row."""

    def log_scale(columns: Array, weights: Array, scales: Array, twice: Array) -> None:
        count, rows = columns.shape
        whole = count - count % 4
        scales[:] = 0
        for k in range(0, whole, 4):
            a, b, c, d = weights[k], weights[k + 1], weights[k + 2], weights[k + 3]
            for t in range(rows):
                scales[t] = (
                    ((scales[t] + a * columns[k, t]) + b * columns[k + 1, t])
                    + c * columns[k + 2, t]
                ) + d * columns[k + 3, t]
        for k in range(whole, count):
            for t in range(rows):
                scales[t] += weights[k] * columns[k, t]
        for t in range(rows):
            twice[t] = -2 * scales[t]

    return log_scale


def make_slope() -> Callable[..., None]:
    """Kernel: the derivative of the summed loss by the weights of the log scale."""

    def slope(x: Array, squares: Array, dof: float, ratio: Array, slopes: Array) -> None:
        each, sums = np.empty(x.shape[0]), np.zeros((SIDES, x.shape[1]))
        for t in range(x.shape[0]):
            ratio[t] = squares[t] / dof
            each[t] = 1 - (dof + 1) * (ratio[t] / (1 + ratio[t]))
        add_products(each, x, sums, 0)
        for k in range(x.shape[1]):
            slopes[k] = sums[0, k] + sums[1, k]

    return slope
