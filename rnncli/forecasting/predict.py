"""Forecast the next rows of every symbol, or sample paths of them."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.distributions.conformal import GRID, check_levels, tails_of
from rnncli.distributions.quantile_forecast import MIDDLE, QuantileForecast
from rnncli.errors import UsageError, setting
from rnncli.forecasting.adaptive_conformal import probabilities_at
from rnncli.forecasting.assemble import assembled
from rnncli.forecasting.forecast import Forecast, NoForecastError, Samples
from rnncli.forecasting.pooled import draw_from_both, forecast_by_states
from rnncli.forecasting.unfit import unfit_forecasts
from rnncli.inference.forecast import (
    OriginStates,
    Request,
    sample_from,
    states_at,
)
from rnncli.models.model import Model
from rnncli.models.prior import fed, needing
from rnncli.network.from_settings import DEFAULT_HORIZON
from rnncli.prices.future_dates import Sessions, dates_ahead
from rnncli.prices.origins import last_rows
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.runtime.timing import Stage, untimed
from rnncli.settings import PredictSettings
from rnncli.transforms.dataset import Dataset, faults, prepare

StateSource = Callable[[Prices], OriginStates]
Reorder = Callable[[Prices, Dataset, Float64Array], Float64Array]


def predict(
    model: Model,
    prices: Prices,
    settings: PredictSettings,
    threads: Threads,
    stage: Stage = untimed,
    states_of: StateSource | None = None,
) -> Forecast:
    """Forecast every symbol that the model's transform fits; the others are listed as failed.

    `states_of`: computes the states after the last rows, by default from all rows.

    Raises UsageError for a level or a horizon out of range, NoForecastError if no symbol can be
    forecast.
    """
    check_levels(settings.level)
    horizon = rows_ahead(model, settings.horizon)
    with stage("prepare"):
        fitting, failed = fitting_series(model, prices)
    with stage("forward"):
        states = (states_of or states_from_start(model, threads, stage))(fitting)
        request = forecast_request(model, settings, horizon)
        last = last_rows(fitting)
        forecast = forecast_by_states(model, states, fitting, last, request, threads)
        adapted = {}
        if settings.adaptive:
            dataset = prepare(fitting, model.preparation, 0.0)
            adapted = probabilities_at(
                model, fitting, dataset, last_rows(fitting), settings.level, threads
            )
    with stage("bounds and dates"):
        refused = unfit_forecasts(
            model, states.inverse, fitting.sources, forecast, settings.max_jump
        )
        failed |= refused
        accepted = np.array([symbol not in refused for symbol in fitting.symbols])
        fitting, forecast = _without(fitting, refused, failed), forecast.subset(accepted)
        adapted = {p: of_series[accepted] for p, of_series in adapted.items()}
        return _dated(model, fitting, forecast, settings, failed, adapted)


def forecast_request(model: Model, settings: PredictSettings, horizon: int) -> Request:
    """What the bounds of the settings' levels need of a forecast."""
    probabilities = [*MIDDLE, *(tail for level in settings.level for tail in tails_of(level))]
    if settings.adaptive:
        probabilities += GRID.tolist()  # any of them may be taken
    unit, seed = model.bounds.unit, settings.seed
    # a code such as 1/3 is exact to float64 here, and to that of the network in back-tests
    return Request(horizon, unit, tuple(probabilities), seed=seed, precision="float64")


def states_from_start(model: Model, threads: Threads, stage: Stage = untimed) -> StateSource:
    """States after the last rows, computed from all rows."""

    def states_of(prices: Prices) -> OriginStates:
        with stage("prepare"):
            dataset = prepare(prices, model.preparation, 0.0)
        unit = model.bounds.unit
        return states_at(model.network, prices, dataset, last_rows(prices), unit, threads)

    return states_of


def fitting_series(model: Model, prices: Prices) -> tuple[Prices, dict[str, str]]:
    """The series that the model's transform fits, and why it does not fit the others.

    Raises NoForecastError if it fits no series.
    """
    unfit = faults(prices, model.preparation, needing(model))
    failed = {prices.symbols[i]: fault for i, fault in unfit}
    return _without(prices, failed, failed), failed


