"""Forecasts from many cutoffs at once are those of `predict` from each."""

from dataclasses import replace

import numpy as np
import pytest
from builders import ALONE, ignore, prices_of, random_walk

from rnncli.fit import fit_model
from rnncli.origins import past
from rnncli.outcomes import Cells, outcome
from rnncli.predict import predict
from rnncli.predictive import of_bounds, predictive
from rnncli.settings import (
    NetworkSettings,
    PredictSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)

RNG = np.random.default_rng(6)
OTHERS = {f"S{k}": random_walk(RNG, 85) for k in range(6)}
PRICES = prices_of({"A": random_walk(RNG, 130), "B": random_walk(RNG, 100, 0.02), **OTHERS})
CELLS = Cells(np.array([0, 0, 1]), np.array([90, 121, 80]), np.array([0, 1, 0]))
HORIZON = 4


@pytest.fixture(scope="module", params=["log-return", "standard"])
def model(request):
    return fit_model(
        past(PRICES, np.full(8, 79)), ReadSettings(), PrepareSettings(scale=request.param),
        NetworkSettings(hidden_size=4), TrainSettings(epochs=3), RunSettings(threads=1),
        ignore, ignore, ignore,
    ).model  # fmt: skip


def test_each_cutoff_is_a_forecast_of_its_own(model):
    """Read off on the way: what predict says of the prices up to there."""
    came = outcome(PRICES, CELLS, HORIZON, "log")
    found = predictive(model, PRICES, CELLS, came, ALONE)
    for k, (i, row) in enumerate(zip(CELLS.series.tolist(), CELLS.row.tolist(), strict=True)):
        keep = np.full(8, -1)
        keep[i] = row
        alone = predict(model, past(PRICES, keep), PredictSettings(horizon=HORIZON), ALONE)
        np.testing.assert_allclose(found.forecasts[k], alone.forecasts[0], rtol=1e-6)
        for level in (80, 95):
            for tail, bounds in (
                (0.5 - level / 200, alone.lower),
                (0.5 + level / 200, alone.upper),
            ):
                there = came.priced(found.distribution.quantile(tail))[k]
                np.testing.assert_allclose(there, bounds[level][0], rtol=1e-6)


def test_without_enough_errors_there_is_no_distribution(model):
    """A grid of one point or none says nothing."""
    came = outcome(PRICES, CELLS, HORIZON, "log")
    few = replace(model.bounds, counts=(1,) * len(model.bounds.counts))
    assert of_bounds(few, np.ones((3, HORIZON)), np.ones((3, 1)), came) is None
    none = replace(model.bounds, counts=(), quantiles=())
    assert of_bounds(none, np.ones((3, HORIZON)), np.ones((3, 1)), came) is None
