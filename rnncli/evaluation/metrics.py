"""Scores of forecasts: one number per cell and row ahead; lower is better unless stated otherwise.

Errors, CRPS, interval and log scores are in the unit of scores (see `inference.actuals`).
"""

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import level_name, tails_of
from rnncli.evaluation.result import Predictive, Scores
from rnncli.inference.actuals import Actuals

PIT_BINS = 10


def score(actuals: Actuals, forecast: Predictive, levels: tuple[float, ...]) -> Scores:
    """Every score of a forecast."""
    y, centre = actuals.scored(actuals.actual), actuals.scored(forecast.forecasts)
    error = centre - y
    price_error = np.where(np.isnan(error), np.nan, forecast.forecasts - actuals.actual)
    scores = {
        "absolute": np.abs(error),
        "square": error**2,
        "price_absolute": np.abs(price_error),
        "price_square": price_error**2,
        "smape": smape(actuals.actual, np.where(np.isnan(error), np.nan, forecast.forecasts)),
        "mase": np.abs(price_error) / actuals.divisor[:, None],
        "direction": direction(y, centre),
    }
    if forecast.distribution is not None:
        scores["crps"] = forecast.distribution.crps(y)
        scores["log_score"] = -forecast.distribution.log_density(y)
        scores["pit"] = forecast.distribution.cdf(y)
    calibrated = forecast.bounds or forecast.distribution
    if calibrated is None:
        return scores
    for level in levels:
        lower, upper = (calibrated.quantile(tail) for tail in tails_of(level))
        scores |= _of_bounds(y, lower, upper, level)
    return scores


def _of_bounds(y: Float64Array, lower: Float64Array, upper: Float64Array, level: float) -> Scores:
    """Interval score, coverage and width; NaN where a bound is not known."""
    charge, name = interval_score(y, lower, upper, level), level_name(level)
    unknown = np.isnan(charge)
    return {
        f"interval_score_{name}": charge,
        f"coverage_{name}": np.where(unknown, np.nan, (lower <= y) & (y <= upper)),
        f"width_{name}": np.where(unknown, np.nan, upper - lower),
    }


def smape(actual: Float64Array, forecast: Float64Array) -> Float64Array:
    """Symmetric absolute percentage error, 0 to 200: the terms whose mean is M4's sMAPE.

    Makridakis, Spiliotis & Assimakopoulos 2020, doi:10.1016/j.ijforecast.2019.04.014; 0 where
    both are 0.
    """
    size = np.abs(actual) + np.abs(forecast)
    with np.errstate(invalid="ignore"):
        return np.where(size == 0, 0.0, 200 * np.abs(actual - forecast) / size)


def seasonal_divisor(past: Float64Array, season: int) -> float:
    """M4's divisor of MASE: mean |y_t - y_(t - season)| over the past of one series."""
    return float(np.mean(np.abs(past[season:] - past[:-season])))


def owa(smape: float, mase: float, smape_naive2: float, mase_naive2: float) -> float:
    """Overall weighted average of M4: mean of both errors relative to Naive2's, after averaging.

    Each of the four is the mean over all series and rows ahead.
    """
    return (smape / smape_naive2 + mase / mase_naive2) / 2


def direction(y: Float64Array, forecast: Float64Array) -> Float64Array:
    """Whether the direction of a forecast was right (1 is good), NaN if either change is 0."""
    agreement = np.sign(y) * np.sign(forecast)
    return np.where(agreement == 0, np.nan, (agreement + 1) / 2)


def interval_score(
    y: Float64Array, lower: Float64Array, upper: Float64Array, level: float
) -> Float64Array:
    """Width, plus 2/alpha times what lies outside (Gneiting & Raftery 2007, equation 43)."""
    alpha = 1 - level / 100
    outside = np.maximum(lower - y, 0) + np.maximum(y - upper, 0)
    charge: Float64Array = upper - lower + 2 / alpha * outside
    return charge


def histogram(pit: Float64Array) -> list[float] | None:
    """Fraction of actual values in each tenth of their distributions; 0.1 each if calibrated."""
    known = pit[~np.isnan(pit)]
    if len(known) == 0:
        return None
    counts, _ = np.histogram(known, bins=PIT_BINS, range=(0, 1))
    return [float(share) for share in counts / len(known)]
