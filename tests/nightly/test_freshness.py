"""How old the newest prices are: trading days by the clock, not days between symbols."""

import datetime

import numpy as np
import pytest
from builders import prices_of
from nights import dates, job, lay, market

from rnncli.cli import nightly_run
from rnncli.nightly import freshness
from rnncli.nightly.freshness import fresher, freshest_dates, missed_days


@pytest.fixture
def clock(monkeypatch):
    """Set the day that it is."""

    def set_day(day):
        monkeypatch.setattr(freshness, "today", lambda: datetime.date.fromisoformat(day))

    return set_day


def weekday_dates(last, rows=60):
    """Weekdays up to a date."""
    return np.busday_offset(last, np.arange(1 - rows, 1), roll="backward").astype("datetime64[s]")


@pytest.mark.parametrize(
    ("last", "day", "missed"),
    [
        ("2024-03-08", "2024-03-08", 0),
        ("2024-03-08", "2024-03-10", 0),  # Friday, Sunday
        ("2024-03-08", "2024-03-11", 1),
        ("2024-03-08", "2024-03-18", 6),
        ("2024-03-08", "2024-03-07", 0),  # a clock that is behind
        ("2024-01-19", "2025-11-19", 478),  # 22 months
    ],
)
def test_weekdays_are_counted_and_weekends_are_not(clock, last, day, missed):
    """From Monday to Friday, today included."""
    clock(day)
    assert missed_days(weekday_dates(last), None) == missed


def test_a_holiday_of_the_series_is_not_a_missed_day(clock):
    """4 July, on which there was no row in the years before; or what a calendar says."""
    days = weekday_dates("2024-07-03", 9 * 261)
    rows = days[np.array([not str(day).startswith("07-04", 5) for day in days])]
    clock("2024-07-04")
    assert missed_days(days, None) == 1
    assert missed_days(rows, None) == 0
    assert missed_days(weekday_dates("2024-07-03"), "XNYS") == 0


def test_a_weekly_row_is_missed_once_it_is_due(clock):
    """Fridays: the next one is a week later."""
    fridays = np.arange("2024-01-05", "2024-03-09", 7, "datetime64[D]").astype("datetime64[s]")
    for day, missed in (("2024-03-14", 0), ("2024-03-15", 1), ("2024-03-29", 3)):
        clock(day)
        assert missed_days(fridays, None) == missed


def test_the_series_that_ends_last_counts():
    """Of equal ends the longer one, in whatever groups they are read."""
    prices = prices_of({"A": np.ones(9), "B": np.ones(9), "C": np.ones(9)})
    parts = [prices.subset([0]), prices.later(np.array([0, 3, 0])).subset([1])]
    chosen = fresher(*map(freshest_dates, parts))
    assert np.array_equal(chosen, prices.dates_of(0))
    assert len(freshest_dates(prices_of({"A": [1.0, 2.0]}, None))) == 0


def test_a_job_ends_with_a_status_of_its_own(tmp_path, call, clock):
    """And does nothing; a day that may be missed may be."""
    lay(tmp_path, market(), 40)
    path = job(tmp_path, prices='paths = ["prices.csv"]\nmax-data-age = 2', output="-", train="-",
               model="-", ledger='file = "l.db"')  # fmt: skip
    assert dates(40)[-1] == "2024-02-23"
    clock("2024-02-28")
    done = call("batch", path, "-q")
    assert done.returncode == 76
    assert done.stderr.decode() == (
        "error: the newest prices are of 2024-02-23, 3 trading days ago, and max-data-age is 2;"
        " check the price feed, or leave out the setting for prices of the past\n"
    )
    assert not (tmp_path / "l.db").exists()
    clock("2024-02-27")
    assert call("batch", path, "-q").returncode == 0


def test_prices_without_dates_have_no_age(tmp_path, call):
    """Which is wrong usage, and not taken for fresh."""
    (tmp_path / "prices.csv").write_text("close\n" + "1\n2\n" * 20, encoding="ascii")
    path = job(tmp_path, prices='paths = ["prices.csv"]\nmax-data-age = 2', train="-", model="-")
    done = call("batch", path, "-q")
    assert (done.returncode, b"needs prices with dates" in done.stderr) == (2, True)


@pytest.fixture
def waiting(tmp_path, clock, monkeypatch):
    """A job that waits for prices, with a clock that sleeping moves; seconds until the deadline."""
    left = [100.0]
    monkeypatch.setattr(freshness, "seconds_until", lambda _: left[0])
    monkeypatch.setattr(nightly_run, "seconds_until", lambda _: left[0])
    clock("2024-02-26")  # a Monday; the prices end on Friday
    lay(tmp_path, market(), 40)
    prices = 'paths = ["prices.csv"]\nwait-for = "20:00"\nretry = "30s"'
    return job(tmp_path, prices=prices, train="-", model="-"), left


def test_a_job_forecasts_once_the_prices_of_today_arrive(waiting, call, tmp_path, monkeypatch):
    """It reads again every half minute; then it has run, and does nothing more."""
    path, left = waiting
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        left[0] -= seconds
        if len(slept) == 2:
            lay(tmp_path, market(), 41)

    monkeypatch.setattr(nightly_run.time, "sleep", sleep)
    done = call("batch", path)
    assert (done.returncode, slept) == (0, [30.0, 30.0])
    assert b"forecast 4 symbols from 2024-02-26 on" in done.stdout
    assert b"nothing to do" in call("batch", path).stdout
    assert len(slept) == 2


def test_a_job_whose_prices_do_not_arrive_ends_with_status_75(waiting, call, tmp_path, monkeypatch):
    """At the time that it waits for; nothing is recorded. A check does not wait."""
    path, left = waiting
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        left[0] -= seconds

    monkeypatch.setattr(nightly_run.time, "sleep", sleep)
    assert call("batch", path, "--check", "-q").returncode == 75
    assert slept == []
    done = call("batch", path, "-q")
    assert (done.returncode, slept) == (75, [30.0, 30.0, 30.0, 10.0])
    assert b"1 trading day ago; those of today are not there yet" in done.stderr
    assert not (tmp_path / "ledger.db").exists()


def test_a_holiday_is_not_a_failure_and_a_dead_vendor_is(waiting, call, tmp_path, clock):
    """Nobody waits on a Saturday; and prices that nobody expects any more are status 76."""
    path, left = waiting
    clock("2024-02-24")
    assert call("batch", path, "-q").returncode == 0
    prices = 'paths = ["prices.csv"]\nwait-for = "20:00"\nmax-data-age = 1'
    job(tmp_path, prices=prices, train="-", model="-")
    left[0] = -1.0
    for day, status in (("2024-02-26", 0), ("2024-02-27", 75), ("2024-02-28", 76)):
        clock(day)
        assert call("batch", path, "-q").returncode == status


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('wait-for = "25:00"', "is not a time of day; use 20:00"),
        ('retry = "often"', "is not a duration; use 30s, 5m or 1h"),
        ('retry = "0s"', "would never pause; use 1m or longer"),
    ],
)
def test_a_malformed_time_is_refused(tmp_path, call, line, said):
    """With the line of the file."""
    path = job(tmp_path, prices=f'paths = ["prices.csv"]\n{line}')
    done = call("batch", path)
    assert (done.returncode, "nightly.toml, line 3: [prices] " in done.stderr.decode()) == (2, True)
    assert said in done.stderr.decode()
