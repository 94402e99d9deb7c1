"""Bounds that follow how often they failed: by the recursion of the paper, from the past only."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from builders import ALONE, ignore, prices_of, random_walk

from rnncli.distributions.composed import PerSeriesLevels
from rnncli.distributions.conformal import GRID, Bounds, tails_of
from rnncli.distributions.families import Quantiles
from rnncli.forecasting.adaptive_conformal import LEAST, MOST, STEP, adapted_tails, probabilities_at
from rnncli.forecasting.predict import predict
from rnncli.models.model import Model
from rnncli.network.network import Architecture, Network
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
from rnncli.transforms.target_transform import TargetTransform

WALKS = {f"S{i}": random_walk(np.random.default_rng(i), 300 + 20 * i) for i in range(3)}
PRICES = prices_of(WALKS)


@pytest.fixture(scope="module", params=["student-t", "mse"])
def model(request):
    return fit_model(
        PRICES, ReadSettings(), PrepareSettings(), NetworkSettings(hidden_size=2),
        TrainSettings(epochs=2, loss=request.param), RunSettings(1), ignore, ignore, ignore,
    ).model  # fmt: skip


def taken(model, prices, rows, levels=(80.0,)):
    cells = Origins(np.zeros(len(rows), np.int64), np.array(rows), np.arange(len(rows)))
    prepared = prepare(prices, model.preparation, 0.0)
    return probabilities_at(model, prices, prepared, cells, levels, ALONE)


def test_each_outcome_moves_the_share_by_a_step_of_its_miss():
    found = 2 * adapted_tails([0.5, 0.01, np.nan, 0.99, 0.5], 0.1)
    inside, outside = STEP * 0.2, STEP * 0.2 - STEP
    expected = np.cumsum([0.2, inside, outside, 0, outside, inside])
    assert found == pytest.approx(expected)


def test_bounds_that_always_fail_are_as_wide_as_is_known_and_no_wider():
    assert 2 * adapted_tails([0.0] * 500, 0.1)[-1] == pytest.approx(LEAST)
    assert 2 * adapted_tails([0.5] * 5000, 0.4)[-1] == pytest.approx(MOST)


def test_misses_come_to_what_they_should_be():
    """However wrong the distribution is: places that crowd at the edges are caught up with."""
    places = np.random.default_rng(0).beta(0.5, 0.5, 4000)
    tails = adapted_tails(places, 0.1)[:-1]
    missed = (places < tails) | (places > 1 - tails)
    assert np.mean(missed[1000:]) == pytest.approx(0.2, abs=0.02)
    assert np.mean((places < 0.1) | (places > 0.9)) > 0.35


def test_several_cutoffs_of_a_series_see_the_rows_before_each(model):
    """As many as are asked for at once, or one alone: its window may begin earlier, no more."""
    both = taken(model, PRICES, [270, 290])
    alone = taken(model, PRICES, [270])
    tail, upper = tails_of(80.0)
    assert list(both) == [tail, upper]
    assert both[tail][0] == alone[tail][0]
    assert both[tail] + both[upper] == pytest.approx([1, 1])
    assert both[tail][1] != both[tail][0]


def test_nothing_from_a_cutoff_on_moves_it(model):
    later = replace(PRICES, values=PRICES.values.copy())
    later.values[281:300] *= 3
    tail = tails_of(80.0)[0]
    assert taken(model, later, [280])[tail] == taken(model, PRICES, [280])[tail]


def test_a_series_without_a_past_takes_what_was_asked_for(model):
    young = prices_of({"young": WALKS["S0"][:2]})
    assert taken(model, young, [1])[tails_of(80.0)[0]] == pytest.approx([0.1], abs=STEP)


@pytest.mark.parametrize("wider", [1.0, 1.5])
def test_a_place_is_where_the_bounds_that_are_shown_cross_the_price(wider):
    """Of a model of one fixed normal, by hand: its own quantile, moved as errors have it."""
    network = Network(Architecture(hidden_size=2, output_size=2, head="gaussian"), np.zeros(18))
    own = np.array([NormalDist().inv_cdf(p) for p in GRID.tolist()])
    shift = () if wider == 1 else tuple(((wider - 1) * own).tolist())
    bounds = Bounds(
        "log", (tuple((wider * own).tolist()),), (1000,), None, None, "model", (0.5,), (shift,)
    )
    model = Model(network, TargetTransform("log-return", 1.0, {}, None), bounds, {}, {})
    found = taken(model, PRICES, [200])[tails_of(80.0)[0]][0]
    away = np.diff(np.log(WALKS["S0"]))[1:200] / 0.01  # the first return is fed, not forecast
    places = [NormalDist(0, wider).cdf(one) for one in away.tolist()]
    assert found == pytest.approx(adapted_tails(places, 0.1)[-1], abs=1e-12)


def test_predict_takes_them(model):
    """A level of its own for each symbol, and wider bounds after wild days."""
    wild = {name: walk.copy() for name, walk in WALKS.items()}
    wild["S1"][-60:] *= np.exp(0.1 * np.random.default_rng(5).choice([-1, 1], 60))
    found = [
        predict(model, prices_of(wild), PredictSettings(adaptive=one), ALONE)
        for one in (False, True)
    ]
    widths = [np.log(one.upper[80.0] / one.lower[80.0]) for one in found]
    assert np.all(widths[1][1] > widths[0][1])
    assert np.array_equal(found[0].forecasts, found[1].forecasts)


def test_cells_take_quantiles_of_their_own():
    p = np.array([0.1, 0.2, 0.8, 0.9])
    base = Quantiles(p, np.arange(16.0).reshape(2, 2, 4))
    found = PerSeriesLevels(base, {0.1: np.array([0.2, 0.5])})
    assert found.quantile(0.1).tolist() == [[1.0, 5.0], [9.5, 13.5]]
    assert np.array_equal(found.quantile(0.9), base.quantile(0.9))
