"""Whether numbers are those that something makes, but for their rounding."""

import numpy as np

from rnncli.arrays import BoolArray, Float64Array

ENOUGH = 8  # rows that must agree
FINE = 10  # times its rounding that a number must vary
_AGREE = 0.97  # the share of rows that must


def enough(rows: BoolArray) -> bool:
    """Whether there are enough rows to compare."""
    return int(np.count_nonzero(rows)) >= ENOUGH


def agree(values: Float64Array, made: Float64Array, slack: Float64Array) -> bool:
    """Whether most rows are the same but for rounding, and vary by much more than that."""
    rows = ~(np.isnan(values) | np.isnan(made))
    if not enough(rows):
        return False
    near = np.abs(values[rows] - made[rows]) <= slack[rows]
    if near.mean() < _AGREE:
        return False
    return float(np.std(made[rows])) > FINE * float(np.median(slack[rows]))
