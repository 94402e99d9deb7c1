"""The prior: every parameter of a simulated symbol, its distribution, its unit and its source.

Each symbol is a different process that mixes the models cited below. The numbers were chosen so
that the statistics of a network's inputs (`statistics`) spread at least as widely over simulated
symbols as over real ones: daily S&P 500 stocks 2013-2018, the stocks of StockNet 2012-2017 (Xu &
Cohen 2018), US listings of all kinds up to 2017, stock indices, oil prices and exchange rates.
They contain none of these prices.

"Usual day" is the unit of volatility: 1 is a symbol's average day, which `volatility` gives in
percent.
"""

from dataclasses import dataclass
from typing import Annotated

from numpy import inf

from rnncli.arrays import Float64Array
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

Values = Float64Array  # one for each symbol of a market


@dataclass(frozen=True)
class Drawn:
    """What a parameter is drawn from, and its unit."""

    prior: Prior
    unit: str


@dataclass(frozen=True)
class ProcessParameters:
    """What the symbols of one market are like, an array (symbols,) for each parameter."""

    # Level
    price: Annotated[Values, Drawn(LogNormal(40, 1.2), "currency, at the first day")]
    volatility: Annotated[Values, Drawn(LogNormal(1.5, 1.0), "percent a day")]
    drift: Annotated[Values, Drawn(Normal(0.03, 0.03), "percent a day")]

    # GJR-GARCH: Bollerslev 1986; Glosten, Jagannathan & Runkle 1993. With the day's realised
    # variance in the place of the squared return: Hansen, Huang & Shek 2012.
    garch_weight: Annotated[
        Values,
        Drawn(
            Mixture(((0.45, Constant(0)), (0.15, Constant(1)), (0.4, Uniform(0, 1)))),
            "fraction of the variance; the rest is stochastic volatility",
        ),
    ]
    garch_reversion: Annotated[Values, Drawn(LogUniform(0.004, 0.12), "1 - persistence, a day")]
    garch_reaction: Annotated[Values, Drawn(Uniform(0.01, 0.16), "weight of the last square")]
    garch_asymmetry: Annotated[
        Values, Drawn(sometimes(0.6, Uniform(0, 0.14)), "further weight after a fall")
    ]
    garch_realised: Annotated[
        Values,
        Drawn(sometimes(0.85, Uniform(0.3, 1)), "fraction of the realised variance in the square"),
    ]

    # Stochastic volatility: Taylor 1986. Two factors, fast and slow: Alizadeh, Brandt & Diebold
    # 2002; Chernov, Gallant, Ghysels & Tauchen 2003. A level that wanders over years: Engle &
    # Rangel 2008.
    slow_reversion: Annotated[Values, Drawn(LogUniform(0.006, 0.08), "1 - persistence, a day")]
    slow_deviation: Annotated[Values, Drawn(Uniform(0.1, 0.5), "log volatility")]
    fast_persistence: Annotated[Values, Drawn(Uniform(0.3, 0.92), "a day")]
    fast_deviation: Annotated[Values, Drawn(sometimes(0.95, Uniform(0.08, 0.4)), "log volatility")]
    level_reversion: Annotated[Values, Drawn(LogUniform(0.0008, 0.006), "1 - persistence, a day")]
    level_deviation: Annotated[Values, Drawn(sometimes(0.6, Uniform(0.1, 0.5)), "log volatility")]
    # Leverage: Black 1976; Harvey & Shephard 1996. Volatility that learns from the day's range:
    # Brandt & Jones 2006; Shephard & Sheppard 2010.
    leverage: Annotated[
        Values,
        Drawn(
            sometimes(0.65, Uniform(0, 0.8)),
            "weight of a fall in the factors' shocks, against noise of weight 1",
        ),
    ]
    slow_learning: Annotated[
        Values,
        Drawn(
            sometimes(0.6, Uniform(0, 0.6)),
            "weight of the day's log range in the shock of the slow",
        ),
    ]
    fast_learning: Annotated[
        Values,
        Drawn(
            sometimes(0.75, Uniform(0, 0.9)),
            "weight of the day's log range in the shock of the fast",
        ),
    ]

    # Regimes: Hamilton 1989; Hamilton & Susmel 1994. Crises are jumps in volatility that decay:
    # Duffie, Pan & Singleton 2000; Eraker, Johannes & Polson 2003.
    regime_entry: Annotated[
        Values, Drawn(sometimes(0.2, LogUniform(0.002, 0.05)), "probability a day")
    ]
    regime_exit: Annotated[Values, Drawn(LogUniform(0.005, 0.2), "probability a day")]
    regime_size: Annotated[Values, Drawn(Uniform(0.3, 0.9), "log volatility")]
    crisis_probability: Annotated[
        Values, Drawn(sometimes(0.5, LogUniform(0.0008, 0.008)), "probability a day")
    ]
    crisis_size: Annotated[Values, Drawn(Uniform(0.3, 1.2), "log volatility")]
    crisis_reversion: Annotated[Values, Drawn(LogUniform(0.008, 0.15), "a day")]

    # Tails: Student's t as a random variance of the day (Praetz 1972; Clark 1973).
    day_freedom: Annotated[
        Values,
        Drawn(
            Mixture(((0.3, ShiftedGamma(5, 2, 4)), (0.7, Uniform(14, 80)))), "degrees of freedom"
        ),
    ]
    day_deviation: Annotated[Values, Drawn(Uniform(0, 0.28), "log volatility of single days")]
    night_freedom: Annotated[Values, Drawn(ShiftedGamma(2.5, 2, 1), "degrees of freedom")]
    night_link: Annotated[Values, Drawn(Uniform(0, 1), "power of the day's scale in the night's")]

    # Sessions. The night's share: French & Roll 1986; Hansen & Lunde 2005. The U shape of the day:
    # Wood, McInish & Ord 1985. Extremes short of those of a continuous path, since trading is not
    # continuous: Garman & Klass 1980; Marsh & Rosenfeld 1986.
    night_share: Annotated[Values, Drawn(sometimes(0.88, Beta(2.2, 4.5)), "share of the variance")]
    u_shape: Annotated[
        Values, Drawn(sometimes(0.6, Uniform(0, 1)), "volatility at the ends - middle")
    ]
    continuity: Annotated[
        Values,
        Drawn(
            Mixture(((0.5, Constant(1)), (0.5, Uniform(0.6, 1)))), "share of variance between steps"
        ),
    ]
    half_session: Annotated[Values, Drawn(sometimes(0.5, Constant(0.012)), "probability a day")]

    # Jumps: Press 1967; Merton 1976.
    jump_probability: Annotated[
        Values,
        Drawn(
            Mixture(((0.25, Constant(0)), (0.4, Constant(0.004)), (0.35, Constant(0.016)))),
            "probability a day",
        ),
    ]
    jump_size: Annotated[Values, Drawn(Uniform(1.5, 5.5), "usual days")]
    jump_freedom: Annotated[Values, Drawn(ShiftedGamma(2.3, 2, 2), "degrees of freedom")]
    jump_at_night: Annotated[
        Values, Drawn(Mixture(((0.3, Constant(0.5)), (0.7, Uniform(0.5, 1)))), "probability")
    ]
    # Announcements, a quarter apart: Beaver 1968; Patell & Wolfson 1984; Dubinsky, Johannes, Kaeck
    # & Seeger 2019.
    announcement_size: Annotated[Values, Drawn(sometimes(0.6, Uniform(1.5, 4.5)), "usual days")]
    announcement_regularity: Annotated[Values, Drawn(Uniform(0.6, 1), "share that is on time")]
    announcement_calendar: Annotated[
        Values,
        Drawn(Constant(0), "1: shifts are of the calendar; 0: also of the announcements after"),
    ]
    announcement_aftermath: Annotated[
        Values, Drawn(sometimes(0.5, Uniform(0, 0.4)), "log volatility of the days after")
    ]

    # The symbols of a market have common shocks, returns (Sharpe 1963) as well as volatilities
    # (Herskovic, Kelly, Lustig & Van Nieuwerburgh 2016). It leaves the law of each symbol
    # unchanged.
    common_return: Annotated[
        Values, Drawn(sometimes(0.85, Uniform(0.05, 0.65)), "share of variance")
    ]
    common_volatility: Annotated[Values, Drawn(Uniform(0, 0.8), "share of variance")]

    # Volume follows volatility: Clark 1973; Tauchen & Pitts 1983; Andersen 1996. It has a life of
    # its noise as well: Gallant, Rossi & Tauchen 1992; Lobato & Velasco 2000.
    volume: Annotated[Values, Drawn(Normal(13.5, 2.3), "log shares a day")]
    volume_on_range: Annotated[Values, Drawn(Uniform(0.15, 0.85), "elasticity")]
    volume_on_volatility: Annotated[Values, Drawn(sometimes(0.7, Uniform(0, 1.3)), "elasticity")]
    volume_persistence: Annotated[Values, Drawn(Uniform(0.3, 0.9), "a day")]
    volume_shock: Annotated[Values, Drawn(LogUniform(0.06, 0.26), "log shares")]
    volume_tail: Annotated[Values, Drawn(Uniform(1, 3), "factor on one shock in ten")]
    volume_skew: Annotated[Values, Drawn(Uniform(0, 1), "fraction of the shock's variance")]
    volume_wander: Annotated[Values, Drawn(Uniform(0, 0.05), "log shares a day")]
    volume_noise: Annotated[Values, Drawn(Uniform(0.02, 0.22), "log shares")]
    volume_weekday: Annotated[Values, Drawn(sometimes(0.5, Uniform(-0.1, 0.1)), "log shares")]
    volume_expiry: Annotated[Values, Drawn(sometimes(0.5, Uniform(0.2, 0.8)), "log shares")]
    volume_spike: Annotated[
        Values, Drawn(sometimes(0.5, LogUniform(0.002, 0.03)), "probability a day")
    ]
    announcement_volume: Annotated[Values, Drawn(Uniform(0.2, 1.2), "log shares")]
    jump_volume: Annotated[Values, Drawn(Uniform(0, 0.6), "log shares, of log(1 + size)")]
    event_decay: Annotated[Values, Drawn(Uniform(0.3, 0.75), "of event volume, a day")]

    # Thin trading: Scholes & Williams 1977; Lo & MacKinlay 1990. Days without a trade: Lesmond,
    # Ogden & Trzcinka 1999. Bid-ask bounce: Roll 1984. Limits: Chou 1997. Ticks: Harris 1991.
    trades: Annotated[
        Values, Drawn(sometimes(0.05, LogUniform(1.5, 30), inf), "trades a day; inf: continuous")
    ]
    stale_probability: Annotated[
        Values, Drawn(sometimes(0.07, LogUniform(0.005, 0.4)), "fraction of days without a trade")
    ]
    spread: Annotated[
        Values,
        Drawn(
            Mixture(
                (
                    (0.45, Constant(0)),
                    (0.36, Uniform(0, 0.06)),
                    (0.14, Uniform(0.03, 0.3)),
                    (0.05, Uniform(0.2, 1.2)),
                )
            ),
            "usual days, deviation of the bounce",
        ),
    ]
    limit: Annotated[
        Values,
        Drawn(
            sometimes(
                0.1, Mixture(((0.6, Constant(10)), (0.25, Constant(20)), (0.15, Constant(5)))), inf
            ),
            "percent of log price a day; inf: no limit",
        ),
    ]
    halt_probability: Annotated[
        Values, Drawn(sometimes(0.1, LogUniform(0.0003, 0.003)), "probability a day")
    ]
    halt_length: Annotated[Values, Drawn(LogUniform(1, 20), "mean days")]
    tick: Annotated[
        Values,
        Drawn(
            Mixture(((0.6, Constant(0.01)), (0.3, Constant(0)), (0.1, Constant(-1)))),
            "currency; 0: seven digits of the first price; below 0: relative_tick",
        ),
    ]
    relative_tick: Annotated[Values, Drawn(LogUniform(1e-4, 6e-3), "of the first price")]

    # Faults of files (Ince & Porter 2006): vendors differ in the trades that a high and a low
    # include, change their source, leave out columns, do not adjust for splits.
    range_bias: Annotated[
        Values,
        Drawn(Mixture(((0.7, Normal(0.1, 0.07)), (0.3, Normal(0.05, 0.3)))), "log of the factor"),
    ]
    range_noise: Annotated[
        Values,
        Drawn(
            Mixture(((0.5, Uniform(0, 0.05)), (0.4, Uniform(0.02, 0.1)), (0.1, Uniform(0.1, 0.3)))),
            "log of the factor of a day",
        ),
    ]
    source_change: Annotated[Values, Drawn(sometimes(0.15, Constant(1)), "1: once in the series")]
    range_change: Annotated[Values, Drawn(Normal(0, 0.35), "log of the factor then")]
    volume_change: Annotated[
        Values, Drawn(Mixture(((0.5, Normal(0, 0.7)), (0.5, Normal(0, 3)))), "log shares then")
    ]
    zero_volume: Annotated[
        Values, Drawn(sometimes(0.03, LogUniform(0.002, 0.1)), "fraction of days, though traded")
    ]
    split_probability: Annotated[
        Values,
        Drawn(sometimes(0.15, LogUniform(0.0003, 0.002)), "probability a day, not adjusted for"),
    ]
    split_size: Annotated[Values, Drawn(Uniform(0.15, 0.9), "log price, median")]
    missing_columns: Annotated[
        Values,
        Drawn(
            Mixture(
                ((0.18, Constant(3)), (0.12, Constant(1)), (0.02, Constant(2)), (0.68, Constant(0)))
            ),
            "1: volume, 2: high and low are the close, 3: all but the close",
        ),
    ]

    # Listing: 40 % of the symbols begin later than the market.
    listed: Annotated[
        Values,
        Drawn(
            sometimes(0.4, Uniform(0, 1), 1.0),
            "place of its length between the shortest and the longest",
        ),
    ]

    # Prices overreact, and part of every move is given back over the days after it, so that the
    # returns over weeks spread less than days would make them: Jegadeesh 1990; Lehmann 1990;
    # Poterba & Summers 1988.
    overreaction: Annotated[
        Values, Drawn(sometimes(0.75, Uniform(0, 0.2)), "fraction of a move that is reversed")
    ]
    overreaction_reversion: Annotated[
        Values, Drawn(LogUniform(0.03, 0.4), "of what is left to give back, a day")
    ]
