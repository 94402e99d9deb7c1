"""The actual prices after an origin, and units that pool."""

import numpy as np
import pytest
from builders import prices_of

from rnncli.inference.actuals import actuals_at, mase_divisors, prices_after
from rnncli.prices.origins import Origins

PRICES = prices_of({"A": [1, 2, 4, 3, 6], "B": [10, 10, 10, 12]})
ORIGINS = Origins(np.array([0, 0, 1]), np.array([1, 3, 2]), np.array([0, 1, 0]))


def test_actuals_of_origins():
    """The prices after an origin, the price at it, its past changes."""
    came = actuals_at(PRICES, ORIGINS, 2, "mase")
    np.testing.assert_array_equal(came.actual, [[4, 3], [6, np.nan], [12, np.nan]])
    assert came.last.tolist() == [2, 3, 10]
    np.testing.assert_array_equal(came.divisor, [1, 4 / 3, np.nan])
    assert came.horizon == 2


@pytest.mark.parametrize("unit", ["log", "mase"])
def test_units_can_be_left_again(unit):
    """priced is the inverse of scored, and the price at the cutoff is zero."""
    came = actuals_at(PRICES, ORIGINS, 2, unit)
    prices = np.array([[4.0, 3.0], [6.0, 1.0], [10.0, 9.0]])
    back = came.priced(came.scored(prices))
    np.testing.assert_allclose(back[:2], prices[:2])
    assert came.scored(np.repeat(came.last[:, None], 2, 1))[:2].tolist() == [[0, 0], [0, 0]]


def test_prices_that_the_unit_cannot_hold_are_unknown():
    """No log of a negative price, no error over a change of nothing."""
    assert np.isnan(actuals_at(PRICES, ORIGINS, 2, "log").scored(np.full((3, 2), -1.0))).all()
    assert np.isnan(actuals_at(PRICES, ORIGINS, 2, "mase").scored(np.full((3, 2), 1.0))[2]).all()


def test_a_change_in_the_unit_of_bounds_is_so_much_in_the_unit_of_scores():
    """Logs in percent, differences over the divisor."""
    assert actuals_at(PRICES, ORIGINS, 2, "log").step().tolist() == [100, 100, 100]
    assert actuals_at(PRICES, ORIGINS, 2, "mase").step()[:2].tolist() == [1, 0.75]


def test_divisors_see_the_past_alone():
    """Mean absolute change up to a row, term by term."""
    series = np.array([5.0, 5.0, 7.0, 4.0, 100.0])
    expected = [np.nan, np.nan, 1.0, 5 / 3]
    np.testing.assert_allclose(mase_divisors(series, np.arange(4)), expected)


def test_past_the_end_there_are_no_prices():
    """Rows that are not there are NaN."""
    found = prices_after(np.array([1.0, 2.0, 3.0]), np.array([0, 2]), 2)
    np.testing.assert_array_equal(found, [[2, 3], [np.nan, np.nan]])
