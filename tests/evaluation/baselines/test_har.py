"""The pooled linear model of volatility: it finds what there is, for few rows and strange ones."""

import math
from dataclasses import replace

import numpy as np
import pytest
from baseline_forecasts import HORIZON, forecast
from builders import prices_of, random_walk

from rnncli.evaluation.baselines.har import LEAST, har_t
from rnncli.evaluation.baselines.registry import BASELINES
from rnncli.inference.actuals import actuals_at
from rnncli.prices.origins import Origins

NAMES = ("har-t", "harx-t")


def clustered(seed, rows=1500, dof=6.0):
    """A price whose volatility moves slowly, and its log volatility (rows)."""
    rng = np.random.default_rng(seed)
    log, path = 0.0, []
    for _ in range(rows):
        log = 0.97 * log + 0.15 * rng.standard_normal()
        path.append(log)
    path = np.array(path)
    steps = 0.01 * np.exp(path) * rng.standard_t(dof, rows) * math.sqrt((dof - 2) / dof)
    return 100 * np.exp(np.cumsum(steps)), path


MADE = [clustered(seed) for seed in range(12)]
MARKET = prices_of({f"S{i}": close for i, (close, _) in enumerate(MADE)}, first=None)


def at(name, prices, past, rows, horizon=HORIZON, unit="log"):
    """Forecasts from rows of the first series."""
    cells = Origins(np.zeros(len(rows), np.int64), np.array(rows))
    came = actuals_at(prices, cells, horizon, unit)
    return BASELINES[name](past, unit, horizon)(prices, cells, came), came


def test_its_density_is_better_than_that_of_an_ewma():
    """Of clustered volatility, on every row ahead, and with bounds that hold what they say."""
    scores = {}
    for name in ("ewma-t", "har-t"):
        found, _, came = forecast(name, MARKET, cutoff=1000, rows=range(1000, 1490, 2))
        y = came.scored(came.actual)
        scores[name] = -np.nanmean(found.distribution.log_density(y), axis=0)
        lower, upper = (found.distribution.quantile(p) for p in (0.1, 0.9))
    assert np.all(scores["har-t"] < scores["ewma-t"] - 0.005)
    assert np.nanmean((lower <= y) & (y <= upper)) == pytest.approx(0.8, abs=0.02)


def test_ranges_that_tell_the_volatility_of_the_day_are_used():
    """Those of a day whose volatility is known beat closes; without them it is the same model."""
    ranges = np.concatenate([0.01 * np.exp(log) for _, log in MADE])
    fields = {"high": MARKET.values * np.exp(ranges), "low": MARKET.values * np.exp(-ranges)}
    barred = replace(MARKET, fields=fields)
    scores = []
    for name in NAMES:
        found, _, came = forecast(name, barred, cutoff=1000, rows=range(1000, 1490, 2))
        y = came.scored(came.actual)
        scores.append(-np.nanmean(found.distribution.log_density(y)))
    assert scores[1] < scores[0] - 0.01
    bare = [forecast(name, MARKET, cutoff=1000)[0].distribution.scale for name in NAMES]
    assert bare[0].tobytes() == bare[1].tobytes()


@pytest.mark.parametrize("unit", ["log", "mase"])
@pytest.mark.parametrize("name", NAMES)
def test_bars_after_a_cutoff_are_not_known(name, unit):
    """Change every column after the origin: not a bit of the forecast moves."""
    close = MADE[0][0]
    fields = {"high": close * 1.02, "low": close * 0.97, "volume": np.arange(1500.0)}
    before = replace(prices_of({"A": close}, first=None), fields=fields)
    late = np.arange(1500) > 1200
    changed = replace(
        before, values=np.where(late, 3 * close, close),
        fields={field: np.where(late, 7 * values, values) for field, values in fields.items()},
    )  # fmt: skip
    past = before.subset([0])
    past = replace(
        past, values=past.values[:1000], offsets=np.array([0, 1000]), dates=past.dates[:1000],
        fields={field: values[:1000] for field, values in fields.items()},
    )  # fmt: skip
    for prices_known in (past, replace(past, symbols=("OTHER",))):
        scales = [at(name, prices, prices_known, [1100, 1200], unit=unit)[0].distribution.scale
                  for prices in (before, changed)]  # fmt: skip
        assert scales[0].tobytes() == scales[1].tobytes()


def test_other_units_of_prices_change_nothing():
    """Pence for pounds, a symbol at a time: ranges in the unit of scores stay as they are."""
    factors = np.repeat([1.0, 100.0, 1e-4] * 4, 1500)
    moved = replace(MARKET, values=MARKET.values * factors)
    for unit in ("log", "mase"):
        one, other = (forecast("har-t", prices, unit, cutoff=1000)[0].distribution.scale
                      for prices in (MARKET, moved))  # fmt: skip
        np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("horizon", [1, 4, 7, 40])
