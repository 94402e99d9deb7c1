"""What is fed as a function of the moves: the dataset's own numbers, and true derivatives."""

from dataclasses import replace

import numpy as np
import pytest
from builders import central_differences, prices_of, random_walk

from rnncli.prices.origins import last_rows
from rnncli.settings import PrepareSettings
from rnncli.transforms.dataset import fit, prepare
from rnncli.transforms.inverse import inverse_transform
from rnncli.transforms.scaled_path import scaled_path

ROWS = 12
CASES = {
    "returns": {},
    "over the deviation": {"volatility_decay": 0.9},
    "ranges": {"inputs": "close,high-low,weekday"},
    "ranges over the deviation": {"inputs": "close,volume,high-low", "volatility_decay": 0.94},
    "a season": {"season": 3, "volatility_decay": 0.94, "inputs": "close,high-low"},
    "levels": {"scale": "standard", "inputs": "close,high-low"},
}


def market(days):
    """One series with its range and volume, one range missing."""
    rng = np.random.default_rng(3)
    prices = prices_of({"A": random_walk(rng, days)})
    spans = np.exp(0.01 * rng.random(days) + 0.002)
    spans[-4] = np.nan
    volume = rng.integers(100, 900, days).astype(float)
    fields = {"high": prices.values * spans, "low": prices.values, "volume": volume}
    return replace(prices, fields=fields)


def path_of(settings, days=60, limit=0.0):
    """The path of the last rows, what is fed of them, and the log of a step after them."""
    prices = market(days)
    transform = replace(fit(prices, PrepareSettings(**settings), 0.0), input_limit=limit)
    dataset = prepare(prices, transform, 0.0)
    fed = dataset.inputs[-ROWS:]
    step = inverse_transform(transform, prices, last_rows(prices)).steps[0]
    return scaled_path(transform, "A", prices.series(0), fed), fed, np.log(step)


@pytest.mark.parametrize("limit", [0.0, 0.8])
@pytest.mark.parametrize("days", [15, 60])
@pytest.mark.parametrize("case", CASES)
def test_the_moves_of_the_series_give_what_is_fed(case, days, limit):
    """To the last digits, of a young series too, and what a value of 1 is after them."""
    path, fed, log_step = path_of(CASES[case], days, limit)
    again, log_steps = path.fed(path.point(path.moves, fed[:, 1:])[..., None])
    np.testing.assert_allclose(again[..., 0], fed, rtol=1e-9, atol=1e-12)
    assert log_steps[0] == pytest.approx(log_step, abs=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_derivatives_are_central_differences(case):
    """Through all later values, the step, and the ranges that are over a deviation."""
    path, fed, _ = path_of(CASES[case], limit=1.2)
    point = path.point(path.moves, fed[:, 1:])
    rng = np.random.default_rng(0)
    dfed, dlog_step = rng.standard_normal(point.shape), rng.standard_normal(1)

    def total(at):
        values, log_steps = path.fed(at[..., None])
        return float(np.sum(values[..., 0] * dfed) + log_steps[0] * dlog_step[0])

    comp = path.back(point[..., None], dfed[..., None], dlog_step)[..., 0]
    np.testing.assert_allclose(comp, central_differences(total, point), rtol=1e-5, atol=1e-7)


def test_a_range_that_is_missing_depends_on_nothing():
    """It is fed as 0 whatever the moves were; a known one falls as the deviation rises."""
    path, fed, _ = path_of(CASES["ranges over the deviation"])
    point = path.point(path.moves, fed[:, 1:])
    point[0, 0] *= 9
    moved = path.fed(point[..., None])[0][..., 0]
    assert moved[-4, 2] == 0.0
    assert np.all(np.delete(moved[1:, 2] < fed[1:, 2], ROWS - 5))
    assert np.array_equal(moved[:, 1], fed[:, 1])


def test_usual_moves_leave_the_deviation_where_it_was():
    """What the baseline of an explanation rests on."""
    path, *_ = path_of(CASES["over the deviation"])
    before = path.deviation.before
    signs = np.where(np.arange(ROWS) % 2, -1.0, 1.0)
    values, log_steps = path.fed((before * signs)[:, None, None])
    np.testing.assert_allclose(values[:, 0, 0], signs)
    assert log_steps[0] == pytest.approx(np.log(path.unit * before))
