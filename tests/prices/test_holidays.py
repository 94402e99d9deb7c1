"""A market whose gaps over years show its holidays gets no forecast for them."""

import datetime

import numpy as np
import pytest

from rnncli.prices.date_history import trail
from rnncli.prices.future_dates import dates_ahead, skip_weekends_only
from rnncli.prices.holidays import Holidays

D = datetime.date
NEW_YORK = {  # as the exchange has published them
    2019: "01-01 01-21 02-18 04-19 05-27 07-04 09-02 11-28 12-25",
    2020: "01-01 01-20 02-17 04-10 05-25 07-03 09-07 11-26 12-25",
    2021: "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24",
    2022: "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26",
    2023: "01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25",
    2024: "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25",
    2025: "01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25",
    2026: "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25",
}
LONDON = {
    2018: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
    2019: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
    2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
}


def sessions(holidays: dict[int, str], first: str, last: str) -> np.ndarray:
    """Weekdays but those of the exchange."""
    closed = [f"{year}-{day}" for year, days in holidays.items() for day in days.split()]
    days = np.arange(np.datetime64(first), np.datetime64(last) + np.timedelta64(1, "D"))
    open_days = days[np.is_busday(days, holidays=np.array(closed, "datetime64[D]"))]
    return open_days.astype("datetime64[s]")


def ahead(past: np.ndarray, horizon: int) -> list[str]:
    return [str(date)[:10] for date in dates_ahead(past, horizon)]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2025-07-02", ["2025-07-03", "2025-07-07"]),  # 4 July
        ("2025-08-28", ["2025-08-29", "2025-09-02"]),  # Labor Day
        ("2025-12-30", ["2025-12-31", "2026-01-02"]),  # 1 January
        ("2025-11-25", ["2025-11-26", "2025-11-28"]),  # Thanksgiving
        ("2026-04-01", ["2026-04-02", "2026-04-06"]),  # Good Friday
        ("2026-07-01", ["2026-07-02", "2026-07-06"]),  # 4 July on a Saturday
        ("2026-05-15", ["2026-05-18", "2026-05-19"]),  # no Monday of May but the last
    ],
)
def test_new_york_is_known_by_its_gaps(last, expected):
    """Dates of the year, weekdays of a month, and days before Easter."""
    assert ahead(sessions(NEW_YORK, "2019-01-02", last), 2) == expected


def test_london_is_another_market():
    """Boxing Day, and Tuesday where Christmas is a Saturday; 4 July is a day as others."""
    past = sessions(LONDON, "2018-01-02", "2023-12-21")
    assert ahead(past, 3) == ["2023-12-22", "2023-12-27", "2023-12-28"]
    assert not Holidays(trail(past)).holds(np.datetime64("2024-07-04").astype(int))


def test_a_year_of_holidays_is_as_the_exchange_publishes_it():
    """After seven years all but one that came of a death are foreseen, and nothing else."""
    past = sessions(NEW_YORK, "2019-01-02", "2025-12-31")
    dates = dates_ahead(past, 251).astype("datetime64[D]")
    assert (
        dates.tolist()
        == sessions(NEW_YORK, "2026-01-01", "2026-12-31").astype("datetime64[D]").tolist()
    )


def test_intraday_bars_skip_holidays_too():
    """After the last bar of 3 July come those of Monday, the 7th."""
    days = sessions(NEW_YORK, "2019-01-02", "2025-07-03")
    past = (days[:, None] + np.arange(10, 16) * np.timedelta64(3600, "s")).ravel()
    assert str(dates_ahead(past, 1)[0]) == "2025-07-07T10:00:00"


@pytest.mark.parametrize("years", [1, 2])
def test_a_year_or_two_tell_no_holiday(years):
    """A day without a row once or twice may be anything: the table says that none is known."""
    past = sessions(NEW_YORK, f"{2025 - years}-07-10", "2025-07-02")
    assert ahead(past, 2) == ["2025-07-03", "2025-07-04"]
    assert skip_weekends_only(past)
    assert not skip_weekends_only(sessions(NEW_YORK, "2019-01-02", "2025-07-02"))


def test_a_series_full_of_gaps_has_no_holidays():
    """One weekday in ten without a row, at random, is no market with a few holidays."""
    past = sessions({}, "2012-01-02", "2024-12-31")
    past = past[np.random.default_rng(0).random(len(past)) > 0.1]
    assert not Holidays(trail(past)).are_known


def test_few_random_gaps_make_next_to_no_holidays():
    """Three in a hundred, at random."""
    past = sessions({}, "2012-01-02", "2024-12-31")
    past = past[np.random.default_rng(0).random(len(past)) > 0.03]
    holidays = Holidays(trail(past))
    start = int(past[-1].astype("datetime64[D]").astype(int)) + 1
    assert sum(holidays.holds(day) for day in range(start, start + 365)) <= 1


def test_markets_without_weekends_have_no_holidays_to_speak_of():
    """And nothing is said of a calendar, for none would fit."""
    past = np.arange("2018-01-01", "2024-12-31", dtype="datetime64[D]").astype("datetime64[s]")
    assert ahead(past, 2) == ["2024-12-31", "2025-01-01"]
    assert not skip_weekends_only(past)
    weeks = np.arange("2018-01-05", "2024-12-31", 7, dtype="datetime64[D]")
    assert not skip_weekends_only(weeks.astype("datetime64[s]"))
