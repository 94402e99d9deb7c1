"""Linear pools of two forecasts equal mixtures that are known."""

import numpy as np
import pytest

from rnncli.distributions.conformal import Bounds
from rnncli.distributions.families import Normal
from rnncli.distributions.pooled import mixture, pooled
from rnncli.distributions.quantile_forecast import MIDDLE, ModelQuantiles

PROBABILITIES = tuple(sorted({*np.arange(1, 400) / 400, *MIDDLE}))
NO_BOUNDS = Bounds("log", (), (), None, None, "model")


def normal(mean, deviation, at=None):
    """A forecast whose log price is normal, on two rows ahead of two origins."""
    law = Normal(np.full((2, 2), mean), np.full((2, 2), deviation))
    prices = np.exp(np.stack([law.quantile(p) for p in PROBABILITIES], axis=-1))
    density = np.full((2, 2), np.nan) if at is None else law.log_density(np.log(at))
    return ModelQuantiles(
        "log", np.exp(law.location), np.zeros((2, 1, 3)), np.ones(2), PROBABILITIES, prices, density
    )  # fmt: skip


def alike(weight):
    """The same weight at both rows ahead."""
    return np.full(2, weight)


def mixed_cdf(x, weight, one, other):
    return (1 - weight) * Normal(*map(np.array, one)).cdf(x) + weight * Normal(
        *map(np.array, other)
    ).cdf(x)


@pytest.mark.parametrize("weight", [0.25, 0.5, 0.9])
def test_quantiles_are_those_of_the_mixture(weight):
    """Of two normals, one of them wide and away from the other."""
    one, other = (0.0, 0.01), (0.02, 0.03)
    found = mixture(normal(*one), normal(*other), alike(weight), (0.05, 0.3, 0.5, 0.8, 0.95))
    for k, probability in enumerate((0.05, 0.3, 0.5, 0.8, 0.95)):
        assert mixed_cdf(np.log(found[0, 1, k]), weight, one, other) == pytest.approx(
            probability, abs=2e-3
        )


def test_each_row_ahead_has_its_weight():
    """Quantiles and densities are those of a pool of this weight at all rows."""
    at = np.full((2, 2), 1.013)
    one, other = normal(0.0, 0.01, at), normal(0.02, 0.03, at)
    found = pooled(one, other, np.array([0.9, 0.25]))
    for row, weight in enumerate((0.9, 0.25)):
        ref = pooled(one, other, alike(weight))
        np.testing.assert_array_equal(found.prices[:, row], ref.prices[:, row])
        np.testing.assert_array_equal(found.log_density[:, row], ref.log_density[:, row])


def test_all_of_the_weight_is_the_other_alone():
    one, other = normal(0.0, 0.01), normal(0.02, 0.03)
    np.testing.assert_array_equal(pooled(one, other, alike(1.0)).prices, other.prices)


def test_the_density_is_the_mean_of_densities():
    at = np.full((2, 2), 1.013)
    one, other = normal(0.0, 0.01, at), normal(0.0, 0.03, at)
    ref = np.log(0.7 * np.exp(one.log_density) + 0.3 * np.exp(other.log_density))
    np.testing.assert_allclose(pooled(one, other, alike(0.3)).log_density, ref)
    np.testing.assert_array_equal(pooled(one, other, alike(1.0)).log_density, other.log_density)


def test_bounds_are_around_the_median_of_the_mixture():
    """Nested, and the same for an origin alone."""
    pool = pooled(normal(0.0, 0.01), normal(0.02, 0.03), alike(0.5))
    lower, upper, inner = pool.bounds_at(NO_BOUNDS, (0.025, 0.975, 0.9), {})
    assert (lower < pool.median).all()
    assert (pool.median < inner).all()
    assert (inner < upper).all()
    alone = pool.subset(np.array([True, False]))
    np.testing.assert_array_equal(alone.bounds_at(NO_BOUNDS, (0.9,), {})[0], inner[:1])


def test_places_are_the_mean_of_places():
    """Where the next price lay in both, by their weights for the next row."""
    pool = pooled(normal(0.0, 0.01), normal(0.0, 0.02), np.array([0.25, 0.9]))
    actual = np.exp(np.array([0.0, 0.02]))
    by_network = Normal(np.zeros(2), np.full(2, 0.01)).cdf(np.log(actual))
    bounds = Bounds("log", ((0.0,) * 199,), (1000,), None, None, "model", (0.0,), ((),))
    found = pool.places(bounds, actual, lambda: by_network)
    by_prior = Normal(np.zeros(2), np.full(2, 0.02)).cdf(np.log(actual))
    np.testing.assert_allclose(found, 0.75 * by_network + 0.25 * by_prior, atol=2e-3)
