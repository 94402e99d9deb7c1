"""Jumps that look like a split are found, others are not, and undoing them leaves no jump."""

import numpy as np
import pytest
from builders import weekdays
from hypothesis import given
from hypothesis import strategies as st

from rnncli.prices.parsing.quality.splits import find_splits, undo


def quiet(count: int, seed: int = 0) -> np.ndarray:
    """Prices that move by a percent a day."""
    return 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count)))


def found(values, dates=None) -> list[tuple[int, float]]:
    dates = weekdays("2024-01-01", len(values)) if dates is None else dates
    jumps = find_splits(np.asarray(values), np.zeros(len(values), np.int64), dates)
    return list(zip(jumps.rows.tolist(), jumps.ratios.tolist(), strict=True))


@pytest.mark.parametrize("ratio", [2, 3, 4, 7, 10, 20, 0.5, 0.1])
def test_a_split_is_found_and_undone(ratio):
    """The price falls to a half, a third, or rises as much, and stays there."""
    values = quiet(100)
    split = values.copy()
    split[60:] /= ratio
    assert found(split) == [(60, pytest.approx(ratio))]
    codes, dates = np.zeros(100, np.int64), weekdays("2024-01-01", 100)
    assert undo(find_splits(split, codes, dates), split, codes) == pytest.approx(values / ratio)


def test_a_bad_print_is_no_split():
    """What is taken back the next day is an error of the data."""
    values = quiet(100)
    values[60] /= 2
    assert found(values) == []


def test_a_crash_and_a_wild_series_are_no_splits():
    """A third of the price lost, or doubling as usual, says nothing of a split."""
    values = quiet(100)
    values[60:] *= 0.68
    assert found(values) == []
    assert found([1, 2, 1, 2, 3, 6, 3, 1, 2, 4]) == []


def test_a_jump_over_a_long_gap_is_no_split():
    """Half a year without prices may bring anything."""
    values, dates = quiet(100), weekdays("2024-01-01", 100)
    values[60:] /= 2
    dates[60:] += np.timedelta64(180, "D")
    assert found(values, dates) == []


def test_rows_without_dates_have_no_splits():
    """Nothing says that such rows follow each other overnight."""
    values = quiet(100)
    values[60:] /= 2
    assert found(values, np.full(100, np.datetime64("NaT", "s"))) == []


def test_a_split_belongs_to_its_series():
    """The step from one series to the next is none, and undoing touches one series."""
    values = np.concatenate([quiet(50), quiet(50, 1) / 2])
    values[75:] /= 4
    codes = np.repeat([0, 1], 50)
    dates = np.concatenate([weekdays("2024-01-01", 50)] * 2)
    jumps = find_splits(values, codes, dates)
    assert jumps.rows.tolist() == [75]
    assert np.array_equal(undo(jumps, values, codes)[:50], values[:50])


@given(st.integers(0, 1000))
def test_quiet_series_have_no_splits(seed):
    """A percent a day never looks like one."""
    assert found(quiet(60, seed)) == []
