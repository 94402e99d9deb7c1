"""Simple baselines: naive, drift, and recent volatility.

Each is fitted on the rows up to a cutoff and then forecasts from any later cell, using the rows up
to that cell only.
"""

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import Bounds, fit_bounds
from rnncli.inference.actuals import difference_unit, prices_after
from rnncli.prices.series import Prices
from rnncli.transforms.volatility import changes, past_deviations

DECAY = 0.94  # RiskMetrics technical document, 1996, for daily changes
MOST_ROWS = 100_000  # that something is fitted on; more change it little and cost time


def naive_bounds(past: Prices, unit: str, horizon: int) -> Bounds:
    """Quantiles of the scaled errors that naive has made in the past, by ahead."""
    stride = max(1, len(past.values) // MOST_ROWS)
    errors, deviations = [], []
    for i in range(len(past.symbols)):
        series = past.series(i)
        rows = np.arange(2, len(series) - 1, stride)
        came = prices_after(series, rows, horizon)
        last = series[rows][:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            errors.append(np.log(came / last) if unit == "log" else came - last)
        deviations.append(past_deviations(series, rows, difference_unit(unit)))
    return fit_bounds(
        difference_unit(unit), np.concatenate(errors), np.concatenate(deviations), (None, None)
    )


def pooled_deviation(past: Prices, unit: str) -> float:
    """Root mean square of all the past changes; 1 if they are all zero."""
    steps = [changes(past.series(i), difference_unit(unit)) for i in range(len(past.symbols))]
    deviation = float(np.sqrt(np.mean(np.concatenate(steps) ** 2))) if sum(map(len, steps)) else 0.0
    return deviation or 1.0


def root_mean_square(steps: Float64Array) -> float:
    """That of changes; 1 where nothing moved."""
    return (float(np.sqrt(np.mean(steps**2))) if len(steps) else 0.0) or 1.0
