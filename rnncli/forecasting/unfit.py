"""Forecasts that are refused: not a number, or a jump unlike anything in the past."""

from collections.abc import Sequence

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import error_of
from rnncli.distributions.quantile_forecast import QuantileForecast
from rnncli.errors import setting
from rnncli.models.model import Model
from rnncli.transforms.inverse import InverseTransform

ENOUGH_ROWS = 20  # changes that show how far a series moves, or that it is constant
LEAST_MOVE = 1e-3  # of its price: the deviation assumed for a constant series


def unfit_forecasts(
    model: Model, inverse: InverseTransform, sources: Sequence[str], forecast: QuantileForecast,
    max_jump: float,
) -> dict[str, str]:  # fmt: skip
    """The symbols whose forecast is not finite or jumps, and why.

    A jump: more than `max_jump` (0: no limit) deviations of the series' own changes, times the
    square root of the rows ahead, from the last price.
    """
    refused = {}
    finite, jumps = forecast.finite(), _jumps(model, inverse, forecast)
    for i in np.flatnonzero(~finite | (jumps > (max_jump or np.inf))).tolist():
        reason = "the forecast is not finite"
        if finite[i]:
            reason = (
                f"the forecast jumps {jumps[i]:.1f} deviations from the last price, more than"
                f" {setting('max_jump')} {max_jump:g}; look at its last rows, or allow more"
            )
        symbol = inverse.symbols[i]
        refused[symbol] = f"{sources[i]}: {symbol}: {reason}"
    return refused


def _jumps(model: Model, inverse: InverseTransform, forecast: QuantileForecast) -> Float64Array:
    """Deviations that each forecast is from the last price at most, (n); 0 without any.

    A young series with few, small changes is compared with those of all series that the model was
    trained on, if it records them.
    """
    unit, transform = model.bounds.unit, model.preparation
    last = inverse.last[:, -1:]
    root = np.sqrt(np.arange(1, forecast.horizon + 1))
    long_enough = inverse.rows + 1 >= ENOUGH_ROWS
    still = (forecast.deviations == 0) & long_enough
    least = LEAST_MOVE * (1.0 if unit == "log" else np.abs(last[:, 0]))
    pooled = transform.step * inverse.size if transform.is_of_changes else np.array(np.inf)
    deviations = np.maximum(
        np.where(still, least, forecast.deviations), np.where(long_enough, 0, pooled)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        away = error_of(forecast.median, last, unit)
        jumps = np.max(np.abs(away) / root, axis=1) / deviations
    return np.where(np.isfinite(jumps), jumps, 0.0)
