"""Whether the network, the prior or both forecast: by the validation days."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from builders import ALONE, prices_of, random_walk

from rnncli.distributions.pooled import PooledQuantiles
from rnncli.errors import UsageError
from rnncli.evaluation.baselines.registry import BASELINES
from rnncli.forecasting.incremental.follow import Follower
from rnncli.forecasting.incremental.resume import ResumableState
from rnncli.forecasting.incremental.state_file import decode as decode_state
from rnncli.forecasting.incremental.state_file import encode as encode_state
from rnncli.forecasting.pooled import forecast_by, pool_of
from rnncli.forecasting.predict import predict
from rnncli.inference.actuals import actuals_at
from rnncli.inference.forecast import Request
from rnncli.models.model import decode, encode
from rnncli.models.pool import Pool
from rnncli.models.prior import load_prior
from rnncli.prices.origins import Origins, days_of, last_rows
from rnncli.prices.stream_rows import PriceRow
from rnncli.settings import (
    NetworkSettings,
    PredictSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.training import pool_choice
from rnncli.training.fit import fit_model
from rnncli.training.pool_choice import (
    FEWEST_DAYS,
    GROWTH,
    HALF,
    THREE_QUARTERS,
    means_by_day,
    weight_of_prior,
)
from rnncli.transforms.dataset import prepare

PRICES = prices_of(
    {f"S{i}": random_walk(np.random.default_rng(i), 150, 0.01 * (1 + i)) for i in range(4)}
)


def trained(prices=PRICES, **changes):
    settings = {"epochs": 2, **changes}
    return fit_model(
        prices, ReadSettings(), PrepareSettings(), NetworkSettings(hidden_size=4),
        TrainSettings(**settings), RunSettings(threads=1),
    ).model  # fmt: skip


def test_what_the_prior_cannot_know_speaks_for_the_network_where_it_is_better_at_all():
    prior, pool = days(1.0, 1), days(0.85, 2)
    network = pool - 0.001 + days(0.0, 3) - np.mean(days(0.0, 3))
    assert weight_of_prior(network, prior, pool, pool, HALF) == HALF
    assert weight_of_prior(network, prior, pool, pool, HALF, 0.0) == 0.0
    assert weight_of_prior(network, prior, network - 0.01, pool, HALF, 0.0) == HALF


def days(mean, seed=0, count=200):
    return mean + 0.1 * np.random.default_rng(seed).standard_normal(count)


@pytest.mark.parametrize(
    ("network", "prior", "half", "pool", "weight"),
    [
        (1.0, 0.8, 0.9, 0.85, 1.0),  # the prior is better than the pool
        (1.0, 0.9, 0.95, 0.895, THREE_QUARTERS),  # or nearly as good
        (0.9, 1.0, 0.85, 0.9, THREE_QUARTERS),  # the pool is better than both
        (0.85, 1.0, 0.8501, 0.9, THREE_QUARTERS),  # the network is nearly as good as the pool
        (0.7, 1.0, 0.85, 0.9, 0.0),  # or clearly better
        (0.8, 1.0, 0.8, 0.9, THREE_QUARTERS),  # or better than this pool, and not than half
    ],
)
def test_who_forecasts(network, prior, half, pool, weight):
    """Scores of days, lower is better."""
    each = (days(network), days(prior, 1), days(half, 2), days(pool, 3))
    assert weight_of_prior(*each, THREE_QUARTERS) == weight


def test_few_days_are_no_evidence():
    """The prior alone, however good the network was on them."""
    few = FEWEST_DAYS - 1
    each = (days(mean, count=few) for mean in (0.0, 1.0, 0.5, 0.7))
    assert weight_of_prior(*each, HALF) == 1.0


@pytest.mark.parametrize(("many", "weight"), [(1, HALF), (10**6, THREE_QUARTERS)])
def test_a_network_that_learnt_from_many_rows_has_half(many, weight, monkeypatch):
    """Else a quarter, where both are as good."""
    monkeypatch.setattr(pool_choice, "MANY_ROWS", many)
    asked = []
    monkeypatch.setattr(
        pool_choice, "weight_of_prior", lambda *each: asked.append(each[4]) or each[4]
    )
    assert trained().pool.weight == weight
    assert asked == [weight]


def test_days_count_once():
    values = np.array([1.0, 3.0, 5.0, np.nan, np.inf])
    np.testing.assert_array_equal(means_by_day(values, np.array([7, 7, 9, 9, 11])), [2, 5])


def test_a_model_says_whose_forecasts_it_gives():
    """And its file holds the prior, so that it forecasts the same whatever prior comes next."""
    model = trained()
    assert model.pool is not None
    assert model.record["pool"]["weight"] == model.pool.weight
    back = decode(encode(model))
    assert encode(back) == encode(model)
    assert back.pool.as_dict() == model.pool.as_dict()
    assert encode(back.pool.prior) == encode(load_prior())


def test_only_a_network_with_outputs_for_rows_ahead_gains_weight_with_them():
    """Paths of another one are not drawn by the numbers of the prior's."""
    assert trained().pool.growth == GROWTH
    by_one = fit_model(
        PRICES, ReadSettings(), PrepareSettings(inputs="close"),
        NetworkSettings(hidden_size=4, mode="seq2seq"), TrainSettings(epochs=2, loss="student-t"),
        RunSettings(threads=1),
    ).model  # fmt: skip
    assert by_one.pool.growth == 1


