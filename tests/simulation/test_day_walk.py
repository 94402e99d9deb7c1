"""The walk from day to day is that of plain Python, and its variances are those of theory."""

import numpy as np
import pytest
from naive_walk import naive_walk
from simulated import draws_of, known_parameters, one_symbol

from rnncli.simulation.day_walk import walk_days
from rnncli.simulation.draw_parameters import draw_parameters
from rnncli.simulation.jumps import draw_events
from rnncli.simulation.random_streams import generators
from rnncli.simulation.sessions import draw_sessions
from rnncli.simulation.volatility import VolatilityState, aftermath_of, draw_outside

SYMBOLS, DAYS = 30, 12


def walked(parameters, draws):
    outside, events = draw_outside(parameters, draws), draw_events(parameters, draws)
    aftermath = aftermath_of(events.announced, parameters.announcement_aftermath)
    shocks = draw_sessions(parameters, draws)
    state = VolatilityState(parameters, draws, outside, aftermath)
    return outside, events, aftermath, shocks, state


def test_the_walk_is_that_of_plain_python():
    """Symbols of the prior, computed in arrays, equal those computed number by number."""
    parameters = draw_parameters(generators(5, 0, SYMBOLS))
    draws = draws_of(SYMBOLS, DAYS, seed=5)
    outside, events, aftermath, shocks, state = walked(parameters, draws)
    starts = np.stack([state.slow.state, state.fast.state], axis=1)
    normals = np.stack([state.slow.noise, state.fast.noise], axis=2)
    got = walk_days(state, shocks, events)
    for i in range(SYMBOLS):
        sessions = [
            (shocks.night[t, i], shocks.deviation[t, i], shocks.steps[i, t].tolist(),
             int(shocks.jump_step[t, i]))
            for t in range(DAYS)
        ]  # fmt: skip
        happened = [
            (events.scaled[t, i], events.fixed[t, i], events.at_night[t, i]) for t in range(DAYS)
        ]
        expected = naive_walk(
            one_symbol(parameters, i), starts[i], normals[:, i], outside.total[:, i],
            aftermath[:, i], sessions, happened,
        )  # fmt: skip
        mine = np.stack([got.volatility, got.night + got.session, got.realised])[:, :, i].T
        np.testing.assert_allclose(mine, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    ("changes", "tolerance"),
    [
        ({}, 0.02),
        ({"night_share": 0.3}, 0.02),
        ({"garch_weight": 1.0, "garch_reversion": 0.1, "garch_reaction": 0.05}, 0.05),
        (
            {"garch_weight": 1.0, "garch_reversion": 0.1, "garch_asymmetry": 0.08,
             "garch_realised": 1.0},
            0.05,
        ),
        ({"slow_deviation": 0.3}, 0.06),
        ({"fast_deviation": 0.3}, 0.04),
        ({"level_deviation": 0.2}, 0.08),
        ({"fast_deviation": 0.3, "leverage": 0.4}, 0.06),
        ({"garch_weight": 0.5, "garch_reversion": 0.1, "slow_deviation": 0.3}, 0.06),
        ({"day_freedom": 8.0}, 0.04),
        ({"day_deviation": 0.2}, 0.03),
        ({"night_share": 0.5, "night_freedom": 6.0}, 0.05),
    ],
)  # fmt: skip
def test_each_process_has_a_mean_square_of_one(changes, tolerance):
    """GARCH, each factor, tails, a night: the mean square of returns is that of the usual day."""
    parameters = known_parameters(100, **changes)
    _, events, _, shocks, state = walked(parameters, draws_of(100, 2000))
    walk = walk_days(state, shocks, events)
    squares = (walk.night + walk.session)[200:] ** 2
    assert np.mean(squares) == pytest.approx(1, abs=tolerance)
    assert np.mean(walk.realised[200:]) == pytest.approx(1, abs=tolerance)


def test_jumps_add_their_own_variance():
    """Merton: probability times squared size, on top of the ordinary day."""
    changes = {"jump_probability": 0.02, "jump_size": 4.0, "jump_at_night": 0.5}
    _, events, _, shocks, state = walked(known_parameters(100, **changes), draws_of(100, 1000))
    walk = walk_days(state, shocks, events)
    change = walk.night + walk.session
    assert np.mean(change**2) == pytest.approx(1 + 0.02 * 16, rel=0.08)
    assert np.mean(walk.realised) == pytest.approx(1 + 0.02 * 16, rel=0.08)
    moments = np.mean(change**4) / np.mean(change**2) ** 2
    expected = (3 + 6 * 0.02 * 16 + 3 * 0.02 * 4**4) / (1 + 0.02 * 16) ** 2
    assert moments == pytest.approx(expected, rel=0.15)


@pytest.mark.slow
def test_a_fall_raises_volatility_where_there_is_leverage():
    """Leverage and the asymmetry of GARCH: a return is correlated with the next volatility."""
    for changes in (
        {"fast_deviation": 0.4, "fast_persistence": 0.9, "leverage": 0.8},
        {"garch_weight": 1.0, "garch_reversion": 0.03, "garch_asymmetry": 0.12},
    ):
        _, events, _, shocks, state = walked(known_parameters(50, **changes), draws_of(50, 2000))
        walk = walk_days(state, shocks, events)
        change = walk.night + walk.session
        assert np.corrcoef(change[:-1].ravel(), np.log(walk.volatility[1:]).ravel())[0, 1] < -0.05


def test_volatility_clusters():
    """Squares of returns are correlated from day to day, returns are not."""
    changes = {"slow_deviation": 0.5, "slow_reversion": 0.02}
    _, events, _, shocks, state = walked(known_parameters(100, **changes), draws_of(100, 2000))
    walk = walk_days(state, shocks, events)
    change = walk.night + walk.session
    size = np.log(np.abs(change) + 0.1)
    assert np.corrcoef(size[:-1].ravel(), size[1:].ravel())[0, 1] > 0.1
    assert abs(np.corrcoef(change[:-1].ravel(), change[1:].ravel())[0, 1]) < 0.02
