"""Volatility of each day: GJR-GARCH and stochastic volatility mixed, in units of the usual day.

    volatility = fast sqrt(w garch + (1 - w) slow² outside²)

Each part has mean square 1. `outside` does not depend on returns and is drawn ahead; `slow`,
`fast` and `garch` react to each day's return and range. `parameters` cites the sources.
"""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.simulation.parameters import ProcessParameters
from rnncli.simulation.random_streams import Draws

HIGHEST = 12.0  # volatility, usual days
GARCH_RANGE = (0.02, 80.0)  # of its variance
LARGEST_SQUARE = 40.0  # of a day, in the news of GARCH
# mean and deviation of log(realised deviation / volatility), over the symbols of the prior
LOG_RANGE_MEAN, LOG_RANGE_DEVIATION = -0.2, 0.35
FAST_LEVERAGE = 0.7  # of the leverage of the slow factor
AFTERMATH_DECAY = 0.75  # of volatility after an announcement, a day


def autoregression(
    persistence: Float64Array, shocks: Float64Array, start: Float64Array
) -> Float64Array:
    """AR(1) of shocks (days, symbols); the first day is `start` (symbols,)."""
    states = np.empty_like(shocks)
    state = start
    for day, shock in enumerate(shocks):
        states[day] = state
        state = persistence * state + shock
    return states


def log_moment(deviation: Float64Array) -> Float64Array:
    """Half of log E exp(2x) of a normal x: exp of x minus this has mean square 1."""
    return deviation**2


@dataclass(frozen=True)
class OutsideVolatility:
    """Log volatility that no return moves, (days, symbols) each."""

    level: Float64Array
    regime: Float64Array
    crisis: Float64Array

    @property
    def total(self) -> Float64Array:
        """All of it."""
        return self.level + self.regime + self.crisis


def draw_outside(parameters: ProcessParameters, draws: Draws) -> OutsideVolatility:
    """The level over years, regimes and crises of every symbol."""
    return OutsideVolatility(
        _draw_level(parameters, draws), _draw_regimes(parameters, draws),
        _draw_crises(parameters, draws),
    )  # fmt: skip


def _draw_level(parameters: ProcessParameters, draws: Draws) -> Float64Array:
    persistence = 1 - parameters.level_reversion
    deviation = parameters.level_deviation
    shocks = draws.shared_normal(parameters.common_volatility)
    innovations = deviation * np.sqrt(1 - persistence**2) * shocks
    start = deviation * draws.normal_once()
    return autoregression(persistence, innovations, start) - log_moment(deviation)


def _draw_regimes(parameters: ProcessParameters, draws: Draws) -> Float64Array:
    """A Markov chain of a calm and a wild regime."""
    entered = draws.happens(parameters.regime_entry)
    left = draws.happens(parameters.regime_exit)
    wild = np.zeros(draws.symbols, dtype=bool)
    states: BoolArray = np.empty(entered.shape, dtype=bool)
    for day in range(draws.days):
        wild = np.where(wild, ~left[day], entered[day])
        states[day] = wild
    return states * parameters.regime_size


def _draw_crises(parameters: ProcessParameters, draws: Draws) -> Float64Array:
    """Onsets that the symbols of a market have together, and their decay."""
    onsets = draws.happens_to_all(parameters.crisis_probability)
    sizes = parameters.crisis_size * (0.4 + draws.uniform())
    crisis = np.zeros(draws.symbols)
    levels = np.empty_like(sizes)
    for day in range(draws.days):
        crisis = (1 - parameters.crisis_reversion) * crisis + onsets[day] * sizes[day]
        levels[day] = crisis
    return levels


