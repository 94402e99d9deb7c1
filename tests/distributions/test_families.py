"""Predictive distributions: quantile, cdf, density and CRPS belong together."""

import numpy as np
import pytest

from rnncli.distributions.composed import Affine, SampledQuantiles
from rnncli.distributions.families import Normal, Quantiles, StudentT

# recorded from SciPy 1.17.1, d = stats.t(dof, loc=0.5, scale=2.0):
# (dof, y, quad(d.cdf(x)**2, -inf, y) + quad(d.sf(x)**2, y, inf))
T_CRPS = [
    (2.01, -3.0, 2.278915226541983),
    (2.01, 0.2, 0.6219411116951851),
    (5.0, -3.0, 2.3541580169430536),
    (5.0, 0.2, 0.5310947294789883),
    (30.0, -3.0, 2.421114693185286),
    (30.0, 0.2, 0.49226544142313017),
    (1000000.0, -3.0, 2.43631554588853),
    (1000000.0, 0.2, 0.48530897694030517),
]
# likewise d = stats.norm(0.5, 2.0): (y, d.cdf(y), d.logpdf(y), CRPS)
NORMAL = [
    (-3.0, 0.040059156863817086, -3.143335713764618, 2.436316010163814),
    (0.2, 0.4403823076297575, -1.623335713764618, 0.48530877195818867),
    (14.5, 0.9999999999987201, -26.112085713764618, 12.871620832905194),
]
GRID = np.arange(1, 200) / 200


def full(value, shape=(2, 3)):
    return np.full(shape, value)


def pieces(distribution, y, count=200_000):
    """CRPS as twice the mean pinball loss over many probabilities, the ends of a grid held on."""
    p = (np.arange(count) + 0.5) / count
    ends = distribution.probabilities[[0, -1]]
    q = np.array([float(distribution.quantile(each)[0, 0]) for each in np.clip(p, *ends).tolist()])
    return float(np.mean(2 * ((y < q) - p) * (q - y)))


@pytest.mark.parametrize(("y", "cdf", "density", "crps"), NORMAL)
def test_normal_is_scipys(y, cdf, density, crps):
    """Distribution function, density and CRPS of the normal agree with SciPy."""
    normal = Normal(full(0.5), full(2.0))
    np.testing.assert_allclose(normal.cdf(full(y)), cdf, rtol=1e-13)
    np.testing.assert_allclose(normal.log_density(full(y)), density, rtol=1e-13)
    np.testing.assert_allclose(normal.crps(full(y)), crps, rtol=1e-9)
    np.testing.assert_allclose(normal.quantile(0.975), 0.5 + 2 * 1.959963984540054, rtol=1e-14)


@pytest.mark.parametrize(("dof", "y", "crps"), T_CRPS)
def test_crps_of_t_is_its_integral(dof, y, crps):
    """The closed form agrees with the integral that defines it."""
    found = StudentT(full(0.5), full(2.0), full(dof)).crps(full(y))
    np.testing.assert_allclose(found, crps, rtol=1e-9)


def test_t_of_many_degrees_is_normal():
    """A million degrees of freedom leave six digits of difference."""
    t, normal = StudentT(full(0.5), full(2.0), full(1e6)), Normal(full(0.5), full(2.0))
    y = np.linspace(-5, 5, 6).reshape(2, 3)
    for method in ("cdf", "log_density", "crps"):
        np.testing.assert_allclose(getattr(t, method)(y), getattr(normal, method)(y), rtol=2e-5)


def test_t_moves_with_location_and_scale():
    """Densities integrate to one and quantiles invert the distribution function."""
    t = StudentT(full(3.0), full(0.5), full(4.0))
    x = np.linspace(-200, 200, 400_001)
    wide = StudentT(np.array(3.0), np.array(0.5), np.array(4.0))
    assert np.sum(np.exp(wide.log_density(x))) * 0.001 == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(t.cdf(t.quantile(0.1)), 0.1, rtol=1e-12)


@pytest.mark.slow_shapes
@pytest.mark.parametrize("y", [-9.0, -1.0, -0.4, 0.0, 0.7, 3.0, 12.0])
def test_crps_of_a_grid_is_the_integral_of_its_pinball_losses(y):
    """No probability between two points of the grid is forgotten or counted twice."""
    values = np.array([[[-1.0, -0.5, 0.1, 0.1, 3.0]]])
    grid = Quantiles(np.array([0.05, 0.3, 0.5, 0.6, 0.95]), values)
    expected = pieces(grid, y, 20_000)
    assert grid.crps(full(y, (1, 1))) == pytest.approx(expected, rel=1e-6)


