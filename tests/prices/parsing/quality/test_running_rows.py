"""The last row of a day, week or month that is not over is reported, dated as such, or left out."""

import io
from datetime import date

import numpy as np
import pytest
from builders import weekdays

from rnncli.errors import DataError
from rnncli.prices.future_dates import dates_ahead
from rnncli.prices.parsing.quality import running_rows, series_rows
from rnncli.prices.parsing.values import date_candidates
from rnncli.prices.reader import read_prices
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings

DAYS = [str(day)[:10] for day in weekdays("2024-01-01", 30)]


def read(dates, **settings) -> Prices:
    """Prices of 10, 11, … on some dates."""
    lines = [f"{date},{10 + k}" for k, date in enumerate(dates)]
    data = "\n".join(["date,close", *lines, ""]).encode()
    return read_prices(["-"], ReadSettings(**settings), io.BytesIO(data))


def last(prices: Prices) -> tuple[str, float, str]:
    """The last date, its price, and the next date."""
    following = dates_ahead(prices.dates, 1)[0]
    texts = [str(date).removesuffix("T00:00:00") for date in (prices.dates[-1], following)]
    return texts[0], float(prices.values[-1]), texts[1]


def months(first: str, count: int, days: int = 0) -> list[str]:
    """The same day of following months, or some days before the next."""
    start = np.datetime64(first, "M") + np.arange(count)
    return [str(month.astype("datetime64[D]") + np.timedelta64(days, "D")) for month in start]


def every(days: int, first: str, count: int) -> list[str]:
    return [str(np.datetime64(first) + np.timedelta64(days * k, "D")) for k in range(count)]


ENDS = [str(np.datetime64(m) - np.timedelta64(1, "D")) for m in months("2023-02", 12)]
MONDAYS, FRIDAYS = every(7, "2023-01-02", 30), every(7, "2023-01-06", 30)
OPENS = [f"{day} 14:30:00" for day in DAYS]
CLOSES = [f"{day} 16:00" for day in DAYS]


@pytest.mark.parametrize(
    ("dates", "unit", "expected"),
    [
        ([*DAYS, "2024-02-12 13:25:07"], "day", ("2024-02-12", 40.0, "2024-02-13")),
        (
            [*CLOSES, "2024-02-12 11:05"],  # no short day ends then
            "day",
            ("2024-02-12T16:00:00", 40.0, "2024-02-13T16:00:00"),
        ),
        ([*DAYS[:3], "2024-01-04 09:31"], "day", ("2024-01-04", 13.0, "2024-01-05")),
        (
            [*OPENS, "2024-02-12 20:00:01"],
            "day",
            ("2024-02-12T14:30:00", 40.0, "2024-02-13T14:30:00"),
        ),
        (
            [*CLOSES, "2024-02-12 11:05:33"],
            "day",
            ("2024-02-12T16:00:00", 40.0, "2024-02-13T16:00:00"),
        ),
        ([*MONDAYS, "2023-07-26"], "week", ("2023-07-24", 40.0, "2023-07-31")),
        ([*MONDAYS, "2023-08-02"], "week", ("2023-07-31", 40.0, "2023-08-07")),
        ([*FRIDAYS, "2023-08-01"], "week", ("2023-08-04", 40.0, "2023-08-11")),
        ([*months("2021-01", 5), "2021-05-07"], "month", ("2021-05-01", 15.0, "2021-06-01")),
        ([*months("2021-01", 4), "2021-05-17"], "month", ("2021-05-01", 14.0, "2021-06-01")),
        ([*ENDS, "2024-01-12"], "month", ("2024-01-31", 22.0, "2024-02-29")),
        (
            ["2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31", "2024-02-12"],
            "quarter",
            ("2024-03-31", 14.0, "2024-06-30"),
        ),
    ],
)
def test_a_running_period_is_reported_and_dated(dates, unit, expected):
    """By the date that it has among those before, so that the next is not a day off."""
    prices = read(dates)
    assert last(prices) == expected
    assert f"last rows of a running {unit} (first stdin: " in prices.warnings()[0]
    assert "see --drop-running" in prices.warnings()[0]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ([*DAYS, "2024-02-12 13:25:07"], (DAYS[-1], 39.0, "2024-02-12")),
        ([*DAYS, f"{DAYS[-1]} 13:25:07"], (DAYS[-1], 39.0, "2024-02-12")),
        ([*months("2021-01", 5), "2021-05-07"], ("2021-04-01", 13.0, "2021-05-01")),
        ([*MONDAYS, "2023-07-26"], ("2023-07-17", 38.0, "2023-07-24")),
        ([*FRIDAYS, "2023-08-01"], ("2023-07-28", 39.0, "2023-08-04")),
    ],
)
def test_drop_running_leaves_whole_periods(dates, expected):
    """Of a running week or month every price, of a day what was fetched while it ran."""
    prices = read(dates, drop_running=True)
    assert last(prices) == expected
    assert "left out last rows of a running day, week or month" in prices.warnings()[0]


