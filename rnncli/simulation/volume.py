"""Shares traded: they follow the day's range and volatility, events, and independent noise."""

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.simulation.day_walk import DayWalk
from rnncli.simulation.jumps import QUARTER, Events, event_volume
from rnncli.simulation.parameters import ProcessParameters
from rnncli.simulation.random_streams import Draws
from rnncli.simulation.sessions import QUIET, STEPS
from rnncli.simulation.volatility import autoregression

WANDER_PERSISTENCE = 0.998
FAT_SHARE = 0.1  # of the shocks that are larger
EXPIRY_DAY = 17  # of a quarter
THIN = -6.5  # log volume of a thinly traded symbol against others
TRADE_SIZE_DEVIATION = 0.8  # log shares of a trade


def log_volume(
    parameters: ProcessParameters,
    draws: Draws,
    walk: DayWalk,
    crisis: Float64Array,
    events: Events,
    short: BoolArray,
    trades: IntArray,
) -> Float64Array:
    """Log of the shares traded, (days, symbols)."""
    p = parameters
    log_range = 0.5 * np.log(np.maximum(walk.realised, 1e-4))
    return (
        p.volume
        + p.volume_on_range * log_range
        + p.volume_on_volatility * (walk.fast + 0.5 * crisis)
        + _activity(p, draws)
        + autoregression(
            np.full(draws.symbols, WANDER_PERSISTENCE), p.volume_wander * draws.normal(),
            np.zeros(draws.symbols),
        )
        + event_volume(p, draws, events, walk.jump)
        + _calendar(p, draws)
        + QUIET * short
        + p.volume_noise * draws.normal()
        + _thin(p, draws, trades)
    )  # fmt: skip


def _activity(p: ProcessParameters, draws: Draws) -> Float64Array:
    """An autoregression whose shocks are skewed and, one in ten, larger."""
    skewed = np.sqrt(p.volume_skew) * (draws.exponential() - 1)
    shocks = np.sqrt(1 - p.volume_skew) * draws.normal() + skewed
    larger = draws.happens(np.full(draws.symbols, FAT_SHARE))
    shocks = p.volume_shock * shocks * np.where(larger, p.volume_tail, 1)
    return autoregression(p.volume_persistence, shocks, np.zeros(draws.symbols))


def _calendar(p: ProcessParameters, draws: Draws) -> Float64Array:
    """Weekdays, the expiry of derivatives once a quarter, and days of no reason that is known."""
    day = np.arange(draws.days)[:, np.newaxis]
    weekday = p.volume_weekday * (day % 5 - 2) * 0.5
    expiry = p.volume_expiry * (day % QUARTER == EXPIRY_DAY)
    spikes = draws.happens(p.volume_spike) * 1.2 * np.abs(draws.normal())
    total: Float64Array = weekday + expiry + spikes
    return total


def _thin(p: ProcessParameters, draws: Draws, trades: IntArray) -> Float64Array:
    """What few trades do to the volume of a day: their number, and the chance of their sizes."""
    usual = STEPS * -np.expm1(-p.trades / STEPS)
    seen = np.maximum(trades, 1)
    sizes = TRADE_SIZE_DEVIATION * draws.normal() / np.sqrt(seen)
    return np.where(np.isinf(p.trades), 0, THIN + np.log(seen / usual) + sizes)
