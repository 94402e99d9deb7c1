"""`rnncli predict --follow`: a forecast after every row, from what each symbol has left behind.

Time and memory of a row do not grow with the rows before it: a symbol is its network's states and
its tally. The forecast is that of all its rows at once, to the last bit.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.distributions.conformal import check_levels, tails_of
from rnncli.errors import UsageError
from rnncli.forecasting.assemble import assembled
from rnncli.forecasting.forecast import Forecast
from rnncli.forecasting.incremental.resume import empty_state, merge_states
from rnncli.forecasting.incremental.running_stats import RunningStats, Tallying
from rnncli.forecasting.incremental.state_file import State
from rnncli.forecasting.predict import rows_ahead
from rnncli.forecasting.raw_forecast import forecast_raw, unfit_forecasts
from rnncli.inference.rollout import LANES, NetworkStates, at_start, reader, reads
from rnncli.models.model import Model
from rnncli.network.passes import Workspace, forward
from rnncli.prices.date_history import DAY
from rnncli.prices.future_dates import dates_after
from rnncli.prices.series import Prices
from rnncli.prices.stream import NAME, BadRowError, PriceRow
from rnncli.runtime.threads import Threads
from rnncli.settings import PredictSettings

ALONE = Threads(None)
ONE_ROW = 1  # ahead, unless told otherwise: further ahead paths are drawn after every row


@dataclass
class Followed:
    """A symbol as it stands: its tally, where it leaves the network, what that was fed last."""

    tally: RunningStats
    reached: NetworkStates
    inputs: Float64Array


class Follower:
    """Takes the rows of any number of symbols in turn, and says what each leads to."""

    def __init__(self, model: Model, settings: PredictSettings, before: State | None) -> None:
        check_follow(settings)
        self._model, self._settings = model, settings
        made_for = model.network.architecture.horizon
        self._horizon = rows_ahead(model, settings.horizon or (made_for or ONE_ROW))
        self._tails = tuple(tail for level in settings.level for tail in tails_of(level))
        self._tallying = Tallying(model)
        self._before = before or empty_state(model)
        self._places = self._before.places()
        self._followed: dict[str, Followed] = {}
        network = reader(model.network)
        dtype = network.flat.dtype.name
        self._work = Workspace(network.architecture, 1, LANES, dtype, backward=False)
        self._x = np.zeros((1, network.architecture.input_size, LANES), dtype)
        self._lowest = _lowest_price(model)

    @property
    def fields(self) -> tuple[str, ...]:
        """What a row must hold beside its price."""
        return self._tallying.fields

    def take(self, row: PriceRow) -> Forecast:
        """The forecast after a row, which from now on is part of its symbol's past.

        Raises BadRowError for one that cannot be, which is left out, or leads to no forecast.
        """
        known = self._followed.get(row.symbol) or self._recalled(row.symbol)
        self._check(row, known.tally)
        fed = self._tallying.push(known.tally, row.symbol, row.second, row.price, row.beside)
        if row.second is not None:
            known.tally.trail.push(row.second)
        self._followed[row.symbol] = known
        if known.tally.rows <= self._least:
            raise _bad(row, f"has {known.tally.rows} rows, and a season {self._least}")
        self._feed(known, fed)
        return self._forecast(row, known)

    def state(self) -> State:
        """Where all symbols stand, those of the state before that had no row among them."""
        symbols = tuple(self._followed)
        all_of = list(self._followed.values())
        if not all_of:
            return self._before
        layers = range(len(self._work.states))
        reached = NetworkStates(
            [np.concatenate([one.reached.states[k] for one in all_of], axis=2) for k in layers],
            np.concatenate([one.reached.outputs for one in all_of]),
        )
        inputs = np.concatenate([one.inputs for one in all_of])
        own = State(symbols, reached, [one.tally for one in all_of], inputs)
        return merge_states(self._before, own)

    @property
    def _least(self) -> int:
        """Rows after which there is still no forecast."""
        season = self._model.preparation.season
        return season if season > 1 else 0

    def _recalled(self, symbol: str) -> Followed:
        """A symbol whose first row has come: as it was left by an earlier run, or new."""
        network = reader(self._model.network)
        place = self._places.get(symbol)
        if place is None:
            inputs = np.zeros((1, self._model.network.architecture.input_size))
            return Followed(RunningStats(), at_start(network, 1), inputs)
        tally = self._before.tallies[place]
        tally = replace(tally, last=list(tally.last), trail=tally.trail.copy())
        inputs = self._before.inputs[place : place + 1].copy()
        return Followed(tally, self._before.reached.subset([place]), inputs)

    def _check(self, row: PriceRow, tally: RunningStats) -> None:
        """Raise BadRowError for a row that cannot follow those of its symbol."""
        if not self._tallying.takes(row.symbol):
            scale = self._model.preparation.scale
            raise _bad(row, f"is not in the model, and --scale {scale} needs all of its rows")
        if row.price <= self._lowest:
            raise _bad(row, f"close {row.price:g}, and log returns need positive prices")
        if row.second is None and "weekday" in self._model.preparation.inputs:
            raise _bad(row, "has no date, and so no weekday")
        last = tally.trail.last
        if tally.rows and bool(last) == (row.second is None):
            raise _bad(row, "rows with a date and rows without")
        if last and row.second is not None and row.second <= last[-1]:
            said = "is there already" if row.second == last[-1] else f"is before {_date(last[-1])}"
            raise _bad(row, f"{_date(row.second)} {said}")

    def _feed(self, known: Followed, fed: list[float]) -> None:
        """A day more of the network, in the first lane; the others stay at rest."""
        known.inputs[0] = fed
        if not reads(self._model.network):
            return
        network, work, begins = reader(self._model.network), self._work, False
        begins = self._tallying.begins(known.tally)
        for states, own in zip(work.states, known.reached.states, strict=True):
            states[:, 0, :, 0] = 0 if begins else own[:, :, 0]
        self._x[0, :, 0] = fed
        out = forward(network, self._x, work)
        for states, own in zip(work.states, known.reached.states, strict=True):
            own[:, :, 0] = states[:, 1, :, 0]
        known.reached.outputs[0] = out[0, :, 0]

    def _forecast(self, row: PriceRow, known: Followed) -> Forecast:
        model, tally, settings = self._model, known.tally, self._settings
        stands = self._tallying.stand([row.symbol], [tally], known.reached, known.inputs)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            found = forecast_raw(model, stands, self._horizon, self._tails, ALONE, settings.seed)
            refused = unfit_forecasts(model, stands.footing, (NAME,), found, settings.max_jump)
            if refused:
                said = refused[row.symbol].removeprefix(f"{NAME}: {row.symbol}: ")
                raise _bad(row, said)
            own = _one_row(row)
            dates = self._dates(tally)
            return assembled(model, own, (tally.rows,), dates, found, settings.level, {})

    def _dates(self, tally: RunningStats) -> DateArray:
        if not tally.trail.last:
            return np.full((1, self._horizon), np.datetime64("NaT", "s"))
        return dates_after(tally.trail, self._horizon)[None]


def check_follow(settings: PredictSettings) -> None:
    """Raise UsageError for what needs more of the past than is kept, or other symbols."""
    check_levels(settings.level)
    for name, given in (
        ("adaptive", settings.adaptive),
        ("paths", settings.paths),
        ("max-age", settings.max_age is not None),
        ("calendar", settings.calendar),
    ):
        if given:
            raise UsageError(f"--{name}: is for forecasts of whole files; leave out --follow")


def rehearse(model: Model, settings: PredictSettings) -> None:
    """Make what a forecast takes ready before the first row comes: kernels may have to be compiled.

    A few rows of a symbol that is forgotten.
    """
    follower = Follower(model, settings, None)
    symbol = next(iter(model.preparation.fitted), "")
    beside = [1.0 for _ in follower.fields]
    for day in range(model.preparation.season + 2):
        with suppress(BadRowError):
            follower.take(PriceRow(0, symbol, day * DAY, 1.0 + day / 100, beside))


def _lowest_price(model: Model) -> float:
    """The price that none may be at or below."""
    p = model.preparation
    return 0.0 if p.scale == "log-return" or "high-low" in p.inputs else -np.inf


def _bad(row: PriceRow, said: str) -> BadRowError:
    return BadRowError(f"{NAME}, line {row.line}: {row.symbol}: {said}")


def _date(second: int) -> str:
    return str(np.datetime64(second, "s")).removesuffix("T00:00:00")


def _one_row(row: PriceRow) -> Prices:
    """The row that a forecast is made from."""
    date = np.datetime64("NaT", "s") if row.second is None else np.datetime64(row.second, "s")
    return Prices(
        (row.symbol,), np.array([row.price]), np.array([0, 1]), np.array([date]), (NAME,), ()
    )
