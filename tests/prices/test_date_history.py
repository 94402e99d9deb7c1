"""What the dates of a series leave behind is the same row by row as all at once."""

import numpy as np
import pytest
from builders import weekdays
from hypothesis import given
from hypothesis import strategies as st

from rnncli.prices.date_history import RECENT, DateHistory, trail

STEPS = {
    "ticks": (0, 1, 7, 60, 61),
    "half-hours": (1800, 1800, 1800, 1800, 1800, 5400, 63_000, 235_800),
    "minutes": (60, 60, 60, 61_200),
    "days": (86_400, 86_400, 259_200),
    "months": (28 * 86_400, 31 * 86_400),
}


def pushed(dates):
    """The trail of dates that come one after the other."""
    found = DateHistory()
    for second in dates.astype(np.int64).tolist():
        found.push(second)
    return found


@pytest.mark.slow_shapes
@pytest.mark.parametrize("kind", STEPS)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 600))
def test_row_by_row_is_as_all_at_once(kind, seed, rows):
    """Every part of it, whatever the steps."""
    steps = np.random.default_rng(seed).choice(STEPS[kind], rows)
    dates = (1_700_000_000 + np.cumsum(steps)).astype("datetime64[s]")
    ref, comp = trail(dates), pushed(dates)
    assert comp == ref
    assert ref.median_step() == (np.median(np.diff(dates).astype(int)) if rows > 1 else 86_400)


def test_a_trail_comes_back_from_plain_numbers():
    """And nothing else is taken for one."""
    ref = trail(weekdays("2020-01-01", 700))
    assert DateHistory.from_array(ref.as_array()) == ref
    hours = weekdays("2020-01-01", 60)[:, None] + np.arange(9, 13) * np.timedelta64(3600, "s")
    assert DateHistory.from_array(trail(hours.ravel()).as_array()) == trail(hours.ravel())
    assert DateHistory.from_array(DateHistory().as_array()) == DateHistory()
    for numbers in ([], [1], [-1, 3], ref.as_array()[:-1], [0] * 11):
        with pytest.raises(ValueError, match=r"unpack|cut off"):
            DateHistory.from_array(np.array(numbers, np.int64))


def test_a_trail_does_not_grow_with_its_series():
    """A hundred thousand days leave as little behind as a thousand."""
    few, many = (len(trail(weekdays("1700-01-02", n)).as_array()) for n in (1000, 100_000))
    assert few == many < 4 * RECENT
