"""How far the range of a symbol moves from its mean, by what its past says."""

from dataclasses import replace

import numpy as np
import pytest
from builders import ALONE, prices_of
from states import first_rows, grown, model_of, with_fields

from rnncli.distributions import student_t
from rnncli.inference.forecast import Request, days_to_score, forecast_at, states_at
from rnncli.inference.range_evidence import (
    BEFORE,
    KEEPS,
    MEMORY,
    MOVES,
    STEPS,
    TAILS,
    ScoredRows,
    evidence_after,
    evidence_at,
    no_evidence,
)
from rnncli.inference.range_shrinkage import pulled_back, shrunk
from rnncli.inference.rollout import states_after
from rnncli.kernels.likelihoods import FEWEST, FLOOR, SPREAD
from rnncli.models.prior import fed, load_prior
from rnncli.prices.origins import Origins, last_rows
from rnncli.transforms.dataset import prepare

RNG = np.random.default_rng(8)
ROWS = 700
PRICES = grown()


def scored(log_scales, dofs, changes):
    """Rows of one series: logs of scales in units of 0.01, degrees of freedom, and changes."""
    rows = ScoredRows.empty(len(changes), 1)
    raw = np.log((np.broadcast_to(dofs, len(changes)) - FEWEST) / SPREAD)
    outputs = np.stack([np.zeros(len(changes)), log_scales, raw], axis=-1)
    rows.put(0, outputs, np.full(len(changes), 0.01), changes)
    return rows


def last_of(rows):
    """Evidence after the last row, from nothing."""
    return evidence_after(no_evidence(1), np.zeros(1, np.int64), rows)[-1]


def range_after(rows, log_scale, dof):
    """The log scale and the degrees of freedom of the next forecast, given the outputs."""
    raw = np.log((dof - FEWEST) / SPREAD)
    outputs = np.array([[0.0, log_scale, raw, 0.0, log_scale, raw]])
    count = np.array([len(rows.changes) + 1])
    found = shrunk(outputs, last_of(rows), np.array([0.01]), count)[0]
    return found[1], FEWEST + SPREAD * np.exp(found[2])


def random_rows(moving, normal=True, rows=ROWS):
    """Log scales that wander, and changes of these scales, or of a constant one."""
    logs = 0.3 * np.sin(np.arange(rows) / 9)
    draws = RNG.standard_normal(rows) if normal else RNG.standard_t(4, rows)
    return logs, 0.01 * draws * (np.exp(logs) if moving else 1.0)


def in_words(rows):
    """The evidence by its definition, row by row and candidate by candidate."""
    total, scores = 0.0, [0.0] * len(MOVES)
    for t, change in enumerate(rows.changes[:, 0].tolist()):
        level = float(rows.outputs[t, 0, 1]) + np.log(rows.steps[t, 0])
        dof = FEWEST + SPREAD * np.exp(float(rows.outputs[t, 0, 2]))
        total += level
        mean = total / (t + 1)
        for k, (move, tail) in enumerate(zip(MOVES, TAILS, strict=True)):
            scale = np.exp(mean + move * (level - mean))
            rounded = 1 / (np.rint(np.exp(tail) / dof * STEPS) / STEPS)
            density = student_t.log_density(np.array(change / scale), np.array(rounded))
            scores[k] = KEEPS * scores[k] + float(density) - np.log(scale)
    return [total, *scores, *rows.changes[-2:, 0]]


def test_evidence_is_as_defined():
    logs, changes = random_rows(moving=True, rows=60)
    rows = scored(logs, 5.0, changes)
    np.testing.assert_allclose(last_of(rows)[0], in_words(rows), rtol=1e-5)


def test_row_by_row_is_all_at_once():
    """To the last bit; evidence before a row does not depend on it."""
    logs, changes = random_rows(moving=False, rows=30)
    rows = scored(logs, 6.0, changes)
    whole = evidence_after(no_evidence(1), np.zeros(1, np.int64), rows)
    evidence = no_evidence(1)
    for t in range(30):
        np.testing.assert_array_equal(whole[t], evidence)
        one = scored(logs[t : t + 1], 6.0, changes[t : t + 1])
        evidence = evidence_after(evidence, np.array([t]), one)[-1]
    np.testing.assert_array_equal(whole[-1], evidence)


def test_without_rows_the_network_has_its_way_at_its_mean():
    found, dof = range_after(scored([], 5.0, np.zeros(0)), 0.7, 5.0)
    assert (found, dof) == (pytest.approx(0.7), pytest.approx(5.0, rel=0.2))


def test_a_range_that_follows_volatility_stays():
    """Where changes are as large as forecast, the range of a day moves in full."""
    logs, changes = random_rows(moving=True)
    found, _ = range_after(scored(logs, 50.0, changes), 0.5, 50.0)
    assert found == pytest.approx(0.5, abs=0.05)


