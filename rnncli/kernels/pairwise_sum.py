"""Sums in the order of `np.sum`, for kernels whose results have the bits of NumPy's."""

from functools import cache
from typing import Any

import numpy as np

from rnncli.arrays import IntArray
from rnncli.kernels._inline import inline_exactly

Array = Any

LONGEST = 128  # terms that NumPy sums without halving them
AT_ONCE = 8  # sums that it runs side by side
DEPTH = 64  # of the halves of any number of terms
ADD = -1  # in an order of sums: the last two


@cache
def order_of_sum(count: int) -> IntArray:
    """How `np.sum` adds numbers up: the lengths of its runs, and ADD for the last two sums.

    Pairwise summation, as in numpy/_core/src/umath/loops_utils.h.src.
    """
    if count <= LONGEST:
        return np.array([count])
    half = count // 2 // AT_ONCE * AT_ONCE
    return np.concatenate([order_of_sum(half), order_of_sum(count - half), [ADD]])


@inline_exactly
def run(terms: Array, start: int, count: int) -> float:
    """The sum of a run of terms."""
    total, whole = 0.0, 0
    if count >= AT_ONCE:
        whole = count - count % AT_ONCE
        a, b, c, d = terms[start], terms[start + 1], terms[start + 2], terms[start + 3]
        e, f, g, h = terms[start + 4], terms[start + 5], terms[start + 6], terms[start + 7]
        for k in range(start + AT_ONCE, start + whole, AT_ONCE):
            a, b, c, d = a + terms[k], b + terms[k + 1], c + terms[k + 2], d + terms[k + 3]
            e, f, g, h = e + terms[k + 4], f + terms[k + 5], g + terms[k + 6], h + terms[k + 7]
        total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for k in range(start + whole, start + count):
        total += terms[k]
    return total


@inline_exactly
def sum_of(terms: Array, order: Array, sums: Array) -> float:
    """The sum of terms in an order; `sums` (DEPTH) is written to."""
    start, height = 0, 0
    for length in order:
        if length == ADD:
            height -= 1
            sums[height - 1] += sums[height]
        else:
            sums[height] = run(terms, start, length)
            start, height = start + length, height + 1
    total: float = sums[0]
    return total