def test_rows_ahead_lie_on_a_curve(horizon):
    """The scale grows with every row, where volatility is persistent; dof stay in bounds."""
    found, _ = at("har-t", MARKET, MARKET, [1400], horizon)
    scale, dof = found.distribution.scale[0], found.distribution.dof[0]
    assert scale.shape == (horizon,)
    assert np.all(np.diff(scale) > 0)
    assert np.all((dof >= 2.05) & (dof <= 200))
    assert np.all(found.distribution.location == 0)
    assert np.all(found.forecasts == MARKET.series(0)[1400])


def test_between_the_rows_that_are_fitted_it_is_interpolated():
    """log(scale / root of the rows) and 1/dof, straight in the log of the rows."""
    found, _ = at("har-t", MARKET, MARKET, [1400], 20)
    aheads = np.arange(1, 21)
    log_scale = np.log(found.distribution.scale[0] / np.sqrt(aheads))
    for values in (log_scale, 1 / found.distribution.dof[0]):
        for low, between, high in ((3, 4, 5), (5, 7, 8), (12, 17, 20)):
            share = math.log(between / low) / math.log(high / low)
            expected = (1 - share) * values[low - 1] + share * values[high - 1]
            assert values[between - 1] == pytest.approx(expected, rel=1e-9)
    alone, _ = at("har-t", MARKET, MARKET, [1400], 7)  # the last row is fitted
    assert alone.distribution.scale[0, 6] != found.distribution.scale[0, 6]
    assert alone.distribution.scale[0, 6] == pytest.approx(found.distribution.scale[0, 6], rel=0.02)


def test_beyond_the_past_the_scale_goes_on_with_the_root_of_the_rows():
    """From the longest horizon of which the past has enough spans."""
    past = prices_of({"A": MADE[0][0][:301]}, first=None)
    found, _ = at("har-t", past, past, [300], 100)
    scale, dof = found.distribution.scale[0], found.distribution.dof[0]
    assert 300 // 8 >= LEAST > 300 // 12
    np.testing.assert_allclose(scale[7:], scale[7] * np.sqrt(np.arange(8, 101) / 8))
    np.testing.assert_allclose(dof[7:], dof[7])
    assert scale[7] != pytest.approx(scale[4] * math.sqrt(8 / 5), rel=1e-6)


@pytest.mark.parametrize("rows", [1, 2, 3, 12, 40])
def test_a_short_past_has_ranges_near_those_of_its_changes(rows):
    """Of one row, that of usual changes: none at all, or of size 1."""
    close = random_walk(np.random.default_rng(4), 60)
    past = prices_of({"A": close[:rows]}, first=None)
    found, _ = at("har-t", prices_of({"A": close}, first=None), past, [max(rows - 1, 1), 50])
    scale = found.distribution.scale
    assert np.all(np.isfinite(scale))
    if rows > 2:
        assert np.all((scale[1] > 0.1) & (scale[1] < 10))


def test_a_young_symbol_is_reported_by_the_others():
    """With a change of its own; with one that moves ten times as far its range is wider."""
    calm, wild = random_walk(np.random.default_rng(4), 30), random_walk(
        np.random.default_rng(4), 30, 0.1
    )  # fmt: skip
    scales = [at("har-t", prices_of({"NEW": close}, first=None), MARKET, [1, 29])[0]
              .distribution.scale[:, 0] for close in (calm, wild)]  # fmt: skip
    assert np.all(np.isfinite(scales))
    assert scales[1][1] > 4 * scales[0][1]


def test_mostly_constant_prices_have_a_likeliest_scale():
    """Nine of ten changes are zero: bounded below, and finite."""
    rng = np.random.default_rng(9)
    steps = 0.02 * rng.standard_normal((6, 500)) * (rng.random((6, 500)) < 0.1)
    still = prices_of(
        {f"S{i}": 10 * np.exp(np.cumsum(row)) for i, row in enumerate(steps)}, first=None
    )
    found, _, came = forecast("har-t", still)
    assert np.all(np.isfinite(found.distribution.log_density(came.scored(came.actual))))
    assert np.all(found.distribution.scale > 1e-4)


def test_prices_below_zero():
    """In changes as they are, each series in units of its own."""
    walk = np.cumsum(np.random.default_rng(2).standard_normal(400))
    prices = prices_of({"SMALL": walk, "LARGE": 1000 * walk[::-1] - 500}, first=None)
    found, _, came = forecast("har-t", prices, unit="mase")
    y = came.scored(came.actual)
    assert np.all(np.isfinite(found.distribution.crps(y)))
    np.testing.assert_allclose(found.distribution.scale[:, 0], 1.1, rtol=0.5)


def test_a_jump_beyond_all_reason_overflows_nothing():
    """A hundredfold tick, and prices at the edge of what numbers hold."""
    close = random_walk(np.random.default_rng(4), 400)
    close[300], close[301] = 1e300, 1e-300
    prices = prices_of({"A": close}, first=None)
    found = har_t(prices, "log", 2)
    cells = Origins(np.array([0, 0]), np.array([300, 398]))
    scale = found(prices, cells, actuals_at(prices, cells, 2, "log")).distribution.scale
    assert np.all(np.isfinite(scale) & (scale > 0))