def test_a_live_price_is_a_second_one_of_its_day():
    """Both remedies that the message names are typed, and the file is read."""
    dates = [*DAYS[:4], f"{DAYS[3]} 13:25:07"]
    with pytest.raises(DataError, match=r"lines 5 and 6: stdin has two prices on 2024-01-04") as at:
        read(dates)
    assert "leave its last price out with --drop-running, choose with --duplicates" in str(at.value)
    assert last(read(dates, drop_running=True)) == (DAYS[3], 13.0, "2024-01-05")
    assert last(read(dates, duplicates="last")) == (DAYS[3], 14.0, "2024-01-05")
    assert last(read(dates, duplicates="first")) == (DAYS[3], 13.0, "2024-01-05")


def test_a_live_price_that_is_the_same_is_a_repeated_row():
    """Nothing contradicts: the row is left out and counted."""
    data = b"date,close\n2024-01-02,1\n2024-01-03,2\n2024-01-04,3\n2024-01-04 17:00:03,3\n"
    prices = read_prices(["-"], ReadSettings(), io.BytesIO(data))
    assert prices.values.tolist() == [1, 2, 3]
    assert "repeated rows: 1" in prices.warnings()[0]


HALF_HOURS = [
    f"2024-01-{day:02} {h:02}:{m}" for day in (2, 3, 4) for h in (9, 10) for m in (15, 45)
]


@pytest.mark.parametrize(
    "dates",
    [
        DAYS,
        HALF_HOURS,
        [*HALF_HOURS, "2024-01-05 09:20"],
        [*CLOSES, "2024-02-12 13:00"],  # a short day
        [*OPENS, "2024-02-12 13:30:00"],  # a clock that has changed
        [*FRIDAYS, "2023-08-03"],  # Thursday before a holiday
        [*MONDAYS, "2023-08-01"],  # Tuesday after one
        every(2, "2024-01-01", 20),
        [*every(14, "2024-01-05", 20), "2024-10-08"],
        ENDS,
        [*ENDS, "2024-02-27"],
        [*months("2021-01", 5), "2021-06-03"],
        [*DAYS, "2024-03-20"],
        ["2024-01-02", "2024-01-03 10:00:01"],
        ["2015-03-31", "2015-09-30", "2015-12-31", "2016-06-30", "2016-08-01"],
    ],
)
def test_other_last_rows_are_left_alone(dates):
    """Short days, weeks that a holiday moves, and what has no rhythm."""
    prices = read(dates)
    assert prices.warnings() == []
    assert len(prices.values) == len(dates)


def test_each_series_has_its_own_rhythm():
    """A running month beside whole days; the warning names the first and counts all."""
    rows = [f"{day},A,{k}" for k, day in enumerate(DAYS, 1)]
    for symbol in "BC":
        dates = [*months("2021-01", 5), "2021-05-07"]
        rows += [f"{day},{symbol},{k}" for k, day in enumerate(dates, 1)]
    data = "\n".join(["date,symbol,close", *rows, ""]).encode()
    prices = read_prices(["-"], ReadSettings(), io.BytesIO(data))
    assert prices.lengths.tolist() == [30, 5, 5]
    assert "(first B: 2021-05-07 is of 2021-05-01; see --drop-running): 2" in prices.warnings()[0]


