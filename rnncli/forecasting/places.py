"""Probability integral transforms: where prices lay in the distributions forecast for them."""

from rnncli.arrays import Float64Array
from rnncli.distributions.quantile_forecast import MIDDLE
from rnncli.forecasting.pooled import forecast_by
from rnncli.inference.forecast import Request
from rnncli.models.model import Model
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset


def places_of(
    model: Model, prices: Prices, dataset: Dataset, origins: Origins, threads: Threads
) -> Float64Array:
    """Where in its calibrated distribution each next price lay, 0 to 1 (n); NaN: unknown.

    Every origin has a row after it. Dawid 1984, doi:10.2307/2981683.
    """
    request = Request(1, model.bounds.unit, MIDDLE)
    forecast = forecast_by(model, prices, dataset, origins, request, threads)

    def by_model() -> Float64Array:
        values = dataset.values[dataset.places_of(origins) + 1]
        return model.network.head.distribution(forecast.outputs[:, 0]).cdf(values)

    actual = prices.values[prices.offsets[origins.series] + origins.row + 1]
    return forecast.places(model.bounds, actual, by_model)
