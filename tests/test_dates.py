"""The one clock: the day and the time of day here, over changes of the clock."""

import datetime
import time

import pytest

from rnncli import dates


@pytest.fixture
def at(monkeypatch):
    """Set the clock of Berlin to a moment in UTC."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()

    def clock(text):
        moment = datetime.datetime.fromisoformat(text)

        class Clock(datetime.datetime):
            @classmethod
            def now(cls, zone=None):
                local = datetime.datetime.fromtimestamp(moment.timestamp())
                return moment.astimezone(zone) if zone else local

        monkeypatch.setattr(dates, "datetime", Clock)

    yield clock
    monkeypatch.undo()
    time.tzset()


@pytest.mark.each_shape
@pytest.mark.parametrize(
    ("now", "hours"),
    [
        ("2024-03-30T23:30:00+00:00", 18.5),  # 00:30; the clock goes on by an hour at 02:00
        ("2024-10-26T22:30:00+00:00", 20.5),  # 00:30; it goes back at 03:00
        ("2024-02-28T23:30:00+00:00", 19.5),  # 00:30 of a leap day
        ("2038-01-19T03:14:08+00:00", 15.764444),  # beyond the seconds of 32 bits
    ],
)
def test_a_time_of_day_is_that_of_the_clock_then(at, now, hours):
    """Until 20:00, on days of 23 and 25 hours too."""
    at(now)
    assert dates.seconds_until("20:00") / 3600 == pytest.approx(hours, abs=1e-5)


def test_the_day_is_the_one_here(at):
    """After midnight in Berlin and before it in UTC, on a leap day."""
    at("2024-02-28T23:30:00+00:00")
    assert dates.today() == datetime.date(2024, 2, 29)
    assert dates.now() == "2024-02-28T23:30:00.000Z"
