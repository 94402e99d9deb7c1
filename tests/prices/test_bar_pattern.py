"""The future bars are those of each weekday in recent weeks."""

import numpy as np
import pytest
from builders import weekdays

from rnncli.prices.date_history import DateHistory
from rnncli.prices.future_dates import dates_after, dates_ahead

HOUR = 3600


def ahead(past, horizon: int = 2) -> list[str]:
    return [str(date) for date in dates_ahead(np.sort(past), horizon)]


def at(days, *times: str) -> np.ndarray:
    """Rows at times of day such as 09:30 on each of some days."""
    minutes = [60 * int(time[:2]) + int(time[3:]) for time in times]
    seconds = np.array(minutes, "timedelta64[m]").astype("timedelta64[s]")
    return (np.asarray(days, "datetime64[s]")[:, None] + seconds).ravel()


def every(minutes: int, first: str, last: str) -> list[str]:
    """Times of day from one to another."""
    start, end = (60 * int(time[:2]) + int(time[3:]) for time in (first, last))
    return [f"{m // 60:02}:{m % 60:02}" for m in range(start, end + 1, minutes)]


def hours(first: str, last: str) -> np.ndarray:
    return np.arange(
        np.datetime64(first, "h"), np.datetime64(last, "h") + np.timedelta64(1, "h")
    ).astype("datetime64[s]")


HONG_KONG = every(60, "09:30", "11:30") + every(60, "13:00", "15:00")
TOKYO = every(5, "09:00", "11:30") + every(5, "12:30", "15:00")


@pytest.mark.parametrize(("times", "noon", "after"), [
    (HONG_KONG, "11:30", "13:00"), (TOKYO, "11:30", "12:30"),
    (every(30, "09:30", "11:30") + every(30, "13:00", "15:00"), "11:30", "13:00"),
])  # fmt: skip
@pytest.mark.parametrize("days", [2, 5, 40])
def test_a_lunch_break_is_kept(times, noon, after, days):
    """After the last bar of the morning comes the first of the afternoon, whatever the step."""
    past = at(weekdays("2024-01-08", days), *times)
    last = str(past[-1])[:10]
    until = past[past <= np.datetime64(f"{last}T{noon}")]
    assert ahead(until, 1) == [f"{last}T{after}:00"]
    assert (
        dates_ahead(past, 2 * len(times)).tolist()
        == at(weekdays("2024-01-08", days + 2)[-2:], *times).tolist()
    )


def currency_week(first: str, weeks: int) -> np.ndarray:
    """Bars of an hour from Sunday 22:00 to Friday 21:00."""
    start = np.datetime64(first, "h")
    parts = [start + np.timedelta64(168 * k, "h") + np.arange(5 * 24) for k in range(weeks)]
    return np.concatenate(parts).astype("datetime64[s]")


@pytest.mark.parametrize("weeks", [2, 3, 9])
def test_the_weekend_of_currencies(weeks):
    """After Friday 21:00 comes Sunday 22:00, then Monday without a break."""
    past = currency_week("2024-01-07T22", weeks)
    sunday = np.datetime64("2024-01-14") + np.timedelta64(7 * (weeks - 1), "D")
    expected = hours(f"{sunday}T22", f"{sunday + np.timedelta64(5, 'D')}T21")
    assert dates_ahead(past, 120).tolist() == expected.tolist()


def test_futures_with_an_hour_of_rest():
    """From 18:00 to 17:00 of the next day, Sunday to Friday."""
    past = currency_week("2024-01-07T18", 6)
    past = past[past.astype("datetime64[h]").astype(int) % 24 != 17]
    friday = str(past[-1])
    assert friday == "2024-02-16T16:00:00"
    assert ahead(past, 2) == ["2024-02-18T18:00:00", "2024-02-18T19:00:00"]
    thursday = past[past <= np.datetime64("2024-02-15T16")]
    assert ahead(thursday, 1) == ["2024-02-15T18:00:00"]


NEW_YORK_WINTER = every(60, "14:30", "20:30")
NEW_YORK_SUMMER = every(60, "13:30", "19:30")


@pytest.mark.parametrize(("before", "after"), [(2, 2), (2, 1), (30, 1), (30, 3), (5, 20)])
def test_a_clock_that_changed_in_spring(before, after):
    """Stamps of UTC are an hour earlier from the Monday on, and all days to come are."""
    winter = weekdays("2026-01-01", 60)
    winter = winter[winter < np.datetime64("2026-03-07")][-before:]
    summer = weekdays("2026-03-09", after + 4)
    past = np.concatenate([at(winter, *NEW_YORK_WINTER), at(summer[:after], *NEW_YORK_SUMMER)])
    expected = at(summer[after:], *NEW_YORK_SUMMER)
    assert dates_ahead(past, len(expected)).tolist() == expected.tolist()
    morning = past[:-4]  # and within the first day
    assert dates_ahead(morning, 4).tolist() == past[-4:].tolist()


