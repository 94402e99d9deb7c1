"""Distributions over classes: one function from density to score, by numerical integration."""

import numpy as np
import pytest

from rnncli.distributions.binned import Binned, binned
from rnncli.transforms.binning import Bins

FIVE = Bins((-1.0, -0.25, 0.5, 2.0), tuple("abcde"), (-1.75, -0.6, 0.1, 1.0, 3.5))
TWO = Bins((0.5,), ("low", "high"), (0.1, 1.5))
GRID = np.linspace(-30, 40, 700_001)


def some(bins, seed=0, rows=3):
    shares = np.random.default_rng(seed).dirichlet(np.ones(len(bins.labels)), rows)
    return binned(shares, bins)


def row(found, i):
    """One of the distributions, at many places."""
    return Binned(found.edges, found.tails, found.shares[i])


def integral(values):
    return float(np.sum((values[1:] + values[:-1]) / 2) * (GRID[1] - GRID[0]))


@pytest.mark.slow_shapes
@pytest.mark.parametrize("bins", [FIVE, TWO])
@pytest.mark.parametrize("i", range(3))
def test_the_density_integrates_to_the_distribution_function(bins, i):
    """To 1 over all, to each class its share, and its mean beyond the outer edges."""
    found = row(some(bins), i)
    density = np.exp(found.log_density(GRID))
    assert integral(density) == pytest.approx(1, abs=5e-4)
    reached = np.cumsum(density) * (GRID[1] - GRID[0])
    np.testing.assert_allclose(found.cdf(GRID), reached, atol=1e-3)
    np.testing.assert_allclose(found.cdf(found.edges), np.cumsum(found.shares)[:-1], atol=1e-12)
    top = found.edges[-1] < GRID
    mean = np.sum(GRID[top] * density[top]) / np.sum(density[top])
    assert mean == pytest.approx(bins.centers[-1], abs=1e-3)


@pytest.mark.parametrize("bins", [FIVE, TWO])
@pytest.mark.parametrize("p", [1e-6, 0.025, 0.3, 0.5, 0.77, 0.975, 1 - 1e-6])
def test_quantiles_are_the_inverse_of_the_distribution_function(bins, p):
    """In every class, and far out in the tails."""
    found = some(bins, rows=50)
    np.testing.assert_allclose(found.cdf(found.quantile(p)), p, rtol=1e-9)


@pytest.mark.slow_shapes
@pytest.mark.parametrize("bins", [FIVE, TWO])
@pytest.mark.parametrize("y", [-9.0, -1.0, -0.3, 0.5, 1.2, 2.0, 11.0])
def test_the_score_is_the_integral_that_defines_it(bins, y):
    """Of (F(x) - [y <= x])², wherever y lies."""
    found = some(bins)
    comp = found.crps(np.full(3, y))
    for i in range(3):
        ref = integral((row(found, i).cdf(GRID) - (y <= GRID)) ** 2)
        assert comp[i] == pytest.approx(ref, abs=1e-4)


def test_an_unknown_value_has_no_score():
    """NaN gives NaN everywhere."""
    found, y = some(FIVE), np.full(3, np.nan)
    for answer in (found.cdf(y), found.log_density(y), found.crps(y)):
        assert np.all(np.isnan(answer))


def test_a_class_that_cannot_be_has_no_density():
    """Its logarithm is minus infinity, and a quantile never falls into it."""
    found = binned(np.array([[0.0, 0.5, 0.0, 0.5, 0.0]]), FIVE)
    for y in (-5.0, 0.0, 9.0):
        assert found.log_density(np.array([y])) == -np.inf
    assert np.isfinite(found.log_density(np.array([1.0])))
    assert found.quantile(0.25) == pytest.approx(-0.625)
    assert found.quantile(0.75) == pytest.approx(1.25)


def test_a_tail_without_reach_is_a_jump():
    """Where the outer training values are the edge itself, nothing is divided by 0."""
    found = binned(np.array([[0.5, 0.5]]), Bins((0.5,), ("low", "high"), (0.0, 0.5)))
    assert found.cdf(np.array([0.5 + 1e-6])) == pytest.approx(1)
    assert np.isfinite(found.crps(np.array([3.0])))
