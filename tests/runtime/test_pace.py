"""Rate and time left of a run, by a clock that is set by hand."""

import pytest

from rnncli.runtime.timing import Pace


def told(total, times):
    """What a pace says at each (second, number done)."""
    now = iter([second for second, _ in times])
    pace = Pace(total, lambda: next(now))
    return [pace.text(done) for _, done in times]


def test_nothing_is_told_before_a_second_has_passed():
    """One count has no rate, and a rate of half a second is none yet; nor at the end."""
    assert told(10, [(0, 1), (0.5, 2), (2, 5), (4, 10)]) == ["", "", "2/s, 0:02 left", ""]


def test_slow_things_have_seconds_each():
    """And hours are told as such."""
    assert told(1000, [(0, 0), (90, 10)])[-1] == "9 s each, 2:28:30 left"
    assert told(30, [(0, 0), (50, 5)])[-1] == "10 s each, 4:10 left"


def test_a_resumed_run_counts_from_where_it_started():
    """Epochs of an earlier run say nothing of the speed of this one."""
    assert told(100, [(0, 51), (2, 55)])[-1] == "2/s, 0:22 left"


def test_a_count_that_falls_begins_anew():
    """As with the second of several trainings."""
    assert told(10, [(0, 1), (9, 9), (10, 1), (12, 5)])[2:] == ["", "2/s, 0:02 left"]


@pytest.mark.parametrize("total", [0, 1])
def test_a_run_of_one_thing_has_no_pace(total):
    """Nothing is divided by zero."""
    assert told(total, [(0, 0), (5, 0), (9, 1)]) == ["", "", ""]


def test_the_rate_may_be_left_out():
    """Where what is counted is not what is done."""
    now = iter([0, 4])
    pace = Pace(10, lambda: next(now))
    assert [pace.text(done, rate=False) for done in (0, 5)] == ["", "0:04 left"]
