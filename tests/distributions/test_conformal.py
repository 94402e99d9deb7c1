"""Bounds are quantiles of past errors, in units of each series' own past deviation."""

import json

import numpy as np
import pytest
from builders import prices_of, random_walk

from rnncli.distributions.conformal import GRID, LONGEST, Bounds, fit_bounds
from rnncli.transforms.volatility import changes, last_deviations, past_deviations, unit_of

NO_DATES = (None, None)


def fitted(errors, deviations=None, unit: str = "log") -> Bounds:
    errors = np.asarray(errors, float)
    deviations = np.ones(len(errors)) if deviations is None else np.asarray(deviations, float)
    return fit_bounds(unit, errors, deviations, NO_DATES)


def normal(count: int = 1000, aheads: int = LONGEST) -> np.ndarray:
    """Errors whose spread grows with the row, so that no two rows have the same quantiles."""
    rng = np.random.default_rng(5)
    return rng.standard_normal((count, aheads)) * np.arange(1, aheads + 1)


def test_quantiles_are_of_the_errors_over_the_deviations():
    """Each error counts in units of its own series' deviation, for each ahead on its own."""
    errors, deviations = normal(400, 3), np.random.default_rng(6).uniform(0.5, 2, 400)
    bounds = fitted(errors, deviations)
    for probability in (0.025, 0.1, 0.9, 0.975):
        scaled = errors / deviations[:, None]
        expected = [
            np.quantile(scaled[:, ahead], probability, method="weibull") for ahead in range(3)
        ]
        np.testing.assert_allclose(bounds.scaled_errors(probability, 3), expected, rtol=1e-12)
    assert bounds.counts == (400, 400, 400)


def test_missing_errors_do_not_count():
    """A cutoff near the end knows its first rows ahead only; the others are not zeros."""
    errors = normal(300, 4)
    errors[100:, 2] = np.nan
    errors[:, 3] = np.nan
    bounds = fitted(errors)
    assert bounds.counts == (300, 300, 100)
    expected = np.quantile(errors[:100, 2], 0.1, method="weibull")
    assert bounds.scaled_errors(0.1, 3)[2] == pytest.approx(expected, rel=1e-12)


def test_series_without_a_deviation_do_not_count():
    """An error over a deviation of zero, or without one, is not a number."""
    errors = np.concatenate([normal(200, 1), np.full((3, 1), 5.0), np.zeros((1, 1))])
    deviations = np.concatenate([np.ones(200), [0.0, np.nan, 0.0], [0.0]])
    bounds = fitted(errors, deviations)
    assert bounds == fitted(errors[:200])
    assert bounds.counts == (200,)


def test_bounds_grow_with_the_root_of_time_beyond_the_longest():
    """From 20 rows ahead on the last quantile is multiplied by sqrt(ahead / 20)."""
    errors = normal()
    bounds = fitted(errors)
    found = bounds.scaled_errors(0.9, 80)
    last = np.quantile(errors[:, LONGEST - 1], 0.9, method="weibull")
    assert found[LONGEST - 1] == pytest.approx(last, rel=1e-12)
    for ahead in (21, 45, 80):
        assert found[ahead - 1] == pytest.approx(last * (ahead / 20) ** 0.5, rel=1e-12)


@pytest.mark.parametrize(
    ("count", "level", "known"),
    [(10, 80, 1), (9, 80, 0), (40, 95, 1), (39, 95, 0), (200, 99, 1), (199, 99, 0)],
)
def test_too_few_errors_give_no_bound(count, level, known):
    """A bound needs at least one error beyond it: ten of them for 80 %, forty for 95 %."""
    bounds = fitted(normal(count, 1))
    tail = (1 - level / 100) / 2
    for probability in (tail, 1 - tail):
        assert np.isfinite(bounds.scaled_errors(probability, 1)[0]) == bool(known)


@pytest.mark.parametrize("count", [1, 2, 5, 198, 199, 200, 251, 1000])
def test_quantiles_have_the_bits_of_numpy(count):
    """For errors with ties, in any number, fewer than the probabilities too."""
    rng = np.random.default_rng(count)
    for errors in (rng.standard_t(3, count), np.round(rng.standard_normal(count), 1)):
        bounds = fit_bounds("log", errors[:, None], np.ones(count), (None, None))
        ref = np.quantile(errors, GRID, method="weibull")
        np.testing.assert_array_equal(bounds.quantiles[0], ref)


def test_levels_beyond_the_kept_quantiles_give_no_bound():
    """Above 99 % nothing is kept, and nothing is made up."""
    assert np.isnan(fitted(normal(100_000, 1)).scaled_errors(0.001, 1)[0])


def test_rows_with_fewer_errors_lose_their_bounds_alone():
    """Five rows ahead may be known where ten are not."""
    errors = normal(50, 2)
    errors[5:, 1] = np.nan
    found = fitted(errors).scaled_errors(0.1, 4)
    assert np.isfinite(found).tolist() == [True, False, False, False]


def test_without_errors_there_are_no_bounds():
    """A model without validation days forecasts without bounds."""
    bounds = fitted(np.zeros((0, LONGEST)), np.zeros(0))
    assert bounds.counts == ()
    assert np.all(np.isnan(bounds.apply(np.ones((2, 30)), np.ones(2), 0.1)))


@pytest.mark.parametrize("shift", [-10.0, 10.0])
def test_a_forecast_is_inside_its_bounds(shift):
    """However biased the errors were, lower <= forecast <= upper."""
    bounds = fitted(normal(500, 5) + shift)
    forecasts, deviations = np.full((1, 8), 50.0), np.array([0.02])
    lower = bounds.apply(forecasts, deviations, 0.1)
    upper = bounds.apply(forecasts, deviations, 0.9)
    assert np.all(lower <= forecasts)
    assert np.all(forecasts <= upper)
    assert np.all(lower < upper)


