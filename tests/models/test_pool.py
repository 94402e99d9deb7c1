"""The weight of the prior in a pool, by rows ahead."""

import numpy as np
import pytest

from rnncli.forecasting.pooled import draw_from_both
from rnncli.models.pool import FAR_AHEAD, Pool
from rnncli.models.prior import load_prior


def test_the_odds_of_the_network_grow_and_then_stay():
    """By the factor within five rows: from 1 : 3 to 2 : 3."""
    weights = Pool(load_prior(), 0.75, 2.0).weights(20)
    assert (weights[0], weights[FAR_AHEAD - 1]) == (0.75, pytest.approx(0.6))
    assert (np.diff(weights[:FAR_AHEAD]) < 0).all()
    assert set(weights[FAR_AHEAD:]) == {weights[FAR_AHEAD - 1]}
    assert Pool(load_prior(), 0.75, 2.0).far_ahead == pytest.approx(0.6)


@pytest.mark.parametrize(("weight", "growth"), [(0.75, 1.0), (1.0, 2.0)])
def test_weights_that_do_not_change(weight, growth):
    """Without growth, and where the prior forecasts alone."""
    assert set(Pool(load_prior(), weight, growth).weights(20)) == {weight}


def test_a_file_without_growth_has_one_weight():
    pool = Pool.of_file(load_prior(), {"weight": 0.5})
    assert (pool.weight, pool.growth) == (0.5, 1.0)
    assert Pool.of_file(load_prior(), Pool(load_prior(), 0.5, 2.0).as_dict()).growth == 2


@pytest.mark.parametrize("numbers", [(0.0, 1.0), (1.5, 1.0), (0.5, 0.0), (0.5, np.inf)])
def test_numbers_that_cannot_be(numbers):
    assert not Pool(load_prior(), *numbers).in_range


def test_paths_go_over_to_the_network_as_its_weight_grows():
    """Each row has the share of the prior's paths that its weight says; none goes back."""
    weights = np.array([0.75, 0.6, 0.5])
    drawn = draw_from_both(np.zeros((2, 3, 4000)), np.ones((2, 3, 4000)), weights, seed=1)
    np.testing.assert_allclose(drawn.mean(axis=2), [weights, weights], atol=0.02)
    assert (np.diff(drawn, axis=1) <= 0).all()
    np.testing.assert_array_equal(drawn[0], drawn[1])
