"""Kinds of symbols: what is drawn from another distribution than that of `parameters`.

stocks       nothing
companies    stocks most of which report at the same time of every year (Chambers & Penman 1984)
indices      averages of many symbols, exchange rates, bonds: smaller moves and fewer jumps, no
             announcements, little trouble in trading. Part of a move is given back within days
             (Baltussen, van Bekkum & Da 2019), and falls raise volatility more than those of single
             stocks do (Bouchaud, Matacz & Potters 2001).
independent  returns whose volatility is constant: single days differ, but no day tells of another
"""

from collections.abc import Mapping
from types import MappingProxyType

from numpy import inf

from rnncli.simulation.priors import (
    Beta,
    Constant,
    LogNormal,
    LogUniform,
    Mixture,
    Normal,
    Prior,
    ShiftedGamma,
    Uniform,
    sometimes,
)

_COMPANIES: dict[str, Prior] = {
    "announcement_size": sometimes(0.75, Uniform(1.5, 4.5)),
    "announcement_calendar": sometimes(0.85, Constant(1)),
}

_INDICES: dict[str, Prior] = {
    "price": LogNormal(300, 1.8),
    "volatility": LogNormal(0.8, 0.5),
    "drift": Normal(0.025, 0.02),
    "garch_asymmetry": sometimes(0.75, Uniform(0, 0.22)),
    "leverage": sometimes(0.75, Uniform(0, 1.2)),
    "night_share": sometimes(0.6, Beta(1.2, 6)),
    "overreaction": sometimes(0.85, Uniform(0, 0.3)),
    "overreaction_reversion": LogUniform(0.04, 0.6),
    "announcement_size": Constant(0),
    "announcement_aftermath": Constant(0),
    "jump_probability": Mixture(((0.5, Constant(0)), (0.5, Constant(0.004)))),
    "jump_size": Uniform(1, 3.5),
    "trades": Constant(inf),
    "stale_probability": sometimes(0.02, LogUniform(0.005, 0.05)),
    "spread": sometimes(0.1, Uniform(0, 0.06)),
    "limit": Constant(inf),
    "halt_probability": Constant(0),
    "split_probability": Constant(0),
    "tick": sometimes(0.5, Constant(0.01)),
    "missing_columns": Mixture(((0.35, Constant(3)), (0.1, Constant(1)), (0.55, Constant(0)))),
}

_INDEPENDENT: dict[str, Prior] = {
    "garch_weight": Constant(0),
    "slow_deviation": Constant(0),
    "fast_deviation": Constant(0),
    "level_deviation": Constant(0),
    "regime_entry": Constant(0),
    "crisis_probability": Constant(0),
    "announcement_size": Constant(0),
    "announcement_aftermath": Constant(0),
    "day_deviation": Uniform(0, 0.6),
    "day_freedom": Mixture(((0.4, ShiftedGamma(2.5, 2, 1)), (0.6, Uniform(5, 100)))),
    "overreaction": Constant(0),
    "trades": Constant(inf),
    "stale_probability": Constant(0),
    "halt_probability": Constant(0),
    "limit": Constant(inf),
    "source_change": Constant(0),
    "split_probability": Constant(0),
}

KINDS: Mapping[str, Mapping[str, Prior]] = MappingProxyType(
    {"stocks": {}, "companies": _COMPANIES, "indices": _INDICES, "independent": _INDEPENDENT}
)
