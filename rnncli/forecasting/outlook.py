"""What a forecast says of each symbol beside its prices: the chance of a rise, and its range."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import tails_of
from rnncli.forecasting.forecast import Forecast

OUTLOOK_LEVELS = (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0)


def outlook_levels(levels: Sequence[float]) -> tuple[float, ...]:
    """Levels to forecast, so that `rise_probability` has a distribution to read from."""
    return tuple(sorted({*levels, *OUTLOOK_LEVELS}))


def rise_probability(forecast: Forecast) -> Float64Array:
    """Probability (n, horizon) that a price is above the last one, by the forecast's quantiles.

    One minus the distribution function at the last price. Between the quantiles at the tails of
    the forecast's levels its normal score is linear, which is exact where errors are normal; beyond
    the outermost it is that of the outermost. NaN where no quantile but the median is known.
    """
    quantiles = {0.5: forecast.forecasts}
    for level in forecast.lower:
        below, above = tails_of(level)
        quantiles |= {below: forecast.lower[level], above: forecast.upper[level]}
    normal, probabilities = NormalDist(), sorted(quantiles)
    scores = np.array([normal.inv_cdf(p) for p in probabilities])
    prices = np.stack([quantiles[p] for p in probabilities], axis=-1)
    rise = np.full(forecast.forecasts.shape, np.nan)
    for i, k in np.ndindex(*rise.shape):
        known = np.isfinite(prices[i, k])
        if np.count_nonzero(known) > 1:
            ascending = np.maximum.accumulate(prices[i, k][known])
            score = float(np.interp(forecast.naive[i], ascending, scores[known]))
            rise[i, k] = 1 - normal.cdf(score)
    return rise


def widths(forecast: Forecast, level: float, unit: str) -> Float64Array:
    """Width (n, horizon) of an interval in the unit of scores, see `inference.actuals.Actuals`."""
    lower, upper = forecast.lower[level], forecast.upper[level]
    with np.errstate(invalid="ignore", divide="ignore"):
        return (
            100 * np.log(upper / lower)
            if unit == "log"
            else (upper - lower) / forecast.divisors[:, None]
        )
