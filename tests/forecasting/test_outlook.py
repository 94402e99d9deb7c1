"""The chance of a rise and the width of a range, against distributions that are known."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from builders import prices_of
from ledgers import forecast_of

from rnncli.forecasting.outlook import (
    Moves,
    moves,
    outlook_levels,
    rise_probability,
    widths,
    worst_case,
)

LEVELS = (50.0, 80.0, 95.0)


def normal_forecast(mean, deviation):
    """One symbol at 100 whose next price is normal."""
    forecast = forecast_of(prices_of({"A": np.full(20, 100.0)}), horizon=1, levels=LEVELS)
    normal = NormalDist(100 + mean, deviation)
    return replace(
        forecast,
        forecasts=np.array([[100.0 + mean]]),
        lower={v: np.array([[normal.inv_cdf(0.5 - v / 200)]]) for v in LEVELS},
        upper={v: np.array([[normal.inv_cdf(0.5 + v / 200)]]) for v in LEVELS},
    )


@pytest.mark.parametrize("mean", [0.0, 0.3, -1.0, 2.5])
def test_the_chance_of_a_rise_of_normal_prices_is_exact(mean):
    """Whatever the levels are: the normal score is linear between their quantiles."""
    wanted = 1 - NormalDist(mean, 2).cdf(0)
    assert rise_probability(normal_forecast(mean, 2.0))[0, 0] == pytest.approx(wanted)


def test_beyond_the_outermost_quantile_nothing_is_claimed():
    """A last price far below all quantiles has the probability of the lowest."""
    assert rise_probability(normal_forecast(50.0, 1.0))[0, 0] == pytest.approx(0.975)
    assert rise_probability(normal_forecast(-50.0, 1.0))[0, 0] == pytest.approx(0.025)


def test_unknown_bounds_are_left_out():
    """The others are enough; the median alone is not."""
    forecast, nothing = normal_forecast(0.3, 2.0), np.array([[np.nan]])
    some = replace(forecast, lower=forecast.lower | {95.0: nothing})
    assert rise_probability(some) == pytest.approx(rise_probability(forecast))
    none = dict.fromkeys(LEVELS, nothing)
    assert np.isnan(rise_probability(replace(forecast, lower=none, upper=none))).all()


def test_levels_for_the_chance_keep_those_that_are_asked_for():
    """In order, each once."""
    levels = outlook_levels((99.0, 80.0))
    assert {99.0, 80.0, 50.0} <= set(levels)
    assert list(levels) == sorted(set(levels))


def test_widths_are_in_units_of_scores():
    """Logarithms in percent, or mean one-step changes."""
    forecast = forecast_of(prices_of({"A": np.arange(10.0, 30)}), width=2.0)
    middle = forecast.forecasts
    assert widths(forecast, 80.0, "log") == pytest.approx(100 * np.log((middle + 2) / (middle - 2)))
    assert widths(forecast, 80.0, "mase") == pytest.approx(np.full(middle.shape, 4.0))


def test_the_worst_case_is_a_quantile_where_there_is_one_and_else_between_two():
    """Of normal prices both are exact; beyond the outermost quantile there is none."""
    wanted = NormalDist(101, 2.0).inv_cdf(0.05)
    assert worst_case(normal_forecast(1.0, 2.0))[0, 0] == pytest.approx(wanted)
    exact = normal_forecast(1.0, 2.0)
    exact.lower[90.0], exact.upper[90.0] = np.array([[97.0]]), np.array([[105.0]])
    assert worst_case(exact)[0, 0] == 97.0
    assert np.isnan(worst_case(exact.at_levels([80.0]))[0, 0])


def test_moves_are_percents_of_the_last_price():
    """Below zero a higher price is a rise too; of a last price of zero there is no move."""
    forecast = normal_forecast(2.0, 1.0)
    found = moves(forecast, [80.0])
    bound = NormalDist(2, 1).inv_cdf(0.9)
    assert found.median == pytest.approx([2.0])
    assert [side[0] for side in found.ranges[80.0]] == pytest.approx([4 - bound, bound])
    assert found.fall == pytest.approx([2.5])  # beyond the outermost quantile
    below = moves(replace(forecast, naive=np.array([-50.0]), forecasts=np.array([[-49.0]])), [80.0])
    assert below.median == pytest.approx([2.0])
    assert np.isnan(moves(replace(forecast, naive=np.array([0.0])), [80.0]).median).all()


@pytest.mark.parametrize(
    ("by", "order"),
    [("move", "CABD"), ("range", "BACD"), ("fall", "ACBD"), ("worst", "BACD")],
)
def test_symbols_are_in_order_of_what_is_asked_for(by, order):
    """Those of whom it is not known come last."""
    nan = np.nan
    found = Moves(
        median=np.array([1.0, 0.5, -3.0, nan]),
        ranges={
            95.0: (np.array([-4.0, -5.0, -6.0, nan]), np.array([4.0, 5.0, 6.0, nan])),
            80.0: (np.array([-2.0, -3.0, -1.0, nan]), np.array([2.0, 3.0, 1.0, nan])),
        },
        fall=np.array([60.0, 50.0, 55.0, nan]),
        worst=np.array([-3.0, -4.0, -2.0, nan]),
    )
    assert "".join("ABCD"[i] for i in found.order(by)) == order
