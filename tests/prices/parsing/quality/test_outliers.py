"""Prices that do not belong are found, however they stand; crashes and wild series are not."""

import numpy as np
import pytest
from builders import weekdays
from hypothesis import given
from hypothesis import strategies as st

from rnncli.prices.parsing.quality.outliers import find_outliers
from rnncli.prices.parsing.quality.splits import find_splits


def quiet(count: int, seed: int = 0) -> np.ndarray:
    """Prices that move by a percent a day."""
    return 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count)))


def splits_of(values: np.ndarray) -> np.ndarray:
    dates = weekdays("2024-01-01", values.size)
    return find_splits(values, np.zeros(values.size, np.int64), dates).rows


def found(values: np.ndarray) -> list[int]:
    return find_outliers(values, np.zeros(values.size, np.int64), splits_of(values)).tolist()


@pytest.mark.parametrize("factor", [1 / 100, 1 / 37, 37, 100, 1000])
def test_a_price_of_another_magnitude_is_found_wherever_it_stands(factor):
    """First, last, in the middle, and two or three in a row, which may look like a split."""
    for first, last in ((0, 1), (59, 60), (30, 31), (30, 32), (30, 33)):
        values = quiet(60)
        values[first:last] *= factor
        told = found(values) + splits_of(values).tolist()
        assert sorted(told) == [row for row in (first, last) if 0 < row < 60]


@pytest.mark.parametrize("factor", [0.5, 2, 10])
def test_a_spike_of_a_day_is_found_below_the_size_of_a_crash(factor):
    """A price that comes back is not a move of the market, even if it is only twice as high."""
    values = quiet(60)
    values[30] *= factor
    assert found(values) == [30, 31]


def test_a_split_is_reported_as_such():
    """A step that looks like a split is not told of twice."""
    values = quiet(60)
    values[30:] /= 4
    assert found(values) == []


def test_crashes_penny_stocks_and_rates_near_zero_belong():
    """Half the value gone for good, ticks of the smallest coin, a rate that wakes up."""
    values = quiet(60)
    values[30:] *= 0.45
    assert found(values) == []
    assert found(np.array([0.01, 0.02, 0.05, 0.02] * 20)) == []
    rng = np.random.default_rng(1)
    assert found(np.concatenate([rng.choice([0.01, 0.02, 0.05], 80), quiet(200) / 20])) == []


def test_few_rows_say_nothing_of_what_is_usual():
    """Three prices may be anything."""
    assert found(np.array([101.5, 1102.25, 99.75])) == []


@pytest.mark.parametrize("rows", [2, 3, 5, 6])
@pytest.mark.parametrize("factor", [100, 1000, 1 / 1000])
def test_of_few_rows_a_huge_jump_is_told_of(rows, factor):
    """Nothing has to be usual for that; whether `--repair` can help depends on the rows."""
    values = quiet(rows)
    values[-1] *= factor
    said = found(values) or splits_of(values).tolist()
    assert said == [rows - 1]
    assert found(np.append(quiet(3), quiet(3) * 40)) == []


def test_a_stray_belongs_to_its_series():
    """The step from one series to the next is none."""
    values = np.concatenate([quiet(40), quiet(40, 1) * 50])
    codes = np.repeat([0, 1], 40)
    assert find_outliers(values, codes, np.zeros(0, np.int64)).size == 0


@given(st.integers(0, 1000))
def test_quiet_series_have_no_strays(seed):
    """A percent a day never looks like one."""
    assert found(quiet(60, seed)) == []
