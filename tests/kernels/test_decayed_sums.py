"""Sums that decay have the bits of the same in NumPy, row by row."""

import numpy as np
import pytest

from rnncli.kernels import decayed_sums_kernel


@pytest.mark.parametrize("shape", [(1, 1, 1), (9, 40, 3), (2, 0, 4)])
def test_each_row_keeps_a_share_of_the_one_before(shape):
    """Of each sum of each series, with NaN and infinite ones among what is added."""
    kinds, rows, series = shape
    rng = np.random.default_rng(rows)
    kept, added = rng.random((rows, series)), rng.standard_normal(shape)
    added[rng.random(shape) < 0.02] = np.nan
    added[rng.random(shape) < 0.02] = np.inf
    sums = rng.standard_normal((rows + 1, series, kinds))
    ref = sums.copy()
    with np.errstate(invalid="ignore"):
        for t in range(rows):
            ref[t + 1] = ref[t] * kept[t][:, None] + added[:, t].T
    decayed_sums_kernel()(kept, added, sums)
    np.testing.assert_array_equal(sums, ref)
