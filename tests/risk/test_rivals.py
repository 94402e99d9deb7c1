"""Rival values at risk: past returns, and a GARCH with its residuals."""

import numpy as np
import pytest

from rnncli.errors import UsageError
from rnncli.risk.parametric import normal_tail
from rnncli.risk.rivals import parse_rivals

TAILS = (0.05, 0.01)


def garch_returns(count, seed=1):
    """Returns of a known GARCH, and the deviation of each."""
    rng = np.random.default_rng(seed)
    variance, returns, deviations = 1.0, np.empty(count), np.empty(count)
    for t in range(count):
        deviations[t] = np.sqrt(variance)
        returns[t] = deviations[t] * rng.standard_normal()
        variance = 0.05 + 0.1 * returns[t] ** 2 + 0.85 * variance
    return returns, deviations


def test_history_by_hand():
    """Of 20 returns before: the 5 % quantile lies between the two lowest."""
    returns = np.random.default_rng(2).permutation(np.arange(1.0, 31.0))
    (history,) = parse_rivals("history-20").values()
    found = history(returns, np.array([10, 20, 25]), (0.05, 0.1))
    assert np.isnan(found.quantiles[0]).all()  # which has ten before
    lowest = np.sort(returns[5:25])[:2]
    assert found.quantiles[2] == pytest.approx([lowest.mean(), lowest[1] + 0.5 * (
        np.sort(returns[5:25])[2] - lowest[1])])  # fmt: skip
    assert found.shortfalls[2] == pytest.approx([lowest[0], lowest.mean()])


def test_history_knows_nothing_later():
    """Returns at or after a place do not change the forecast for it."""
    returns = np.random.default_rng(3).standard_normal(60)
    (history,) = parse_rivals("history-20").values()
    later = returns.copy()
    later[40:] = 99
    one, other = (history(r, np.array([30, 40]), TAILS) for r in (returns, later))
    assert np.array_equal(one.quantiles, other.quantiles)


@pytest.mark.parametrize("name", ["garch-n", "garch-edf"])
def test_garch_follows_the_variance(name):
    """Of a GARCH with normal returns both forecast its true quantile nearly."""
    returns, deviations = garch_returns(6000)
    (garch,) = parse_rivals(name).values()
    at = np.arange(4000, 6000)
    found = garch(returns, at, TAILS)
    for c, tail in enumerate(TAILS):
        truth = deviations[at] * float(normal_tail(tail).quantile)
        assert np.median(np.abs(found.quantiles[:, c] / truth - 1)) < 0.08
        assert np.all(found.shortfalls[:, c] < found.quantiles[:, c])
        assert np.mean(returns[at] <= found.quantiles[:, c]) == pytest.approx(tail, abs=0.015)


def test_garch_is_fitted_on_what_is_before_the_first_cutoff():
    """Later returns move its variance alone; too few before give no forecast."""
    returns, _ = garch_returns(400)
    (garch,) = parse_rivals("garch-edf").values()
    later = returns.copy()
    later[300:] *= 5
    at = np.arange(200, 300)
    one, other = (garch(r, at, TAILS).quantiles for r in (returns, later))
    assert np.array_equal(one, other)
    assert np.isnan(garch(returns, np.arange(50, 60), TAILS).quantiles).all()


@pytest.mark.parametrize("name", ["history", "history-5", "history-x", "garch", "naive"])
def test_unknown_rivals_are_refused(name):
    """With those that there are."""
    with pytest.raises(UsageError, match="no such rival; use history-250"):
        parse_rivals(name)
