"""A stream of random numbers for each symbol, and one for its market.

Symbol i draws from a generator seeded with (seed, i), so that it does not depend on how many
symbols are simulated. Common shocks come from a generator seeded with (seed, market).
"""

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.runtime.random_numbers import MARKETS, SYMBOLS, generator


def generators(seed: int, first: int, count: int) -> list[np.random.Generator]:
    """Generators of the symbols from number `first` on."""
    return [generator(seed, SYMBOLS, i) for i in range(first, first + count)]


def market_generator(seed: int, number: int) -> np.random.Generator:
    """Generator of the shocks that are common to a market."""
    return generator(seed, MARKETS, number)


class Draws:
    """Random numbers of the symbols of a market, arrays (days, symbols)."""

    def __init__(
        self, symbols: list[np.random.Generator], market: np.random.Generator, days: int
    ) -> None:
        self._symbols, self._market, self.days = symbols, market, days

    @property
    def symbols(self) -> int:
        """How many symbols there are."""
        return len(self._symbols)

    def normal(self) -> Float64Array:
        """Standard normal."""
        return _columns([rng.standard_normal(self.days) for rng in self._symbols])

    def uniform(self) -> Float64Array:
        """Uniform from 0 to below 1."""
        return _columns([rng.random(self.days) for rng in self._symbols])

    def exponential(self) -> Float64Array:
        """Exponential with mean 1."""
        return _columns([rng.standard_exponential(self.days) for rng in self._symbols])

    def inverse_chi_square(self, freedom: Float64Array, least: float) -> Float64Array:
        """Random variance of mean 1 that makes a normal a Student t of `freedom` (symbols,).

        (freedom - 2) / chi², the chi² no less than `least`: no day is infinitely wild.
        """
        chi_square = [
            2 * rng.standard_gamma(dof / 2, self.days)
            for rng, dof in zip(self._symbols, freedom.tolist(), strict=True)
        ]
        return (freedom - 2) / np.maximum(_columns(chi_square), least)

    def happens(self, probability: Float64Array) -> BoolArray:
        """Whether an event of a probability (symbols,) happens, each day anew."""
        return self.uniform() < probability

    def happens_to_all(self, probability: Float64Array) -> BoolArray:
        """The same from one draw a day for the whole market: the events of symbols coincide."""
        return self._market.random((self.days, 1)) < probability

    def integers(self, low: int, high: int, count: int) -> IntArray:
        """Integers (count, symbols) from `low` to below `high`."""
        return np.stack([rng.integers(low, high, count) for rng in self._symbols], axis=1)

    def once(self) -> Float64Array:
        """One uniform number (symbols,)."""
        return np.array([rng.random() for rng in self._symbols])

    def normal_once(self) -> Float64Array:
        """One standard normal number (symbols,)."""
        return np.array([rng.standard_normal() for rng in self._symbols])

    def shared_normal(self, share: Float64Array) -> Float64Array:
        """Standard normal of which `share` (symbols,) of the variance is common to the market."""
        common = self._market.standard_normal((self.days, 1))
        return np.sqrt(share) * common + np.sqrt(1 - share) * self.normal()

    def shared_normal_steps(self, share: Float64Array, steps: int) -> Float64Array:
        """The same for the steps within a day, (symbols, days, steps)."""
        common = self._market.standard_normal((self.days, steps))
        single = np.stack([rng.standard_normal((self.days, steps)) for rng in self._symbols])
        weights = share[:, np.newaxis, np.newaxis]
        return np.sqrt(weights) * common + np.sqrt(1 - weights) * single

    def exponential_steps(self, steps: int) -> Float64Array:
        """Exponential with mean 1, (symbols, days, steps)."""
        return np.stack([rng.standard_exponential((self.days, steps)) for rng in self._symbols])

    def uniform_steps(self, steps: int) -> Float64Array:
        """Uniform from 0 to below 1, (symbols, days, steps)."""
        return np.stack([rng.random((self.days, steps)) for rng in self._symbols])


def _columns(series: list[Float64Array]) -> Float64Array:
    """Arrays (days,) as columns, with a day's numbers next to each other in memory."""
    return np.ascontiguousarray(np.stack(series, axis=1))
