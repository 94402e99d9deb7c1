"""`rnncli predict --follow`: a forecast after every row, from the state of each symbol.

Time and memory of a row do not grow with the rows before it: a symbol is its network's states and
its running statistics. The forecast is that of all its rows at once, to the last bit.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.distributions.conformal import check_levels
from rnncli.distributions.quantile_forecast import QuantileForecast
from rnncli.errors import UsageError, setting
from rnncli.forecasting.assemble import assembled
from rnncli.forecasting.forecast import Forecast
from rnncli.forecasting.incremental.resume import empty_state, merge_states
from rnncli.forecasting.incremental.running_stats import (
    RunningStats,
    StatsUpdater,
    learn_of_ranges,
)
from rnncli.forecasting.incremental.state_file import State
from rnncli.forecasting.pooled import pool_of, request_of
from rnncli.forecasting.predict import forecast_request, rows_ahead
from rnncli.forecasting.unfit import unfit_forecasts
from rnncli.inference.forecast import OriginStates, forecast_from
from rnncli.inference.range_evidence import NEXT_ROW, ScoredRows
from rnncli.inference.rollout import LANES, NetworkStates, at_start, reader, reads
from rnncli.models.model import Model
from rnncli.models.prior import fields_to_read, needing
from rnncli.network.passes import Workspace, forward
from rnncli.prices.date_history import DAY
from rnncli.prices.future_dates import dates_after
from rnncli.prices.series import Prices
from rnncli.prices.stream_rows import NAME, BadRowError, PriceRow
from rnncli.runtime.threads import Threads
from rnncli.settings import PredictSettings
from rnncli.transforms.inputs.table import MARKET

ALONE = Threads(None)
ONE_ROW = 1  # default horizon: with more, paths are drawn after every row


@dataclass
class FollowedSymbol:
    """A symbol so far: its running statistics, the network after it, what that was fed last."""

    stats: RunningStats
    after: NetworkStates
    inputs: Float64Array


class Follower:
    """Takes the rows of any number of symbols in turn, and forecasts after each."""

    def __init__(self, model: Model, settings: PredictSettings, before: State | None) -> None:
        check_follow(settings)
        _refuse_market(model)
        self._model, self._settings = model, settings
        made_for = model.network.architecture.most_rows
        horizon = rows_ahead(model, settings.horizon or (made_for or ONE_ROW))
        self._request = request_of(model, forecast_request(model, settings, horizon))
        self._prior: Follower | None = None
        if model.pool is not None:
            self._prior = Follower(model.pool.prior, settings, before and before.prior)
        if self._prior is not None:
            self._prior._request = self._request
        self._updater = StatsUpdater(model)
        self._before = before or empty_state(model)
        self._places = self._before.places()
        self._followed: dict[str, FollowedSymbol] = {}
        network = reader(model.network)
        dtype = network.flat.dtype.name
        self._work = Workspace(network.architecture, 1, LANES, dtype, backward=False)
        self._x = np.zeros((1, network.architecture.input_size, LANES), dtype)
        self._lowest = _lowest_price(model)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a row must have besides its price."""
        return fields_to_read(self._model, None).fields

    def take(self, row: PriceRow) -> Forecast:
        """The forecast after a row, which from now on is part of its symbol's past.

        Raises BadRowError for a row that is left out, or that no forecast follows from.
        """
        symbol = self._advance(row)
        if self._prior is not None:
            self._prior._advance(self._prior.fed_by(row, self.fields))
        return self._forecast(row, symbol)

    def fed_by(self, row: PriceRow, fields: tuple[str, ...]) -> PriceRow:
        """A row whose further values are of `fields`, as one of this model's fields."""
        values = dict(zip(fields, row.beside, strict=True))
        return replace(row, beside=[values.get(name, np.nan) for name in self.fields])

    def _advance(self, row: PriceRow) -> FollowedSymbol:
        """The symbol of a row, which from now on is part of its past. Raises BadRowError."""
        symbol = self._followed.get(row.symbol) or self._recalled(row.symbol)
        stats = symbol.stats
        self._check(row, stats)
        fields = row.beside[: len(self._updater.fields)]
        if self._updater.shrinks and stats.rows > 1:
            self._learn_of_range(symbol, row.price)
        fed = self._updater.add_row(stats, row.symbol, row.second, row.price, fields)
        if row.second is not None:
            stats.dates.push(row.second)
        self._followed[row.symbol] = symbol
        if stats.rows <= self._least:
            raise _bad(row, f"has {stats.rows} rows, and a season {self._least}")
        self._feed(symbol, fed)
        return symbol

    def _learn_of_range(self, symbol: FollowedSymbol, price: float) -> None:
        """Add the row before a new price to the evidence of the range of a symbol."""
        rows, stats = ScoredRows.empty(1, 1), symbol.stats
        change = np.diff(np.log(np.array([stats.last[-1], price])))
        step = np.array([self._updater.step(stats)])
        rows.put(0, symbol.after.outputs[:, :NEXT_ROW], step, change)
        learn_of_ranges([stats], rows, [stats.rows - 2])

    def state(self) -> State:
        """The state of all symbols, those of the state before that had no row among them."""
        followed = list(self._followed.values())
        if not followed:
            return self._before
        layers = range(len(self._work.states))
        after = NetworkStates(
            [np.concatenate([one.after.states[k] for one in followed], axis=2) for k in layers],
            np.concatenate([one.after.outputs for one in followed]),
        )
        inputs = np.concatenate([one.inputs for one in followed])
        of_prior = None if self._prior is None else self._prior.state()
        stats = [one.stats for one in followed]
        state = State(tuple(self._followed), after, stats, inputs, of_prior)
        return merge_states(self._before, state)

    @property
    def _least(self) -> int:
        """Rows after which there is still no forecast."""
        season = self._model.preparation.season
        return season if season > 1 else 0

    def _recalled(self, symbol: str) -> FollowedSymbol:
        """A symbol at its first row: as an earlier run left it, or new."""
        network = reader(self._model.network)
        place = self._places.get(symbol)
        if place is None:
            inputs = np.zeros((1, self._model.network.architecture.input_size))
            return FollowedSymbol(self._updater.start(), at_start(network, 1), inputs)
        stats = self._before.stats[place]
        stats = replace(
            stats,
            last=list(stats.last),
            memory=list(stats.memory),
            dates=stats.dates.copy(),
        )
        inputs = self._before.inputs[place : place + 1].copy()
        return FollowedSymbol(stats, self._before.after.subset([place]), inputs)

    def _check(self, row: PriceRow, stats: RunningStats) -> None:
        """Raise BadRowError for a row that cannot follow those of its symbol."""
        if not self._updater.knows_scale(row.symbol):
            scale = self._model.preparation.scale
            raise _bad(
                row, f"is not in the model, and {setting('scale')} {scale} needs all of its rows"
            )
        if row.price <= self._lowest:
            remedy = f"; train a model with {setting('scale', 'difference')}" if row.price else ""
            fault = f"close {row.price:g}, and {needing(self._model)} positive prices"
            raise _bad(row, f"{fault}; the row is left out{remedy}")
        if row.second is None and "weekday" in self._model.preparation.inputs:
            raise _bad(row, "has no date, and so no weekday")
        last = stats.dates.last
        if stats.rows and bool(last) == (row.second is None):
            raise _bad(row, "rows with a date and rows without")
        if last and row.second is not None and row.second <= last[-1]:
            fault = "is there already" if row.second == last[-1] else f"is before {_date(last[-1])}"
            raise _bad(row, f"{_date(row.second)} {fault}")

    def _feed(self, symbol: FollowedSymbol, fed: list[float]) -> None:
        """Advance the network by one day in the first lane; the others stay at zero."""
        symbol.inputs[0] = fed
        if not reads(self._model.network):
            return
        network, work = reader(self._model.network), self._work
        begins = self._updater.begins(symbol.stats)
        if begins:
            work.reset()
        else:
            work.carry_in(symbol.after.states, slice(1))
        self._x[0, :, 0] = fed
        out = forward(network, self._x, work)
        for of_symbol, states in zip(symbol.after.states, work.after(1), strict=True):
            of_symbol[:, :, 0] = states[:, :, 0]
        symbol.after.outputs[0] = out[0, :, 0]

    def _states(self, name: str) -> OriginStates:
        """What the forecast of a symbol follows from."""
        symbol = self._followed[name]
        return self._updater.states([name], [symbol.stats], symbol.after, symbol.inputs)

    def _quantiles(self, name: str) -> QuantileForecast:
        """The forecast of a symbol, pooled with the prior's where the model is."""

        def by_network() -> QuantileForecast:
            return forecast_from(self._model.network, self._states(name), self._request, ALONE)

        if self._prior is None or self._model.pool is None:
            return by_network()
        return pool_of(self._model.pool, self._prior._quantiles(name), by_network)

    def _forecast(self, row: PriceRow, symbol: FollowedSymbol) -> Forecast:
        model, stats, settings = self._model, symbol.stats, self._settings
        states = self._states(row.symbol)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            forecast = self._quantiles(row.symbol)
            refused = unfit_forecasts(model, states.inverse, (NAME,), forecast, settings.max_jump)
            if refused:
                raise _bad(row, refused[row.symbol].removeprefix(f"{NAME}: {row.symbol}: "))
            prices, dates = _one_row(row), self._dates(stats)
            return assembled(model, prices, (stats.rows,), dates, forecast, settings.level, {})

    def _dates(self, stats: RunningStats) -> DateArray:
        horizon = self._request.horizon
        if not stats.dates.last:
            return np.full((1, horizon), np.datetime64("NaT", "s"))
        return dates_after(stats.dates, horizon)[None]


