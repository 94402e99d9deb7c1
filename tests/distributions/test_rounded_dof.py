"""Quantiles that many forecasts share are those that each would have by itself."""

import numpy as np
import pytest

from rnncli.distributions import rounded_dof, student_t
from rnncli.distributions.families import StudentT
from rnncli.distributions.quantile_forecast import ModelQuantiles

PROBABILITIES = (0.1, 0.5, 0.975)


def shared_quantiles(probabilities, dof):
    """Those of each dof (...): (..., k)."""
    table, place = rounded_dof.shared_quantiles(probabilities, dof)
    assert len(table) <= dof.size
    return table[place]


@pytest.fixture(autouse=True)
def _nothing_remembered():
    rounded_dof._remembered.cache_clear()


def test_they_have_the_bits_of_each_dof_alone():
    """In any shape and order, the first time and again, beside other dof and probabilities."""
    dof = np.array([[3.5, 8.0, 3.5], [200.0, 2.05, 8.0]])
    for some in (dof, dof[:, ::-1], np.append(dof, 1e6)):
        for probabilities in (PROBABILITIES, (0.25,), PROBABILITIES):
            shared = shared_quantiles(probabilities, some)
            assert shared.shape == (*some.shape, len(probabilities))
            for place, one in np.ndenumerate(some):
                alone = student_t.quantiles(probabilities, np.array(one))
                np.testing.assert_array_equal(shared[place], alone)


def test_each_dof_is_computed_once(monkeypatch):
    """Only those that are new; NaN, which is never remembered, has none."""
    computed = []
    of_all = student_t.quantiles

    def counted(probabilities, dof, fraction):
        computed.append(dof.tolist())
        return of_all(probabilities, dof, fraction)

    monkeypatch.setattr(student_t, "quantiles", counted)
    shared_quantiles(PROBABILITIES, np.array([3.0, 4.0, 3.0]))
    again = shared_quantiles(PROBABILITIES, np.array([4.0, 5.0, np.nan]))
    assert computed[0] == [3.0, 4.0]
    assert computed[1][0] == 5.0
    assert np.isnan(again[2]).all()
    assert not np.isnan(again[:2]).any()
    assert list(rounded_dof._remembered(PROBABILITIES)) == [3.0, 4.0, 5.0]


def test_memory_is_limited(monkeypatch):
    """Beyond a number of dof only the latest are remembered; the quantiles are the same."""
    monkeypatch.setattr(rounded_dof, "MOST_DOFS", 3)
    for first in (2.5, 4.5, 6.5):
        dof = first + np.arange(2.0)
        np.testing.assert_array_equal(
            shared_quantiles(PROBABILITIES, dof), student_t.quantiles(PROBABILITIES, dof)
        )
        assert len(rounded_dof._remembered(PROBABILITIES)) <= 3


def test_no_forecast_has_no_quantiles():
    """Of no dof there are none, at every probability."""
    assert shared_quantiles(PROBABILITIES, np.zeros((0, 5))).shape == (0, 5, 3)


@pytest.mark.parametrize("unknown", [False, True])
def test_distances_over_the_spread_are_those_of_the_prices(unknown):
    """Of log prices, mean over origins of known forecasts, whatever location and scale are."""
    rng = np.random.default_rng(3)
    location, scale = 0.3 * rng.standard_normal((40, 5)), np.exp(rng.standard_normal((40, 5)))
    dof = rng.choice([2.1, 3.5, 8.0, 200.0], (40, 5))
    if unknown:
        scale[7], dof[8], location[9], location[:, 4] = 0, np.nan, np.nan, np.inf
    standard = shared_quantiles(rounded_dof.AT_GRID, dof)
    prices = np.exp(standard * scale[..., None] + location[..., None])
    middle = rounded_dof.AT_GRID.index(0.5)
    forecast = ModelQuantiles(
        "log", prices[..., middle], np.zeros((40, 1, 3)), np.ones(40), rounded_dof.AT_GRID, prices,
        np.zeros((40, 5)),
    )  # fmt: skip
    with np.errstate(invalid="ignore", divide="ignore"):
        ref = forecast.mean_distances()
    comp = rounded_dof.standard_distances(StudentT(location, scale, dof))
    np.testing.assert_allclose(comp, ref, rtol=1e-10, atol=1e-12)
