"""Forecasts from many cutoffs at once, with what past errors are divided by."""

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.inference.quantile_forecast import draws_bounds, forecast_quantiles
from rnncli.inference.rollout import Cutoffs, outputs_ahead
from rnncli.network.network import Network
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset
from rnncli.transforms.volatility import past_deviations

MOST_DRAWN = 5000  # the same where paths are drawn from each
FEW_PATHS = 256  # from each


def forecast_at_cutoffs(
    network: Network, prices: Prices, prepared: Dataset, cutoffs: Cutoffs, horizon: int,
    unit: str, threads: Threads,
) -> tuple[Float64Array, Float64Array]:  # fmt: skip
    """Forecasts (n, h) after the cutoffs, and what they may be off by, (n) or (n, h)."""
    found = _drawn if draws_bounds(network) else _rolled_out
    return found(network, prices, prepared, cutoffs, horizon, unit, threads)


def _drawn(
    network: Network, prices: Prices, prepared: Dataset, cutoffs: Cutoffs, horizon: int,
    unit: str, threads: Threads,
) -> tuple[Float64Array, Float64Array]:  # fmt: skip
    """Forecasts after the cutoffs and the model's own spread, both (n, horizon).

    Beyond the next row, which is exact, from every so manyth cutoff; NaN from the others.
    """
    shape = (len(cutoffs.series), horizon)
    forecasts, deviations = np.full(shape, np.nan), np.full(shape, np.nan)
    thinned = [(horizon, max(1, -(-shape[0] // MOST_DRAWN)))] if horizon > 1 else []
    for rows, stride in (*thinned, (1, 1)):
        some = Cutoffs(cutoffs.series[::stride], cutoffs.day[::stride])
        look = forecast_quantiles(
            network, prepared.preparation, prices, prepared, some, rows, (), threads, FEW_PATHS
        )
        forecasts[::stride, :rows] = look.centre()
        deviations[::stride, :rows] = look.spread(unit)
    return forecasts, deviations


def _rolled_out(
    network: Network, prices: Prices, prepared: Dataset, cutoffs: Cutoffs, horizon: int,
    unit: str, threads: Threads,
) -> tuple[Float64Array, Float64Array]:  # fmt: skip
    """Forecasts after the cutoffs (n, horizon) and the deviation of each series before (n)."""
    outputs = outputs_ahead(network, prepared, cutoffs, horizon, threads)
    forecasts, deviations = np.empty(outputs.shape), np.empty(len(outputs))
    for i, at, rows in _by_series(prices, prepared, cutoffs):
        series, symbol = prices.series(i), prices.symbols[i]
        forecasts[at] = prepared.preparation.forecasts(symbol, series, rows, outputs[at])
        deviations[at] = past_deviations(series, rows, unit)
    return forecasts, deviations


def _by_series(
    prices: Prices, prepared: Dataset, cutoffs: Cutoffs
) -> list[tuple[int, IntArray, IntArray]]:
    """For each series with cutoffs: its number, their positions, and their rows in its prices."""
    shift = prices.lengths - prepared.lengths  # log returns begin one row later
    bounds = np.searchsorted(cutoffs.series, np.arange(len(prices.symbols) + 1))
    found = []
    for i in np.unique(cutoffs.series).tolist():
        at = np.arange(bounds[i], bounds[i + 1])
        found.append((i, at, cutoffs.day[at] + shift[i]))
    return found