def test_a_range_that_follows_noise_is_drawn_to_its_mean():
    logs, changes = random_rows(moving=False)
    found, _ = range_after(scored(logs, 50.0, changes), 0.5, 50.0)
    assert found == pytest.approx(np.mean(logs), abs=0.15)


def test_tails_become_lighter_where_none_come():
    """Not where changes have them."""
    logs, changes = random_rows(moving=False)
    assert range_after(scored(logs, 5.0, changes), 0.0, 5.0)[1] > 8
    logs, changes = random_rows(moving=False, normal=False)
    assert range_after(scored(logs, 4.0, changes), 0.0, 4.0)[1] < 6


def test_all_rows_ahead_move_together():
    """Each by as much as the next row."""
    logs, changes = random_rows(moving=False)
    outputs = np.array([[0.0, 0.5, 0.1, 0.2, 0.4, 0.3]])
    evidence, steps = last_of(scored(logs, 9.0, changes)), np.array([0.01])
    by = shrunk(outputs, evidence, steps, np.array([ROWS + 1])) - outputs
    assert by[0, 1] == pytest.approx(by[0, 4])
    assert (by[0, [0, 3]] == 0).all()


def test_a_change_beyond_the_numbers_says_nothing():
    logs, changes = random_rows(moving=False, rows=20)
    changes[7] = np.inf
    assert np.isfinite(last_of(scored(logs, 5.0, changes))).all()


def test_series_that_end_together_are_each_alone():
    """Whatever stands beside a series, and however many rows that has."""
    prior = load_prior()
    prices = fed(PRICES, prior, None)
    dataset, origins = prepare(prices, prior.preparation, 0.0), last_rows(prices)
    daily = days_to_score(prior.network, dataset)
    states_after(prior.network, dataset, origins, ALONE, daily=daily)
    whole = evidence_at(daily, dataset, prices, origins)
    assert whole.shape == (len(prices.symbols), MEMORY)
    for i in range(len(prices.symbols)):
        one = Origins(np.array([i]), prices.lengths[[i]] - 1)
        np.testing.assert_array_equal(evidence_at(daily, dataset, prices, one)[0], whole[i])


def test_what_comes_after_a_row_does_not_change_its_forecast():
    """A crash after the row leaves the quantiles of the row as they were, to the last bit."""
    model = load_prior()
    origins = Origins(np.array([0]), np.array([200]))
    crashed = PRICES.values.copy()
    crashed[201 : PRICES.offsets[1]] *= 0.1
    forecasts = []
    for values in (PRICES.values, crashed):
        prices = fed(replace(PRICES, values=values), model, "close")
        dataset = prepare(prices, model.preparation, 0.0)
        request = Request(20, "log", (0.025, 0.975))
        forecasts.append(forecast_at(model.network, prices, dataset, origins, request, ALONE))
    np.testing.assert_array_equal(forecasts[0].prices, forecasts[1].prices)


def test_ranges_of_a_random_walk_hardly_move():
    """The prior's are as wide every day where volatility is constant, and were not before."""
    rng = np.random.default_rng(3)
    closes = 50 * np.exp(np.cumsum(rng.normal(0, 0.01, 1200)))
    model = load_prior()
    prices = fed(prices_of({"W": closes}), model, None)
    days = np.arange(1000, 1199)
    origins = Origins(np.zeros(len(days), np.int64), days)
    spread = []
    for shrinks in (True, False):
        preparation = replace(model.preparation, shrinks_range=shrinks)
        dataset = prepare(prices, preparation, 0.0)
        states = states_at(model.network, prices, dataset, origins, "log", ALONE)
        spread.append(np.std(states.after.outputs[:, 1] + np.log(states.inverse.steps)))
    assert spread[0] < 0.6 * spread[1]


def test_a_model_of_another_kind_is_left_alone():
    """Only what says so in its preparation is shrunk."""
    model = model_of("direct", PRICES)
    prices = with_fields(first_rows(PRICES, {"AAA": 300}), model)
    outputs = []
    for shrinks in (True, False):
        preparation = replace(model.preparation, shrinks_range=shrinks)
        dataset = prepare(prices, preparation, 0.0)
        states = states_at(model.network, prices, dataset, last_rows(prices), "log", ALONE)
        outputs.append(states.after.outputs)
    raw = states_after(model.network, dataset, last_rows(prices), ALONE).outputs
    np.testing.assert_array_equal(outputs[1], raw)
    assert (outputs[0] != raw).any()


def test_weights_before_any_row_favour_the_network():
    assert np.argmax(BEFORE) == 0
    assert (MOVES[0], TAILS[0]) == (1, 0)


