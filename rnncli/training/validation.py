"""How good a trained network is on the days held back: its error beside naive's, and its bounds."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.dates import format_date
from rnncli.distributions.conformal import GRID, LONGEST, Bounds, error_of, fit_bounds
from rnncli.distributions.shrinkage import shrink_to_model
from rnncli.inference.actuals import mase_divisors, prices_after
from rnncli.inference.cutoff_forecasts import FEW_PATHS, _by_series, forecast_at_cutoffs
from rnncli.inference.quantile_forecast import draws_bounds, forecast_quantiles
from rnncli.inference.rollout import Cutoffs, outputs_at
from rnncli.network.network import Network
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset
from rnncli.transforms.volatility import unit_of

MOST_CUTOFFS = 10_000  # that bounds are fitted on; more change them little and cost time
MOST_EXACT = 50_000  # the same where a model's own distribution is calibrated for the next row
MOST_OWN = 500  # the same where the model's own quantiles are averaged


@dataclass(frozen=True)
class ValidationError:
    """Mean error one row ahead over the validation days: the network's, and naive's beside it.

    `unit`: "log" for |log(forecast/price)|; "mase" for absolute errors over each series' mean
    absolute one-step change up to its cutoff, where prices may be zero or less.
    """

    unit: str
    model: float
    naive: float
    days: int


def validation_cutoffs(prepared: Dataset, stride: int = 1) -> Cutoffs:
    """Every `stride`-th validation day of every series."""
    held = prepared.validation_days
    series = np.repeat(np.arange(len(held)), held)
    before = np.concatenate([[0], np.cumsum(held)])[:-1]
    day = np.arange(len(series)) - np.repeat(before - prepared.training + 1, held)
    return Cutoffs(series[::stride], day[::stride])


def validation_error(
    network: Network, prices: Prices, prepared: Dataset, threads: Threads
) -> ValidationError | None:
    """The network's and naive's error one row ahead; None where no day was held back."""
    cutoffs = validation_cutoffs(prepared)
    if len(cutoffs.series) == 0:
        return None
    outputs = outputs_at(network, prepared, cutoffs, threads)
    unit = "log" if unit_of(prices) == "log" else "mase"
    errors = []
    for i, at, rows in _by_series(prices, prepared, cutoffs):
        series = prices.series(i)
        forecasts = prepared.preparation.forecasts(prices.symbols[i], series, rows, outputs[at])
        both = np.stack([forecasts[:, 0], series[rows]])
        errors.append(_errors(both, series, rows, unit))
    pooled = np.concatenate(errors, axis=1)
    pooled = pooled[:, np.all(np.isfinite(pooled), axis=0)]
    if pooled.shape[1] == 0:
        return None
    return ValidationError(unit, float(pooled[0].mean()), float(pooled[1].mean()), pooled.shape[1])


def _errors(
    forecasts: Float64Array, series: Float64Array, rows: IntArray, unit: str
) -> Float64Array:
    """Absolute errors (2, n) of forecasts for the row after each of `rows`."""
    actual = series[rows + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        if unit == "log":
            return np.abs(np.log(forecasts / actual))
        return np.abs(forecasts - actual) / mase_divisors(series, rows)


def validation_bounds(
    network: Network, prices: Prices, prepared: Dataset, threads: Threads
) -> Bounds:
    """Bounds from rolling out up to 20 rows from cutoffs in the validation part; no refit."""
    days, drawn = int(prepared.validation_days.sum()), draws_bounds(network)
    most = MOST_EXACT if drawn else MOST_CUTOFFS
    cutoffs = validation_cutoffs(prepared, stride=max(1, -(-days // most)))
    unit = unit_of(prices)
    longest = min(network.architecture.horizon or LONGEST, LONGEST)
    forecasts, deviations = forecast_at_cutoffs(
        network, prices, prepared, cutoffs, longest, unit, threads
    )
    actual = np.empty(forecasts.shape)
    for i, at, rows in _by_series(prices, prepared, cutoffs):
        actual[at] = prices_after(prices.series(i), rows, longest)
    errors = error_of(actual, forecasts, unit)
    dates = _span(prices, prepared, cutoffs)
    bounds = fit_bounds(unit, errors, deviations, dates, "model" if drawn else "past")
    if not drawn or not bounds.quantiles:
        return bounds
    own = _own_quantiles(network, prices, prepared, cutoffs, longest, unit, threads)
    with np.errstate(invalid="ignore", divide="ignore"):
        return shrink_to_model(bounds, errors / deviations, own, _days(prices, prepared, cutoffs))


def _own_quantiles(
    network: Network, prices: Prices, prepared: Dataset, cutoffs: Cutoffs, horizon: int,
    unit: str, threads: Threads,
) -> Float64Array:  # fmt: skip
    """The model's own quantiles at GRID over its spread (horizon, k), mean over some cutoffs."""
    stride = max(1, -(-len(cutoffs.series) // MOST_OWN))
    some = Cutoffs(cutoffs.series[::stride], cutoffs.day[::stride])
    look = forecast_quantiles(
        network, prepared.preparation, prices, prepared, some, horizon, tuple(GRID.tolist()),
        threads, FEW_PATHS,
    )  # fmt: skip
    spread = look.spread(unit)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = [look.away(p, unit) / spread for p in GRID.tolist()]
    known = np.isfinite(away)
    counted = np.sum(np.where(known, away, 0), axis=1)
    with np.errstate(invalid="ignore"):
        own: Float64Array = (counted / np.sum(known, axis=1)).T
    return own


def _days(prices: Prices, prepared: Dataset, cutoffs: Cutoffs) -> IntArray:
    """A number for the date of each cutoff, (n); for its row where there are no dates."""
    days = np.empty(len(cutoffs.series), np.int64)
    for i, at, rows in _by_series(prices, prepared, cutoffs):
        days[at] = prices.dates_of(i)[rows].astype(np.int64) if prices.has_dates(i) else rows
    return days


def _span(prices: Prices, prepared: Dataset, cutoffs: Cutoffs) -> tuple[str | None, str | None]:
    """First and last date of the cutoffs; None where there are no dates."""
    rows = [prices.dates_of(i)[rows] for i, _, rows in _by_series(prices, prepared, cutoffs)]
    dates = np.concatenate(rows) if rows else np.zeros(0, "datetime64[s]")
    dates = dates[~np.isnat(dates)]
    if len(dates) == 0:
        return None, None
    return format_date(dates.min()), format_date(dates.max())