def test_log_bounds_multiply_and_absolute_bounds_add():
    """Log errors scale the forecast, absolute ones are in the file's unit."""
    errors = normal(500, 2)
    forecasts, deviations = np.array([[10.0, 20.0], [5.0, 5.0]]), np.array([0.1, 0.3])
    q = np.array([np.quantile(errors[:, ahead], 0.9, method="weibull") for ahead in range(2)])
    log = fitted(errors).apply(forecasts, deviations, 0.9)
    absolute = fitted(errors, unit="absolute").apply(-forecasts, deviations, 0.9)
    for n in range(2):
        for ahead in range(2):
            width = q[ahead] * deviations[n]
            assert log[n, ahead] == pytest.approx(forecasts[n, ahead] * np.exp(width))
            assert absolute[n, ahead] == pytest.approx(-forecasts[n, ahead] + width)


def test_a_forecast_of_zero_or_less_has_no_log_bound():
    """Where no logarithm exists nothing is invented."""
    found = fitted(normal(500, 2)).apply(np.array([[0.0, -1.0, 2.0]]), np.array([0.1]), 0.9)
    assert np.isfinite(found[0]).tolist() == [False, False, True]


def test_a_series_of_unknown_deviation_has_no_bounds():
    """One price, or two, say nothing of how far a series moves."""
    found = fitted(normal(500, 2)).apply(np.ones((1, 2)), np.array([np.nan]), 0.9)
    assert np.all(np.isnan(found))


@pytest.mark.parametrize("unit", ["log", "absolute"])
def test_past_deviations_are_those_of_a_plain_loop(unit):
    """The deviation at a row is that of all changes up to it, and of none after."""
    series = np.random.default_rng(7).uniform(1, 100, 60)
    expected = []
    for row in range(60):
        seen = np.log(series) if unit == "log" else series
        steps = [seen[t] - seen[t - 1] for t in range(1, row + 1)]
        mean = sum(steps) / max(len(steps), 1)
        spread = sum((step - mean) ** 2 for step in steps) / max(len(steps), 1)
        expected.append(spread**0.5 if len(steps) > 1 else np.nan)
    found = past_deviations(series, np.arange(60), unit)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    np.testing.assert_array_equal(past_deviations(series, np.array([40, 3]), unit), found[[40, 3]])


def test_past_deviations_know_nothing_of_the_future():
    """Later rows do not change a bit of the deviation at a row."""
    rng = np.random.default_rng(8)
    series = rng.uniform(1, 100, 60)
    changed = series.copy()
    changed[41:] = rng.uniform(1, 1e6, 19)
    rows = np.arange(41)
    np.testing.assert_array_equal(
        past_deviations(series, rows, "log"), past_deviations(changed, rows, "log")
    )


@pytest.mark.parametrize("unit", ["log", "absolute"])
def test_a_series_that_has_not_moved_yet_has_deviation_zero(unit):
    """Rounding leaves no small deviation that errors would blow up against."""
    series = np.concatenate([np.full(100, 5.0), np.random.default_rng(9).uniform(1, 1e6, 50)])
    assert past_deviations(series, np.arange(2, 100), unit).tolist() == [0.0] * 98


def test_a_far_first_step_costs_no_digits():
    """One huge change at the start leaves the deviation right to the last digits."""
    rng = np.random.default_rng(10)
    series = np.concatenate([[1e6], 100 + np.cumsum(0.01 * rng.standard_normal(500))])
    steps = np.diff(series).astype(np.longdouble)
    expected = float(np.sqrt(np.mean((steps - steps.mean()) ** 2)))
    assert past_deviations(series, np.array([500]), "absolute")[0] == pytest.approx(
        expected, rel=1e-10
    )


@pytest.mark.parametrize("rows", [1, 2])
def test_fewer_than_two_changes_have_no_deviation(rows):
    """One price or two: not a number."""
    series = np.array([3.0, 4.0])[:rows]
    assert np.all(np.isnan(past_deviations(series, np.arange(rows), "log")))


def test_the_unit_is_log_where_every_price_is_positive():
    """One price of zero or less makes all errors absolute."""
    assert unit_of(prices_of({"A": [1.0, 2.0], "B": [3.0]})) == "log"
    assert unit_of(prices_of({"A": [1.0, 2.0], "B": [0.0]})) == "absolute"
    assert changes(np.array([2.0, -1.0]), "absolute").tolist() == [-3.0]


def test_bounds_survive_json():
    """What the model file keeps is the whole of it."""
    bounds = fit_bounds("log", normal(50, 3), np.ones(50), ("2024-01-02", "2024-03-01"))
    assert Bounds.from_dict(json.loads(json.dumps(bounds.as_dict()))) == bounds
    assert len(bounds.quantiles[0]) == len(GRID)


@pytest.mark.parametrize("unit", ["log", "absolute"])
def test_the_last_deviations_are_those_of_each_series_alone(unit):
    """Series together or alone, long or short, one block or several: the same bits."""
    rng = np.random.default_rng(3)
    lengths = [*rng.integers(1, 90, 150).tolist(), 1, 2, 3, 700]
    prices = prices_of({f"S{i}": random_walk(rng, rows) for i, rows in enumerate(lengths)})
    ref = [
        past_deviations(series, np.array([len(series) - 1]), unit)[0]
        for series in map(prices.series, range(len(lengths)))
    ]
    comp = last_deviations(prices, unit)
    np.testing.assert_array_equal(comp, np.array(ref))
    np.testing.assert_array_equal(
        comp[-1:], last_deviations(prices.subset([len(lengths) - 1]), unit)
    )