def test_a_fine_grid_scores_as_the_distribution_it_came_from():
    """The grid of an evaluation costs under a percent of the CRPS."""
    normal = Normal(full(1.0), full(2.0))
    grid = Quantiles(GRID, np.stack([normal.quantile(float(p)) for p in GRID], axis=-1))
    y = np.linspace(-4, 6, 6).reshape(2, 3)
    np.testing.assert_allclose(grid.crps(y), normal.crps(y), rtol=0.01)
    np.testing.assert_allclose(grid.cdf(y), normal.cdf(y), atol=0.005)


def test_cdf_of_a_grid_is_the_inverse_of_its_quantiles():
    """Linear between two points, 0 below the first, 1 from the last on."""
    grid = Quantiles(np.array([0.1, 0.5, 0.8]), np.array([[[1.0, 2.0, 4.0]]]))
    for p in (0.1, 0.3, 0.5, 0.65, 0.79):
        np.testing.assert_allclose(grid.cdf(grid.quantile(p)), p)
    assert grid.cdf(full(0.9, (1, 1))) == 0
    assert grid.cdf(full(4.0, (1, 1))) == 1
    assert (grid.quantile(0.1), grid.quantile(0.8)) == (1.0, 4.0)
    assert np.isnan([grid.quantile(0.01), grid.quantile(0.99)]).all()  # what is not known
    assert Quantiles(np.array([0.025, 0.975]), grid.values[..., :2]).quantile(1 - 0.025) == 2
    assert np.isnan(grid.log_density(full(1.5, (1, 1)))).all()


def test_moved_is_the_distribution_of_what_was_moved():
    """A normal moved and stretched is the normal with that location and scale."""
    shift, scale = np.array([[0.5, -1.0, 3.0]]), np.array([[2.0, 0.1, 1.0]])
    moved = Affine(Normal(np.zeros((1, 3)), np.ones((1, 3))), shift, scale)
    plain, y = Normal(shift, scale), np.array([[0.3, -1.1, np.nan]])
    for method in ("cdf", "log_density", "crps"):
        np.testing.assert_allclose(getattr(moved, method)(y), getattr(plain, method)(y))
    np.testing.assert_allclose(moved.quantile(0.1), plain.quantile(0.1))


@pytest.mark.parametrize(
    "distribution",
    [
        Normal(full(0.0), full(1.0)),
        StudentT(full(0.0), full(1.0), full(3.0)),
        SampledQuantiles(np.array([0.2, 0.8]), np.broadcast_to([-1.0, 1.0], (2, 3, 2)), full(-2.0)),
        Affine(Normal(full(0.0), full(1.0)), full(1.0), full(2.0)),
        Quantiles(np.array([0.2, 0.8]), np.broadcast_to([-1.0, 1.0], (2, 3, 2))),
    ],
    ids=lambda distribution: type(distribution).__name__,
)
def test_what_did_not_come_has_no_score(distribution):
    """NaN for an outcome gives NaN there and nowhere else."""
    y = np.array([[np.nan, 0.0, 0.5], [0.1, np.nan, 0.2]])
    for method in ("cdf", "crps"):
        assert (np.isnan(getattr(distribution, method)(y)) == np.isnan(y)).all()
    assert np.isnan(distribution.log_density(y))[np.isnan(y)].all()


@pytest.mark.parametrize("kind", ["ascending", "ties", "unknown", "descending"])
def test_cells_of_a_grid_are_scored_as_if_alone(kind):
    """To the last bit, though those in order are scored in a shorter way, a part at a time."""
    rng = np.random.default_rng(1)
    values = np.sort(rng.normal(size=(300, 2, 199)), axis=-1)
    y = rng.normal(size=(300, 2))
    if kind == "ties":
        values, y = np.round(values, 1), np.round(y, 1)
    if kind == "unknown":
        y[rng.random(y.shape) < 0.1] = np.nan
        values[7] = np.nan
    if kind == "descending":
        values[7, 1, 40:50] = values[7, 1, 49:39:-1].copy()
    grid = Quantiles(GRID, values)
    for method in ("cdf", "crps"):
        alone = [getattr(Quantiles(GRID, values[i : i + 1]), method)(y[i : i + 1])
                 for i in range(len(y))]  # fmt: skip
        np.testing.assert_array_equal(getattr(grid, method)(y), np.concatenate(alone))
    shuffled = Quantiles(GRID, np.concatenate([values[:, :1], values[:, 1:][..., ::-1]], axis=1))
    np.testing.assert_array_equal(shuffled.crps(y)[:, 0], grid.crps(y)[:, 0])
    np.testing.assert_array_equal(shuffled.cdf(y)[:, 0], grid.cdf(y)[:, 0])
