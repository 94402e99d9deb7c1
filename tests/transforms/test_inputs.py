"""The inputs of longer spans: by their definitions, day by day, and from the past alone."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of
from states import grown, rows_of

from rnncli.transforms.features import features, memory_after, next_features, start_memory
from rnncli.transforms.inputs.days import DECAY, Days
from rnncli.transforms.inputs.level import Level, RangeLevel
from rnncli.transforms.inputs.rhythm import FED, REACH, WINDOWS, rolling_max
from rnncli.transforms.inputs.table import INPUTS, input_of
from rnncli.transforms.volatility import running_deviations

PRICES = grown()
DIVISOR = 1.7
SEASON = "season-7"
UNDATED = [name for name in INPUTS if name != "weekday"]


@pytest.mark.parametrize("name", [*INPUTS, SEASON])
def test_row_by_row_it_is_the_same_to_the_last_bit(name):
    for i in range(len(PRICES.symbols)):
        whole = features(PRICES, i, (name,), DIVISOR)
        memory = start_memory((name,))
        rows = [next_features((name,), memory, row) for row in rows_of(PRICES, i, DIVISOR)]
        assert np.array_equal(whole, np.array(rows), equal_nan=True)
        assert np.array_equal(
            memory, memory_after((name,), Days(PRICES, i, DIVISOR)), equal_nan=True
        )
        assert whole.shape[1] == input_of(name).size
        assert len(memory) == input_of(name).memory


@pytest.mark.parametrize("name", [*INPUTS, SEASON])
def test_nothing_after_a_day_changes_an_input(name):
    whole = features(PRICES, 0, (name,), DIVISOR)
    for days in (1, 2, 60, 300):
        keep = np.arange(len(PRICES.values)) < days
        first = replace(
            PRICES, symbols=PRICES.symbols[:1], values=PRICES.values[keep],
            dates=PRICES.dates[keep], offsets=np.array([0, days]), sources=("x",),
            fields={key: column[keep] for key, column in PRICES.fields.items()},
        )  # fmt: skip
        cut = features(first, 0, (name,), DIVISOR)
        assert np.array_equal(cut, whole[:days], equal_nan=True)


def running(values, span, start):
    """An exponentially weighted mean by its definition; span 0: of all values and the start."""
    mean = start
    for count, value in enumerate(values):
        weight = max(1 / span if span else 0, 1 / (count + 2))
        mean = (1 - weight) * mean + weight * value
    return mean


def test_levels_are_logs_of_deviations_over_each_span():
    changes = 100 * np.diff(np.log(PRICES.series(1))) / DIVISOR
    own = features(PRICES, 1, ("level",), DIVISOR)
    late = running_deviations(changes, DECAY)
    for row in (0, 1, 5, 80):
        expected = [
            np.log(np.sqrt(running(changes[:row] ** 2, span, 1.0)) / late[row])
            for span in Level(0).spans
        ]
        assert own[row] == pytest.approx([np.log(late[row]), *expected])


def test_the_year_level_forgets_decades():
    """It is the level of a series of up to a year; later its last span is that of a year."""
    rng = np.random.default_rng(5)
    changes = np.concatenate([rng.normal(0, 5, 300), rng.normal(0, 1, 1500)])
    prices = prices_of({"A": 100 * np.exp(np.cumsum(np.concatenate([[0], changes / 100])))})
    year, whole = (features(prices, 0, (name,), 1.0) for name in ("year-level", "level"))
    np.testing.assert_array_equal(year[:250], whole[:250])
    np.testing.assert_array_equal(year[:, :-1], whole[:, :-1])
    assert np.exp(year[-1, 0] + year[-1, -1]) == pytest.approx(1, abs=0.15)
    assert np.exp(whole[-1, 0] + whole[-1, -1]) > 2


def test_ranges_tell_the_deviation_of_a_brownian_day():
    """Of days whose range is that of a deviation of 1 % a day, the level over all spans is log 1 %.

    E[range²] = 4 log 2 σ² (Parkinson 1980).
    """
    span = np.sqrt(4 * np.log(2)) * 0.01
    high, low = PRICES.values * np.exp(span / 2), PRICES.values * np.exp(-span / 2)
    ranged = replace(PRICES, fields={**PRICES.fields, "high": high, "low": low})
    level = features(ranged, 0, ("range-level",), 1.0)
    late = running_deviations(100 * np.diff(np.log(PRICES.series(0))), DECAY)
    assert level + np.log(late)[:, None] == pytest.approx(np.zeros((340, len(RangeLevel.spans))))


def test_a_fall_counts_and_a_rise_does_not():
    series = PRICES.series(0)
    own = features(PRICES, 0, ("leverage",), DIVISOR)[1:, 0]
    fell = np.diff(series) < 0
    assert np.all(own[fell] < 0)
    assert np.all(own[~fell] == 0)
    assert own.min() >= -5


def test_a_surprise_comes_back_in_the_windows_it_lies_in():
    """One wild day: it is seen at its lag before tomorrow, and on no other day."""
    values = 100 * np.exp(np.cumsum(np.where(np.arange(340) % 2, 0.01, -0.01)))
    values[60:] *= 1.3
    wild = replace(PRICES, values=np.concatenate([values, PRICES.values[340:]]))
    own = features(wild, 0, ("rhythm",), DIVISOR)
    for place, window in enumerate(FED):
        first, last = WINDOWS[window]
        seen = np.flatnonzero(own[:, place] > 0.5)
        lags = seen + 1 - 60
        assert set(lags.tolist()) == {lag for lag in range(first, last + 1) if 60 + lag - 1 < 340}
    assert not own[:, len(FED) :].any()  # never a quarter as well as a year ago


def test_only_a_wide_range_on_much_volume_is_a_surprise():
    quiet = np.full(340, 1e5)
    busy = np.where(np.arange(340) == 60, 1e6, quiet)
    rest = PRICES.values[340:]
    narrow, wide = 1.002, np.where(np.arange(340) == 60, 1.2, 1.002)
    for spread, volume, seen in ((narrow, busy, False), (wide, quiet, False), (wide, busy, True)):
        high = np.concatenate([PRICES.values[:340] * spread, rest])
        fields = {"high": high, "low": PRICES.values, "volume": np.concatenate([volume, rest])}
        own = features(replace(PRICES, fields=fields), 0, ("volume-rhythm",), DIVISOR)
        assert bool(own[60 + 62, 0] > 0.5) is seen


@pytest.mark.parametrize("length", [1, 2, 3, 7, 20, 45])
def test_a_rolling_maximum_is_that_of_each_window(length):
    values = np.random.default_rng(0).normal(size=REACH)
    windows = np.lib.stride_tricks.sliding_window_view(values, length)
    assert np.array_equal(rolling_max(values, length), windows.max(axis=1))


def test_a_season_is_the_way_back_to_each_of_its_prices():
    """The lags are log prices less that of the day; before the first price they are zero."""
    logs = 100 * np.log(PRICES.series(0)) / DIVISOR
    numbers = features(PRICES, 0, (SEASON,), DIVISOR)
    late = running_deviations(np.diff(logs), 0.999)
    assert np.allclose(numbers[50, 1:] * late[50], logs[50 - np.arange(1, 9)] - logs[50])
    assert np.all(numbers[3, 4:] == 0)
    assert np.all(numbers[3, 1:4] != 0)
    assert numbers[50, 0] * late[50] == pytest.approx(np.diff(logs)[:50].sum() / 51)
    ahead = features(PRICES, 0, (f"{SEASON}x3",), DIVISOR)
    assert np.array_equal(ahead, np.hstack([numbers, np.zeros((len(numbers), 3))]))
