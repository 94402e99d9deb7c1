"""From the path of a value to prices: overreaction, bounce, days without a trade, limits, ticks."""

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.simulation.bars import Bars
from rnncli.simulation.day_walk import DayWalk
from rnncli.simulation.parameters import ProcessParameters
from rnncli.simulation.random_streams import Draws
from rnncli.simulation.sessions import SessionPaths

DIGITS = 7  # of the first price, where no tick is coarser
LOG_PRICES = (-18.0, 30.0)  # lowest and highest: prices stay finite


def trade(
    parameters: ProcessParameters,
    draws: Draws,
    walk: DayWalk,
    paths: SessionPaths,
    volume: Float64Array,
    first_day: int,
) -> Bars:
    """Bars (days, symbols) of what was traded, from the path of the value.

    The value is the parameters' price at `first_day`. It continues during days without a trade,
    so the next open contains all moves meanwhile.
    """
    p = parameters
    usual = p.volatility / 100
    moves = usual * (walk.night + walk.session)
    value = np.cumsum(moves - _given_back(p, moves) + p.drift / 100, axis=0)
    value += np.log(p.price) - value[first_day]
    start = value - usual * paths.end
    bounce = usual * p.spread * draws.normal()
    reach = usual * p.spread * (0.5 + draws.uniform())
    listed = ~_halted(p, draws)
    traded = listed & (paths.trades > 0) & ~draws.happens(p.stale_probability)
    first, close = start + usual * paths.first, start + usual * paths.last + bounce
    high = np.where(traded, start + usual * paths.high + reach, close)
    low = np.where(traded, start + usual * paths.low - reach, close)
    bars = Bars(first, high, low, close, volume, traded, listed).with_range(high, low)
    return _within_limits(bars, p.limit / 100)


def _given_back(p: ProcessParameters, moves: Float64Array) -> Float64Array:
    """What a night gives back (days, symbols) of the moves before it, which went too far."""
    rate = p.overreaction_reversion
    left = np.zeros(moves.shape[1])
    given_back = np.empty_like(moves)
    for day, move in enumerate(moves):
        given_back[day] = rate * left
        left = left - given_back[day] + p.overreaction * move
    return given_back


def _halted(p: ProcessParameters, draws: Draws) -> BoolArray:
    """Days of trading halts, for which a file has no row; their length is geometric."""
    begun = draws.happens(p.halt_probability)
    ended = draws.happens(1 / np.maximum(p.halt_length, 1))
    halted = np.zeros(draws.symbols, dtype=bool)
    days = np.empty(begun.shape, dtype=bool)
    for day in range(draws.days):
        days[day] = halted | begun[day]
        halted = days[day] & ~ended[day]
    days[-1] = False  # a file has a last row
    return days


def _within_limits(bars: Bars, limit: Float64Array) -> Bars:
    """Keep prices within `limit` (log) of the last close, and repeat it on days without a trade.

    The value behind the price is not limited: prices catch up on the following days (Chou 1997).
    """
    prices = np.clip(np.stack([bars.open, bars.high, bars.low, bars.close]), *LOG_PRICES)
    last = prices[3, 0]
    for day, traded in enumerate(bars.traded):
        within = np.clip(prices[:, day], last - limit, last + limit)
        prices[:, day] = np.where(traded, within, last)
        last = prices[3, day]
    first, high, low, close = prices
    return Bars(first, high, low, close, bars.volume, bars.traded, bars.listed)


def ticks(parameters: ProcessParameters) -> tuple[Float64Array, IntArray]:
    """Smallest step of each symbol's prices: a whole number over a power of ten, (symbols,) each.

    Relative ticks are 1, 2 or 5 times a power of ten, as exchanges have them.
    """
    p = parameters
    finest = 10 ** (np.floor(np.log10(p.price)) + 1 - DIGITS)
    wanted = np.where(p.tick > 0, p.tick, np.where(p.tick == 0, finest, p.relative_tick * p.price))
    exponent = np.floor(np.log10(wanted) + 1e-9)
    leading = wanted / 10**exponent
    digit = np.select([leading < 1.5, leading < 3.5, leading < 7.5], [1.0, 2.0, 5.0], 10.0)
    decimals = np.maximum(-exponent, 0).astype(np.int64)
    return digit * 10 ** np.maximum(exponent, 0), decimals


def to_prices(log_prices: Float64Array, parameters: ProcessParameters) -> Float64Array:
    """Prices (rows, symbols) in whole ticks, at least one; the shortest decimals that there are."""
    whole, decimals = ticks(parameters)
    power = 10.0**decimals
    count = np.maximum(np.rint(np.exp(log_prices) * power / whole), 1)
    prices: Float64Array = count * whole / power
    return prices
