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
ROWS = 8


@inline_exactly
def add_rows(x: Array, t: int, eight: bool, factors: Array, even: Array, odd: Array) -> None:
    """Add rows of x (n, k) from t on, times their factors, to sums over even and odd rows (k).

    Eight rows, or the one of t.
    """
    if eight:
        a, b, c, d = factors[6], factors[4], factors[2], factors[0]
        p, q, r, s = factors[7], factors[5], factors[3], factors[1]
        for k in range(even.shape[0]):
            even[k] = (((even[k] + a * x[t + 6, k]) + b * x[t + 4, k]) + c * x[t + 2, k]) + d * x[
                t, k
            ]
            odd[k] = (((odd[k] + p * x[t + 7, k]) + q * x[t + 5, k]) + r * x[t + 3, k]) + s * x[
                t + 1, k
            ]
    else:
        to = odd if t % 2 else even
        for k in range(to.shape[0]):
            to[k] += factors[0] * x[t, k]


def make_moments() -> Callable[..., None]:
    """Kernel: the sums of the products of any two columns."""

    def moments(x: Array, products: Array) -> None:
        rows, columns = x.shape
        whole = rows - rows % ROWS
        factors, even, odd = np.empty(ROWS), np.zeros((columns, columns)), np.zeros_like(products)
        t = 0
        while t < rows:
            count = ROWS if t < whole else 1
            for k in range(columns):
                for row in range(count):
                    factors[row] = x[t + row, k]
                add_rows(x, t, count > 1, factors, even[k], odd[k])
            t += count
        for k in range(columns):
            for other in range(columns):
                products[k, other] = even[k, other] + odd[k, other]

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
        rows, columns = x.shape
        each, even, odd = np.empty(rows), np.zeros(columns), np.zeros(columns)
        for t in range(rows):
            ratio[t] = squares[t] / dof
            each[t] = 1 - (dof + 1) * (ratio[t] / (1 + ratio[t]))
        whole = rows - rows % ROWS
        for t in range(0, whole, ROWS):
            add_rows(x, t, True, each[t:], even, odd)
        for t in range(whole, rows):
            add_rows(x, t, False, each[t:], even, odd)
        for k in range(columns):
            slopes[k] = even[k] + odd[k]

    return slope