@pytest.mark.parametrize("log_scale", [0.5, FLOOR - 1])
def test_derivatives_through_the_shrinkage_are_those_of_differences(log_scale):
    """Also where the scale meets its floor."""
    logs, changes = random_rows(moving=False)
    evidence, rows = last_of(scored(logs, 5.0, changes)), np.array([ROWS + 1])
    outputs, weights = np.array([[0.1, log_scale, 0.1, 0.2, 0.4, 0.3]]), RNG.standard_normal((1, 6))

    def value(outputs, log_step):
        return float(np.sum(weights * shrunk(outputs, evidence, np.exp([log_step]), rows)))

    by_outputs, by_step = pulled_back(outputs, evidence, np.exp([-4.6]), rows, weights)
    for k in range(6):
        step = np.eye(6)[[k]] * 1e-6
        difference = value(outputs + step, -4.6) - value(outputs - step, -4.6)
        assert by_outputs[0, k] == pytest.approx(difference / 2e-6, abs=1e-6)
    difference = value(outputs, -4.6 + 1e-6) - value(outputs, -4.6 - 1e-6)
    assert by_step[0] == pytest.approx(difference / 2e-6, abs=1e-6)


def scale_after(*changes):
    """The 97.5 % quantile of the next change after quiet rows and then these changes."""
    logs, quiet = random_rows(moving=False, rows=50)
    rows = scored(np.append(logs, np.zeros(len(changes))), 6.0, np.append(quiet, changes))
    log_scale, dof = range_after(rows, 0.0, 6.0)
    return float(0.01 * np.exp(log_scale) * student_t.quantiles((0.975,), np.array([dof]))[0, 0])


@pytest.mark.parametrize("change", [-2.9, 2.9, 1.5])
def test_after_a_wild_change_the_interval_holds_the_price_before_it(change):
    assert scale_after(change) == pytest.approx(abs(change), rel=0.02)


@pytest.mark.parametrize("changes", [(1.3,), (-2.9, 2.9), (2.0, -1.98), (-2.9, 0.01)])
def test_no_interval_reaches_back_after_an_ordinary_change_or_the_way_back(changes):
    assert scale_after(*changes) < 0.2


def test_a_wild_change_widens_all_rows_ahead_of_a_real_forecast():
    """A price of a nineteenth: the next 20 may all be back; not so a day after the way back."""
    closes = 20 * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.01, 300)))
    wrong, right = closes.copy(), closes.copy()
    wrong[-1] /= 19
    right[-2] /= 19
    model, request = load_prior(), Request(20, "log", (0.025, 0.975))
    highest = {}
    for name, values in {"wrong": wrong, "right": right}.items():
        prices = fed(prices_of({"W": values}), model, None)
        dataset = prepare(prices, model.preparation, 0.0)
        forecast = forecast_at(model.network, prices, dataset, last_rows(prices), request, ALONE)
        highest[name] = forecast.prices[0].max(axis=1)
    assert highest["wrong"][0] == pytest.approx(closes[-2], rel=0.02)
    assert (highest["wrong"] > 0.8 * closes[-2]).all()
    assert highest["right"][0] < 3 * closes[-1]


# Share of 20,000 walks of other seeds that went on within their 80 % interval, by the deviation of
# a row and the number of rows before it.
WITHIN = {
    (0.01, 2): 0.814, (0.01, 3): 0.836, (0.01, 4): 0.838, (0.01, 5): 0.831,
    (0.03, 2): 0.737, (0.03, 3): 0.758, (0.03, 4): 0.775, (0.03, 5): 0.776,
}  # fmt: skip
WALKS = 1_200


@pytest.mark.slow_shapes
@pytest.mark.parametrize(("deviation", "rows"), WITHIN)
def test_intervals_of_the_first_rows_of_walks_hold(deviation, rows):
    """Of random walks of so few prices, as many go on within the interval as were measured.

    Within three standard errors of 1,200 walks, which are 3.2 to 3.8 points.
    """
    rng = np.random.default_rng(rows)
    walks = 50 * np.exp(np.cumsum(rng.normal(0, deviation, (WALKS, rows + 1)), axis=1))
    model = load_prior()
    known = {f"W{number}": walk[:-1] for number, walk in enumerate(walks)}
    prices = fed(prices_of(known), model, None)
    dataset = prepare(prices, model.preparation, 0.0)
    request = Request(1, "log", (0.1, 0.9))
    forecast = forecast_at(model.network, prices, dataset, last_rows(prices), request, ALONE)
    low, high = forecast.prices[:, 0].min(axis=1), forecast.prices[:, 0].max(axis=1)
    within = np.mean((walks[:, -1] >= low) & (walks[:, -1] <= high))
    measured = WITHIN[deviation, rows]
    error = np.sqrt(measured * (1 - measured) / WALKS)
    assert within == pytest.approx(measured, abs=3 * error)
