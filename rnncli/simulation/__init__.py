"""Simulated markets: OHLCV of symbols whose processes are drawn at random from a wide prior.

Settings go in; `Prices` come out, one market at a time. The modules in reading order, which is
also the flow of the data:

    priors           distributions that a parameter is drawn from
    parameters       the table: every parameter of a symbol, its distribution, unit and source
    kinds            what is different of companies, indices and independent returns
    draw_parameters  the parameters of the symbols of a market
    random_streams   a stream of random numbers for each symbol and each market
    volatility       GJR-GARCH, stochastic volatility, regimes, crises
    jumps            jumps and periodic announcements
    sessions         the night, the path within the day, its exact extremes
    day_walk         returns and volatility, day by day
    volume           shares traded
    bars             open, high, low, close and volume of days and of weeks
    frictions        thin trading, limits, halts, bid-ask bounce, ticks
    data_faults      faults of files: biased ranges, splits, missing columns
    calendars        dates of the rows
    market           all of these together, one market at a time
    statistics       statistics of a network's inputs
    comparison       the statistics of simulated and of real prices
    statland         a market with a known rule, for teaching
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.simulation.comparison import StatisticComparison, compare
    from rnncli.simulation.market import simulate_market, simulate_markets, simulate_prices
    from rnncli.simulation.parameters import ProcessParameters
    from rnncli.simulation.statistics import statistics_of
    from rnncli.simulation.statland import OneUnit

__all__ = [
    "OneUnit",
    "ProcessParameters",
    "StatisticComparison",
    "compare",
    "simulate_market",
    "simulate_markets",
    "simulate_prices",
    "statistics_of",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "parameters": ("ProcessParameters",),
        "market": ("simulate_market", "simulate_markets", "simulate_prices"),
        "statistics": ("statistics_of",),
        "comparison": ("StatisticComparison", "compare"),
        "statland": ("OneUnit",),
    },
)
