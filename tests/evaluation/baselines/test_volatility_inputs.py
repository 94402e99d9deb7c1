"""What the linear models know of a row: the definitions by hand, and nothing from later rows."""

import math
from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of, random_walk

from rnncli.evaluation.baselines.volatility_inputs import (
    RANGE_SPANS,
    SPANS,
    groups_known,
    inputs,
    series_at,
)

RNG = np.random.default_rng(8)
CLOSE = random_walk(RNG, 90)
SPREAD = np.exp(np.abs(RNG.normal(0, 0.01, 90)))
BARS = {"high": CLOSE * SPREAD, "low": CLOSE / SPREAD, "volume": RNG.lognormal(9, 1, 90)}
BOTH = ("range", "volume")


def of(close=CLOSE, size=0.01, unit="log", groups=BOTH, rows=None, **fields):
    prices = replace(prices_of({"A": close}), fields=BARS | fields)
    return inputs(series_at(prices, 0, rows or len(close), size, unit), groups)


def running(values, span, start=1.0):
    """Means that weigh a value 1/span, or as much as each of those before and the start."""
    means, mean = [], start
    for count, value in enumerate(values):
        mean += max(1 / span if span else 0, 1 / (count + 2)) * (value - mean)
        means.append(mean)
    return np.array(means)


def test_past_deviations_are_running_root_mean_squares():
    """Before the first change all are as usual: a log of 0."""
    found = of(groups=())
    assert np.all(found[:, 0] == 1)
    assert found[0].tolist() == [1] + [0] * len(SPANS)
    squares = (np.diff(np.log(CLOSE)) / 0.01) ** 2
    for k, span in enumerate(SPANS, start=1):
        np.testing.assert_allclose(found[1:, k], np.log(running(squares, span)) / 2)


@pytest.mark.parametrize("unit", ["log", "absolute"])
def test_ranges_are_parkinsons(unit):
    """(log H/L)² / (4 log 2) in units of the size squared; of other prices H - L."""
    found = of(unit=unit, groups=("range",))[:, 1 + len(SPANS) :]
    high, low = BARS["high"], BARS["low"]
    span = np.log(high / low) if unit == "log" else high - low
    for k, rows in enumerate(RANGE_SPANS):
        expected = running((span / 0.01) ** 2 / (4 * math.log(2)), rows)
        np.testing.assert_allclose(found[:, k], np.log(np.maximum(np.sqrt(expected), 0.01)))


@pytest.mark.parametrize(("high", "low"), [(math.nan, 5.0), (5.0, 5.0), (4.0, 5.0), (0.0, 0.0)])
def test_a_day_without_a_range_is_as_its_change(high, low):
    """Missing, a single price, crossed, not filled in."""
    changed = {name: values.copy() for name, values in BARS.items()}
    changed["high"][50], changed["low"][50] = high, low
    latest = 1 + len(SPANS) + RANGE_SPANS.index(1)
    moved = abs(np.log(CLOSE[50] / CLOSE[49])) / 0.01
    assert of(**changed)[50, latest] == pytest.approx(np.log(max(moved, 0.01)))
    assert of(**changed)[49, latest] == of()[49, latest]


def test_volumes_over_their_means():
    """Of 17 rows before, of 66 with it, of 5 over 66; a hole has what was before it."""
    found = of(groups=("volume",))[:, -3:]
    logs = np.log1p(BARS["volume"])
    short, usual, long = (running(logs, span, logs[0]) for span in (5, 17, 66))
    np.testing.assert_allclose(found[1:, 0], np.clip((logs[1:] - usual[:-1]), -5, 5))
    np.testing.assert_allclose(found[:, 1], np.clip(logs - long, -5, 5))
    np.testing.assert_allclose(found[:, 2], short - long)
    volume = BARS["volume"].copy()
    volume[[0, 1, 60]] = math.nan, -1.0, math.nan
    holed = of(groups=("volume",), volume=volume)[:, -3:]
    assert np.all(np.isfinite(holed))
    assert holed[:2].tolist() == [[0, 0, 0]] * 2
    np.testing.assert_allclose(holed[60, 1:], holed[59, 1:])
    none = of(groups=("volume",), volume=np.full(90, math.nan))[:, -3:]
    assert not none.any()


def test_no_row_knows_a_later_one():
    """The rows up to one are the same with and without later rows."""
    assert of(rows=40).tobytes() == np.ascontiguousarray(of()[:40]).tobytes()


def test_groups_are_those_whose_columns_hold_something():
    """Two for the range; a column of holes is none."""
    prices = prices_of({"A": CLOSE})
    hollow = np.full(90, math.nan)
    assert groups_known(prices) == ()
    assert groups_known(replace(prices, fields=BARS)) == BOTH
    assert groups_known(replace(prices, fields=BARS | {"low": hollow})) == ("volume",)
    assert groups_known(replace(prices, fields={"high": BARS["high"]})) == ()
