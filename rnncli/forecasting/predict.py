"""Forecast the next rows of every symbol: the output fed back in, row after row."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.distributions.conformal import GRID, check_levels, tails_of
from rnncli.errors import DataError, UsageError, setting
from rnncli.forecasting.adaptive import probabilities_at
from rnncli.forecasting.assemble import assembled
from rnncli.forecasting.forecast import Forecast
from rnncli.forecasting.raw_forecast import (
    RawForecast,
    StateSource,
    forecast_raw,
    from_start,
    unfit_forecasts,
)
from rnncli.inference.actuals import Origins
from rnncli.inference.path_sampling import Sampling, each_sample
from rnncli.inference.rollout import Cutoffs
from rnncli.models.model import Model
from rnncli.prices.future_dates import Sessions, dates_ahead
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.runtime.timing import Stage, untimed
from rnncli.settings import PredictSettings
from rnncli.transforms.dataset import faults, prepare

DEFAULT_HORIZON = 5  # rows ahead


def predict(
    model: Model,
    prices: Prices,
    settings: PredictSettings,
    threads: Threads,
    stage: Stage = untimed,
    stands: StateSource | None = None,
) -> Forecast:
    """Forecast every symbol that the model's preparation fits; the others are listed as failed.

    `stands`: finds where series stand, if not by going through all of their rows.

    Raises UsageError for a level out of range, DataError where no symbol can be forecast.
    """
    forecast, failed = attempt(model, prices, settings, threads, stage, stands)
    if forecast is None:
        raise DataError(next(iter(failed.values())))
    return forecast


def attempt(
    model: Model,
    prices: Prices,
    settings: PredictSettings,
    threads: Threads,
    stage: Stage = untimed,
    stands: StateSource | None = None,
) -> tuple[Forecast | None, dict[str, str]]:
    """Forecast the symbols that can be: None where none can; and why the others cannot.

    Raises UsageError for a level or a horizon out of range.
    """
    check_levels(settings.level)
    horizon = rows_ahead(model, settings.horizon)
    with stage("prepare"):
        failed = _misfits(model, prices)
        known = _without(prices, failed)
        if known is None:
            return None, failed
    with stage("forward"):
        wanted = tuple(tail for level in settings.level for tail in tails_of(level))
        if settings.adaptive:
            wanted += tuple(GRID.tolist())  # any of them may be taken
        at = (stands or from_start(model, threads, stage))(known)
        found = forecast_raw(model, at, horizon, wanted, threads, settings.seed)
        if settings.adaptive:
            prepared = prepare(known, model.preparation, 0.0)
            each = np.arange(len(known.symbols))
            last = Origins(each, known.lengths - 1, 0 * each)
            taken = probabilities_at(model, known, prepared, last, settings.level, threads)
            found = replace(found, taken=taken)
    with stage("bounds and dates"):
        refused = unfit_forecasts(model, at.footing, known.sources, found, settings.max_jump)
        failed |= refused
        kept = np.array([symbol not in refused for symbol in known.symbols])
        known = _without(known, refused)
        if known is None:
            return None, failed
        return _forecast(model, known, found.subset(kept), settings, failed), failed


def known_series(model: Model, prices: Prices) -> tuple[Prices, dict[str, str]]:
    """The series that the model's preparation fits, and why it does not fit the others.

    Raises DataError where it fits none.
    """
    failed = _misfits(model, prices)
    known = _without(prices, failed)
    if known is None:
        raise DataError(next(iter(failed.values())))
    return known, failed


def _misfits(model: Model, prices: Prices) -> dict[str, str]:
    """Symbols that the model's preparation does not fit, and why."""
    return {prices.symbols[i]: fault for i, fault in faults(prices, model.preparation)}


def _without(prices: Prices, failed: dict[str, str]) -> Prices | None:
    """The symbols that have not failed; None where none is left."""
    kept = [i for i, symbol in enumerate(prices.symbols) if symbol not in failed]
    if not kept:
        return None
    return prices.subset(kept) if len(kept) < len(prices.symbols) else prices


