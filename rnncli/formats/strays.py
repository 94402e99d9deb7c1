"""Prices far from those beside them: of another series or magnitude, or printed wrong."""

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.formats.steps import Steps, large_steps

FAR = 3  # a price over the one before it, or the reverse
AWAY = 1.75  # the same, where the price comes back within a few rows


def find_strays(values: Float64Array, codes: IntArray, splits: IntArray) -> IntArray:
    """Return the rows that a price far from the one before stands in, those of `splits` aside.

    A factor that is usual for the series, or was at that time, says nothing. Rows are sorted by
    series and date.
    """
    found: list[int] = []
    for start, end, here in large_steps(values, codes, AWAY):
        steps = Steps(values[start:end])
        found += [
            start + i + 1
            for i in (steps.unusual(here) if steps.are_enough else here[:0]).tolist()
            if abs(steps.sizes[i]) >= np.log(FAR) or steps.comes_back(i)
            if steps.is_unusual_nearby(i)
        ]
    return np.setdiff1d(np.array(found, dtype=np.int64), splits)