def check_follow(settings: PredictSettings) -> None:
    """Raise UsageError for options that need more of the past than is stored, or other symbols."""
    check_levels(settings.level)
    for name, given in (
        ("adaptive", settings.adaptive),
        ("inputs", settings.inputs),
        ("paths", settings.paths),
        ("max_age", settings.max_age is not None),
        ("calendar", settings.calendar),
    ):
        if given:
            raise UsageError(
                f"{setting(name)}: is for forecasts of whole files; leave out {setting('follow')}"
            )


def _refuse_market(model: Model) -> None:
    """Raise UsageError for a model that needs a whole day of all symbols at once."""
    if MARKET in model.preparation.inputs:
        raise UsageError(
            f"{setting('follow')}: this model is fed {MARKET}, for which all symbols of a day are"
            f" needed at once; leave it out, or train with {setting('inputs')} without {MARKET}"
        )


def rehearse(model: Model, settings: PredictSettings) -> None:
    """Compile the kernels that a forecast needs, by a few rows of a symbol that is forgotten."""
    follower = Follower(model, settings, None)
    symbol = next(iter(model.preparation.fitted), "")
    values = [1.0 for _ in follower.fields]
    for day in range(model.preparation.season + 2):
        with suppress(BadRowError):
            follower.take(PriceRow(0, symbol, day * DAY, 1.0 + day / 100, values))


def _lowest_price(model: Model) -> float:
    """Prices must be above this."""
    p = model.preparation
    return 0.0 if p.scale == "log-return" or "high-low" in p.inputs else -np.inf


def _bad(row: PriceRow, fault: str) -> BadRowError:
    return BadRowError(f"{NAME}, line {row.line}: {row.symbol}: {fault}")


def _date(second: int) -> str:
    return str(np.datetime64(second, "s")).removesuffix("T00:00:00")


def _one_row(row: PriceRow) -> Prices:
    """The row that a forecast is made from."""
    date = np.datetime64("NaT", "s") if row.second is None else np.datetime64(row.second, "s")
    return Prices(
        (row.symbol,), np.array([row.price]), np.array([0, 1]), np.array([date]), (NAME,), ()
    )
