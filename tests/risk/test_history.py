"""Past moves by day, with days that some symbols lack."""

import numpy as np
import pytest
from builders import prices_of

from rnncli.evaluation.cutoffs import calendar
from rnncli.prices.series import Prices
from rnncli.risk.history import fill_missing, moves_by_day

ALL = prices_of({"A": [1, 2, 4, 8], "B": [10, 11, 12, 13]})


@pytest.fixture
def gapped():
    """B has no row on the second day."""
    kept = np.array([0, 1, 2, 3, 4, 6, 7])
    return Prices(("A", "B"), ALL.values[kept], np.array([0, 4, 7]), ALL.dates[kept])


def test_moves_are_between_own_rows(gapped):
    """A missing day is NaN, and the move after it spans both."""
    days = calendar(gapped)
    moves, some = moves_by_day(gapped, days, np.array([0, 1]), int(days.days[-1]))
    expected = [[np.nan, np.nan], [1, np.nan], [1, 0.2], [1, 1 / 12]]
    assert moves == pytest.approx(np.array(expected), nan_ok=True)
    assert np.array_equal(some, days.days)


def test_nothing_after_the_day_is_used(gapped):
    """Nor more days than the window, nor moves shorter than asked for."""
    days = calendar(gapped)
    moves, some = moves_by_day(gapped, days, np.array([0]), int(days.days[2]), 2, window=1)
    assert moves.tolist() == [[3.0]]
    assert some.tolist() == [days.days[2]]


def test_missing_moves_are_other_days_of_the_symbol():
    """None are made up; a symbol without any stands still."""
    moves = np.array([[0.1, np.nan, np.nan], [np.nan, 0.2, np.nan], [0.3, 0.4, np.nan]])
    filled = fill_missing(moves, np.random.default_rng(1))
    assert set(filled[:, 0]) <= {0.1, 0.3}
    assert set(filled[:, 1]) <= {0.2, 0.4}
    assert filled[:, 2].tolist() == [0, 0, 0]
