"""Functions of NumPy without what they load: the same numbers."""

import numpy as np
import pytest

from rnncli.arrays import distinct, median


@pytest.mark.parametrize("kind", [np.float64, np.int64])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 101, 1000])
def test_a_median_and_distinct_values_are_those_of_numpy(count, kind):
    """To the last bit, for odd and even numbers of values, some of them equal."""
    values = (np.random.default_rng(count).normal(size=count) * 1e3).astype(kind)
    assert median(values) == np.median(values)
    assert distinct(values.astype(np.int64)).tolist() == np.unique(values.astype(np.int64)).tolist()


@pytest.mark.parametrize(
    "values", [[np.inf, 1.0], [np.inf, np.inf], [-np.inf, np.inf], [np.nan, 1.0, 2.0], [0.1, 0.2]]
)
def test_a_median_of_odd_numbers_is_that_of_numpy(values):
    """Infinite values and NaN alike."""
    with np.errstate(invalid="ignore"):
        assert np.array_equal(median(np.array(values)), np.median(values), equal_nan=True)


def test_no_values_have_no_median():
    """NaN, without a warning."""
    assert np.isnan(median(np.array([])))
