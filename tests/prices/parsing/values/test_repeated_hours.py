"""The hour that occurs twice when clocks go back is two hours; other dates are not there twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from rnncli.prices.parsing.values.repeated_hours import unfold

BEGIN = datetime(2024, 10, 24, tzinfo=UTC)  # three days before clocks go back in Berlin


def clock(hours=24 * 6, step=60):
    """What the clock of Berlin shows, in file order."""
    times = [BEGIN + timedelta(minutes=step * i) for i in range(hours * 60 // step)]
    local = [time.astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=None) for time in times]
    return np.array(local, dtype="datetime64[s]")


@pytest.mark.parametrize("step", [60, 15])
@pytest.mark.parametrize("newest_first", [False, True])
def test_an_hour_that_occurs_twice_is_two(step, newest_first):
    """All steps are those of time, and the last rows stay as written."""
    dates = clock(step=step)[:: -1 if newest_first else 1]
    unfolded = unfold(dates, np.zeros(dates.size, dtype=np.int64))
    ordered = unfolded.dates[:: -1 if newest_first else 1]
    assert set(np.diff(ordered).astype(int)) == {60 * step}
    assert ordered[-1] == clock(step=step)[-1]


def test_a_time_that_is_there_three_times_stays_a_fault():
    """No clock shows it more than twice."""
    dates = clock()
    at = int(np.flatnonzero(np.diff(dates).astype(int) == 0)[0])
    assert unfold(np.insert(dates, at, dates[at]), np.zeros(dates.size + 1, dtype=np.int64)) is None


def test_a_day_that_is_there_twice_stays_a_fault():
    """In October as in June: it is no hour that a clock repeats."""
    dates = np.array(["2024-10-26", "2024-10-27", "2024-10-27"], dtype="datetime64[s]")
    assert unfold(dates, np.zeros(3, dtype=np.int64)) is None
