"""Scores of forecasts are what their definitions say."""

import math

import numpy as np
import pytest

from rnncli.distributions.families import Normal
from rnncli.evaluation.metrics import (
    direction,
    histogram,
    interval_score,
    level_name,
    owa,
    score,
    seasonal_divisor,
    smape,
)
from rnncli.evaluation.result import Predictive
from rnncli.inference.actuals import Actuals


def came(actual, last=100.0, unit="log", divisor=2.0):
    actual = np.atleast_2d(np.asarray(actual, float))
    each = np.ones(len(actual))
    return Actuals(unit, actual, last * each, divisor * each, 0.01 * each)


def test_errors_of_all_symbols_are_in_percent_of_the_price():
    """A forecast of 110 where 121 came is off by 100 log(110/121), whatever the price's size."""
    found = score(came([[121.0]]), Predictive(np.array([[110.0]])), (80.0,))
    assert found["absolute"][0, 0] == pytest.approx(100 * math.log(1.1))
    assert found["square"][0, 0] == pytest.approx((100 * math.log(1.1)) ** 2)
    assert found["price_absolute"][0, 0] == 11
    assert found["price_square"][0, 0] == 121
    assert found["mase"][0, 0] == 5.5


def test_prices_below_zero_are_scored_in_units_of_their_changes():
    """With unit mase an error is divided by the mean change."""
    found = score(came([[-3.0]], unit="mase"), Predictive(np.array([[1.0]])), ())
    assert found["absolute"][0, 0] == 2
    assert found["mase"][0, 0] == 2


def test_what_did_not_come_is_not_scored():
    """NaN for an actual is NaN in every score."""
    normal = Normal(np.zeros((1, 2)), np.ones((1, 2)))
    found = score(came([[101.0, np.nan]]), Predictive(np.full((1, 2), 100.0), normal), (80.0,))
    assert all(np.isnan(values[0, 1]) for values in found.values())
    said = {name for name, values in found.items() if not np.isnan(values[0, 0])}
    assert set(found) - said == {"direction"}  # 100 after 100 is neither up nor down


def test_a_point_alone_has_no_range():
    """Without a distribution there is no CRPS, no log score and no coverage."""
    assert not {"crps", "log_score", "coverage_80", "pit"} & set(
        score(came([[101.0]]), Predictive(np.array([[100.0]])), (80.0,))
    )


def test_range_of_a_normal():
    """Coverage, width and log score of known bounds."""
    normal = Normal(np.zeros((1, 2)), np.ones((1, 2)))
    actual = 100 * np.exp(np.array([[0.0, 3.0]]) / 100)
    found = score(came(actual), Predictive(np.full((1, 2), 100.0), normal), (95.0, 99.9))
    assert found["coverage_95"].tolist() == [[1.0, 0.0]]
    assert found["coverage_99.9"].tolist() == [[1.0, 1.0]]
    assert found["width_95"] == pytest.approx(np.full((1, 2), 2 * 1.959963984540054))
    assert found["log_score"][0, 0] == pytest.approx(math.log(2 * math.pi) / 2)
    assert found["pit"][0, 0] == pytest.approx(0.5)
    assert found["interval_score_95"][0, 1] == pytest.approx(
        2 * 1.959963984540054 + 40 * (3 - 1.959963984540054)
    )


def test_interval_score_charges_what_lies_outside():
    """Width, plus 2/alpha for each unit outside: 10 at 80 %."""
    y = np.array([0.5, -1.0, 3.0])
    found = interval_score(y, np.zeros(3), np.ones(3), 80.0)
    assert found == pytest.approx([1.0, 11.0, 21.0])


def test_smape_is_m4s():
    """200 |y - f| / (|y| + |f|), and nothing where both are zero."""
    assert smape(np.array([100.0, 0.0, 50.0]), np.array([110.0, 0.0, 0.0])) == pytest.approx(
        [200 * 10 / 210, 0, 200]
    )


def test_owa_averages_ratios_of_averages():
    """A forecast half as wrong by one measure and as wrong by the other has 0.75."""
    assert owa(5.0, 1.2, 10.0, 1.2) == 0.75
    past = np.array([1.0, 5.0, 2.0, 9.0])
    assert seasonal_divisor(past, 2) == 2.5
    assert seasonal_divisor(past, 1) == pytest.approx((4 + 3 + 7) / 3)


def test_direction_counts_forecasts_that_say_something():
    """Up or down, right or wrong; a forecast or an outcome of no change does not count."""
    y, said = np.array([1.0, -2.0, 3.0, 0.0, 1.0]), np.array([0.5, -0.1, -1.0, 1.0, 0.0])
    np.testing.assert_array_equal(direction(y, said), [1, 1, 0, np.nan, np.nan])


def test_histogram_of_tenths():
    """Shares by tenth; of nothing known, nothing."""
    assert histogram(np.array([0.05, 0.15, 0.15, 1.0, np.nan])) == [
        0.25, 0.5, 0, 0, 0, 0, 0, 0, 0, 0.25,
    ]  # fmt: skip
    assert histogram(np.array([np.nan])) is None


def test_levels_are_named_by_every_digit():
    """No two levels have one column."""
    assert [level_name(v) for v in (80.0, 99.5, 80)] == ["80", "99.5", "80"]
