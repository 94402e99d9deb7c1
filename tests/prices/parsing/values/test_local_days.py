"""One stamp a day in UTC is dated by the day that begins with it where its market is."""

import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from builders import weekdays

from rnncli.prices.reader import read_prices
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings

YEAR = [day.astype("datetime64[D]").astype(object) for day in weekdays("2024-01-02", 230)]
EVERY_DAY = [date(2024, 1, 1) + timedelta(days=k) for k in range(230)]
MONTHS = [date(2021 + k // 12, k % 12 + 1, 1) for k in range(30)]
WEEKS = [date(2024, 1, 1) + timedelta(weeks=k) for k in range(40)]
SUNDAY_TO_THURSDAY = [day for day in EVERY_DAY if day.weekday() not in {4, 5}]
ISO, NAIVE = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S"


def stamps(days, zone: str, hour: int = 0, minute: int = 0, form: str = ISO) -> list[str]:
    """A time of day in a zone, written in UTC."""
    moments = [datetime(d.year, d.month, d.day, hour, minute, tzinfo=ZoneInfo(zone)) for d in days]
    if form == "epoch":
        return [str(int(moment.timestamp())) for moment in moments]
    return [moment.astimezone(UTC).strftime(form) for moment in moments]


def read(cells: list[str], **settings) -> Prices:
    lines = [f"{cell},{10 + k}" for k, cell in enumerate(cells)]
    data = "\n".join(["date,close", *lines, ""]).encode()
    return read_prices(["-"], ReadSettings(**settings), io.BytesIO(data))


def days_of(prices: Prices) -> list[date]:
    assert np.all(prices.dates.astype("datetime64[D]") == prices.dates)
    return prices.dates.astype("datetime64[D]").tolist()


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    ("days", "zone", "hour", "form"),
    [
        (YEAR, "Europe/Berlin", 0, ISO),
        (YEAR, "Europe/Berlin", 0, NAIVE),
        (YEAR, "Europe/Berlin", 0, "epoch"),
        (YEAR[:5], "Europe/Berlin", 0, ISO),
        (YEAR[:20], "Europe/Berlin", 0, NAIVE),
        (YEAR, "Europe/London", 0, ISO),
        (YEAR, "Europe/Helsinki", 0, "%Y-%m-%d %H:%M:%S+00:00"),
        (YEAR, "Europe/Istanbul", 0, "%Y-%m-%d %H:%M UTC"),
        (YEAR, "Asia/Kolkata", 0, "epoch"),
        (YEAR, "Asia/Shanghai", 0, ISO),
        (YEAR, "Asia/Tokyo", 0, "epoch"),
        (YEAR, "Australia/Sydney", 0, ISO),
        (YEAR, "Australia/Brisbane", 0, ISO),
        (YEAR[:30], "Australia/Sydney", 0, ISO),
        (YEAR, "Australia/Sydney", 10, ISO),
        (YEAR, "Pacific/Auckland", 0, ISO),
        (SUNDAY_TO_THURSDAY, "Asia/Riyadh", 0, ISO),
        (SUNDAY_TO_THURSDAY, "Asia/Jerusalem", 0, ISO),
        (EVERY_DAY, "Europe/Berlin", 0, ISO),
        (EVERY_DAY, "Europe/London", 0, ISO),
        (MONTHS, "Europe/Berlin", 0, ISO),
        (WEEKS, "Europe/Berlin", 0, "epoch"),
        ([day + timedelta(days=4) for day in WEEKS], "Europe/Vienna", 0, ISO),
    ],
)
def test_a_stamp_of_the_day_before_is_dated_by_the_day_of_its_market(days, zone, hour, form):
    """The number of rows is reported; the option of the message leaves them as written."""
    cells = stamps(days, zone, hour, form=form)
    prices = read(cells)
    assert days_of(prices) == days
    (warned,) = prices.warnings()
    assert "times that begin a day in another time zone, dated as that day (first " in warned
    assert "--date-format utc leaves them as written): " in warned
    kept = read(cells, date_format="utc")
    assert [f"{moment}" for moment in kept.dates] == stamps(
        days, zone, hour, form="%Y-%m-%dT%H:%M:%S"
    )


@pytest.mark.parametrize("form", [ISO, NAIVE, "epoch"])
@pytest.mark.parametrize("zone", ["America/New_York", "America/Chicago", "America/Los_Angeles"])
def test_a_midnight_of_the_same_day_is_that_day(zone, form):
    """West of Greenwich the day is the one written; there is nothing to warn of."""
    prices = read(stamps(YEAR, zone, form=form))
    assert days_of(prices) == YEAR
    assert prices.warnings() == []


@pytest.mark.parametrize(
    ("days", "zone", "hour", "minute"),
    [
        (YEAR, "America/New_York", 9, 30),
        (YEAR, "America/New_York", 16, 0),
        (YEAR, "America/New_York", 17, 0),  # where the day of currencies ends
        (YEAR, "Europe/London", 23, 0),
        (YEAR, "Asia/Kolkata", 15, 30),
        (YEAR, "Asia/Tokyo", 15, 0),
        (YEAR, "Australia/Sydney", 16, 0),
        (SUNDAY_TO_THURSDAY, "Asia/Riyadh", 15, 0),
        (SUNDAY_TO_THURSDAY, "Asia/Jerusalem", 17, 25),
        (SUNDAY_TO_THURSDAY, "UTC", 23, 59),
        (EVERY_DAY, "UTC", 23, 0),
        ([day + timedelta(days=4) for day in WEEKS], "America/New_York", 17, 0),
        (EVERY_DAY, "UTC", 12, 0),
        (YEAR[:4], "Europe/Berlin", 0, 0),  # too few to tell
    ],
)
def test_other_times_of_day_stay_as_written(days, zone, hour, minute):
    """Opens and closes are of the day they are written under."""
    cells = stamps(days, zone, hour, minute)
    assert [f"{moment}Z" for moment in read(cells).dates] == cells


def test_a_format_that_is_typed_leaves_times_as_written():
    """Who names the format says what is there."""
    cells = stamps(YEAR, "Europe/Berlin", form=NAIVE)
    prices = read(cells, date_format=NAIVE)
    assert [f"{moment}".replace("T", " ") for moment in prices.dates] == cells
    assert prices.warnings() == []


def test_local_clocks_of_the_evening_are_those_of_the_next_session():
    """Futures of Chicago open on Sunday evening; hours of a day are no days."""
    cells = [str(d - timedelta(days=1)) + " 18:00" for d in YEAR]
    assert days_of(read(cells)) == YEAR
    hours = [f"2024-01-{d:02} {h}:00" for d in range(1, 25) for h in (22, 23)]
    assert len(read(hours).dates) == 48


def test_each_series_of_a_file_has_its_own_times():
    """One is stamped by its midnight, another by its close."""
    lines = [f"A,{cell},5" for cell in stamps(YEAR, "Europe/Berlin")]
    closes = stamps(YEAR, "Europe/Berlin", 17, 30)
    lines += [f"B,{cell},5" for cell in closes]
    data = "\n".join(["symbol,date,close", *lines, ""]).encode()
    prices = read_prices(["-"], ReadSettings(), io.BytesIO(data))
    assert prices.dates_of(0).astype("datetime64[D]").tolist() == YEAR
    assert [f"{moment}Z" for moment in prices.dates_of(1)] == closes
    assert "leaves them as written): 230" in prices.warnings()[0]
