"""Forecasts by a model: by its network, or by its network and the prior, pooled."""

from collections.abc import Callable

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import GRID
from rnncli.distributions.pooled import pooled
from rnncli.distributions.quantile_forecast import ModelQuantiles, QuantileForecast
from rnncli.inference.forecast import OriginStates, Request, forecast_at, forecast_from
from rnncli.models.model import Model
from rnncli.models.pool import Pool
from rnncli.models.prior import fed
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.runtime.random_numbers import POOL, generator
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset, prepare

DENSE = tuple(GRID.tolist())  # probabilities that distribution functions are pooled at


def request_of(model: Model, request: Request) -> Request:
    """What must be asked of both forecasts, so that their pool gives what was requested."""
    if model.pool is None or model.pool.weight == 1:
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
    if model.pool is None:
        return forecast_at(model.network, prices, dataset, origins, request, threads, actual)
    by_prior = _by_prior(model.pool, prices, origins, request, threads, actual)
    return pool_of(
        model.pool, by_prior,
        lambda: forecast_at(model.network, prices, dataset, origins, request, threads, actual),
    )  # fmt: skip


def forecast_by_states(
    model: Model, states: OriginStates, prices: Prices, origins: Origins, request: Request,
    threads: Threads,
) -> QuantileForecast:  # fmt: skip
    """Likewise, from known states of its network at the origins."""
    request = request_of(model, request)
    if model.pool is None:
        return forecast_from(model.network, states, request, threads)
    if states.prior is None:
        by_prior = _by_prior(model.pool, prices, origins, request, threads, None)
    else:
        by_prior = forecast_from(model.pool.prior.network, states.prior, request, threads)
    return pool_of(
        model.pool, by_prior, lambda: forecast_from(model.network, states, request, threads)
    )


def _by_prior(
    pool: Pool[Model], prices: Prices, origins: Origins, request: Request, threads: Threads,
    actual: Float64Array | None,
) -> QuantileForecast:  # fmt: skip
    """The prior's forecast, from the columns that it is fed."""
    known = fed(prices, pool.prior, None)
    dataset = prepare(known, pool.prior.preparation, 0.0)
    return forecast_at(pool.prior.network, known, dataset, origins, request, threads, actual)


def pool_of(
    pool: Pool[Model], by_prior: QuantileForecast, by_network: Callable[[], QuantileForecast]
) -> QuantileForecast:
    """The pool of both forecasts; the network's is not made where all weight is the prior's."""
    forecast = by_prior if pool.weight == 1 else by_network()
    assert isinstance(forecast, ModelQuantiles)
    assert isinstance(by_prior, ModelQuantiles)
    return pooled(forecast, by_prior, pool.weights(by_prior.prices.shape[1]))


def draw_from_both(
    of_network: Float64Array, of_prior: Float64Array, weights: Float64Array, seed: int
) -> Float64Array:
    """Paths (n, horizon, N) of the mixture: each is of the prior with probability `weights`.

    Where these (horizon) fall, some paths go over from the prior's to the network's, which was
    drawn by the same random numbers. The paths of a symbol do not depend on the other symbols.
    """
    draws = generator(seed, POOL).random(of_network.shape[2])
    by_prior = draws < weights[:, None]
    return np.where(by_prior, of_prior, of_network)
