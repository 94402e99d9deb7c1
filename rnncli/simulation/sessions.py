"""The parts of a day: the night, the steps of the session, and the extremes of the path.

The path is a Brownian motion of STEPS steps whose variances follow a U shape. Between two steps
it is a Brownian bridge, whose highest and lowest point are drawn from their exact laws (Asmussen,
Glynn & Pitman 1995), so that a range is that of the whole path and not of a few points on it.
"""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.simulation.parameters import ProcessParameters
from rnncli.simulation.random_streams import Draws

STEPS = 10  # of a session
SMALLEST_CHI_SQUARE = 0.25  # no day is more than some 40 times as wild as its volatility
HALF_SESSION = 0.45  # deviation of a short day
QUIET = -0.8  # log volume of one


@dataclass(frozen=True)
class SessionShocks:
    """Random parts of the days, in units of their volatility.

    The night's return and the session's deviation, (days, symbols); the session's standardised
    steps (symbols, days, steps); the step that a jump falls into, whether the day is short.
    """

    night: Float64Array
    deviation: Float64Array
    steps: Float64Array
    jump_step: IntArray
    short: BoolArray

    @property
    def change(self) -> Float64Array:
        """Return of the session over its deviation, (days, symbols)."""
        return _by_day(self.steps.sum(axis=2))

    @property
    def square(self) -> Float64Array:
        """Sum of squared steps over the session's variance, (days, symbols)."""
        return _by_day((self.steps**2).sum(axis=2))

    @property
    def at_jump(self) -> Float64Array:
        """The step that a jump falls into, (days, symbols)."""
        place = self.jump_step.T[:, :, np.newaxis]
        return _by_day(np.take_along_axis(self.steps, place, axis=2)[:, :, 0])


def _by_day(values: Float64Array) -> Float64Array:
    return np.ascontiguousarray(values.T)


def step_weights(u_shape: Float64Array) -> Float64Array:
    """Deviation of each step of a session of deviation 1, (symbols, steps)."""
    middle = 2 * np.abs((np.arange(STEPS) + 0.5) / STEPS - 0.5) - 0.5
    weights = 1 + u_shape[:, np.newaxis] * middle
    scaled: Float64Array = weights / np.sqrt((weights**2).sum(axis=1, keepdims=True))
    return scaled


def draw_sessions(parameters: ProcessParameters, draws: Draws) -> SessionShocks:
    """Random numbers of every night and session."""
    p = parameters
    tail = draws.inverse_chi_square(p.day_freedom, SMALLEST_CHI_SQUARE)
    single = p.day_deviation * draws.normal() - p.day_deviation**2
    scale = np.sqrt(tail) * np.exp(single)
    night_tail = draws.inverse_chi_square(p.night_freedom, SMALLEST_CHI_SQUARE)
    night_scale = scale**p.night_link * np.sqrt(night_tail)
    night = np.sqrt(p.night_share) * night_scale * draws.shared_normal(p.common_return)
    short = draws.happens_to_all(p.half_session)
    deviation = np.sqrt(1 - p.night_share) * scale * np.where(short, HALF_SESSION, 1)
    steps = draws.shared_normal_steps(p.common_return, STEPS)
    steps *= step_weights(p.u_shape)[:, np.newaxis, :]
    jump_step = draws.integers(0, STEPS, draws.days)
    return SessionShocks(night, deviation, steps, jump_step, short)


@dataclass(frozen=True)
class SessionPaths:
    """Traded prices of the sessions, relative to their start in usual days, (days, symbols) each.

    First price, extremes, last price; the end of the path, traded or not; the number of trades.
    """

    first: Float64Array
    high: Float64Array
    low: Float64Array
    last: Float64Array
    end: Float64Array
    trades: IntArray


def trace_sessions(
    parameters: ProcessParameters,
    draws: Draws,
    shocks: SessionShocks,
    deviation: Float64Array,
    jumps: Float64Array,
) -> SessionPaths:
    """The paths of sessions of a deviation and with jumps in them, (days, symbols) each."""
    scale = deviation.T[:, :, np.newaxis]
    steps = shocks.steps * scale
    place = shocks.jump_step.T[:, :, np.newaxis]
    jumped = np.take_along_axis(steps, place, axis=2) + jumps.T[:, :, np.newaxis]
    np.put_along_axis(steps, place, jumped, axis=2)
    path = np.cumsum(steps, axis=2)
    variance = (scale * step_weights(parameters.u_shape)[:, np.newaxis, :]) ** 2
    variance *= parameters.continuity[:, np.newaxis, np.newaxis]
    high, low = _extremes(path, steps, variance, draws)
    traded = draws.uniform_steps(STEPS) < trade_probability(parameters.trades)
    return _observed(path, high, low, traded, np.isinf(parameters.trades))


def _extremes(
    path: Float64Array, steps: Float64Array, variance: Float64Array, draws: Draws
) -> tuple[Float64Array, Float64Array]:
    """Highest and lowest point of each session, including its start, (symbols, days).

    A bridge from x to y of variance v stays below m with probability 1 - exp(-2 (m-x)(m-y) / v);
    solved for m, with an exponential E instead of -log of a uniform number:
    m = (x + y + sqrt((y - x)² + 2 v E)) / 2. Highest and lowest are drawn apart.
    """
    middle = path - steps / 2
    square, twice = steps**2, 2 * variance
    above = np.sqrt(square + twice * draws.exponential_steps(STEPS)) / 2
    below = np.sqrt(square + twice * draws.exponential_steps(STEPS)) / 2
    high = np.maximum((middle + above).max(axis=2), 0)
    low = np.minimum((middle - below).min(axis=2), 0)
    return high, low


def trade_probability(trades: Float64Array) -> Float64Array:
    """Probability that a step of a session has a trade, (symbols, 1, 1)."""
    return -np.expm1(-trades / STEPS)[:, np.newaxis, np.newaxis]


def _observed(
    path: Float64Array, high: Float64Array, low: Float64Array, traded: BoolArray,
    continuous: BoolArray,
) -> SessionPaths:  # fmt: skip
    """The whole path of a continuously traded symbol, else its points at steps with a trade."""
    points_high = np.where(traded, path, -np.inf).max(axis=2)
    points_low = np.where(traded, path, np.inf).min(axis=2)
    first = np.take_along_axis(path, traded.argmax(axis=2)[:, :, np.newaxis], axis=2)[:, :, 0]
    final = STEPS - 1 - traded[:, :, ::-1].argmax(axis=2)
    last = np.take_along_axis(path, final[:, :, np.newaxis], axis=2)[:, :, 0]
    whole = continuous[:, np.newaxis]
    return SessionPaths(
        _by_day(np.where(whole, 0, first)),
        _by_day(np.where(whole, high, points_high)),
        _by_day(np.where(whole, low, points_low)),
        _by_day(last),
        _by_day(path[:, :, -1]),
        np.ascontiguousarray(traded.sum(axis=2).T),
    )
