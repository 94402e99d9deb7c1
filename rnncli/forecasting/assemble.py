"""A forecast put together from what the network and the bounds give."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.distributions.conformal import tails_of
from rnncli.distributions.quantile_forecast import QuantileForecast
from rnncli.forecasting.forecast import Forecast
from rnncli.inference.actuals import mase_divisors
from rnncli.models.model import Model
from rnncli.prices.series import Prices

NO_LEVELS: Mapping[float, Float64Array] = {}


def assembled(
    model: Model, prices: Prices, rows: tuple[int, ...], dates: DateArray,
    forecast: QuantileForecast, levels: Sequence[float], failed: dict[str, str],
    adapted: Mapping[float, Float64Array] = NO_LEVELS,
) -> Forecast:  # fmt: skip
    """The forecast of series that have `rows` rows, for `dates` (n, horizon).

    `adapted`: probability -> the one that each series takes in its place (n), see `adaptive`.
    """
    lower_tails, upper_tails = ([tails_of(level)[end] for level in levels] for end in (0, 1))
    bounds = forecast.bounds_at(model.bounds, (*lower_tails, *upper_tails), adapted)
    labels, shares = _classes(model, forecast)
    return Forecast(
        symbols=prices.symbols,
        cutoffs=prices.dates[prices.offsets[1:] - 1],
        rows=rows,
        dates=dates,
        forecasts=forecast.median,
        lower=_nested(dict(zip(levels, bounds[: len(levels)], strict=True)), np.fmin),
        upper=_nested(dict(zip(levels, bounds[len(levels) :], strict=True)), np.fmax),
        naive=prices.values[prices.offsets[1:] - 1],
        labels=labels,
        shares=shares,
        failed=failed,
        prices=prices,
        divisors=_divisors(prices),
        untested=np.full(len(prices.symbols), model.is_untested),
    )


def _divisors(prices: Prices) -> Float64Array:
    """Divisors of MASE at the last rows, (n)."""
    rows = prices.lengths - 1
    series = range(len(prices.symbols))
    return np.array([mase_divisors(prices.series(i), rows[i : i + 1])[0] for i in series])


def _nested(
    bounds: dict[float, Float64Array], outer: Callable[[Float64Array, Float64Array], Float64Array]
) -> dict[float, Float64Array]:
    """Nest the intervals, in case one level is calibrated and another is not."""
    nested: dict[float, Float64Array] = {}
    inner = None
    for level in sorted(bounds):
        bound = bounds[level]
        if inner is None:
            nested[level] = inner = bound
        else:
            nested[level] = np.where(np.isnan(bound), bound, outer(bound, inner))
            inner = outer(nested[level], inner)
    return {level: nested[level] for level in bounds}


def _classes(
    model: Model, forecast: QuantileForecast
) -> tuple[list[list[str]] | None, dict[str, Float64Array]]:
    """Labels of classes, nearest or most probable, and the probability of each where known."""
    bins = model.preparation.bins
    if bins is None:
        return None, {}
    labels, shares = model.network.head.classes(forecast.outputs.astype(np.float64), bins)
    return labels, dict(zip(bins.labels, shares, strict=False))