def _without(prices: Prices, refused: dict[str, str], failed: dict[str, str]) -> Prices:
    """The symbols that are not refused; NoForecastError if none is left."""
    accepted = [i for i, symbol in enumerate(prices.symbols) if symbol not in refused]
    if not accepted:
        raise NoForecastError(failed)
    return prices.subset(accepted) if len(accepted) < len(prices.symbols) else prices


def rows_ahead(model: Model, wanted: int | None) -> int:
    """Rows ahead: what was asked for, if the mode of the network can do that."""
    made_for, inputs = model.network.architecture.most_rows, model.preparation.inputs
    if (
        wanted is not None
        and wanted > 1
        and inputs
        and model.network.architecture.mode == "seq2seq"
    ):
        raise UsageError(
            f"a model that is fed {', '.join(inputs)} too sees one row ahead,"
            " for what it forecasts does not make a whole next day; train with"
            f" {setting('mode', 'direct')}, or with {setting('inputs', 'close')} alone",
            option="horizon",
            value=wanted,
        )
    if made_for and wanted is not None and wanted > made_for:
        raise UsageError(
            f"this {model.network.architecture.mode} model was made for {made_for}",
            option="horizon",
            value=wanted,
            remedy=f"train one with a longer {setting('horizon')}",
        )
    return wanted or made_for or DEFAULT_HORIZON


def _dated(
    model: Model, prices: Prices, forecast: QuantileForecast, settings: PredictSettings,
    failed: dict[str, str], adapted: dict[float, Float64Array],
) -> Forecast:  # fmt: skip
    """The forecast of each series with its dates ahead."""
    horizon = forecast.horizon
    dates = _dates(prices, horizon, _sessions(prices, settings.calendar, horizon))
    rows = tuple(prices.lengths.tolist())
    whole = assembled(model, prices, rows, dates, forecast, settings.level, failed, adapted)
    return replace(whole, calendar=settings.calendar)


def _dates(prices: Prices, horizon: int, sessions: Sessions | None) -> DateArray:
    """Dates ahead (n, horizon), computed once for all series that traded on the same days."""
    dates = np.full((len(prices.symbols), horizon), np.datetime64("NaT", "s"))
    ahead: dict[bytes, DateArray] = {}
    for i in range(len(dates)):
        if prices.has_dates(i):
            past = prices.dates_of(i)
            days = hashlib.sha256(past.tobytes()).digest()
            if days not in ahead:
                ahead[days] = dates_ahead(past, horizon, sessions)
            dates[i] = ahead[days]
    return dates


def _sessions(prices: Prices, calendar: str | None, horizon: int) -> Sessions | None:
    """The trading days of the calendar that was asked for."""
    last = prices.dates[prices.offsets[1:] - 1]
    dated = last[~np.isnat(last)]
    if calendar is None or dated.size == 0:
        return None
    return Sessions(calendar, dated, horizon)


def sample(
    model: Model, prices: Prices, settings: PredictSettings, threads: Threads,
    stage: Stage = untimed, reorder: Reorder | None = None,
) -> Samples:  # fmt: skip
    """Draw `settings.paths` paths of each symbol that the model's transform fits.

    `reorder`: changes the paths (n, horizon, paths) of these symbols, given their dataset.

    Raises UsageError for a model that has no distribution to draw from, NoForecastError where no
    symbol can be forecast.
    """
    model.network.head.refuse_without_draws()
    horizon, count = rows_ahead(model, settings.horizon), settings.paths or 1
    with stage("prepare"):
        fitting, failed = fitting_series(model, prices)
        dataset = prepare(fitting, model.preparation, 0.0)
    with stage("forward"):
        last, unit = last_rows(fitting), model.bounds.unit
        states = states_at(model.network, fitting, dataset, last, unit, threads)
        request = Request(horizon, unit, paths=count, seed=settings.seed)
        paths = sample_from(model.network, states, request, threads)
        if model.pool is not None:
            of_prior = sample(
                model.pool.prior, fed(fitting, model.pool.prior, None), settings, threads
            )
            paths = draw_from_both(
                paths, of_prior.prices, model.pool.weights(horizon), settings.seed
            )
    if reorder is not None:
        paths = reorder(fitting, dataset, paths)
    ends = fitting.offsets[1:] - 1
    rows = tuple(fitting.lengths.tolist())
    return Samples(fitting.symbols, fitting.dates[ends], rows, paths, failed)
