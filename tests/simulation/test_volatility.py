"""Regimes, crises, levels, aftermath: how often, how long, how they fade."""

import numpy as np
import pytest
from simulated import draws_of, known_parameters

from rnncli.simulation.draw_parameters import draw_parameters
from rnncli.simulation.random_streams import generators
from rnncli.simulation.volatility import (
    aftermath_of,
    autoregression,
    draw_outside,
    garch_coefficients,
)


def test_garch_coefficients_are_stationary_and_not_negative():
    """Over the prior: every weight at least zero, their sum the persistence asked for."""
    parameters = draw_parameters(generators(1, 0, 500))
    reaction, asymmetry, persistence = garch_coefficients(parameters)
    assert min(reaction.min(), asymmetry.min(), persistence.min()) >= -1e-12
    total = reaction + asymmetry / 2 + persistence
    np.testing.assert_allclose(total, 1 - parameters.garch_reversion)
    assert total.max() < 1


def test_autoregression_begins_where_it_is_reported():
    """x' = a x + shock, the first state being the start."""
    states = autoregression(np.array([0.5]), np.array([[1.0], [0.0], [9.0]]), np.array([4.0]))
    assert states.ravel().tolist() == [4.0, 3.0, 1.5]


def test_the_wild_regime_has_its_share_of_days():
    """Entry over entry and exit is the share of wild days."""
    parameters = known_parameters(50, regime_entry=0.02, regime_exit=0.06, regime_size=0.5)
    regime = draw_outside(parameters, draws_of(50, 3000)).regime
    assert set(np.unique(regime)) == {0.0, 0.5}
    assert np.mean(regime > 0) == pytest.approx(0.25, abs=0.03)


def test_a_crisis_comes_to_all_and_fades():
    """Symbols of one probability have their crises on the same days; each decays by its rate."""
    parameters = known_parameters(3, crisis_probability=0.01, crisis_size=1, crisis_reversion=0.1)
    crisis = draw_outside(parameters, draws_of(3, 1000)).crisis
    onsets = np.diff(crisis, axis=0) > 0
    assert 2 <= onsets[:, 0].sum() <= 25
    assert (onsets == onsets[:, :1]).all()
    quiet = ~onsets[:, 0]
    np.testing.assert_allclose(crisis[1:][quiet], 0.9 * crisis[:-1][quiet])
    risen = crisis[1:][onsets[:, 0]] - 0.9 * crisis[:-1][onsets[:, 0]]
    assert ((risen >= 0.4) & (risen <= 1.4)).all()


def test_aftermath_begins_the_day_after():
    """Volatility after an announcement is higher from the next day on, and less so each day."""
    announced = np.array([[False], [True], [False], [False]])
    levels = aftermath_of(announced, np.array([0.4]))
    np.testing.assert_allclose(levels.ravel(), [0, 0, 0.4, 0.3])