@pytest.mark.parametrize("after", [1, 2, 10])
def test_a_clock_that_changed_in_autumn(after):
    """An hour later, which the first day shows by the bar that it lacks."""
    summer = weekdays("2025-10-01", 60)
    summer = summer[summer < np.datetime64("2025-11-01")]
    winter = weekdays("2025-11-03", after + 2)
    past = np.concatenate([at(summer, *NEW_YORK_SUMMER), at(winter[:after], *NEW_YORK_WINTER)])
    expected = at(winter[after:], *NEW_YORK_WINTER)
    assert dates_ahead(past, 14).tolist() == expected.tolist()
    assert dates_ahead(past[:-2], 2).tolist() == past[-2:].tolist()


def test_a_late_start_is_not_a_change_of_the_clock():
    """In June no clock changes: the day ends as days do."""
    days = weekdays("2025-05-01", 30)
    past = np.concatenate([at(days[:-1], *NEW_YORK_SUMMER), at(days[-1:], *NEW_YORK_SUMMER[1:])])
    assert ahead(past, 1) == [f"{str(weekdays('2025-05-01', 31)[-1])[:10]}T13:30:00"]


USUAL, LONG, SHORT = (
    every(30, "09:30", "16:00"),
    every(30, "09:30", "20:00"),
    every(30, "09:30", "13:00"),
)


@pytest.mark.parametrize("odd", [LONG, SHORT], ids=["long", "short"])
@pytest.mark.parametrize("back", [1, 4, 5, 6, 10])
@pytest.mark.parametrize("days", [11, 60])
def test_one_long_or_short_day_changes_nothing(odd, back, days):
    """Wherever among the days it is, of few days or of many."""
    past_days = weekdays("2024-01-08", days)
    parts = [at(past_days[i : i + 1], *(odd if days - i == back else USUAL)) for i in range(days)]
    following = weekdays("2024-01-08", days + 3)[-3:]
    expected = at(following, *USUAL)
    found = dates_ahead(np.concatenate(parts), len(expected))
    if odd is SHORT and back == 1:
        expected = at(past_days[-1:], *USUAL)[len(SHORT) :]  # it may go on
        found = found[: len(expected)]
    assert found.tolist() == expected.tolist()


def test_hours_that_changed_for_good_are_followed():
    """After two weeks of longer days the days ahead are long."""
    days = weekdays("2024-01-08", 60)
    past = np.concatenate([at(days[:48], *USUAL), at(days[48:], *LONG)])
    assert (
        dates_ahead(past, len(LONG)).tolist() == at(weekdays("2024-01-08", 61)[-1:], *LONG).tolist()
    )


def test_a_short_friday_is_its_weekdays_own():
    """Three weeks of it are enough."""
    days = weekdays("2024-01-08", 19)  # to Thursday
    friday = (days.astype("datetime64[D]").astype(int) + 3) % 7 == 4
    past = np.sort(np.concatenate([at(days[~friday], *USUAL), at(days[friday], *SHORT)]))
    expected = at(np.array(["2024-02-02"], "datetime64[s]"), *SHORT)
    assert dates_ahead(past, len(SHORT)).tolist() == expected.tolist()
    assert ahead(np.concatenate([past, expected]), 1) == ["2024-02-05T09:30:00"]


def test_bars_that_lack_now_and_then_follow_the_usual_step():
    """A thin market, of which three minutes in ten have a bar, still opens and closes."""
    rng = np.random.default_rng(0)
    past = at(weekdays("2024-01-08", 30), *every(1, "09:30", "15:59"))
    past = past[rng.random(len(past)) < 0.3]
    past = past[past < np.datetime64("2024-02-16T12:00")]
    found = dates_ahead(past, 3)
    assert np.all(np.diff(np.append(past[-1], found)).astype(int) <= 5 * 60)


def test_a_tenth_of_the_bars_may_lack():
    """The pattern is what most days have."""
    rng = np.random.default_rng(0)
    past = at(weekdays("2024-01-08", 30), *every(15, "09:30", "15:45"))
    past = past[rng.random(len(past)) < 0.95]
    assert ahead(past[past < np.datetime64("2024-02-16")], 1) == ["2024-02-16T09:30:00"]


def test_two_fixings_a_day():
    """Ten thirty and three o'clock, in London."""
    past = at(weekdays("2024-01-08", 50), "10:30", "15:00")
    assert ahead(past[:-1], 1) == [f"{str(past[-1])[:10]}T15:00:00"]
    following = at(weekdays("2024-01-08", 52)[-2:], "10:30", "15:00")
    assert dates_ahead(past, 4).tolist() == following.tolist()


ROWS = {
    "currencies": currency_week("2024-01-07T22", 3),
    "Hong Kong": at(weekdays("2024-01-08", 6), *HONG_KONG),
    "two clocks": np.concatenate(
        [
            at(weekdays("2026-03-02", 5), *NEW_YORK_WINTER),
            at(weekdays("2026-03-09", 3), *NEW_YORK_SUMMER),
        ]
    ),
}


@pytest.mark.parametrize("market", ROWS)
def test_row_by_row_the_next_bar_is_the_same(market):
    """From the first row on, as after all of them at once."""
    past, history = ROWS[market], DateHistory()
    for place, second in enumerate(past.astype(np.int64).tolist()):
        history.push(second)
        ref = dates_ahead(past[: place + 1], 3)
        assert dates_after(history, 3).tolist() == ref.tolist()
