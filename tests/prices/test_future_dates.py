"""Dates ahead go on as the series itself has kept them so far."""

import sys

import numpy as np
import pytest
from builders import weekdays
from hypothesis import given
from hypothesis import strategies as st

from rnncli.errors import UsageError
from rnncli.prices.future_dates import Sessions, dates_ahead

DAY = np.timedelta64(1, "D")


def dates(*texts: str):
    return np.array(texts, dtype="datetime64[s]")


def ahead(of, horizon: int = 4) -> list[str]:
    """Dates ahead as text, without the time of day where it is midnight."""
    return [str(date).removesuffix("T00:00:00") for date in dates_ahead(of, horizon)]


def every(step: str, first: str, count: int):
    number, unit = step.split()
    return np.datetime64(first, "s") + np.arange(count) * np.timedelta64(int(number), unit)


def test_daily_prices_go_on_from_monday_to_friday():
    """After a Thursday come Friday, Monday, Tuesday, Wednesday."""
    past = weekdays("2024-01-01", 300)
    past = past[past <= np.datetime64("2024-10-10")]
    assert ahead(past) == ["2024-10-11", "2024-10-14", "2024-10-15", "2024-10-16"]


def test_a_holiday_does_not_end_a_weekday():
    """A weekday missed now and then is still a usual one."""
    past = weekdays("2024-01-01", 250)
    mondays = (past.astype("datetime64[D]").astype(int) + 3) % 7 == 0
    past = past[~(mondays & (np.arange(250) % 3 == 0))]
    assert ahead(past[past <= np.datetime64("2024-06-07")], 2) == ["2024-06-10", "2024-06-11"]


def test_a_single_saturday_session_does_not_make_saturdays_usual():
    """A weekday that holds less than 5 % of the days is left out."""
    past = np.sort(np.append(weekdays("2024-01-01", 100), dates("2024-05-11")))
    assert past[-5] > dates("2024-05-11")[0]
    assert ahead(past[past <= np.datetime64("2024-05-17")], 1) == ["2024-05-20"]


def test_weekdays_are_those_of_the_last_250_days():
    """A market that has stopped trading on Saturdays is not forecast on them."""
    old = every("1 D", "2020-01-01", 700)
    new = weekdays("2022-01-03", 250)
    past = np.concatenate([old, new])
    last = past[-1].astype("datetime64[D]")
    found = dates_ahead(past, 10).astype("datetime64[D]")
    assert found.tolist() == np.busday_offset(last, np.arange(1, 11)).tolist()


def test_crypto_goes_on_all_seven_days():
    """Where every weekday is traded every day is forecast."""
    past = every("1 D", "2024-01-01", 40)
    assert dates_ahead(past, 9).tolist() == every("1 D", "2024-02-10", 9).tolist()


def test_sunday_to_thursday_markets_keep_their_week():
    """After a Thursday in Riyadh comes Sunday."""
    past = every("1 D", "2024-01-01", 100)
    weekday = (past.astype("datetime64[D]").astype(int) + 3) % 7
    past = past[(weekday != 4) & (weekday != 5)]
    past = past[past <= np.datetime64("2024-03-28")]  # a Thursday
    assert ahead(past) == ["2024-03-31", "2024-04-01", "2024-04-02", "2024-04-03"]


def test_daily_prices_keep_their_time_of_day():
    """Closes stamped 16:00 are forecast for 16:00."""
    past = weekdays("2024-01-01", 30) + np.timedelta64(16, "h")
    assert ahead(past, 2) == ["2024-02-12T16:00:00", "2024-02-13T16:00:00"]


def test_weekly_prices_go_on_by_seven_days():
    """A holiday that moved one date by a day does not move the others."""
    past = every("7 D", "2024-01-05", 20)
    past[7] -= DAY
    assert ahead(past, 3) == ["2024-05-24", "2024-05-31", "2024-06-07"]


@pytest.mark.parametrize("last", ["2024-01-08", "2024-01-09", "2024-01-10"])
def test_six_to_eight_days_are_a_week(last):
    """Two rows about a week apart are a weekly series."""
    past = dates("2024-01-02", last)
    assert dates_ahead(past, 1)[0] == past[-1] + 7 * DAY


def test_month_ends_stay_month_ends():
    """The last days of February and of 30-day months follow the calendar, in leap years too."""
    past = dates("2023-08-31", "2023-09-30", "2023-10-31", "2023-11-30")
    assert ahead(past, 5) == ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]


def test_month_ends_that_stop_in_february_are_still_month_ends():
    """A series that ends on 28 February goes on with 31 March."""
    past = dates("2022-11-30", "2022-12-31", "2023-01-31", "2023-02-28")
    assert ahead(past, 2) == ["2023-03-31", "2023-04-30"]


def test_a_late_day_that_february_cut_comes_back():
    """Rows of the 30th go on with the 30th after a February without one."""
    past = dates("2022-10-30", "2022-11-30", "2022-12-30", "2023-01-30", "2023-02-28")
    assert ahead(past, 3) == ["2023-03-30", "2023-04-30", "2023-05-30"]
    assert ahead(past[:-1], 2) == ["2023-02-28", "2023-03-30"]


