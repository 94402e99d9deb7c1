"""Announcements come about every quarter, jumps at their rate."""

import numpy as np
import pytest
from simulated import draws_of, known_parameters

from rnncli.simulation.jumps import LATE, ON_TIME, QUARTER, draw_events, event_volume


def gaps_of(regularity):
    parameters = known_parameters(
        40, announcement_size=2.0, announcement_regularity=regularity, announcement_volume=1.0
    )
    announced = draw_events(parameters, draws_of(40, 2000)).announced
    return [np.diff(np.flatnonzero(column)) for column in announced.T]


def test_announcements_are_a_quarter_apart():
    """With a regularity of 1 every gap is 63 days, give or take two; each symbol has its phase."""
    gaps = np.concatenate(gaps_of(1.0))
    assert gaps.min() >= QUARTER - ON_TIME
    assert gaps.max() <= QUARTER + ON_TIME
    assert np.mean(gaps) == pytest.approx(QUARTER, abs=0.3)


def test_late_announcements_are_within_weeks():
    """Without regularity gaps vary by up to twenty days."""
    gaps = np.concatenate(gaps_of(0.0))
    assert QUARTER - LATE <= gaps.min() < QUARTER - 15
    assert QUARTER + 15 < gaps.max() <= QUARTER + LATE
    assert np.mean(gaps) == pytest.approx(QUARTER, abs=1)


def test_symbols_announce_on_different_days():
    """The first announcements of forty symbols are spread over the quarter."""
    parameters = known_parameters(40, announcement_size=2.0)
    announced = draw_events(parameters, draws_of(40, 200)).announced
    first = announced.argmax(axis=0)
    assert first.max() < QUARTER + ON_TIME + 1
    assert len(set(first.tolist())) > 20


def test_without_announcements_there_are_none():
    """Size 0: no announcement and no jump of one."""
    events = draw_events(known_parameters(3), draws_of(3, 500))
    assert not events.announced.any()
    assert not events.fixed.any()
    assert not events.scaled.any()


def test_jumps_come_at_their_rate():
    """A Bernoulli draw a day; at night by its probability."""
    parameters = known_parameters(50, jump_probability=0.02, jump_size=3.0, jump_at_night=0.8)
    events = draw_events(parameters, draws_of(50, 2000))
    jumped = events.scaled != 0
    assert np.mean(jumped) == pytest.approx(0.02, abs=0.002)
    assert np.std(events.scaled[jumped]) == pytest.approx(3, rel=0.1)
    assert np.mean(events.at_night) == pytest.approx(0.8, abs=0.01)


def test_event_volume_dies_down():
    """Volume of an event is the largest there is, then falls by its factor a day."""
    parameters = known_parameters(1, jump_volume=1.0, event_decay=0.5)
    events = draw_events(parameters, draws_of(1, 4))
    jumps = np.array([[0.0], [np.e - 1], [0.0], [0.0]])
    volume = event_volume(parameters, draws_of(1, 4), events, jumps)
    np.testing.assert_allclose(volume.ravel(), [0, 1, 0.5, 0.25])


def test_announcements_of_the_calendar_come_back_after_a_year():
    """On time they are where they were a year ago, give or take; delays do not add up."""
    parameters = known_parameters(
        40, announcement_size=2.0, announcement_regularity=1.0, announcement_calendar=1.0
    )
    announced = draw_events(parameters, draws_of(40, 4000)).announced
    days = [np.flatnonzero(column) for column in announced.T]
    apart = np.concatenate([one[4:] - one[:-4] for one in days])
    whole = np.concatenate([one[48:] - one[:-48] for one in days])
    assert np.abs(apart - 4 * QUARTER).max() <= 2 * ON_TIME
    assert np.abs(whole - 48 * QUARTER).max() <= 2 * ON_TIME
    assert len(set(np.concatenate([np.diff(one) for one in days]).tolist())) > 5
