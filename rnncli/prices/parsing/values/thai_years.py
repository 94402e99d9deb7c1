"""Years of the Buddhist calendar, 543 ahead of the Gregorian one, with four digits or two."""

import re
from calendar import month_abbr
from collections.abc import Sequence

from rnncli.dates import today
from rnncli.errors import DataError, setting
from rnncli.prices.parsing.vocabulary.calendar_words import MONTHS

AHEAD = 543
_PREFIX = re.compile("^พ\\.ศ\\. ?")
_FOUR_DIGITS = re.compile(r"(?<![0-9])2[4-6][0-9]{2}(?![0-9:])")
_TWO_DIGITS = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<s>[-/. ]?)(?P<month>[0-9]{1,2}|[A-Z][a-z]{2})(?P=s)(?P<year>[0-9]{2})"
    r"(?P<rest>(?:[ T].*)?)"
)
_RECENT = (
    5  # years back in which a year of the Buddhist calendar is as likely as one of the sixties
)


def with_gregorian_year(cells: Sequence[str], *, is_told: bool) -> list[str]:
    """Return dates of Thailand with their Gregorian year; each is empty where it has no such year.

    Years of two digits are of the Buddhist calendar where that is told, or where they would be yet
    to come otherwise. Raises DataError where they may be of either.
    """
    texts = [_with_month(_PREFIX.sub("", cell)) for cell in cells]
    dates = [_from_four_digits(text) for text in texts]
    if any(dates):
        return dates
    short = [match for text in texts if (match := _TWO_DIGITS.fullmatch(text)) is not None]
    if len(short) < len(texts) or not all(
        match["s"] or match["month"].isalpha() for match in short
    ):
        return dates
    years = [int(match["year"]) for match in short]
    if not is_told and not all(today().year % 100 < year <= _this_year() % 100 for year in years):
        refuse_short_years(cells, texts)
        return dates
    return [_from_two_digits(match) for match in short]


def refuse_short_years(cells: Sequence[str], texts: Sequence[str]) -> None:
    """Refuse years of two digits behind the name of a Thai month that may be of two calendars."""
    if list(texts) != list(cells):
        raise DataError(
            f"{cells[0]!r} may be of the Buddhist calendar or the Gregorian one; write the years"
            " with four digits"
        )


def refuse_years_of_two_calendars(cells: Sequence[str]) -> None:
    """Refuse years of two digits that may be of the sixties or, in Thailand, of these years."""
    this_year = _this_year() % 100
    years = []
    for cell in cells:
        match = _TWO_DIGITS.fullmatch(cell)
        if match is None or not match["s"]:
            return
        year, month = int(match["year"]), match["month"]
        is_recent = this_year - _RECENT <= year <= this_year
        if not is_recent or (month.isdecimal() and int(month) > 12):
            return
        years.append(year)
    if years and max(years) >= this_year - _RECENT // 2:
        sign, month = match["s"], "%b" if match["month"].isalpha() else "%m"  # type: ignore[index]
        either = setting("date_format", f"%d{sign}{month}{sign}%y")
        raise DataError(
            f"{cells[0]!r} may be of {1900 + years[0]} or of the Buddhist year {2500 + years[0]};"
            f" say which with {either} or {setting('date_format', 'buddhist')}"
        )


def _this_year() -> int:
    return today().year + AHEAD


def _with_month(text: str) -> str:
    """Return a date with the name of its month in English."""
    for name, number in MONTHS["buddhist"].items():
        if name in text:
            return text.replace(name, month_abbr[number])
    return text


def _from_four_digits(text: str) -> str:
    match = _FOUR_DIGITS.search(text)
    if match is None or not 2400 <= int(match[0]) <= _this_year() + 1:
        return ""
    return f"{text[: match.start()]}{int(match[0]) - AHEAD}{text[match.end() :]}"


def _from_two_digits(match: re.Match[str]) -> str:
    """Return day, month and year as yyyy-mm-dd, and the time behind them."""
    month = match["month"]
    number = int(month) if month.isdecimal() else list(month_abbr).index(month)
    return f"{2500 + int(match['year']) - AHEAD}-{number:02}-{int(match['day']):02}{match['rest']}"
