"""What a forecast says of each symbol beside its prices: chances, moves, ranges, an order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import tails_of
from rnncli.distributions.normal import normal_quantile
from rnncli.forecasting.forecast import Forecast

WORST = 0.05  # probability of a price below the worst case
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
    from statistics import NormalDist  # noqa: PLC0415 - it takes long to load

    normal = NormalDist()
    scores, prices = _quantiles(forecast)
    rise = np.full(forecast.forecasts.shape, np.nan)
    for i, k in np.ndindex(*rise.shape):
        known = np.isfinite(prices[i, k])
        if np.count_nonzero(known) > 1:
            ascending = np.maximum.accumulate(prices[i, k][known])
            score = float(np.interp(forecast.naive[i], ascending, scores[known]))
            rise[i, k] = 1 - normal.cdf(score)
    return rise


def worst_case(forecast: Forecast) -> Float64Array:
    """Prices (n, horizon) that the actual one is below with a probability of 5 %.

    A quantile of the forecast; where its levels do not have it, interpolated as in
    `rise_probability`. NaN beyond the outermost quantile.
    """
    scores, prices = _quantiles(forecast)
    wanted, worst = normal_quantile(WORST), np.full(forecast.forecasts.shape, np.nan)
    for i, k in np.ndindex(*worst.shape):
        known = np.isfinite(prices[i, k])
        if known.any():
            worst[i, k] = np.interp(wanted, scores[known], prices[i, k][known], left=np.nan)
    return worst


def _quantiles(forecast: Forecast) -> tuple[Float64Array, Float64Array]:
    """Normal scores (q), ascending, and the forecast's quantiles (n, horizon, q) there."""
    quantiles = {0.5: forecast.forecasts}
    for level in forecast.lower:
        below, above = tails_of(level)
        quantiles |= {below: forecast.lower[level], above: forecast.upper[level]}
    probabilities = sorted(quantiles)
    scores = np.array([normal_quantile(p) for p in probabilities])
    return scores, np.stack([quantiles[p] for p in probabilities], axis=-1)


@dataclass(frozen=True)
class Moves:
    """The last row ahead of n symbols against their last prices: percent, (n) each.

    NaN where the last price is zero or a bound is not known. `ranges`: level -> the moves to the
    lower and to the upper bound; `fall`: probability, in percent, of a price not above the last;
    `worst`: the move to `worst_case`.
    """

    median: Float64Array
    ranges: dict[float, tuple[Float64Array, Float64Array]]
    fall: Float64Array
    worst: Float64Array

    def order(self, by: str) -> list[int]:
        """Symbols by number: the largest move, widest range, likeliest fall, or worst case first.

        `by`: move, range (of the narrowest level), fall or worst. NaN comes last.
        """
        keys = {"move": -np.abs(self.median), "fall": -self.fall, "worst": self.worst}
        if by == "range" and self.ranges:
            lower, upper = self.ranges[min(self.ranges)]
            keys["range"] = lower - upper
        key = keys.get(by, np.zeros(len(self.median)))
        return [int(i) for i in np.argsort(key, kind="stable")]


def moves(forecast: Forecast, levels: Sequence[float]) -> Moves:
    """What the last row ahead says of each symbol, with the ranges of some of its levels."""
    naive = np.where(forecast.naive == 0, np.nan, forecast.naive)

    def move(prices: Float64Array) -> Float64Array:
        percent: Float64Array = 100 * ((prices[:, -1] - naive) / np.abs(naive))
        return percent

    return Moves(
        median=move(forecast.forecasts),
        ranges={
            level: (move(forecast.lower[level]), move(forecast.upper[level]))
            for level in sorted(set(levels))
        },
        fall=100 * (1 - rise_probability(forecast)[:, -1]),
        worst=move(worst_case(forecast)),
    )


def widths(forecast: Forecast, level: float, unit: str) -> Float64Array:
    """Width (n, horizon) of an interval in the unit of scores, see `inference.actuals.Actuals`."""
    lower, upper = forecast.lower[level], forecast.upper[level]
    with np.errstate(invalid="ignore", divide="ignore"):
        return (
            100 * np.log(upper / lower)
            if unit == "log"
            else (upper - lower) / forecast.divisors[:, None]
        )