def test_without_a_pool_the_network_is_alone():
    assert trained(pool="none").pool is None
    assert trained(loss="mse").pool is None  # which has no distribution


def test_a_series_of_few_rows_is_the_priors():
    """Nothing is known of a network that was trained on a dozen rows."""
    few = prices_of({"A": random_walk(np.random.default_rng(1), 12)})
    model = trained(few)
    assert model.pool.weight == 1.0
    alone = replace(load_prior(), settings=model.settings)
    ref = predict(alone, few.with_fields(("high", "low", "volume")), PredictSettings(), ALONE)
    comp = predict(model, few, PredictSettings(), ALONE)
    for level in (80, 95):
        np.testing.assert_allclose(comp.upper[level], ref.upper[level], rtol=1e-6)


def test_training_from_the_prior_begins_with_its_weights():
    """An epoch at a rate of almost nothing leaves them; its shape and inputs come with it."""
    model = fit_model(
        PRICES, ReadSettings(), PrepareSettings(), NetworkSettings(cell="rnn"),
        TrainSettings(epochs=1, start="prior", learning_rate=1e-9), RunSettings(threads=1),
    ).model  # fmt: skip
    prior = load_prior("rnn")
    assert model.preparation == prior.preparation
    np.testing.assert_allclose(
        model.network.parameters["weight_hh_l0"], prior.network.parameters["weight_hh_l0"],
        atol=1e-5,
    )  # fmt: skip
    assert model.network.architecture == prior.network.architecture
    predict(model, PRICES.with_fields(("high", "low", "volume")), PredictSettings(), ALONE)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ({"cell": "lstm"}, "has no prior"),
        ({"cell": "gru", "hidden_size": 16}, "is not the prior's, which is 64"),
    ],
)
def test_a_start_that_does_not_fit_is_refused(shape, said):
    with pytest.raises(UsageError, match=said):
        fit_model(
            PRICES, ReadSettings(), PrepareSettings(), NetworkSettings(**shape),
            TrainSettings(start="prior"), RunSettings(threads=1),
        )  # fmt: skip


def test_half_and_half_lies_between():
    """Each bound between those of the network and of the prior."""
    model = replace(trained(pool="none"), bounds=load_prior().bounds)
    both = replace(model, pool=Pool(load_prior(), HALF))
    all_of_it = replace(model, pool=Pool(load_prior(), 1.0))
    found = [predict(one, PRICES, PredictSettings(), ALONE) for one in (model, both, all_of_it)]
    for level in (80, 95):
        one, middle, other = (forecast.upper[level] for forecast in found)
        assert (middle >= np.minimum(one, other) * 0.999).all()
        assert (middle <= np.maximum(one, other) * 1.001).all()


def test_followed_rows_are_pooled_too():
    """To the last bit what a forecast of all rows is."""
    model = replace(trained(), pool=Pool(load_prior(), HALF, GROWTH))
    settings = PredictSettings(horizon=2)
    follower = Follower(model, settings, None)
    series = PRICES.series(0)[:40]
    for day, price in enumerate(series.tolist()):
        comp = follower.take(PriceRow(day, "S0", 86400 * day, price, [np.nan] * 3))
    whole = prices_of({"S0": series})
    ref = predict(model, whole, settings, ALONE)
    for level in (80, 95):
        np.testing.assert_array_equal(comp.upper[level], ref.upper[level])


