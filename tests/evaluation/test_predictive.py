"""Forecasts from many cutoffs at once are those of `predict` from each."""

from dataclasses import replace

import numpy as np
import pytest
from builders import ALONE, ignore, prices_of, random_walk

from rnncli.distributions.families import Quantiles, StudentT
from rnncli.distributions.quantile_forecast import error_quantiles
from rnncli.evaluation.cutoffs import past
from rnncli.evaluation.predictive import in_scores, predictive
from rnncli.forecasting.predict import predict
from rnncli.inference.actuals import actuals_at
from rnncli.inference.rollout import run_until
from rnncli.network.heads import parameters
from rnncli.prices.origins import Origins
from rnncli.settings import (
    NetworkSettings,
    PredictSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.training.fit import fit_model
from rnncli.transforms.dataset import prepare

RNG = np.random.default_rng(6)
OTHERS = {f"S{k}": random_walk(RNG, 85) for k in range(6)}
PRICES = prices_of({"A": random_walk(RNG, 130), "B": random_walk(RNG, 100, 0.02), **OTHERS})
CELLS = Origins(np.array([0, 0, 1]), np.array([90, 121, 80]), np.array([0, 1, 0]))
HORIZON = 4


def trained(scale, loss, mode=None, **preparing):
    return fit_model(
        past(PRICES, np.full(8, 79)), ReadSettings(), PrepareSettings(scale=scale, **preparing),
        NetworkSettings(hidden_size=4, mode=mode), TrainSettings(epochs=3, loss=loss),
        RunSettings(threads=1), ignore, ignore, ignore,
    ).model  # fmt: skip


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    ("scale", "loss", "preparing"),
    [
        ("log-return", "mse", {}),
        ("standard", "mse", {}),
        ("log-return", "student-t", {}),
        ("log-return", "gaussian", {"volatility_decay": 0.94}),
        ("standard", "gaussian", {}),
        ("log-return", "cross-entropy", {"bins": 5}),
    ],
)
def test_each_cutoff_is_a_forecast_of_its_own(scale, loss, preparing):
    """Read off on the way: what predict says of the prices up to there."""
    model = trained(scale, loss, **preparing)
    came = actuals_at(PRICES, CELLS, HORIZON, "log")
    found = predictive(model, PRICES, CELLS, came, ALONE)
    for k, (i, row) in enumerate(zip(CELLS.series.tolist(), CELLS.row.tolist(), strict=True)):
        keep = np.full(8, -1)
        keep[i] = row
        alone = predict(model, past(PRICES, keep), PredictSettings(horizon=HORIZON), ALONE)
        np.testing.assert_allclose(found.forecasts[k], alone.forecasts[0], rtol=1e-6)
        for level in (80, 95):
            for sign, bounds in ((-1, alone.lower), (1, alone.upper)):
                there = came.priced(found.bounds.quantile(0.5 + sign * level / 200))[k]
                np.testing.assert_allclose(there, bounds[level][0], rtol=1e-6)


@pytest.mark.slow_shapes
@pytest.mark.parametrize("season", [1, 3])
@pytest.mark.parametrize("decay", [None, 0.94])
def test_the_next_row_has_the_networks_own_distribution(season, decay):
    """A t in the unit of the network is one in percent, with the step of its day."""
    mode = "seq2seq" if season > 1 else None
    model = trained("log-return", "student-t", mode, volatility_decay=decay, season=season)
    model = replace(model, pool=None)
    came = actuals_at(PRICES, CELLS, HORIZON, "log")
    own = predictive(model, PRICES, CELLS, came, ALONE).distribution
    prepared = prepare(PRICES, model.preparation, 0.0)
    outputs = run_until(model.network, prepared, CELLS, ALONE).outputs
    location, scale, dof = parameters("student-t", outputs)
    y = came.scored(came.actual)
    for k, (i, row) in enumerate(zip(CELLS.series.tolist(), CELLS.row.tolist(), strict=True)):
        series = PRICES.series(i)
        step = 100 * model.preparation.steps(PRICES.symbols[i], series, np.array([row]))[0]
        shift = 100 * np.log(series[row + 1 - season] / series[row])
        alone = StudentT(shift + step * location[k], step * scale[k], dof[k])
        for method in ("crps", "log_density", "cdf"):
            whole = getattr(own, method)(y)
            assert whole[k, 0] == pytest.approx(float(getattr(alone, method)(y[k, 0])), rel=1e-9)
    for score in (own.crps(y), own.log_density(y)):
        assert np.array_equal(np.isfinite(score), ~np.isnan(y))


def test_the_density_further_ahead_is_in_the_unit_of_scores():
    """Integrated over percent it has a mass of one, like that of the next row."""
    model = trained("log-return", "student-t")
    cells = Origins(np.zeros(801, np.int64), np.full(801, 50), np.zeros(801, np.int64))
    came = actuals_at(PRICES, cells, HORIZON, "log")
    percent = np.linspace(-40, 40, 801)
    levels = came.last[:, None] * np.exp(percent[:, None] / 100)
    came = replace(came, actual=np.repeat(levels, HORIZON, axis=1))
    own = predictive(model, PRICES, cells, came, ALONE).distribution
    mass = np.exp(own.log_density(came.scored(came.actual))).sum(axis=0) * 0.1
    assert mass == pytest.approx(np.ones(HORIZON), abs=0.03)


def test_bounds_beyond_the_grid_are_the_networks_own():
    """As predict has them: 99.9 % of a model whose past errors are too few to say."""
    model = trained("log-return", "student-t")
    came = actuals_at(PRICES, CELLS, HORIZON, "log")
    found = predictive(model, PRICES, CELLS, came, ALONE, (0.0005, 0.9995))
    keep = np.full(8, -1)
    keep[0] = 90
    settings = PredictSettings(horizon=HORIZON, level=(99.9,))
    alone = predict(model, past(PRICES, keep), settings, ALONE)
    there = came.priced(found.bounds.quantile(0.0005))[0]
    np.testing.assert_allclose(there, alone.lower[99.9][0], rtol=1e-6)


def test_where_units_bend_there_is_no_density():
    """A normal distribution of the price is not one of its logarithm; its quantiles stay."""
    model = trained("standard", "gaussian")
    came = actuals_at(PRICES, CELLS, HORIZON, "log")
    own = predictive(model, PRICES, CELLS, came, ALONE).distribution
    assert isinstance(own, Quantiles)


def test_without_enough_errors_there_is_no_distribution():
    """A grid of one point or none says nothing."""
    model = trained("log-return", "mse")
    came = actuals_at(PRICES, CELLS, HORIZON, "log")
    forecasts = np.ones((3, HORIZON))
    few = replace(model.bounds, counts=(1,) * len(model.bounds.counts))
    assert error_quantiles(few, np.ones(3), HORIZON) is None
    assert in_scores(None, forecasts, came) is None
    none = replace(model.bounds, counts=(), quantiles=())
    assert error_quantiles(none, np.ones(3), HORIZON) is None
