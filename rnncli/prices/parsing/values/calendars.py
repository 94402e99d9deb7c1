"""Years of the Persian, Hijri, Buddhist and Taiwanese calendars, as dates of the Gregorian one."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

from rnncli.dates import today
from rnncli.errors import DataError, setting
from rnncli.prices.parsing.values.hijri import FIRST_YEAR, in_gregorian_days
from rnncli.prices.parsing.values.thai_years import (
    refuse_years_of_two_calendars,
    with_gregorian_year,
)
from rnncli.prices.parsing.vocabulary.calendar_words import (
    MONTHS,
    calendar_called,
    calendar_named,
    calendar_of,
)
from rnncli.prices.parsing.vocabulary.expression import expression

_YEAR_FIRST = expression(r"(\d{2,4})([-/. ])(\d{1,2})\2(\d{1,2})((?:[ T].*)?)", re.ASCII)
_DAY_FIRST = expression(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})((?:[ T].*)?)", re.ASCII)
_COMPACT = expression(r"(\d{2,4})()(\d\d)(\d\d)()", re.ASCII)
_SIGNS = expression("[年月]")
_PREFIX = expression("^(?:中華民國|中华民国|民國|民国|พ\\.ศ\\.) ?")
_SUFFIX = expression(r" ?(?:\u0647\u0640?|A\.?H\.?)$")  # of the Hijri calendar
_BEHIND = {"persian": 621, "buddhist": -543, "minguo": 1911}  # years, but for a part of the first
_EARLIEST = {"persian": 1250, "buddhist": 2400, "minguo": 10, "hijri": 1407}  # none Persian as well
_KNOWN_YEAR, _KNOWN_DAY = 1400, date(2021, 3, 21)
_NO_DAY = "2024-02-31"  # in place of a day that its calendar does not have
_TWO_DIGITS = range(60, 100)  # years of two digits that may be of either calendar


def in_gregorian(
    cells: Sequence[str], plain: Sequence[str], asked: str | None, headers: Sequence[str]
) -> tuple[list[str], str]:
    """Return dates of another calendar as yyyy-mm-dd, and which one it is; else the dates as given.

    A calendar is `asked` for by the user, or shown by the letters of a date or of the headers.
    Raises DataError where years of two digits may be of two calendars.
    """
    called = calendar_called(asked)
    named = calendar_named([*headers, *cells[:1]])
    shown = named or calendar_of(cells) or _mixed(plain) or calendar_of(headers)
    calendar = called or (shown if asked is None else None)
    if calendar is None:
        if asked is None:
            refuse_years_of_two_calendars(plain)
        return list(plain), ""
    if calendar == "buddhist":
        years = with_gregorian_year(plain, is_asked=called is not None)
        return (years, calendar) if all(years) else (list(plain), "")
    parts = [_parts(cell, calendar) for cell in plain]
    known = [part for part in parts if part is not None]
    if calendar == "persian" and len(known) == len(parts):
        refuse_short_years(plain[0], known)
    if len(known) < len(parts) or not all(_is_of(part[0], calendar, called) for part in known):
        return list(plain), ""
    if called is None and calendar == "minguo" and all(part[0] < 100 for part in known):
        refuse_two_digits(plain[0], [part[0] for part in known])
        return list(plain), ""
    days = [_gregorian(part, calendar) for part in known]
    return [day or _NO_DAY for day in days], calendar


def refuse_short_years(cell: str, parts: Sequence[tuple[int, int, int, str]]) -> None:
    """Refuse years of two digits in front, under the letters of Persia: they may be of two ages."""
    if all(year < 100 and month <= 12 and day <= 31 for year, month, day, _ in parts):
        raise DataError(
            f"{cell!r} may be of the Persian calendar or the Gregorian one; write the years with"
            " four digits, as in 1402/10/12"
        )


def refuse_two_digits(cell: str, years: Sequence[int]) -> None:
    """Refuse years of two digits that may be of the nineties or of Taiwan."""
    if all(year in _TWO_DIGITS for year in years):
        mark = next((sign for sign in cell if not sign.isdecimal()), "")
        raise DataError(
            f"{cell!r} may count years from 1911 or leave out the century; say which with"
            f" {setting('date_format')} minguo or {setting('date_format')} %y{mark}%m{mark}%d"
        )


def _mixed(cells: Sequence[str]) -> str | None:
    """Return the calendar of Taiwan where years have two digits and, later, three."""
    if not cells or cells[0][:4].isdecimal():
        return None
    lengths = {match.end(1) for cell in cells if (match := _YEAR_FIRST.fullmatch(cell))}
    return "minguo" if lengths == {2, 3} else None


def _parts(cell: str, calendar: str) -> tuple[int, int, int, str] | None:
    """Return year, month, day and what is behind them; None for a cell of another kind."""
    text = _SUFFIX.sub("", _PREFIX.sub("", cell.strip()))
    for name, number in MONTHS[calendar].items():
        if name in text:
            text = re.sub(rf"[ -]?{re.escape(name)}[ -]?", f"/{number}/", text)
            break
    text = re.sub("日", "", _SIGNS.sub("/", text)) if "年" in text else text
    if (match := _DAY_FIRST.fullmatch(text)) is not None:
        return int(match[4]), int(match[3]), int(match[1]), match[5]
    match = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    return (int(match[1]), int(match[3]), int(match[4]), match[5]) if match is not None else None


def _is_of(year: int, calendar: str, called: str | None = None) -> bool:
    if calendar == "hijri":  # 33 years are as long as 32 others
        first = FIRST_YEAR if called else _EARLIEST[calendar]
        return first <= year <= 2 + (today().year - 622) * 33 // 32
    return _EARLIEST[calendar] <= year <= today().year + 1 - _BEHIND[calendar]


def calendar_of_year(year: int) -> str:
    """Return the calendar that a year of four digits can be of; empty where it is of none."""
    names = ("persian", "hijri", "buddhist")
    return next((name for name in names if _is_of(year, name)), "")


def _gregorian(part: tuple[int, int, int, str], calendar: str) -> str:
    """Return a day as yyyy-mm-dd, and the time behind it; empty for a day that does not exist."""
    year, month, day, rest = part
    if calendar == "hijri":
        there = in_gregorian_days(year, month, day)
        return "" if there is None else f"{there}{rest}"
    if calendar != "persian":
        return f"{year + _BEHIND[calendar]:04}-{month:02}-{day:02}{rest}"
    if not (1 <= month <= 12 and 1 <= day <= (31 if month < 7 else 30)):
        return ""
    return f"{_new_year(year) + timedelta(days=_before(month) + day - 1)}{rest}"


def _before(month: int) -> int:
    """Return the days of a Persian year before a month."""
    return 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)


@cache
def _new_year(year: int) -> date:
    """Return the first day of a Persian year, by the cycle of 33 years that has held since 1799."""
    between = range(min(year, _KNOWN_YEAR), max(year, _KNOWN_YEAR))
    days = sum(365 + ((25 * other + 11) % 33 < 8) for other in between)
    return _KNOWN_DAY + timedelta(days=days if year > _KNOWN_YEAR else -days)
