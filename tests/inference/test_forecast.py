"""A forecast from any row is the one that the prices up to there lead to."""

from dataclasses import replace

import numpy as np
import pytest
from builders import ALONE
from states import KINDS, first_rows, grown, model_of, with_fields

from rnncli.distributions.quantile_forecast import MIDDLE
from rnncli.inference.forecast import Request, forecast_at, forecast_from, states_at
from rnncli.prices.origins import Origins, last_rows
from rnncli.transforms.dataset import prepare

PRICES = grown()
ORIGINS = Origins(np.array([0, 0, 1, 3]), np.array([250, 338, 80, 9]))


def asked(model, horizon=4):
    """Quantiles as far ahead as the model can."""
    return Request(1 if model.preparation.inputs else horizon, model.bounds.unit, MIDDLE)


def forecast(model, prices, origins, request):
    dataset = prepare(prices, model.preparation, 0.0)
    return forecast_at(model.network, prices, dataset, origins, request, ALONE)


def arrays(result, at=slice(None)):
    """Every array of a forecast that is the same for a row, whatever rows stand beside it."""
    prices = getattr(result, "prices", np.zeros(len(result.median)))
    return [array[at] for array in (result.median, result.outputs, prices)]


@pytest.mark.slow_shapes
@pytest.mark.parametrize("kind", KINDS)
def test_many_rows_at_once_are_each_row_alone(kind):
    """To the last bit, and nothing after a row counts."""
    model = model_of(kind, PRICES)
    prices, request = with_fields(PRICES, model), asked(model)
    whole = forecast(model, prices, ORIGINS, request)
    for k, (i, row) in enumerate(zip(ORIGINS.series.tolist(), ORIGINS.row.tolist(), strict=True)):
        earlier = first_rows(prices, {prices.symbols[i]: row + 1})
        alone = forecast(model, earlier, last_rows(earlier), request)
        for ref, comp in zip(arrays(alone), arrays(whole, slice(k, k + 1)), strict=True):
            np.testing.assert_array_equal(comp, ref)
        assert whole.deviations[k] == alone.deviations[0]


@pytest.mark.parametrize("kind", ["point", "student-t", "classes", "seq2vec", "encoder-decoder"])
def test_forecasts_follow_from_the_states_alone(kind):
    model = model_of(kind, PRICES)
    dataset, request = prepare(PRICES, model.preparation, 0.0), asked(model)
    states = states_at(model.network, PRICES, dataset, ORIGINS, request.unit, ALONE)
    ref = forecast(model, PRICES, ORIGINS, request)
    comp = forecast_from(model.network, states, request, ALONE)
    for one, other in zip(arrays(ref), arrays(comp), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", ["point", "gaussian", "quantile", "classes", "encoder-decoder"])
def test_one_row_ahead_is_the_first_of_many(kind):
    """Though no states need be kept for it; the next row of a distribution is exact."""
    model = model_of(kind, PRICES)
    near = forecast(model, PRICES, ORIGINS, replace(asked(model), horizon=1))
    far = forecast(model, PRICES, ORIGINS, asked(model))
    np.testing.assert_array_equal(near.median[:, 0], far.median[:, 0])


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_rows_further_ahead_may_be_sampled_from_few_origins(most):
    """Evenly chosen, the first among them, with the bits of all; the others know the next row."""
    model = model_of("student-t", PRICES)
    request = asked(model)
    ref = forecast(model, PRICES, ORIGINS, request)
    comp = forecast(model, PRICES, ORIGINS, replace(request, most_sampled=most))
    stride = -(-len(ORIGINS) // most)
    np.testing.assert_array_equal(comp.prices[::stride], ref.prices[::stride])
    np.testing.assert_array_equal(comp.prices[:, 0], ref.prices[:, 0])
    others = np.arange(len(ORIGINS)) % stride > 0
    assert np.isnan(comp.prices[others, 1:]).all()


def test_a_network_that_feeds_back_is_run_on_from_every_origin():
    """A limit on sampling says nothing to it."""
    model = model_of("point", PRICES)
    ref = forecast(model, PRICES, ORIGINS, asked(model))
    comp = forecast(model, PRICES, ORIGINS, replace(asked(model), most_sampled=1))
    np.testing.assert_array_equal(comp.median, ref.median)


def test_no_origin_is_no_forecast():
    model = model_of("gaussian", PRICES)
    none = Origins(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert forecast(model, PRICES, none, asked(model)).median.shape == (0, 4)