@pytest.mark.parametrize("day", ["01", "15", "28"])
def test_other_days_of_the_month_are_kept(day):
    """The first of the month is followed by the first of the next."""
    past = np.array([f"2023-{month:02}-{day}" for month in range(3, 12)], "datetime64[s]")
    assert ahead(past, 3) == [f"2023-12-{day}", f"2024-01-{day}", f"2024-02-{day}"]


def test_quarters_go_on_by_three_months():
    """Quarter ends are the last days of March, June, September and December."""
    past = dates("2023-03-31", "2023-06-30", "2023-09-30")
    assert ahead(past, 3) == ["2023-12-31", "2024-03-31", "2024-06-30"]


def test_years_go_on_by_twelve_months():
    """Year ends stay year ends, and a last day of February is one of 28 or 29 days."""
    assert ahead(dates("2021-12-31", "2022-12-31"), 2) == ["2023-12-31", "2024-12-31"]
    assert ahead(dates("2021-02-28", "2022-02-28"), 2) == ["2023-02-28", "2024-02-29"]


def test_daily_prices_cross_leap_days():
    """29 February is a trading day when there is one."""
    assert ahead(every("1 D", "2024-01-30", 29), 3) == ["2024-02-28", "2024-02-29", "2024-03-01"]
    assert ahead(every("1 D", "2023-01-30", 29), 3) == ["2023-02-28", "2023-03-01", "2023-03-02"]


def half_hours(days):
    """Rows from 9:30 to 16:00 every half-hour of the given days."""
    times = np.timedelta64(570, "m") + np.arange(14) * np.timedelta64(30, "m")
    return (days[:, None] + times.astype("timedelta64[s]")).ravel()


def test_intraday_prices_stay_within_the_times_of_day_seen():
    """After the last row of a day comes the first of the next trading day."""
    past = half_hours(weekdays("2024-01-01", 20))
    assert ahead(past[:-2], 3) == [
        "2024-01-26T15:30:00", "2024-01-26T16:00:00", "2024-01-29T09:30:00",
    ]  # fmt: skip
    overnight = past[past < np.datetime64("2024-01-24")]
    assert ahead(overnight, 2) == ["2024-01-24T09:30:00", "2024-01-24T10:00:00"]


def test_intraday_days_are_whole_again():
    """Three days ahead hold the same times as the days before, over a weekend."""
    past = half_hours(weekdays("2024-01-01", 19))  # to Thursday the 25th
    expected = half_hours(dates("2024-01-26", "2024-01-29", "2024-01-30"))
    assert dates_ahead(past, 42).tolist() == expected.tolist()


def test_a_step_over_midnight_opens_the_next_day():
    """Four hours after 20:00 is before 8:00: the same morning, not one day later."""
    opening = weekdays("2024-01-01", 25) + np.timedelta64(8, "h")
    past = (opening[:, None] + np.arange(4) * np.timedelta64(4 * 3600, "s")).ravel()
    assert ahead(past, 2) == ["2024-02-05T08:00:00", "2024-02-05T12:00:00"]  # after a Friday
    assert ahead(past[:-4], 1) == ["2024-02-02T08:00:00"]


def test_hourly_crypto_never_sleeps():
    """Where all hours of all days are seen, midnight and Saturday are no border."""
    past = every("1 h", "2024-01-01", 24 * 26)  # to Friday the 26th, 23:00
    assert dates_ahead(past, 50).tolist() == every("1 h", "2024-01-27", 50).tolist()


@pytest.mark.parametrize("minutes", [1, 5])
@pytest.mark.parametrize("days", [1, 3, 30])
def test_many_rows_a_day_do_not_narrow_the_week(minutes, days):
    """What counts is days, not rows: after a Wednesday's last row comes Thursday's first."""
    past = weekdays("2024-01-01", 60)[-days - 2 : -2]
    times = np.arange(34_200, 57_600, 60 * minutes).astype("timedelta64[s]")
    past = (past[:, None] + times).ravel()
    assert str(past[-1])[:10] == "2024-03-20"  # a Wednesday
    assert ahead(past, 2) == ["2024-03-21T09:30:00", f"2024-03-21T09:{30 + minutes}:00"]


def test_a_few_days_of_crypto_by_the_minute_go_on():
    """Friday to Wednesday hold a weekend, so that Thursday, never seen, is a day like others."""
    past = every("1 m", "2024-03-01", 1440 * 6 - 1)
    assert dates_ahead(past, 3000).tolist() == every("1 m", "2024-03-06T23:59", 3000).tolist()


@pytest.mark.parametrize("days", [2, 3, 4, 5, 9, 10, 14, 26])
def test_a_regular_step_of_days_is_kept(days):
    """Every third day and every fortnight go on so, whatever weekday that is."""
    past = every(f"{days} D", "2024-01-01", 40)
    assert (
        dates_ahead(past, 5).tolist() == every(f"{days} D", str(past[-1] + days * DAY), 5).tolist()
    )


def test_a_fortnight_that_a_holiday_moved_is_still_one():
    """One date a day early changes nothing."""
    past = every("14 D", "2024-01-05", 20)
    past[7] -= DAY
    assert ahead(past, 2) == ["2024-10-11", "2024-10-25"]


