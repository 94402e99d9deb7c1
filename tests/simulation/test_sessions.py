"""The path of a day: extremes of a Brownian motion, trades as thin as the symbol."""

import math

import numpy as np
import pytest
from simulated import draws_of, known_parameters

from rnncli.simulation.sessions import (
    HALF_SESSION,
    STEPS,
    draw_sessions,
    step_weights,
    trace_sessions,
)

SYMBOLS, DAYS = 40, 1000


def traced(jumps=0.0, **changes):
    parameters = known_parameters(SYMBOLS, **changes)
    draws = draws_of(SYMBOLS, DAYS)
    shocks = draw_sessions(parameters, draws)
    jumped = np.full((DAYS, SYMBOLS), jumps)
    return shocks, trace_sessions(parameters, draws, shocks, shocks.deviation, jumped)


@pytest.mark.parametrize("u_shape", [0.0, 0.8])
def test_ranges_are_those_of_a_brownian_motion(u_shape):
    """Feller 1951, Parkinson 1980: mean range sqrt(8/pi), mean square 4 log 2."""
    _, paths = traced(u_shape=u_shape)
    ranges = paths.high - paths.low
    assert np.mean(ranges) == pytest.approx(math.sqrt(8 / math.pi), rel=0.01)
    assert np.mean(ranges**2) == pytest.approx(4 * math.log(2), rel=0.02)


def test_high_and_low_hold_start_and_end():
    """No path begins or ends outside its range, with jumps or without."""
    for jumps in (0.0, 5.0):
        _, paths = traced(jumps)
        assert (paths.first == 0).all()
        assert (paths.low <= np.minimum(0, paths.last) + 1e-12).all()
        assert (paths.high >= np.maximum(0, paths.last) - 1e-12).all()


def test_less_continuous_trading_shows_smaller_ranges():
    """A path that is looked at less closely has a smaller range and the same end."""
    _, whole = traced()
    _, coarse = traced(continuity=0.6)
    np.testing.assert_array_equal(whole.last, coarse.last)
    assert (coarse.high <= whole.high + 1e-12).all()
    assert np.mean(coarse.high - coarse.low) < 0.96 * np.mean(whole.high - whole.low)


def test_steps_have_the_variance_of_the_session():
    """The weights of a U shape are larger at both ends, and their squares sum to one."""
    weights = step_weights(np.array([0.0, 1.0]))
    np.testing.assert_allclose((weights**2).sum(axis=1), 1)
    np.testing.assert_allclose(weights[0], 1 / math.sqrt(STEPS))
    np.testing.assert_allclose(weights[1], weights[1, ::-1])
    assert weights[1, 0] > 2 * weights[1, STEPS // 2]


def test_night_and_session_share_the_variance():
    """The night has its share, the session the rest."""
    shocks, paths = traced(night_share=0.3)
    assert np.var(shocks.night) == pytest.approx(0.3, rel=0.03)
    assert np.var(paths.last) == pytest.approx(0.7, rel=0.03)


def test_short_days_are_short_for_all():
    """Half sessions are days of the market, and calmer."""
    shocks, _ = traced(half_session=0.1)
    assert (shocks.short == shocks.short[:, :1]).all()
    assert np.mean(shocks.short) == pytest.approx(0.1, abs=0.03)
    np.testing.assert_allclose(shocks.deviation[shocks.short], HALF_SESSION, rtol=1e-3)


def test_common_shocks_make_symbols_move_together():
    """The share of variance that is common is the correlation of two symbols."""
    _, paths = traced(common_return=0.4)
    correlations = np.corrcoef(paths.last.T)[np.triu_indices(SYMBOLS, 1)]
    assert np.mean(correlations) == pytest.approx(0.4, abs=0.04)


def test_a_common_share_does_not_change_the_law_of_a_symbol():
    """Mean square and range are the same with a common factor."""
    _, paths = traced(common_return=0.6)
    assert np.mean(paths.last**2) == pytest.approx(1, rel=0.1)
    ranges = paths.high - paths.low
    assert np.mean(ranges) == pytest.approx(math.sqrt(8 / math.pi), rel=0.03)


def test_thin_trading_shows_points_of_the_path_only():
    """With few trades a day ranges are smaller, some days have none, the end may be unseen."""
    _, paths = traced(trades=2.0)
    assert np.mean(paths.trades == 0) == pytest.approx(math.exp(-2), abs=0.01)
    seen = paths.trades > 0
    assert np.mean((paths.high - paths.low)[seen]) < 0.7
    assert (paths.high[paths.trades == 1] == paths.low[paths.trades == 1]).all()
    assert np.mean(paths.last[seen] != paths.end[seen]) > 0.5
    inside = (paths.last <= paths.high) & (paths.last >= paths.low)
    assert inside[seen].all()
    assert ((paths.first <= paths.high) & (paths.first >= paths.low))[seen].all()


def test_tails_of_the_day_are_seen_in_its_range():
    """A heavy-tailed day is wild in all its steps: return and range share the scale."""
    _, normal = traced()
    _, heavy = traced(day_freedom=6.0)

    def kurtosis(values):
        return np.mean(values**4) / np.mean(values**2) ** 2

    assert kurtosis(normal.last) == pytest.approx(3, abs=0.1)
    assert 4.5 < kurtosis(heavy.last) < 8
    spread = np.std(np.log(heavy.high - heavy.low))
    assert spread > 1.2 * np.std(np.log(normal.high - normal.low))
