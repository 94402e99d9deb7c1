"""From one day to the next: volatility makes a return, and the return moves volatility."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.simulation.jumps import Events
from rnncli.simulation.sessions import SessionShocks
from rnncli.simulation.volatility import VolatilityState


@dataclass(frozen=True)
class DayWalk:
    """Results of the simulated days, in usual days, (days, symbols) each.

    Volatility; the logarithm of its fast part; jumps; returns of the night and of the session,
    with jumps; deviation of the session without them; variance realised by the night and the steps.
    """

    volatility: Float64Array
    fast: Float64Array
    jump: Float64Array
    night: Float64Array
    session: Float64Array
    deviation: Float64Array
    realised: Float64Array


def walk_days(state: VolatilityState, shocks: SessionShocks, events: Events) -> DayWalk:
    """Walk through all days, all symbols at once."""
    shape = shocks.night.shape
    volatility, fast_log, jump, night, session, deviation, realised = np.empty((7, *shape))
    change, square, at_jump = shocks.change, shocks.square, shocks.at_jump
    for day in range(shape[0]):
        vol, fast = state.of_day(day)
        volatility[day], fast_log[day] = vol, state.fast.state
        jump[day] = events.scaled[day] * np.sqrt(vol) + events.fixed[day]
        within = jump[day] * ~events.at_night[day]
        night[day] = vol * shocks.night[day] + (jump[day] - within)
        deviation[day] = vol * shocks.deviation[day]
        session[day] = deviation[day] * change[day] + within
        steps = _realised(deviation[day], square[day], at_jump[day], within)
        realised[day] = night[day] ** 2 + steps
        state.learn(day, vol, fast, night[day] + session[day], realised[day])
    return DayWalk(volatility, fast_log, jump, night, session, deviation, realised)


def _realised(
    deviation: Float64Array, square: Float64Array, at_jump: Float64Array, jump: Float64Array
) -> Float64Array:
    """Sum of the squared steps of a session whose jump is part of one of them."""
    return deviation**2 * square + 2 * deviation * at_jump * jump + jump**2
