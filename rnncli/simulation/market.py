"""Simulated markets: series of prices from a seed, some symbols at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import BoolArray, DateArray, Float64Array, IntArray
from rnncli.prices.series import Prices
from rnncli.settings import SimulationSettings
from rnncli.simulation.bars import WEEK, Bars, by_week
from rnncli.simulation.calendars import trading_dates
from rnncli.simulation.data_faults import Gaps, add_faults, draw_gaps
from rnncli.simulation.day_walk import walk_days
from rnncli.simulation.draw_parameters import draw_parameters, round_the_clock, without_faults
from rnncli.simulation.frictions import to_prices, trade
from rnncli.simulation.jumps import draw_events
from rnncli.simulation.parameters import ProcessParameters
from rnncli.simulation.random_streams import Draws, generators, market_generator
from rnncli.simulation.sessions import draw_sessions, trace_sessions
from rnncli.simulation.volatility import VolatilityState, aftermath_of, draw_outside
from rnncli.simulation.volume import log_volume

SYMBOLS = 50  # of a market
DEFAULT_SERIES = 12
BURN_IN = 250  # days before the first that is included
SHORTEST = 120  # rows of a symbol that was listed late
LARGEST_VOLUME = 30.0  # log shares


def simulate_markets(settings: SimulationSettings) -> Iterator[Prices]:
    """Simulate `settings.series` symbols (12), one market of up to 50 at a time.

    A symbol depends on the seed, its number and the other settings, not on how many symbols there
    are. With `columns` "ohlcv" the prices have the fields open, high, low and volume, NaN for
    empty cells. The same seed gives the same bytes on machines of one kind and with one version
    of NumPy. Raises UsageError for a last date that is not a date.
    """
    series = DEFAULT_SERIES if settings.series is None else settings.series
    for first in range(0, series, SYMBOLS):
        yield simulate_market(settings, first, min(SYMBOLS, series - first))


def simulate_prices(settings: SimulationSettings) -> Prices:
    """All markets of the settings together."""
    return Prices.joined(list(simulate_markets(settings)))


def simulate_market(settings: SimulationSettings, first: int, count: int) -> Prices:
    """The market of `count` symbols from number `first` on."""
    symbols = generators(settings.seed, first, count)
    market = market_generator(settings.seed, first)
    parameters = draw_parameters(symbols, settings.kind)
    if settings.bars == "all-days":
        parameters = round_the_clock(parameters)
    if not settings.faults:
        parameters = without_faults(parameters)
    rows = settings.length
    days = rows * WEEK if settings.bars == "weeks" else rows
    bars = simulate_bars(parameters, Draws(symbols, market, BURN_IN + days), BURN_IN)
    if settings.bars == "weeks":
        bars = by_week(bars)
    row_draws = Draws(symbols, market, rows)
    faulty, gaps = add_faults(parameters, row_draws, bars), draw_gaps(parameters, row_draws)
    dates = trading_dates(settings.bars, rows, settings.last_date)
    listing = _Listing(first, dates, _lengths(parameters, rows))
    return listing.prices(parameters, faulty, gaps, settings.columns == "ohlcv")


def simulate_bars(parameters: ProcessParameters, draws: Draws, burn_in: int) -> Bars:
    """Daily bars of symbols of these parameters, the days of the burn-in left out."""
    outside, events = draw_outside(parameters, draws), draw_events(parameters, draws)
    aftermath = aftermath_of(events.announced, parameters.announcement_aftermath)
    shocks = draw_sessions(parameters, draws)
    state = VolatilityState(parameters, draws, outside, aftermath)
    walk = walk_days(state, shocks, events)
    within = walk.jump * ~events.at_night
    paths = trace_sessions(parameters, draws, shocks, walk.deviation, within)
    volume = log_volume(parameters, draws, walk, outside.crisis, events, shocks.short, paths.trades)
    return trade(parameters, draws, walk, paths, volume, burn_in).since(burn_in)


def _lengths(parameters: ProcessParameters, rows: int) -> IntArray:
    """Rows since each symbol was listed, at least `SHORTEST`."""
    shortest = min(SHORTEST, rows)
    lengths = shortest * (rows / shortest) ** parameters.listed
    return np.rint(lengths).astype(np.int64)


@dataclass(frozen=True)
class _Listing:
    """Rows of a file: number of the first symbol, dates (rows,), lengths (symbols,)."""

    first: int
    dates: DateArray
    lengths: IntArray

    def prices(self, parameters: ProcessParameters, bars: Bars, gaps: Gaps, fields: bool) -> Prices:
        """Prices of the rows of every symbol, end to end."""
        row = np.arange(len(self.dates))[:, np.newaxis]
        included = bars.listed & (row >= len(self.dates) - self.lengths)
        count = len(self.lengths)
        dates = np.broadcast_to(self.dates[:, np.newaxis], included.shape)
        columns = _fields(parameters, bars, gaps) if fields else {}
        return Prices(
            tuple(f"S{self.first + i + 1:05d}" for i in range(count)),
            _flat(to_prices(bars.close, parameters), included),
            np.concatenate([[0], np.cumsum(included.sum(axis=0))]).astype(np.int64),
            dates.T[included.T],
            ("simulated",) * count,
            (),
            {name: _flat(values, included) for name, values in columns.items()},
        )


def _flat(values: Float64Array, included: BoolArray) -> Float64Array:
    """The rows included of (rows, symbols), symbol after symbol."""
    return values.T[included.T]


def _fields(parameters: ProcessParameters, bars: Bars, gaps: Gaps) -> dict[str, Float64Array]:
    """The columns other than the close, (rows, symbols), NaN for empty cells."""
    close = bars.close
    high, low = (np.where(gaps.flat_range, close, side) for side in (bars.high, bars.low))
    first = np.where(gaps.flat_range, close, bars.open)
    columns = {
        name: np.where(gaps.no_range, np.nan, to_prices(side, parameters))
        for name, side in (("open", first), ("high", high), ("low", low))
    }
    shares = np.floor(np.exp(np.minimum(bars.volume, LARGEST_VOLUME)))
    traded = bars.traded & ~gaps.zero_volume
    columns["volume"] = np.where(gaps.no_volume, np.nan, np.where(traded, shares, 0))
    return columns
