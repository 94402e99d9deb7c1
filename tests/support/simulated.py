"""Symbols of known parameters, to simulate what theory has an answer for."""

import math
from dataclasses import fields, replace

import numpy as np

from rnncli.simulation.parameters import ProcessParameters
from rnncli.simulation.random_streams import Draws, generators, market_generator

# everything off: a continuous random walk of constant volatility, 1 % a day
OFF = {
    "price": 100.0, "volatility": 1.0, "garch_reversion": 1.0, "slow_reversion": 0.05,
    "fast_persistence": 0.5, "level_reversion": 0.01, "day_freedom": 1e9, "night_freedom": 1e9,
    "jump_freedom": 1e9, "continuity": 1.0, "regime_exit": 1.0, "crisis_reversion": 1.0,
    "announcement_regularity": 1.0, "volume": 13.0, "trades": math.inf, "limit": math.inf,
    "halt_length": 1.0, "listed": 1.0,
}  # fmt: skip


def known_parameters(symbols, **changes):
    """Parameters of `symbols` alike: all off but for the changes."""
    values = {field.name: 0.0 for field in fields(ProcessParameters)} | OFF | changes
    return ProcessParameters(**{name: np.full(symbols, value) for name, value in values.items()})


def draws_of(symbols, days, seed=1):
    """Random numbers of a market."""
    return Draws(generators(seed, 0, symbols), market_generator(seed, 0), days)


def one_symbol(parameters, i):
    """The parameters of symbol i as plain numbers."""
    return replace(
        parameters,
        **{f.name: float(getattr(parameters, f.name)[i]) for f in fields(ProcessParameters)},
    )