TODAY = date(2024, 2, 13)  # a Tuesday
LABELS = [f"{year}Q{quarter}" for year in (2022, 2023) for quarter in (1, 2, 3, 4)]
YEARS = [str(year) for year in range(2015, 2024)]
WEEKS = [f"2024-W{week:02}" for week in range(1, 8)]


@pytest.fixture
def clock(monkeypatch):
    """A day that stays."""
    for module in (running_rows, date_candidates, series_rows):
        monkeypatch.setattr(module, "today", lambda: TODAY)


NOT_OVER = [
    ([month[:7] for month in months("2023-06", 9)], "month", "2024-02-01", 1),
    (months("2023-06", 9), "month", "2024-02-01", 1),
    ([*months("2023-06", 8), "2024-02-02"], "month", "2024-02-02", 1),  # its first weekday
    ([*ENDS, "2024-01-31", "2024-02-29"][1:], "month", "2024-02-29", 1),
    ([*LABELS, "2024Q1"], "quarter", "2024-01-01", 1),
    ([*(f"{label[:4]}-{3 * int(label[5]) - 2:02}" for label in LABELS), "2024-01"], "quarter",
     "2024-01-01", 1),
    (["2022H1", "2022H2", "2023H1", "2023H2", "2024H1"], "half-year", "2024-01-01", 1),
    ([*YEARS, "2024"], "year", "2024-01-01", 1),
    ([f"{year}-12-31" for year in (*YEARS, "2024")], "year", "2024-12-31", 1),
    (WEEKS, "week", "2024-02-12", 1),
    (every(7, "2024-01-05", 7), "week", "2024-02-16", 1),
    (months("2024-01", 5), "month", "2024-02-01", 4),  # three of them in the future
    ([*YEARS, "2024", "2025"], "year", "2024-01-01", 2),
    ([*WEEKS, "2024-W08", "2024-W09"], "week", "2024-02-12", 3),
]  # fmt: skip


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("dates", "unit", "first", "count"), NOT_OVER)
def test_a_period_of_today_is_running(dates, unit, first, count):
    """However it is dated; rows of future periods are reported as well, and all can go."""
    prices = read(dates)
    (warned,) = prices.warnings()
    assert f"last rows of a running {unit} (first stdin: {first}; see --drop-running): " in warned
    assert ("symbols that end on a future day" in warned) == (count > 1)
    assert len(prices.values) == len(dates)
    assert read(dates, drop_running=True).values.tolist() == prices.values[:-count].tolist()


@pytest.mark.usefixtures("clock")
def test_the_day_named_in_a_warning_leaves_rows_to_come_out():
    """The remedy is typed as it stands."""
    dates = [*DAYS, "2024-03-01"]
    assert (
        "(first stdin on 2024-03-01; --until 2024-02-13 leaves it out)" in read(dates).warnings()[0]
    )
    assert read(dates, until="2024-02-13").warnings() == []


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "dates",
    [
        months("2023-06", 8),
        [*ENDS, "2024-01-31"][-9:],
        LABELS,
        YEARS,
        [f"{year}-12-31" for year in YEARS],
        WEEKS[:-1],
        every(7, "2023-12-29", 7),
        every(7, "2023-12-26", 8),  # Tuesdays up to today
        [*every(7, "2023-12-25", 3), "2024-01-16"],  # Tuesday after a holiday
        DAYS,
    ],
)
def test_periods_that_are_over_are_left_alone(dates):
    """Up to the last month, quarter, year or week before today."""
    assert read(dates).warnings() == []


@pytest.mark.usefixtures("clock")
def test_a_series_of_nothing_but_days_to_come_stays():
    """There would be no rows left; it is warned of."""
    prices = read(months("2025-01", 4), drop_running=True)
    assert prices.values.size == 4
    assert "a future day" in prices.warnings()[0]
