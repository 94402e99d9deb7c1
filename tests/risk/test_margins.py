"""Scenarios of a symbol by itself, held to closed forms."""

import numpy as np
import pytest
from builders import ALONE, prices_of, random_walk

from rnncli.forecasting.predict import predict
from rnncli.models.prior import fed, load_prior
from rnncli.prices.origins import last_rows
from rnncli.risk.margins import bands_at, bands_of, levels_for
from rnncli.risk.parametric import student_t_tail
from rnncli.risk.tails import measures, tail_of
from rnncli.settings import PredictSettings

CONFIDENCES = (95.0, 97.5, 99.0)


@pytest.fixture(scope="module")
def forecast():
    """A forecast by the prior of one symbol, with the intervals that scenarios need."""
    prices = prices_of({"A": random_walk(np.random.default_rng(1), 300)})
    model = load_prior()
    settings = PredictSettings(horizon=2, level=levels_for(CONFIDENCES))
    return predict(model, fed(prices, model, None), settings, ALONE)


def student_of(forecast):
    """Scale and degrees of freedom of the log return of the next row, from two bounds of it."""
    last = forecast.naive[0]
    low, far = (np.log(forecast.lower[level][0, 0] / last) for level in (90.0, 98.0))
    candidates = np.linspace(2.05, 60, 20_000)
    near, wide = (student_t_tail(p, candidates).quantile for p in (0.05, 0.01))
    best = np.argmin(np.abs(wide / near - far / low))
    return low / near[best], candidates[best]


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_value_at_risk_is_the_bound_of_predict(forecast, confidence):
    """Of 95 %: the lower bound of the 90 % interval."""
    gains = bands_of(forecast).scenarios(1, 20_000)[0] - forecast.naive[0]
    expected = forecast.naive[0] - forecast.lower[2 * confidence - 100][0, 0]
    found = measures(gains, tail_of(confidence))
    assert float(found.value_at_risk) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_shortfall_is_that_of_the_distribution(forecast, confidence):
    """Of log returns: the closed form of Student's t."""
    scale, dof = student_of(forecast)
    returns = np.log(bands_of(forecast).scenarios(1, 20_000)[0] / forecast.naive[0])
    expected = -scale * float(student_t_tail(tail_of(confidence), np.array(dof)).shortfall)
    found = float(measures(returns, tail_of(confidence)).shortfall)
    assert found == pytest.approx(expected, rel=2e-3)


def test_scenarios_ascend_and_depend_little_on_their_number(forecast):
    """More of them change the measures in the fourth digit."""
    few, many = (bands_of(forecast).scenarios(2, count)[0] for count in (5000, 50_000))
    assert np.all(np.diff(many) >= 0)
    one, other = (float(measures(x, 0.01).shortfall) for x in (few, many))
    assert one == pytest.approx(other, rel=1e-3)


def test_levels_hold_both_tails_of_each_confidence():
    """And the widest reach far out."""
    levels = levels_for((95.0, 50.2))
    assert 90.0 in levels
    assert levels[-1] > 99.999
    assert list(levels) == sorted(set(levels))


def test_bands_of_past_rows_are_those_of_forecasts_made_then():
    """From the last row: the same as `predict`, but for rounding."""
    prices = prices_of({"A": random_walk(np.random.default_rng(2), 120)})
    model = load_prior()
    known = fed(prices, model, None)
    levels = levels_for(CONFIDENCES)
    now = predict(model, known, PredictSettings(horizon=2, level=levels), ALONE)
    bands = bands_at(model, known, last_rows(known), 2, CONFIDENCES, ALONE)
    assert bands.scores == pytest.approx(bands_of(now).scores)
    assert bands.prices == pytest.approx(bands_of(now).prices, rel=1e-9)
