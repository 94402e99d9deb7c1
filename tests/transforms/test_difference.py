"""Differences over the series' own running deviation: prices that may be zero or less."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from builders import ALONE, prices_of
from states import first_rows, model_of
from trained import trained

from rnncli.errors import UsageError
from rnncli.evaluation.cross_validation import cross_validate
from rnncli.evaluation.cutoffs import calendar
from rnncli.evaluation.result import Plan
from rnncli.forecasting.predict import predict
from rnncli.prices.origins import Origins
from rnncli.settings import NetworkSettings, PredictSettings, PrepareSettings, TrainSettings
from rnncli.settings.training import resolve_defaults
from rnncli.transforms.dataset import fit, prepare
from rnncli.transforms.inverse import inverse_transform

DIFFERENCE = PrepareSettings(scale="difference", volatility_decay=0.94)


def spreads(rows=200, seed=5):
    """Two series around zero, in cents and in index points."""
    rng = np.random.default_rng(seed)
    steps = rng.standard_t(4, (2, rows)).cumsum(axis=1)
    return prices_of({"CENTS": steps[0] * 0.01, "POINTS": steps[1] * 50})


def test_values_are_differences_over_the_deviation_before_them():
    """Day by day: v is 1 at first, then moves by 1/(n + 1), later by 0.06, to the next square."""
    prices = spreads()
    transform = fit(prices, DIFFERENCE, 0.2)
    for i, symbol in enumerate(prices.symbols):
        series = prices.series(i)
        differences = [after - before for before, after in pairwise(series)]
        training = differences[: len(differences) - int(0.2 * (len(differences) - 1))]
        size = float(np.sqrt(np.mean(np.square(training))))
        assert transform.fitted[symbol] == pytest.approx((0.0, size), rel=1e-12)
        variance, expected = 1.0, []
        for count, difference in enumerate(differences, start=1):
            value = difference / size
            expected.append(value / max(variance**0.5, 0.01))
            weight = 1 / (count + 1) if count <= int(1 / 0.06 - 1) else 0.06
            variance += weight * (value**2 - variance)
        np.testing.assert_allclose(transform.fed(symbol, series), expected, rtol=1e-9)
        dataset = prepare(prices, transform, 0.2)
        np.testing.assert_array_equal(dataset.series(i), transform.fed(symbol, series))
    assert transform.fitted["POINTS"][1] > 1000 * transform.fitted["CENTS"][1]


@pytest.mark.parametrize("decay", [0.0, 0.94])
def test_values_lead_back_to_the_prices(decay):
    """The value of a row, brought back after the row before it, is its price."""
    prices = spreads()
    transform = fit(prices, replace(DIFFERENCE, volatility_decay=decay), 0.2)
    values = transform.fed("POINTS", prices.series(1))
    rows = np.arange(1, len(values))
    inverse = inverse_transform(transform, prices, Origins(np.ones_like(rows), rows))
    back = inverse.prices(values[1:, None])[:, 0]
    np.testing.assert_allclose(back, prices.series(1)[2:], rtol=1e-9, atol=1e-9)


def test_nothing_after_the_training_part_changes_what_is_fitted():
    """Not a size, and no value of a day before."""
    prices = spreads()
    later = replace(prices, values=prices.values.copy())
    later.values[later.offsets[1] - 20 : later.offsets[1]] *= 100
    later.values[-20:] -= 5000
    one, other = fit(prices, DIFFERENCE, 0.2), fit(later, DIFFERENCE, 0.2)
    assert one == other
    for i, symbol in enumerate(prices.symbols):
        before, after = (
            each.fed(symbol, p.series(i)) for each, p in ((one, prices), (other, later))
        )
        np.testing.assert_array_equal(before[:179], after[:179])


def test_another_unit_changes_nothing_but_the_unit():
    """Prices times a power of two are forecast as that times the forecast, to the last bit."""
    prices = spreads()
    scaled = replace(prices, values=prices.values * 1024)
    settings = PredictSettings(horizon=3, max_jump=0)
    one, other = (predict(model_of("difference", p), p, settings, ALONE) for p in (prices, scaled))
    np.testing.assert_array_equal(one.forecasts * 1024, other.forecasts)


def test_defaults_are_those_of_returns_one_row_at_a_time():
    """Student's t, over the EWMA volatility; mode direct is of log returns alone."""
    preparing, shape, training = resolve_defaults(
        PrepareSettings(scale="difference"), NetworkSettings(), TrainSettings()
    )
    assert (preparing.volatility_decay, shape.mode, training.loss) == (0.94, "seq2seq", "student-t")
    with pytest.raises(UsageError, match="season"):
        PrepareSettings(scale="difference", season=5)


def test_a_season_alone_is_of_the_inputs():
    """Every row ahead at once, from the prices of a season; with a mode, returns over a season."""
    preparing, shape, training = resolve_defaults(
        PrepareSettings(season=24), NetworkSettings(), TrainSettings()
    )
    assert (preparing.season, preparing.inputs) == (1, "close,level,season-24x48")
    assert (shape.mode, shape.horizon, training.loss) == ("direct", 48, "student-t")
    assert preparing.volatility_decay == 0.999
    with_mode = resolve_defaults(
        PrepareSettings(season=24), NetworkSettings(mode="seq2seq"), TrainSettings()
    )
    assert (with_mode[0].season, with_mode[1].mode) == (24, "seq2seq")


@pytest.mark.parametrize(
    ("season", "asked", "horizon"), [(5, None, 20), (12, None, 24), (52, None, 48), (52, 13, 13)]
)
def test_a_season_is_forecast_two_seasons_ahead(season, asked, horizon):
    """At least 20 and at most 48 rows, or as many as are asked for."""
    _, shape, _ = resolve_defaults(
        PrepareSettings(season=season), NetworkSettings(horizon=asked), TrainSettings()
    )
    assert shape.horizon == horizon


def test_bounds_are_absolute_even_where_all_prices_were_positive():
    """So that a rate which falls below zero later is forecast and evaluated."""
    prices = spreads()
    above = replace(prices, values=prices.values - prices.values.min() + 1)
    model = trained(above, "difference")
    assert model.bounds.unit == "absolute"
    assert predict(model, prices, PredictSettings(), ALONE).failed == {}


def test_symbols_that_it_was_not_trained_on_are_forecast():
    """Each is scaled by its own rows; those after a cutoff have no part in it."""
    prices = spreads()
    model = trained(prices.subset([0]), "difference")
    forecast = predict(model, prices, PredictSettings(), ALONE)
    assert forecast.symbols == ("CENTS", "POINTS")
    known = first_rows(prices, {"POINTS": 150})
    alone = predict(model, known, PredictSettings(), ALONE)
    assert np.ptp(alone.forecasts) < 50 * 40
    assert np.all(np.isfinite(alone.forecasts))


def test_it_is_evaluated_in_the_size_of_past_changes():
    """Prices below zero are scored like others."""
    prices = spreads(260)
    cut = first_rows(prices, {"CENTS": 200, "POINTS": 200})
    model = trained(cut, "difference")
    days = calendar(prices)
    chosen = days.days[[205, 220, 235, 250]]
    methods = ("naive", "ewma-t", "har-t")
    plan = Plan(days, chosen, 5, 15, (80.0, 95.0), methods, ((0, len(chosen)),))
    evaluation = cross_validate(model, prices, plan, ALONE)
    assert (evaluation.unit, evaluation.failed) == ("mase", {})
    for method in ("model", *methods):
        assert np.isfinite(evaluation.scores[method]["absolute"]).all()
    assert np.isfinite(evaluation.scores["model"]["log_score"]).all()
