"""A forecast put together from what the network and the bounds give."""

from collections.abc import Callable, Sequence

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.distributions.conformal import tails_of
from rnncli.forecasting.forecast import Forecast
from rnncli.forecasting.raw_forecast import RawForecast
from rnncli.inference.actuals import mase_divisors
from rnncli.models.model import Model
from rnncli.network.heads import median, probabilities
from rnncli.prices.series import Prices


def assembled(
    model: Model, prices: Prices, rows: tuple[int, ...], dates: DateArray, found: RawForecast,
    levels: Sequence[float], failed: dict[str, str],
) -> Forecast:  # fmt: skip
    """The forecast that an answer is, of series that have `rows` rows, for `dates` (n, horizon)."""
    tails = {level: tails_of(level) for level in levels}
    labels, shares = _classes(model, found.raw)
    return Forecast(
        symbols=prices.symbols,
        cutoffs=prices.dates[prices.offsets[1:] - 1],
        rows=rows,
        dates=dates,
        forecasts=found.forecasts,
        lower=_nested(
            {v: found.bound(model.bounds, low) for v, (low, _) in tails.items()}, np.fmin
        ),
        upper=_nested({v: found.bound(model.bounds, up) for v, (_, up) in tails.items()}, np.fmax),
        naive=prices.values[prices.offsets[1:] - 1],
        labels=labels,
        shares=shares,
        failed=failed,
        prices=prices,
        divisors=_divisors(prices),
    )


def _divisors(prices: Prices) -> Float64Array:
    """Divisors of MASE at the last rows, (n)."""
    each = range(len(prices.symbols))
    rows = prices.lengths - 1
    return np.array([mase_divisors(prices.series(i), rows[i : i + 1])[0] for i in each])


def _nested(
    bounds: dict[float, Float64Array], outer: Callable[[Float64Array, Float64Array], Float64Array]
) -> dict[float, Float64Array]:
    """No bound inside that of a lower level, where one is calibrated and the other is not."""
    found: dict[float, Float64Array] = {}
    inner = None
    for level in sorted(bounds):
        own = bounds[level]
        known = own if inner is None else np.where(np.isnan(own), own, outer(own, inner))
        found[level], inner = known, known if inner is None else outer(known, inner)
    return {level: found[level] for level in bounds}


def _classes(
    model: Model, raw: Float64Array
) -> tuple[list[list[str]] | None, dict[str, Float64Array]]:
    """Labels of classes, nearest or most probable, and the probability of each where known."""
    head, bins = model.network.architecture.head, model.preparation.bins
    if bins is None:
        return None, {}
    if head != "cross-entropy":
        return [[bins.label(code) for code in row] for row in median(head, raw)], {}
    shares = probabilities(raw)
    labels = [[bins.labels[k] for k in row] for row in np.argmax(shares, axis=2)]
    return labels, {label: shares[:, :, k] for k, label in enumerate(bins.labels)}