def rows_ahead(model: Model, wanted: int | None) -> int:
    """Rows ahead: what was asked for, if the form of the network can do that."""
    made_for, inputs = model.network.architecture.horizon, model.preparation.inputs
    if (
        wanted is not None
        and wanted > 1
        and inputs
        and model.network.architecture.mode == "seq2seq"
    ):
        raise UsageError(
            f"a model that is fed {', '.join(inputs)} too sees one row ahead,"
            " for what it forecasts does not make a whole next day; train"
            f" {setting('mode', 'seq2vec')} or encoder-decoder with {setting('horizon', wanted)},"
            f" or with {setting('inputs', 'close')} alone",
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


def _forecast(
    model: Model,
    prices: Prices,
    found: RawForecast,
    settings: PredictSettings,
    failed: dict[str, str],
) -> Forecast:
    horizon = found.forecasts.shape[1]
    dates = _dates(prices, horizon, _sessions(prices, settings.calendar, horizon))
    rows = tuple(prices.lengths.tolist())
    return assembled(model, prices, rows, dates, found, settings.level, failed)


def _dates(prices: Prices, horizon: int, sessions: Sessions | None) -> DateArray:
    """Dates ahead (n, horizon); they are found once for all series that traded on the same days."""
    dates = np.full((len(prices.symbols), horizon), np.datetime64("NaT", "s"))
    found: dict[bytes, DateArray] = {}
    for i in range(len(dates)):
        if prices.has_dates(i):
            own = prices.dates_of(i)
            days = hashlib.sha256(own.tobytes()).digest()
            if days not in found:
                found[days] = dates_ahead(own, horizon, sessions)
            dates[i] = found[days]
    return dates


def _sessions(prices: Prices, calendar: str | None, horizon: int) -> Sessions | None:
    """The trading days of the calendar that was asked for."""
    last = prices.dates[prices.offsets[1:] - 1]
    dated = last[~np.isnat(last)]
    if calendar is None or dated.size == 0:
        return None
    return Sessions(calendar, dated, horizon)


@dataclass(frozen=True)
class Samples:
    """Paths of n symbols: prices (n, horizon, paths) in their files' unit.

    `cutoffs` (n): date of the last row used, NaT without dates; `rows` (n): how many were used;
    `failed`: symbol -> why it has none.
    """

    symbols: tuple[str, ...]
    cutoffs: DateArray
    rows: tuple[int, ...]
    prices: Float64Array
    failed: dict[str, str]


def sample(
    model: Model, prices: Prices, settings: PredictSettings, threads: Threads,
    stage: Stage = untimed,
) -> Samples:  # fmt: skip
    """Draw `settings.paths` paths of each symbol that the model's preparation fits.

    Raises UsageError for a model that has no distribution to draw from, DataError where no symbol
    can be forecast.
    """
    if model.network.architecture.head == "point":
        raise UsageError(
            "this model forecasts points",
            option="paths",
            remedy=f"train one with {setting('loss', 'student-t')}, gaussian, quantile, or"
            f" cross-entropy and {setting('bins')}",
        )
    horizon, paths = rows_ahead(model, settings.horizon), settings.paths or 1
    with stage("prepare"):
        known, failed = known_series(model, prices)
        prepared = prepare(known, model.preparation, 0.0)
    last = Cutoffs(np.arange(len(known.symbols)), prepared.lengths - 1)
    found = np.empty((len(known.symbols), horizon, paths))

    def keep(i: int, drawn: Float64Array, _: Float64Array) -> None:
        found[i] = drawn

    with stage("forward"):
        sampling = Sampling(model.network, model.preparation, horizon, paths, settings.seed)
        each_sample(sampling, known, prepared, last, threads, keep)
    ends = known.offsets[1:] - 1
    rows = tuple(known.lengths.tolist())
    return Samples(known.symbols, known.dates[ends], rows, found, failed)
