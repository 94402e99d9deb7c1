"""Validation of a trained network: its error against naive, and its calibration."""

from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.dates import date_span
from rnncli.distributions.conformal import LONGEST, Bounds
from rnncli.distributions.quantile_forecast import MIDDLE
from rnncli.inference.actuals import mase_divisors, prices_after_origins
from rnncli.inference.forecast import (
    Request,
    forecast_at,
    forecast_from,
    mean_distances,
    states_for,
)
from rnncli.network.network import Network
from rnncli.prices.origins import Origins, days_of
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset
from rnncli.transforms.volatility import unit_of

MOST_ORIGINS = 10_000  # that bounds are fitted on; more change them little and cost time
MOST_EXACT = 50_000  # the same where a model's own distribution is calibrated for the next row
MOST_SAMPLED = 5000  # the same where paths are sampled for the rows after it
FEW_PATHS = 256  # from each
MOST_AVERAGED = 500  # the same where the model's own quantiles are averaged


@dataclass(frozen=True)
class ValidationError:
    """Mean error one row ahead over the validation days, of the network and of naive.

    `unit`: "log" for |log(forecast/price)|; "mase" for absolute errors over each series' mean
    absolute one-step change up to its cutoff, where prices may be zero or less.
    """

    unit: str
    model: float
    naive: float
    days: int


def validation_origins(dataset: Dataset, stride: int = 1) -> Origins:
    """Every `stride`-th validation day of every series."""
    days = dataset.validation_days
    series = np.repeat(np.arange(len(days)), days)
    before = np.concatenate([[0], np.cumsum(days)])[:-1]
    first = dataset.first_rows + dataset.training - 1
    row = np.arange(len(series)) - np.repeat(before - first, days)
    return Origins(series, row).every(stride)


def validation_error(
    network: Network, prices: Prices, dataset: Dataset, threads: Threads
) -> ValidationError | None:
    """The network's and naive's error one row ahead; None without validation days."""
    origins, unit = validation_origins(dataset), unit_of(prices, dataset.preparation.scale)
    if len(origins) == 0:
        return None
    forecast = forecast_at(network, prices, dataset, origins, Request(1, unit), threads)
    shown = "log" if unit == "log" else "mase"
    errors = []
    for i, at, rows in origins.by_series():
        series = prices.series(i)
        both = np.stack([forecast.median[at, 0], series[rows]])
        errors.append(_errors(both, series, rows, shown))
    pooled = np.concatenate(errors, axis=1)
    pooled = pooled[:, np.all(np.isfinite(pooled), axis=0)]
    if pooled.shape[1] == 0:
        return None
    return ValidationError(shown, float(pooled[0].mean()), float(pooled[1].mean()), pooled.shape[1])


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
    network: Network, prices: Prices, dataset: Dataset, threads: Threads
) -> Bounds:
    """Bounds from forecasts up to 20 rows ahead of origins in the validation part; no refit."""
    count = int(dataset.validation_days.sum())
    most = network.head.pick(sampled=MOST_EXACT, fed_back=MOST_ORIGINS)
    origins = validation_origins(dataset, stride=max(1, -(-count // most)))
    horizon = min(network.architecture.horizon or LONGEST, LONGEST)
    unit = unit_of(prices, dataset.preparation.scale)
    request = Request(horizon, unit, MIDDLE, FEW_PATHS, most_sampled=MOST_SAMPLED)
    states = states_for(network, prices, dataset, origins, request, threads)

    def distances() -> Float64Array:
        some = origins.every(max(1, -(-len(origins) // MOST_AVERAGED)))
        exact = replace(request, most_sampled=None)
        of_some = states
        if len(some) < len(origins):
            of_some = states_for(network, prices, dataset, some, exact, threads)
        return mean_distances(network, of_some, exact, threads)

    bounds = forecast_from(network, states, request, threads).fit_bounds(
        prices_after_origins(prices, origins, horizon), _dates(prices, origins),
        days_of(prices, origins), distances,
    )  # fmt: skip
    return bounds.rounded()


def _dates(prices: Prices, origins: Origins) -> tuple[str | None, str | None]:
    """First and last date of the origins."""
    return date_span(prices.dates[prices.offsets[origins.series] + origins.row])