class Factor:
    """A factor of log volatility, an AR(1) whose shock is noise and what the last day showed.

    The weights of the shock's parts are scaled so that its variance is 1, the day's return and
    log range being near standard normal.
    """

    def __init__(
        self,
        draws: Draws,
        persistence: Float64Array,
        deviation: Float64Array,
        weights: tuple[Float64Array, Float64Array],
        common: Float64Array,
    ) -> None:
        self._persistence, self._deviation = persistence, deviation
        self._leverage, self._learning = weights
        scale = np.sqrt((1 - persistence**2) / (1 + self._leverage**2 + self._learning**2))
        self._shock = deviation * scale
        self.noise = draws.shared_normal(common)
        self.state = deviation * draws.normal_once()

    @property
    def centred(self) -> Float64Array:
        """The state (symbols,), less what lets its exponential have mean square 1."""
        return self.state - log_moment(self._deviation)

    def learn(self, day: int, fall: Float64Array, surprise: Float64Array) -> None:
        """Advance by a day, given its standardised fall and log range (symbols,)."""
        shock = self._leverage * fall + self._learning * surprise + self.noise[day]
        self.state = self._persistence * self.state + self._shock * shock


class VolatilityState:
    """The parts of volatility that learn from the days, (symbols,) each."""

    def __init__(
        self,
        parameters: ProcessParameters,
        draws: Draws,
        outside: OutsideVolatility,
        aftermath: Float64Array,
    ) -> None:
        p = self._parameters = parameters
        self._outside, self._aftermath = outside.total, aftermath
        self.slow = Factor(
            draws, 1 - p.slow_reversion, p.slow_deviation, (p.leverage, p.slow_learning),
            p.common_volatility,
        )  # fmt: skip
        self.fast = Factor(
            draws, p.fast_persistence, p.fast_deviation,
            (FAST_LEVERAGE * p.leverage, p.fast_learning), p.common_volatility,
        )  # fmt: skip
        self.garch = np.ones(draws.symbols)
        self._coefficients = garch_coefficients(p)

    def of_day(self, day: int) -> tuple[Float64Array, Float64Array]:
        """Volatility of a day, and the fast part of it, (symbols,) each."""
        slow = np.exp(self.slow.centred + self._outside[day])
        fast = np.exp(self.fast.centred + self._aftermath[day])
        weight = self._parameters.garch_weight
        mixed = weight * self.garch + (1 - weight) * slow**2
        return np.minimum(fast * np.sqrt(mixed), HIGHEST), fast

    def learn(
        self,
        day: int,
        volatility: Float64Array,
        fast: Float64Array,
        change: Float64Array,
        realised: Float64Array,
    ) -> None:
        """Advance by a day, given its return (symbols,) and realised variance."""
        self._learn_garch(fast, change, realised)
        fall = -np.clip(change / volatility, -3, 3)
        log_range = 0.5 * np.log(np.maximum(realised, 1e-6)) - np.log(volatility)
        surprise = np.clip((log_range - LOG_RANGE_MEAN) / LOG_RANGE_DEVIATION, -4, 4)
        self.slow.learn(day, fall, surprise)
        self.fast.learn(day, fall, surprise)

    def _learn_garch(
        self, fast: Float64Array, change: Float64Array, realised: Float64Array
    ) -> None:
        """GJR-GARCH of the day without its fast part (Engle & Sokalska 2012)."""
        share = self._parameters.garch_realised
        square = ((1 - share) * change**2 + share * realised) / fast**2
        reaction, asymmetry, persistence = self._coefficients
        rest = 1 - reaction - asymmetry / 2 - persistence
        news = (reaction + asymmetry * (change < 0)) * np.minimum(square, LARGEST_SQUARE)
        self.garch = np.clip(rest + news + persistence * self.garch, *GARCH_RANGE)


def garch_coefficients(
    parameters: ProcessParameters,
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Weights of the last square, of one after a fall, of the last variance; all at least zero."""
    persistence = 1 - parameters.garch_reversion
    reaction = np.minimum(parameters.garch_reaction, 0.9 * persistence)
    asymmetry = np.minimum(parameters.garch_asymmetry, 2 * (persistence - reaction))
    return reaction, asymmetry, persistence - reaction - asymmetry / 2


def aftermath_of(announced: BoolArray, size: Float64Array) -> Float64Array:
    """Log volatility (days, symbols) of the days after an announcement, of `size` on the first."""
    level = np.zeros(announced.shape[1])
    levels = np.empty(announced.shape)
    for day, now in enumerate(announced):
        levels[day] = level
        level = AFTERMATH_DECAY * level + size * now
    return levels
