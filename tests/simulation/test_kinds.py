"""Kinds of symbols: each overrides parameters that exist, and does what it says."""

from dataclasses import replace

import numpy as np
import pytest

from rnncli.settings import SimulationSettings
from rnncli.simulation.draw_parameters import TABLE, draw_parameters
from rnncli.simulation.kinds import KINDS
from rnncli.simulation.market import simulate_prices
from rnncli.simulation.random_streams import generators

SETTINGS = SimulationSettings(series=30, length=1200, seed=5, faults=False)


def returns_of(kind):
    """Log returns of every symbol."""
    prices = simulate_prices(replace(SETTINGS, kind=kind))
    return [np.diff(np.log(prices.series(i))) for i in range(len(prices.symbols))]


def clustering(returns):
    """Mean correlation of the sizes of returns with those of the days before."""
    sizes = [np.abs(one - np.median(one)) for one in returns if len(one) > 300]
    return np.mean([np.corrcoef(one[1:], one[:-1])[0, 1] for one in sizes])


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_overrides_parameters_that_exist(kind):
    """Its names are of the table, its values numbers."""
    assert set(KINDS[kind]) <= set(TABLE)
    parameters = draw_parameters(generators(3, 0, 50), kind)
    assert not any(np.isnan(getattr(parameters, name)).any() for name in TABLE)


@pytest.mark.slow
def test_independent_returns_do_not_cluster():
    """The size of a return says nothing of the next one; with stocks it does."""
    assert abs(clustering(returns_of("independent"))) < 0.02
    assert clustering(returns_of("stocks")) > 0.05


@pytest.mark.slow
def test_indices_move_less_and_give_moves_back():
    """Smaller moves than stocks, and over ten days less than ten times the variance of one."""
    indices, stocks = returns_of("indices"), returns_of("stocks")

    def size(returns):
        return np.median([np.std(one) for one in returns])

    def ratio(one):
        whole = one[: len(one) // 10 * 10]
        return np.var(whole.reshape(-1, 10).sum(axis=1)) / (10 * np.var(whole))

    assert size(indices) < 0.75 * size(stocks)
    assert np.mean([ratio(one) for one in indices if len(one) > 300]) < 0.95