def test_a_state_holds_the_prior_too():
    """A day on, the forecast is that of all rows; followed rows continue from the same file."""
    model = replace(trained(), pool=Pool(load_prior(), HALF, GROWTH))
    earlier = prices_of({s: PRICES.series(i)[:100] for i, s in enumerate(PRICES.symbols)})
    later = prices_of({s: PRICES.series(i)[:103] for i, s in enumerate(PRICES.symbols)})
    first = ResumableState(model, None)
    settings = PredictSettings(horizon=2)
    predict(model, earlier, settings, ALONE, states_of=partial(first.states_of, threads=ALONE))
    kept = encode_state(first.after, "d")
    second = ResumableState(model, decode_state(kept, model, "d"))
    comp = predict(
        model, later, settings, ALONE, states_of=partial(second.states_of, threads=ALONE)
    )
    assert second.resumed == 4
    ref = predict(model, later, settings, ALONE)
    np.testing.assert_array_equal(comp.upper[95], ref.upper[95])
    follower = Follower(model, settings, decode_state(kept, model, "d"))
    dates = later.dates_of(0).astype("datetime64[s]").astype(np.int64).tolist()
    for row in range(100, 103):
        price = float(later.series(0)[row])
        last = follower.take(PriceRow(row, "S0", dates[row], price, [np.nan] * 3))
    np.testing.assert_array_equal(last.upper[95], ref.upper[95][:1])


def test_the_pool_is_of_the_same_origins():
    """Many at once are each alone."""
    model = replace(trained(), pool=Pool(load_prior(), HALF))
    dataset, request = prepare(PRICES, model.preparation, 0.0), Request(1, "log", (0.1, 0.9))
    whole = forecast_by(model, PRICES, dataset, last_rows(PRICES), request, ALONE)
    assert isinstance(whole, PooledQuantiles)
    one = PRICES.subset([2])
    alone = forecast_by(
        model, one, prepare(one, model.preparation, 0.0), last_rows(one), request, ALONE
    )
    np.testing.assert_array_equal(alone.prices[0], whole.prices[2])


def test_the_score_of_ewma_t_is_that_of_the_baseline():
    """The same as `evaluate` has of the baseline, fitted on the same days."""
    model = trained()
    cut = [int(PRICES.lengths[i] - np.floor(0.2 * (PRICES.lengths[i] - 2))) for i in range(4)]
    earlier = prices_of({s: PRICES.series(i)[: cut[i]] for i, s in enumerate(PRICES.symbols)})
    rows = [np.arange(cut[i] - 1, PRICES.lengths[i] - 1) for i in range(4)]
    origins = Origins(np.repeat(np.arange(4), [len(one) for one in rows]), np.concatenate(rows))
    actuals = actuals_at(PRICES, origins, 1, "log")
    predictor = BASELINES["ewma-t"](earlier, "log", 1)
    distribution = predictor(PRICES, origins, actuals).distribution
    density = distribution.log_density(actuals.scored(actuals.actual))[:, 0] + np.log(100)
    by_day = means_by_day(-density, days_of(PRICES, origins))
    assert model.record["pool"]["days"] == len(by_day)
    assert model.record["pool"]["ewma_t"] == pytest.approx(np.mean(by_day), abs=2e-3)


def test_a_network_without_weight_is_not_asked():
    """Its paths would not be used."""
    request = Request(1, "log", (0.1, 0.5, 0.9))
    model = replace(trained(), pool=Pool(load_prior(), 1.0))
    dataset = prepare(PRICES, model.preparation, 0.0)
    by_prior = forecast_by(model, PRICES, dataset, last_rows(PRICES), request, ALONE)
    asked = []
    pool_of(model.pool, by_prior, lambda: asked.append("network"))
    assert asked == []
    with pytest.raises(AssertionError):
        pool_of(Pool(load_prior(), HALF), by_prior, lambda: asked.append("network"))
    assert asked == ["network"]
