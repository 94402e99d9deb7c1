"""Forecasts with quantiles of their own or of past errors answer the same questions."""

from dataclasses import replace

import numpy as np
import pytest

from rnncli.distributions.conformal import GRID, Bounds, error_of, fit_bounds
from rnncli.distributions.quantile_forecast import (
    MIDDLE,
    ModelQuantiles,
    PastErrorQuantiles,
    error_quantiles,
)

PROBABILITIES = (0.1, MIDDLE[0], 0.5, MIDDLE[2], 0.9)
PRICES = np.array([[[80.0, 90, 100, 110, 125]], [[80.0, 98, 100, 140, 150]]]).repeat(2, axis=1)
ERRORS = np.random.default_rng(0).standard_normal((500, 2))
DATES = ("2024-01-01", "2024-12-31")


def by_model(unit="log"):
    return ModelQuantiles(
        unit,
        PRICES[:, :, 2],
        np.zeros((2, 1, 3)),
        np.ones(2),
        PROBABILITIES,
        PRICES,
        PRICES[..., 0],
    )


def by_errors(unit="log"):
    median = np.array([[100.0, 101.0], [50.0, 49.0]])
    return PastErrorQuantiles(unit, median, np.zeros((2, 2, 1)), np.array([0.01, 0.02]))


def bounds_of(unit="log"):
    return fit_bounds(unit, ERRORS, np.ones(500), DATES)


def never():
    raise AssertionError("nothing else is forecast")


@pytest.mark.parametrize("unit", ["log", "absolute"])
def test_past_errors_move_a_models_quantiles_by_its_spread(unit):
    """Where there is a correction; none beyond the median, and none at all in the second row."""
    shift = tuple(-0.5 if p < 0.5 else 0.25 for p in GRID.tolist())
    none = tuple(0.0 for _ in GRID)
    bounds = Bounds(unit, (none,) * 2, (1000, 1000), None, None, "model", (0.5, 0.0), (shift, ()))
    forecast = by_model(unit)
    spread, away = forecast.spread()[:, 0], forecast.calibrated(bounds)
    for p, moved in ((0.1, -0.5), (0.9, 0.25)):
        itself = error_of(forecast.at(p), forecast.median, unit)
        assert away.quantile(p)[:, 0] == pytest.approx(itself[:, 0] + moved * spread)
        assert away.quantile(p)[:, 1] == pytest.approx(itself[:, 1])
    far = replace(bounds, shifts=(tuple(np.repeat(9.0, len(GRID))), ()))
    assert forecast.calibrated(far).quantile(0.1)[:, 0] == pytest.approx([0, 0])


@pytest.mark.parametrize("unit", ["log", "absolute"])
def test_past_errors_are_in_deviations_of_the_series(unit):
    """The bound at a probability is the forecast moved by that quantile of past errors."""
    forecast, bounds = by_errors(unit), bounds_of(unit)
    (low,) = forecast.bounds_at(bounds, (0.1,), {})
    away = bounds.scaled_errors(0.1, 2) * forecast.deviations[:, None]
    assert error_of(low, forecast.median, unit) == pytest.approx(away)
    assert forecast.calibrated(bounds).quantile(0.1) == pytest.approx(away)


@pytest.mark.parametrize("forecast", [by_model(), by_errors()])
def test_each_origin_may_take_another_probability(forecast):
    """Where adaptive bounds say so: the first as wide as at 0.1, the second as at the outer one."""
    bounds = bounds_of()
    low, inner = forecast.bounds_at(bounds, (0.1, MIDDLE[0]), {})
    (mixed,) = forecast.bounds_at(bounds, (0.1,), {0.1: np.array([0.1, MIDDLE[0]])})
    np.testing.assert_allclose(mixed, np.stack([low[0], inner[1]]), rtol=1e-12)


@pytest.mark.parametrize("forecast", [by_model(), by_errors()])
def test_a_subset_answers_as_the_whole(forecast):
    kept, bounds = np.array([False, True]), bounds_of()
    some = forecast.subset(kept)
    assert np.array_equal(some.median, forecast.median[kept])
    for whole, part in zip(
        forecast.bounds_at(bounds, (0.1, 0.9), {}), some.bounds_at(bounds, (0.1, 0.9), {}),
        strict=True,
    ):  # fmt: skip
        assert np.array_equal(part, whole[kept])


def test_a_forecast_is_finite_on_every_row_or_not_at_all():
    """Of outputs that are fed back each one counts too."""
    wild = replace(by_errors(), outputs=np.array([[[0.0], [np.inf]], [[0.0], [0.0]]]))
    assert wild.finite().tolist() == [False, True]
    wild = replace(by_model(), median=np.array([[1.0, np.nan], [1.0, 2.0]]))
    assert wild.finite().tolist() == [False, True]


def test_a_place_is_the_share_of_errors_below():
    """Among past errors; by the model it is what the model says, where errors correct nothing."""
    forecast, bounds = by_errors(), bounds_of()
    actual = forecast.median[:, 0] * np.exp(forecast.deviations * bounds.quantiles[0][19])
    assert forecast.places(bounds, actual, never) == pytest.approx([0.1, 0.1])
    place = np.array([0.3, np.nan])
    uncorrected = replace(bounds, shifts=((), ()))
    assert np.array_equal(
        by_model().places(uncorrected, actual, lambda: place), place, equal_nan=True
    )


def test_scores_see_the_models_quantiles_or_else_the_calibrated_ones():
    bounds = bounds_of()
    calibrated = by_errors().calibrated(bounds)
    assert by_errors().in_scores(np.log, np.zeros(2), calibrated) is calibrated
    scored = by_model().in_scores(np.log, np.zeros(2), None)
    assert scored.quantile(0.9) == pytest.approx(np.log(PRICES[:, :, 4]))
    assert scored.log_density(np.ones((2, 2))) == pytest.approx(PRICES[..., 0])
    assert scored.after_first().quantile(0.9).shape == (2, 1)


def test_bounds_are_fitted_on_errors_over_what_they_are_divided_by():
    """The deviations of the series, or the model's spread, which alone is compared with errors."""
    days = np.zeros(2, np.int64)
    actual = np.array([[101.0, 99.0], [51.0, np.nan]])
    bounds = by_errors().fit_bounds(actual, DATES, days, never)
    assert (bounds.divided_by, bounds.counts, bounds.weights) == ("past", (2, 1), ())
    grid = ModelQuantiles(
        "log", PRICES[:, :, 2], np.zeros((2, 1, 3)), np.ones(2),
        tuple(sorted({*GRID.tolist(), *MIDDLE})),
        np.broadcast_to(np.linspace(80, 120, len(GRID) + 2), (2, 2, len(GRID) + 2)),
        PRICES[..., 0],
    )  # fmt: skip
    bounds = by_model().fit_bounds(actual, DATES, days, grid.mean_distances)
    assert (bounds.divided_by, bounds.counts, len(bounds.weights)) == ("model", (2, 1), 2)
    nothing = np.full((2, 2), np.nan)
    assert by_model().fit_bounds(nothing, DATES, days, never).counts == ()


def test_too_few_errors_give_no_quantiles():
    few = replace(bounds_of(), counts=(1, 1))
    assert error_quantiles(few, np.ones(2), 2) is None
    assert by_errors().calibrated(few) is None
