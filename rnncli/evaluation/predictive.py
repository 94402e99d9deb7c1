"""A model's forecasts as distributions in the unit of scores, from every origin at once."""

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.distributions.composed import Affine, ByHorizon
from rnncli.distributions.conformal import GRID
from rnncli.distributions.families import Distribution, Quantiles
from rnncli.distributions.quantile_forecast import MIDDLE
from rnncli.evaluation.result import Predictive
from rnncli.forecasting.pooled import forecast_by
from rnncli.inference.actuals import Actuals
from rnncli.inference.forecast import Request
from rnncli.models.model import Model
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import prepare
from rnncli.transforms.inverse import inverse_transform


def predictive(
    model: Model, prices: Prices, origins: Origins, actuals: Actuals, threads: Threads,
    tails: tuple[float, ...] = (),
) -> Predictive:  # fmt: skip
    """The model's forecast after each origin, from rows up to the origin only.

    `tails`: further probabilities of the bounds, if the model has a distribution.
    """
    dataset = prepare(prices, model.preparation, 0.0)
    probabilities = (*GRID.tolist(), *MIDDLE, *tails)
    request = Request(actuals.horizon, model.bounds.unit, probabilities)
    straight = _straight(model, actuals)
    forecast = forecast_by(
        model, prices, dataset, origins, request, threads, actuals.actual if straight else None
    )
    bounds = in_scores(forecast.calibrated(model.bounds), forecast.median, actuals)
    ahead = forecast.in_scores(actuals.scored, np.log(actuals.step()), bounds)
    next_row = None
    if straight and model.pool is None:
        next_row = _next_row(model, prices, origins, actuals, forecast.outputs[:, :1])
    if next_row is None or ahead is None:
        return Predictive(forecast.median, ahead, bounds)
    return Predictive(forecast.median, ByHorizon(next_row, ahead.after_first()), bounds)


def _straight(model: Model, actuals: Actuals) -> bool:
    """Whether the unit of scores is the network's, up to location and scale."""
    return (actuals.unit == "log") == (model.preparation.scale == "log-return")


def _next_row(
    model: Model, prices: Prices, origins: Origins, actuals: Actuals, outputs: FloatArray
) -> Distribution | None:
    """The distribution (n, 1) of the next row, from outputs (n, 1, O); None for a point."""
    transform = model.preparation
    scaled = model.network.head.distribution_if_any(outputs, transform.bins)
    if scaled is None:
        return None
    inverse = inverse_transform(transform, prices, origins).without_bins()
    zero, one = (
        actuals.scored(inverse.prices(np.full((len(outputs), 1), value))) for value in (0.0, 1.0)
    )
    return Affine(scaled, zero, one - zero)


def in_scores(
    distances: Quantiles | None, forecasts: Float64Array, actuals: Actuals
) -> Quantiles | None:
    """Quantiles in the unit of scores, from their distances (n, horizon, k) from forecasts."""
    if distances is None:
        return None
    centre = actuals.scored(forecasts)
    values = distances.values * actuals.step()[:, None, None]
    values += centre[:, :, None]  # in place: new memory costs more than the sums
    return Quantiles(distances.probabilities, values)
