"""Forecasts by a model: by its network, or by its network and the prior, pooled."""

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import GRID
from rnncli.distributions.pooled import pooled
from rnncli.distributions.quantile_forecast import ModelQuantiles, QuantileForecast
from rnncli.inference.forecast import OriginStates, Request, forecast_at, forecast_from
from rnncli.models.model import Model
from rnncli.models.prior import fed
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset, prepare

DENSE = tuple(GRID.tolist())  # probabilities that distribution functions are pooled at


def request_of(model: Model, request: Request) -> Request:
    """What must be asked of both forecasts, so that their pool gives what was requested."""
    if model.pool is None:
        return request
    probabilities = tuple(sorted({*request.probabilities, *DENSE}))
    return Request(
        request.horizon, request.unit, probabilities, request.paths, request.seed,
        request.most_sampled, request.precision,
    )  # fmt: skip


def forecast_by(
    model: Model, prices: Prices, dataset: Dataset, origins: Origins, request: Request,
    threads: Threads, actual: Float64Array | None = None,
) -> QuantileForecast:  # fmt: skip
    """Forecast every origin by the model; the dataset is that of its network."""
    request = request_of(model, request)
    forecast = forecast_at(model.network, prices, dataset, origins, request, threads, actual)
    return _with_prior(model, forecast, prices, origins, request, threads, actual)


def forecast_by_states(
    model: Model, states: OriginStates, prices: Prices, origins: Origins, request: Request,
    threads: Threads,
) -> QuantileForecast:  # fmt: skip
    """Likewise, where the states of its network at the origins are known."""
    request = request_of(model, request)
    forecast = forecast_from(model.network, states, request, threads)
    if model.pool is None or states.prior is None:
        return _with_prior(model, forecast, prices, origins, request, threads, None)
    by_prior = forecast_from(model.pool.prior.network, states.prior, request, threads)
    return pooled_with(model, forecast, by_prior)


def _with_prior(
    model: Model, forecast: QuantileForecast, prices: Prices, origins: Origins, request: Request,
    threads: Threads, actual: Float64Array | None,
) -> QuantileForecast:  # fmt: skip
    if model.pool is None:
        return forecast
    prior = model.pool.prior
    known = fed(prices, prior, None)
    dataset = prepare(known, prior.preparation, 0.0)
    by_prior = forecast_at(prior.network, known, dataset, origins, request, threads, actual)
    return pooled_with(model, forecast, by_prior)


def pooled_with(
    model: Model, forecast: QuantileForecast, by_prior: QuantileForecast
) -> QuantileForecast:
    """The pool of a network's forecast and the prior's, by the weight of a model."""
    assert model.pool is not None
    assert isinstance(forecast, ModelQuantiles)
    assert isinstance(by_prior, ModelQuantiles)
    return pooled(forecast, by_prior, model.pool.weight)


def draw_from_both(
    of_network: Float64Array, of_prior: Float64Array, weight: float, seed: int
) -> Float64Array:
    """Paths (n, horizon, N) of the mixture: each is of the prior with probability `weight`.

    The same paths of a symbol whoever stands beside it.
    """
    by_prior = np.random.default_rng([seed, 3]).random(of_network.shape[2]) < weight
    return np.where(by_prior, of_prior, of_network)
