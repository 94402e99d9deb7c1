"""One date format holds for a whole column, or the column is refused."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.errors import DataError, UsageError
from rnncli.prices.parsing.values.date_candidates import BadDateError
from rnncli.prices.parsing.values.parse_dates import is_date, is_epoch, parse_dates


def never(_dates) -> bool:
    return False


def read(*cells: str, date_format: str | None = None, in_order=never) -> list[str]:
    return [str(d) for d in parse_dates(cells, date_format, in_order).dates]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("2024-01-31", "2024-01-31T00:00:00"),
        ("2024-1-5", "2024-01-05T00:00:00"),
        ("2024/01/31", "2024-01-31T00:00:00"),
        ("2005.08.10 00:15", "2005-08-10T00:15:00"),
        ("2024-01-31T16:30:15", "2024-01-31T16:30:15"),
        ("2024-01-31 16:30:15.123456", "2024-01-31T16:30:15"),
        ("2024-01-31T16:30:15Z", "2024-01-31T16:30:15"),
        ("2024-01-31 00:00:00-05:00", "2024-01-31T00:00:00"),
        ("2013-04-28 00:00:00 UTC", "2013-04-28T00:00:00"),
        ("20240131", "2024-01-31T00:00:00"),
        ("20240131 093000", "2024-01-31T09:30:00"),
        ("202401310930", "2024-01-31T09:30:00"),
        ("01/31/2024", "2024-01-31T00:00:00"),
        ("31/01/2024", "2024-01-31T00:00:00"),
        ("31.01.2024", "2024-01-31T00:00:00"),
        ("31-1-99", "1999-01-31T00:00:00"),
        ("1/31/99", "1999-01-31T00:00:00"),
        ("1/31/2024 4:05 PM", "2024-01-31T16:05:00"),
        ("Feb 23, 2018", "2018-02-23T00:00:00"),
        ("Jan 1 2000", "2000-01-01T00:00:00"),
        ("27-Jan-17", "2017-01-27T00:00:00"),
        ("12-June-2019", "2019-06-12T00:00:00"),
        ("3 Sept. 2019", "2019-09-03T00:00:00"),
        ("Nov 2021", "2021-11-01T00:00:00"),
        ("2021-11", "2021-11-01T00:00:00"),
        ("1987", "1987-01-01T00:00:00"),
        ("1502928000", "2017-08-17T00:00:00"),
        ("1672531200000", "2023-01-01T00:00:00"),
        ("1672531200000000", "2023-01-01T00:00:00"),
        ("2024-02-29 24:00", "2024-03-01T00:00:00"),
    ],
)
def test_dates_in_every_style(cell, meant):
    """A date is the local day and time that is written; fractions and offsets fall away."""
    assert read(cell) == [meant]


@pytest.mark.parametrize(
    "cell",
    ["", "abc", "2024-13-01", "2023-02-29", "0000-01-01", "2024-01-31 25:00", "12.5", "Foo 1 2000"],
)
def test_what_is_not_a_date_is_refused(cell):
    """A day that the calendar does not have is not a date."""
    with pytest.raises(BadDateError):
        read(cell)


def test_the_first_cell_that_does_not_fit_is_pointed_at():
    """One format holds for the whole column."""
    for odd in ("02/01/2024", "2024/01/03", "soon", "2024-02-30"):
        with pytest.raises(BadDateError) as caught:
            read("2024-01-01", "2024-01-02", odd, "2024-01-04")
        assert caught.value.index == 2


def test_day_and_month_are_settled_by_the_whole_column():
    """One day above 12 decides for every row."""
    assert read("02/01/2024", "15/01/2024")[0].startswith("2024-01-02")
    assert read("02/01/2024", "02/15/2024")[0].startswith("2024-02-01")


def test_an_open_format_is_settled_by_order_alone():
    """Where two formats fit, the only one that puts the rows in order is taken."""

    def rising(dates) -> bool:
        return bool(np.all(np.diff(dates).astype(int) > 0))

    days = ("30/01/24", "31/01/24", "01/02/24", "02/02/24")
    assert read(*days, in_order=rising)[2].startswith("2024-02-01")
    open_days = ("10/01/2024", "11/01/2024", "01/02/2024")
    assert read(*open_days, in_order=rising)[2].startswith("2024-02-01")


def test_an_open_format_is_refused():
    """Where order does not settle it, the user is asked."""
    with pytest.raises(DataError, match=r"%m/%d/%Y or %d/%m/%Y; say which with --date-format"):
        read("01/02/2024", "01/03/2024", in_order=lambda _: True)


def test_equal_readings_are_not_open():
    """A day that equals its month needs no decision."""
    assert read("05/05/2024") == ["2024-05-05T00:00:00"]


def test_a_given_format_is_the_only_one():
    """--date-format decides, and a cell that does not fit it is refused."""
    assert read("01/02/2024", date_format="%d/%m/%Y") == ["2024-02-01T00:00:00"]
    with pytest.raises(BadDateError):
        read("2024-01-02", date_format="%d/%m/%Y")
    for bad in ("%d/%m", "%Y %Q", "%Y %"):
        with pytest.raises(UsageError, match="--date-format"):
            read("01/02/2024", date_format=bad)


def test_numbers_are_not_taken_for_dates():
    """Only eight digits that make a day look like a date."""
    assert is_date("20240131")
    for cell in ("20249931", "1987", "12.5", "1234567", "123456789", ""):
        assert not is_date(cell)
    assert is_epoch("1502928000")
    assert not is_epoch("150.25")


FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%m/%d/%Y", "%d-%b-%Y", "%b %d, %Y"]


@given(
    st.dates(date(1900, 1, 1), date(2025, 1, 1)),
    st.lists(st.integers(1, 9), min_size=1, max_size=30),
    st.sampled_from(FORMATS),
)
def test_a_rising_column_is_read_as_meant_or_refused(first, steps, date_format):
    """Whatever the format, dates in order come back as they were, or not at all."""
    days = [first]
    for step in steps:
        days.append(days[-1] + timedelta(days=step))
    cells = [day.strftime(date_format) for day in days]

    def rising(dates) -> bool:
        return bool(np.all(np.diff(dates).astype(int) > 0))

    try:
        parsed = parse_dates(cells, None, rising).dates
    except DataError:
        assert "b" not in date_format  # a month by name leaves nothing open
    else:
        assert parsed.astype("datetime64[D]").tolist() == days


@pytest.mark.parametrize("name", ["S10000", "S14999", "H20001", "Q10000", "T42500"])
def test_a_numbered_symbol_is_no_half_year(name):
    """Years are of our time where no sign stands between them and their half or quarter."""
    assert not is_date(name)
    assert is_date(name[:2] + "2024")
    assert is_date(f"{name[:2]} {name[2:]}")
