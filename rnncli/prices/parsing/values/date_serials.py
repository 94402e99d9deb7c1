"""Dates that count otherwise: years of an era, weeks, days as spreadsheets number them.

A week is dated by its Monday, as a month and a quarter are by their first day.
"""

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from rnncli.arrays import DateArray
from rnncli.prices.parsing.vocabulary.expression import expression

# the year before the first of an era, and how many it had
_ERAS = {
    "令和": (2018, 99), "R": (2018, 99), "平成": (1988, 31), "H": (1988, 31),
    "昭和": (1925, 64), "S": (1925, 64), "大正": (1911, 15), "T": (1911, 15),
    "明治": (1867, 45), "M": (1867, 45),
}  # fmt: skip
_ERA = expression(
    "(令和|平成|昭和|大正|明治|[RHSTM]) ?([0-9]{1,2}|元)"
    "(?:年 ?([0-9]{1,2})月 ?([0-9]{1,2})日|([./-])([0-9]{1,2})\\5([0-9]{1,2}))"
)
_REPUBLIC = expression(
    "(1[0-4][0-9])(?:([/.-])([0-9]{1,2})\\2|年 ?([0-9]{1,2})月 ?)([0-9]{1,2})日?"
)
_FOUNDED = 1911  # the year before the first of the republic that Taiwan counts from
_WEEK = expression(
    r"(?P<Y>[0-9]{4})[- ]?(?:[Ww]|KW ?)(?P<W>[0-9]{1,2})(?:-(?P<d>[1-7]))?"
    r"|(?:[Ww]|KW ?)(?P<w>[0-9]{1,2})[-/ ](?P<y>[0-9]{4})"
)
_SERIAL = expression(r"([2-9][0-9]{4})(?:\.[0-9]+)?", re.ASCII)
_FIRST_SERIAL = 25569  # 1970; smaller numbers may be days since then, as other programs count
_FROM_ZERO = expression(r"(7[0-9]{5})(?:\.[0-9]+)?", re.ASCII)
_BEFORE_1970 = 719529  # days from the year 0 to 1970
_ZERO = np.datetime64("1899-12-30", "D")  # the day that spreadsheets count from
_MAC = 1462  # days that some spreadsheets of a Mac begin later


def is_counted(cell: str) -> bool:
    """Whether a cell is a date of an era, or a week of a year."""
    return _from_era(cell) is not None or _from_week(cell) is not None


def from_counted(cells: Sequence[str]) -> tuple[list[str], str]:
    """Return cells as yyyy-mm-dd and how they were written, if all are eras or all are weeks."""
    for read, name in ((_from_era, "years of an era"), (_from_week, "weeks")):
        if cells and read(cells[0]) is not None:
            days = [read(cell) for cell in cells]
            return [day or cell for day, cell in zip(days, cells, strict=True)], name
    return list(cells), ""


def _from_era(cell: str) -> str | None:
    match = _REPUBLIC.fullmatch(cell.strip())
    if match is not None:
        return f"{_FOUNDED + int(match[1])}-{int(match[3] or match[4]):02}-{int(match[5]):02}"
    match = _ERA.fullmatch(cell.strip())
    if match is None:
        return None
    before, most = _ERAS[match[1]]
    year = 1 if match[2] == "元" else int(match[2])
    month, day = match[3] or match[6], match[4] or match[7]
    return f"{before + year}-{int(month):02}-{int(day):02}" if 1 <= year <= most else None


def _from_week(cell: str) -> str | None:
    match = _WEEK.fullmatch(cell.strip())
    if match is None:
        return None
    year, week = int(match["Y"] or match["y"]), int(match["W"] or match["w"])
    try:
        return date.fromisocalendar(year, week, int(match["d"] or 1)).isoformat()
    except ValueError:
        return None


def is_serial(cell: str) -> bool:
    """Whether a cell can be a day since 1970 as spreadsheets number them: 45292 for 2024-01-01."""
    match = _SERIAL.fullmatch(cell.strip())
    return match is not None and _FIRST_SERIAL <= int(match[1]) <= _last_serial()


def days_of_year_zero(cells: Sequence[str]) -> bool:
    """Whether cells can number the days since 1970 from the year 0 on: 739252 for 2024-01-01."""
    matches = [_FROM_ZERO.fullmatch(cell.strip()) for cell in cells]
    days = [int(match[1]) for match in matches if match is not None]
    last = _BEFORE_1970 + _last_serial() - _FIRST_SERIAL
    return len(days) == len(cells) > 0 and min(days) >= _BEFORE_1970 and max(days) <= last


def _last_serial() -> int:
    return int((np.datetime64("today", "D") - _ZERO).astype(np.int64)) + 2


def from_serials(cells: Sequence[str]) -> tuple[DateArray, DateArray]:
    """Return the dates of such numbers counted from 1900, and as counted from 1904."""
    days = np.array([int(cell.split(".")[0]) for cell in cells], dtype=np.int64)
    parts = np.array([float(f"0.{cell.partition('.')[2] or 0}") for cell in cells])
    seconds = days * 86_400 + np.round(parts * 86_400).astype(np.int64)
    dates = _ZERO.astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    return dates, dates + np.timedelta64(_MAC, "D")
