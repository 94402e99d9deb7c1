"""The test of Acerbi & Szekely, by hand and on returns that are as forecast or worse."""

import numpy as np
import pytest

from rnncli.risk import acerbi_szekely, student_t_tail

ROWS, PROBABILITY = 1000, 0.025


def test_statistics_by_hand():
    """Two of four rows are beyond their quantiles; one hit is expected at 25 %."""
    returns, quantiles = np.array([-3.0, 1.0, -1.5, 0.5]), np.array([-2.0, -2.0, -1.0, -1.0])
    shortfalls = np.array([-2.5, -3.0, -1.25, -1.2])
    found = acerbi_szekely(returns, quantiles, shortfalls, 0.25)
    assert found.z1 == pytest.approx(1 - (3 / 2.5 + 1.5 / 1.25) / 2, rel=1e-9)
    assert found.z2 == pytest.approx(1 - (3 / 2.5 + 1.5 / 1.25) / 1, rel=1e-9)
    assert (found.p1, found.p2) == (None, None)


def test_without_hits_only_the_second_is_known():
    """No loss beyond the value at risk is no evidence against the shortfall."""
    found = acerbi_szekely(np.ones(4), -np.ones(4), np.full(4, -2.0), 0.25)
    assert (found.z1, found.z2) == (None, 1.0)


@pytest.mark.parametrize(("factor", "rejected"), [(1.0, False), (1.3, True)])
def test_returns_wider_than_forecast_are_rejected(factor, rejected):
    """p is that of the forecast's own tail; -0.7 is near the 5 % bound, as the authors say."""
    rng = np.random.default_rng(5)
    tail = student_t_tail(PROBABILITY, np.array(5.0))
    draws = rng.standard_t(5, 400_000)
    tails = np.tile(draws[draws <= tail.quantile][:8000], (1, 1))
    returns = factor * rng.standard_t(5, ROWS)
    quantiles, shortfalls = np.full(ROWS, tail.quantile), np.full(ROWS, tail.shortfall)
    found = acerbi_szekely(
        returns, quantiles, shortfalls, PROBABILITY, np.repeat(tails, ROWS, axis=0)[:, :100]
    )
    assert (found.p2 < 0.05) == rejected
    same = acerbi_szekely(
        returns, quantiles, shortfalls, PROBABILITY, np.repeat(tails, ROWS, axis=0)[:, :100]
    )
    assert same == found
