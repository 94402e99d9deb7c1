"""A model is corrected in so far as its misses stand out from their own error."""

from statistics import NormalDist

import numpy as np
import pytest

from rnncli.distributions.conformal import GRID, fit_bounds
from rnncli.distributions.shrinkage import miss_and_error, shrink_to_model

OWN = np.array([[NormalDist().inv_cdf(p) for p in GRID.tolist()]])


def corrected(scaled, days, ahead=1):
    """The weight, and the quantile at 10 % that is kept."""
    columns = np.full((len(scaled), ahead), np.nan)
    columns[:, -1] = scaled
    columns[:, 0] = scaled
    own = np.repeat(OWN, ahead, axis=0)
    bounds = fit_bounds("log", columns, np.ones(columns.shape), (None, None), "model")
    found = shrink_to_model(bounds, columns, own, days)
    return found.weights[-1], found.quantiles[-1][19], bounds.quantiles[-1][19]


def test_a_model_that_is_far_off_is_corrected():
    """Errors twice as wide as it says: nearly all of the correction is taken."""
    errors = 2 * np.random.default_rng(0).standard_normal(4000)
    weight, kept, of_errors = corrected(errors, np.arange(4000))
    assert weight > 0.99
    assert kept == pytest.approx(of_errors, rel=0.01)
    assert of_errors == pytest.approx(2 * OWN[0, 19], rel=0.1)


def test_a_model_that_is_right_is_hardly_touched():
    """Over many draws the weight is small on average, and often none at all."""
    weights = [
        corrected(np.random.default_rng(seed).standard_normal(500), np.arange(500))[0]
        for seed in range(60)
    ]
    assert np.mean(weights) < 0.35
    assert np.mean(np.array(weights) == 0) > 0.4


def test_symbols_that_move_together_are_no_more_than_their_days():
    """One wild day of a thousand symbols is one day."""
    rng = np.random.default_rng(1)
    shared = np.repeat(rng.standard_normal(50), 100)
    alone, together = np.arange(5000), np.repeat(np.arange(50), 100)
    assert corrected(1.15 * shared, alone)[0] > corrected(1.15 * shared, together)[0]


def test_what_is_kept_lies_between_the_two():
    errors = 1.2 * np.random.default_rng(3).standard_normal(300)
    weight, kept, of_errors = corrected(errors, np.arange(300))
    assert 0 < weight < 1
    assert kept == pytest.approx(weight * of_errors + (1 - weight) * OWN[0, 19])


def test_the_miss_and_its_error_are_those_of_a_plain_loop():
    rng = np.random.default_rng(2)
    days, inside = rng.integers(0, 30, 400), rng.random(400) < 0.7
    miss = np.mean(inside) - 0.8
    squares = 0.0
    for day in range(30):
        own = inside[days == day]
        squares += (np.sum(own - 0.8) - miss * len(own)) ** 2
    found = miss_and_error(inside, 0.8, days, 5)
    assert found == pytest.approx((miss, (5 * squares) ** 0.5 / 400))


def test_a_day_on_which_a_model_saw_no_spread_is_not_a_measure():
    """One error of a thousand spreads widens no bound beyond five times the model's own."""
    errors = 1.5 * np.random.default_rng(4).standard_normal(60)
    errors[0] = 1e4
    columns = errors[:, None]
    bounds = fit_bounds("log", columns, np.ones((60, 1)), (None, None), "model")
    found = shrink_to_model(bounds, columns, OWN, np.arange(60))
    assert max(found.quantiles[0]) == pytest.approx(5 * OWN.max())


def test_a_row_ahead_of_no_distribution_keeps_its_errors():
    """Where every sampled price left the numbers: no NaN gets into a model."""
    errors = np.random.default_rng(5).standard_normal((80, 2))
    own = np.vstack([OWN, np.full_like(OWN, np.nan)])
    bounds = fit_bounds("log", errors, np.ones((80, 2)), (None, None), "model")
    found = shrink_to_model(bounds, errors, own, np.arange(80))
    assert found.weights[1] == 1
    assert found.quantiles[1] == bounds.quantiles[1]
    assert np.all(np.isfinite(found.quantiles))


def test_a_model_that_needs_no_correction_is_not_moved_at_all():
    scores = np.array([NormalDist().inv_cdf((k + 0.5) / 500) for k in range(500)])
    columns = np.outer(np.random.default_rng(0).permutation(scores), [1, 2])
    own = np.repeat(OWN, 2, axis=0)
    bounds = fit_bounds("log", columns, np.ones((500, 2)), (None, None), "model")
    found = shrink_to_model(bounds, columns, own, np.arange(500))
    assert (found.weights[0], found.shifts[0]) == (0, ())
    assert found.weights[1] > 0.9
    np.testing.assert_allclose(own[1] + found.shifts[1], found.quantiles[1])
    assert np.array_equal(found.correction(0.1, 3)[:1], [0])
    assert found.correction(0.1, 3)[1] == found.shifts[1][19] == found.correction(0.1, 3)[2]


def test_beyond_the_errors_the_correction_is_the_last_that_is_known():
    """Of 100 errors none tells of the 0.1 % quantile: what was done at 1 % is done there."""
    columns = 2 * np.random.default_rng(0).standard_normal((100, 1))
    bounds = fit_bounds("log", columns, np.ones((100, 1)), (None, None), "model")
    found = shrink_to_model(bounds, columns, OWN, np.arange(100))
    assert found.correction(0.001, 1) == found.correction(0.01, 1) == found.shifts[0][1] < 0
    assert found.correction(0.999, 1) == pytest.approx(found.correction(0.99, 1))
    assert found.correction(0.012, 1) != found.correction(0.01, 1)