def test_sessions_on_three_weekdays_keep_their_weekdays():
    """Monday, Wednesday, Friday are two days apart mostly, and it is the weekdays that count."""
    past = every("1 D", "2024-01-01", 200)
    past = past[np.isin((past.astype("datetime64[D]").astype(int) + 3) % 7, [0, 2, 4])]
    past = past[past <= np.datetime64("2024-06-07")]
    assert ahead(past, 4) == ["2024-06-10", "2024-06-12", "2024-06-14", "2024-06-17"]


def test_one_row_goes_on_with_the_next_weekday():
    """A single date says nothing of a step: days, Monday to Friday, all seven after a Saturday."""
    assert ahead(dates("2024-03-01"), 2) == ["2024-03-04", "2024-03-05"]
    assert ahead(dates("2024-03-02"), 2) == ["2024-03-03", "2024-03-04"]


def test_two_rows_are_enough_for_a_step():
    """Two days, two weeks' ends and two months are distinguished."""
    assert ahead(dates("2024-02-29", "2024-03-01"), 2) == ["2024-03-04", "2024-03-05"]
    assert ahead(dates("2024-03-01", "2024-03-04"), 1) == ["2024-03-05"]
    assert ahead(dates("2024-02-15", "2024-03-15"), 2) == ["2024-04-15", "2024-05-15"]


def test_27_days_are_a_month_and_26_are_not():
    """A February of 28 days is a month; less than 27 days is a matter of days."""
    assert ahead(dates("2023-02-15", "2023-03-15"), 2) == ["2023-04-15", "2023-05-15"]
    assert ahead(dates("2023-03-01", "2023-03-28"), 1) == ["2023-04-28"]
    assert ahead(dates("2023-03-01", "2023-03-27"), 1) == ["2023-04-22"]


def test_few_rows_do_not_narrow_the_week():
    """Three rows from Monday to Wednesday are followed by Thursday."""
    assert ahead(dates("2024-03-04", "2024-03-05", "2024-03-06"), 3) == [
        "2024-03-07", "2024-03-08", "2024-03-11",
    ]  # fmt: skip


def test_dates_before_1970_have_weekdays_too():
    """A series from 1929 goes on Monday to Friday."""
    past = weekdays("1929-01-01", 60)
    expected = np.busday_offset(past[-1].astype("datetime64[D]"), np.arange(1, 8))
    assert dates_ahead(past, 7).astype("datetime64[D]").tolist() == expected.tolist()


@given(
    first=st.integers(-(10**9), 2 * 10**9),
    steps=st.lists(st.integers(1, 100 * 86_400), max_size=40),
    scale=st.sampled_from([1, 60, 3600, 86_400]),
)
def test_dates_ahead_always_go_on(first, steps, scale):
    """Whatever the dates so far, those ahead are later than the last and strictly increasing."""
    steps = [max(step % (100 * 86_400 // scale), 1) * scale for step in steps]
    past = np.cumsum([first, *steps]).astype("datetime64[s]")
    found = np.concatenate([past[-1:], dates_ahead(past, 30)])
    assert found.dtype == np.dtype("datetime64[s]")
    assert np.all(np.diff(found).astype(int) > 0)


@pytest.mark.filterwarnings("ignore")  # of the library, to its developers
def test_a_calendar_leaves_out_the_holidays_of_an_exchange():
    """Christmas and New Year are no trading days in New York."""
    pytest.importorskip("exchange_calendars")
    past = weekdays("2024-01-01", 256)  # to Monday, 2024-12-23
    days = Sessions("XNYS", past, 8)
    found = [str(date)[:10] for date in dates_ahead(past, 8, days)]
    assert found[:3] == ["2024-12-24", "2024-12-26", "2024-12-27"]
    assert found[3:6] == ["2024-12-30", "2024-12-31", "2025-01-02"]


@pytest.mark.filterwarnings("ignore")  # of the library, to its developers
def test_intraday_dates_stay_within_the_sessions_of_a_calendar():
    """After the last bar before Thanksgiving comes the first one of the day after it."""
    pytest.importorskip("exchange_calendars")
    bars = [f"2024-11-{day}T{hour}:00" for day in (25, 26, 27) for hour in range(10, 16)]
    past = dates(*bars)
    found = dates_ahead(past, 1, Sessions("XNYS", past, 1))
    assert str(found[0]) == "2024-11-29T10:00:00"


def test_a_calendar_that_is_not_known_is_wrong_usage():
    """The message names some that are."""
    pytest.importorskip("exchange_calendars")
    with pytest.raises(UsageError, match="Try XNYS"):
        Sessions("NOPE", dates("2024-01-02"), 5)


def test_a_missing_extra_is_named_with_its_remedy(monkeypatch):
    """Without the library there is one line that says how to get it."""
    monkeypatch.setitem(sys.modules, "exchange_calendars", None)
    with pytest.raises(UsageError, match=r"pip install 'rnncli\[calendar\]'"):
        Sessions("XNYS", dates("2024-01-02"), 5)
