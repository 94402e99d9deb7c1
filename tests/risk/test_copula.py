"""The t copula: fitted to draws of a known one, and drawn from."""

import numpy as np
import pytest

from rnncli.distributions import student_t
from rnncli.distributions.families import Normal
from rnncli.risk.copula import (
    HALF_LIFE_OF_MEAN,
    HALF_LIFE_OF_PAIRS,
    Copula,
    fit_copula,
    independent,
    normal_scores,
)
from rnncli.risk.correlation import mean_correlation, shrunk_correlation


def places_of(correlation, dof, days, seed=1):
    """Places (days, n) drawn from a t copula."""
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(correlation)
    draws = rng.standard_normal((days, len(root))) @ root.T
    draws /= np.sqrt(rng.chisquare(dof, (days, 1)) / dof)
    return student_t.cdf(draws, np.array(float(dof)))


CORRELATION = np.array([[1, 0.7, 0.3], [0.7, 1, 0.5], [0.3, 0.5, 1]])


@pytest.mark.parametrize("dof", [4, 12])
def test_a_known_copula_is_fitted(dof):
    """Correlations and degrees of freedom come back."""
    found = fit_copula(places_of(CORRELATION, dof, 8000), weighted=False)
    assert found.correlation == pytest.approx(CORRELATION, abs=0.05)
    assert found.dof == pytest.approx(dof, rel=0.35)
    assert found.days == 8000


def test_a_gaussian_copula_has_many_degrees_of_freedom():
    """No shared extremes are found where there are none."""
    rng = np.random.default_rng(4)
    draws = rng.standard_normal((5000, 3)) @ np.linalg.cholesky(CORRELATION).T
    normal = Normal(np.zeros(draws.shape), np.ones(draws.shape))
    assert fit_copula(normal.cdf(draws), weighted=False).dof > 25


def test_draws_have_unit_variance_and_the_correlation():
    """And the same seed gives the same."""
    copula = Copula(CORRELATION, 6.0, 100)
    drawn = next(copula.shocks(200_000, 3))
    assert drawn.var(axis=1) == pytest.approx(np.ones(3), abs=0.03)
    assert np.corrcoef(drawn) == pytest.approx(CORRELATION, abs=0.02)
    assert np.array_equal(next(copula.shocks(50, 1)), next(copula.shocks(50, 1)))
    assert not np.array_equal(next(copula.shocks(50, 1)), next(copula.shocks(50, 2)))


def test_extremes_are_shared_more_than_of_a_gaussian():
    """Where one of two is in its lowest percent the other is more often."""
    places = places_of(CORRELATION, 4, 8000)
    both = {}
    for name, dof in (("t", fit_copula(places, weighted=False).dof), ("gaussian", 1e9)):
        x, y = next(Copula(CORRELATION[:2, :2], dof, 0).shocks(200_000, 5))
        both[name] = np.mean((x < np.quantile(x, 0.01)) & (y < np.quantile(y, 0.01)))
    assert both["t"] > 1.2 * both["gaussian"]


def test_days_without_pairs_fit_nothing():
    """A copula without a day in common is that of independence."""
    places = np.full((40, 2), np.nan)
    places[:20, 0] = places[20:, 1] = np.linspace(0.02, 0.98, 20)
    assert np.array_equal(fit_copula(places).correlation, independent(2).correlation)


def test_the_mean_correlation_follows_recent_days():
    """Symbols that moved together until 100 days ago: the mean is that of the shorter half-life."""
    rng = np.random.default_rng(6)
    weights = np.where(np.arange(600) < 500, 0.8, 0.0)[:, None]
    alone = np.sqrt(1 - weights**2) * rng.standard_normal((600, 6))
    draws = weights * rng.standard_normal((600, 1)) + alone
    places = Normal(np.zeros(draws.shape), np.ones(draws.shape)).cdf(draws)
    recent = shrunk_correlation(normal_scores(places), HALF_LIFE_OF_MEAN)
    slow = shrunk_correlation(normal_scores(places), HALF_LIFE_OF_PAIRS)
    mean = mean_correlation(fit_copula(places).correlation)
    assert mean == pytest.approx(mean_correlation(recent), abs=1e-9)
    assert mean < mean_correlation(slow) - 0.1
