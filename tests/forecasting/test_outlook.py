"""The chance of a rise and the width of a range, against distributions that are known."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from builders import prices_of
from ledgers import forecast_of

from rnncli.forecasting.outlook import outlook_levels, rise_probability, widths

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
