"""Forecast the next rows of every symbol: the output fed back in, row after row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.errors import DataError, UsageError
from rnncli.formats.joining import show_date
from rnncli.future import DAY, Sessions, dates_ahead
from rnncli.intervals import changes, past_deviations
from rnncli.modelfile import Model
from rnncli.prepare import faults, prepare
from rnncli.prices import Prices
from rnncli.rollout import Cutoffs, roll_out, states_at
from rnncli.settings import PredictSettings
from rnncli.threads import Threads

STALE_DAYS = 7
SHOWN = 5  # symbols named in a warning


@dataclass(frozen=True)
class Forecast:
    """Forecasts (n, horizon) for n symbols, in their files' unit; NaN where a bound is not known.

    `cutoffs` (n): date of the last row used, NaT without dates; `rows` (n): how many rows were
    used; `dates` (n, horizon); `lower`, `upper`: level in percent -> (n, horizon); `labels` with
    bins only; `failed`: symbol -> why it has no forecast.
    """

    symbols: tuple[str, ...]
    cutoffs: DateArray
    rows: tuple[int, ...]
    dates: DateArray
    forecasts: Float64Array
    lower: dict[float, Float64Array]
    upper: dict[float, Float64Array]
    naive: Float64Array
    labels: list[list[str]] | None
    failed: dict[str, str]


def predict(model: Model, prices: Prices, settings: PredictSettings, threads: Threads) -> Forecast:
    """Forecast every symbol that the model's preparation fits; the others are listed as failed.

    Raises UsageError for a level out of range, DataError where no symbol can be forecast.
    """
    _check_levels(settings.level)
    failed = {prices.symbols[i]: fault for i, fault in faults(prices, model.preparation)}
    kept = [i for i, symbol in enumerate(prices.symbols) if symbol not in failed]
    outputs = _outputs(model, prices.subset(kept), settings.horizon, threads) if kept else None
    if outputs is not None:
        bad = ~np.all(np.isfinite(outputs), axis=1)
        failed |= {
            prices.symbols[kept[n]]: _not_finite(prices, kept[n]) for n in np.flatnonzero(bad)
        }
        outputs, kept = outputs[~bad], [i for i, b in zip(kept, bad, strict=True) if not b]
    if not kept or outputs is None:
        raise DataError(next(iter(failed.values())))
    return _forecast(model, prices.subset(kept), outputs, settings, failed)


def _not_finite(prices: Prices, i: int) -> str:
    return f"{prices.sources[i]}: {prices.symbols[i]}: the forecast is not finite"


def _check_levels(levels: Sequence[float]) -> None:
    for level in levels:
        if not 0 < level < 100:
            raise UsageError(f"--level {level:g}: a level is a percentage between 0 and 100")
    if len(set(levels)) != len(levels):
        raise UsageError("--level: the same level twice")


def _outputs(model: Model, prices: Prices, horizon: int, threads: Threads) -> Float64Array:
    """Network outputs (n, horizon) after the last row of each series."""
    prepared = prepare(prices, model.preparation, 0.0)
    cutoffs = Cutoffs(np.arange(len(prices.symbols)), prepared.lengths - 1)
    states = states_at(model.network, prepared, cutoffs, threads)
    return roll_out(model.network, states, horizon, threads).astype(np.float64)


def _forecast(
    model: Model, prices: Prices, outputs: Float64Array, settings: PredictSettings,
    failed: dict[str, str],
) -> Forecast:  # fmt: skip
    count, horizon = outputs.shape
    forecasts = np.empty_like(outputs)
    dates = np.full((count, horizon), np.datetime64("NaT", "s"))
    deviations = np.full(count, np.nan)
    days = _sessions(prices, settings)
    for i, symbol in enumerate(prices.symbols):
        series = prices.series(i)
        last = np.array([len(series) - 1])
        forecasts[i] = model.preparation.forecasts(symbol, series, last, outputs[i : i + 1])[0]
        deviations[i] = _deviation(series, model.bounds.unit)
        if prices.has_dates(i):
            dates[i] = dates_ahead(prices.dates_of(i), horizon, days)
    tails = {level: (1 - level / 100) / 2 for level in settings.level}
    bins = model.preparation.bins
    return Forecast(
        symbols=prices.symbols,
        cutoffs=prices.dates[prices.offsets[1:] - 1],
        rows=tuple(prices.lengths.tolist()),
        dates=dates,
        forecasts=forecasts,
        lower={v: model.bounds.apply(forecasts, deviations, p) for v, p in tails.items()},
        upper={v: model.bounds.apply(forecasts, deviations, 1 - p) for v, p in tails.items()},
        naive=prices.values[prices.offsets[1:] - 1],
        labels=[[bins.label(code) for code in row] for row in outputs] if bins else None,
        failed=failed,
    )


def _sessions(prices: Prices, settings: PredictSettings) -> Sessions | None:
    """The trading days of the calendar that was asked for."""
    last = prices.dates[prices.offsets[1:] - 1]
    dated = last[~np.isnat(last)]
    if settings.calendar is None or dated.size == 0:
        return None
    return Sessions(settings.calendar, dated, settings.horizon)


def _deviation(series: Float64Array, unit: str) -> float:
    """Past deviation of a series at its last row; NaN where it has none in this unit."""
    if len(changes(series, unit)) == 0:
        return np.nan
    with np.errstate(invalid="ignore"):
        return float(past_deviations(series, np.array([len(series) - 1]), unit)[0])


def fresh(prices: Prices, max_age: int | None, warn: Callable[[str], None]) -> Prices:
    """The symbols to forecast: those that end long before the newest are warned of, or left out.

    With `max_age` (days) older ones are left out; raises DataError where none is left.
    """
    age = _ages(prices)
    if max_age is not None:
        kept = [i for i in range(len(age)) if not age[i] > max_age]
        if not kept:
            raise DataError(f"--max-age {max_age}: no symbol is that fresh; allow more days")
        return prices.subset(kept) if len(kept) < len(age) else prices
    newest = show_date(np.nanmax(prices.dates)) if np.any(age >= 0) else ""
    stale: dict[str, list[str]] = {}
    for i in np.flatnonzero(age > STALE_DAYS).tolist():
        ended = show_date(prices.dates_of(i)[-1])
        stale.setdefault(prices.sources[i], []).append(f"{prices.symbols[i]} ({ended})")
    for source, names in stale.items():
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        warn(
            f"{source}: {len(names)} of its symbols end more than {STALE_DAYS} days before"
            f" {newest}: {', '.join(names[:SHOWN])}{more}; --max-age leaves such out"
        )
    return prices


def _ages(prices: Prices) -> Float64Array:
    """Days that each series ends before the newest date of all; NaN for one without dates."""
    last = prices.dates[prices.offsets[1:] - 1]
    known = last[~np.isnat(last)]
    if len(known) == 0:
        return np.full(len(last), np.nan)
    age = (known.max() - last).astype("timedelta64[s]").astype(np.float64) / DAY
    return np.where(np.isnat(last), np.nan, age)
