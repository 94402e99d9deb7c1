"""Years of the Buddhist calendar, 543 ahead of the Gregorian one, with four digits or two."""

import re
from calendar import month_abbr
from collections.abc import Sequence

from rnncli.dates import today
from rnncli.errors import DataError, setting
from rnncli.prices.parsing.vocabulary.calendar_words import MONTHS
from rnncli.prices.parsing.vocabulary.expression import expression

AHEAD = 543
_PREFIX = expression("^พ\\.ศ\\. ?")
_FOUR_DIGITS = expression(r"(?<![0-9])2[4-6][0-9]{2}(?![0-9:])")
_MONTH = r"(?P<month>[0-9]{2}|[0-9](?=[-/. ])|[A-Z][a-z]{2})"
_TWO_DIGITS = (
    (expression(rf"(?P<day>[0-9]{{1,2}})(?P<s>[-/. ]?){_MONTH}(?P=s)(?P<year>[0-9]{{2}})"
                r"(?P<rest>(?:[ T].*)?)"), "%d{s}{m}{s}%y"),
    (expression(rf"(?P<year>[0-9]{{2}})(?P<s>[-/. ]?){_MONTH}(?P=s)(?P<day>[0-9]{{2}})"
                r"(?P<rest>(?:[ T].*)?)"), "%y{s}{m}{s}%d"),
)  # fmt: skip
_RECENT = (
    5  # years back in which a year of the Buddhist calendar is as likely as one of the sixties
)


def with_gregorian_year(cells: Sequence[str], *, is_asked: bool) -> list[str]:
    """Return dates of Thailand with their Gregorian year; each is empty where it has no such year.

    Years of two digits are of the Buddhist calendar where the user asks for it, or where they would
    be in the future otherwise. Raises DataError where they may be of either.
    """
    texts = [_with_month(_PREFIX.sub("", cell)) for cell in cells]
    dates = [_from_four_digits(text) for text in texts]
    if any(dates):
        return dates
    latest = _this_year() % 100
    for pattern, _ in _TWO_DIGITS:
        short = _matches(pattern, texts)
        if short and (is_asked or all(today().year % 100 < _year(m) <= latest for m in short)):
            return [_from_two_digits(match) for match in short]
    refuse_short_years(cells, texts)
    return dates


def _matches(pattern: re.Pattern[str], texts: Sequence[str]) -> list[re.Match[str]]:
    """Return the matches of all texts, with a month and a day each; none where one has not."""
    matches = [pattern.fullmatch(text) for text in texts]
    real = [m for m in matches if m is not None and int(m["day"]) <= 31 and _month(m) <= 12]
    return real if len(real) == len(texts) else []


def _year(match: re.Match[str]) -> int:
    return int(match["year"])


def _month(match: re.Match[str]) -> int:
    """Return the number of a month, more than 12 for a name that is of none."""
    month = match["month"]
    if month.isdecimal():
        return int(month)
    return list(month_abbr).index(month) if month in month_abbr else 13


def refuse_short_years(cells: Sequence[str], texts: Sequence[str]) -> None:
    """Refuse years of two digits behind the name of a Thai month that may be of two calendars."""
    if list(texts) != list(cells):
        raise DataError(
            f"{cells[0]!r} may be of the Buddhist calendar or the Gregorian one; write the years"
            " with four digits"
        )


def refuse_years_of_two_calendars(cells: Sequence[str]) -> None:
    """Refuse years of two digits that may be of the sixties or, in Thailand, of these years."""
    latest = _this_year() % 100
    for pattern, form in _TWO_DIGITS:
        if pattern.fullmatch(cells[0] if cells else "") is None:
            continue
        years = [_year(match) for match in _matches(pattern, cells)]
        if not years or max(years) > latest or min(years) < latest - _RECENT:
            continue
        if max(years) >= latest - _RECENT // 2:
            first = _matches(pattern, cells[:1])[0]
            month = "%m" if first["month"].isdecimal() else "%b"
            either = setting("date_format", form.format(s=first["s"], m=month))
            raise DataError(
                f"{cells[0]!r} may be of {1900 + years[0]} or of the Buddhist year"
                f" {2500 + years[0]}; say which with {either} or"
                f" {setting('date_format', 'buddhist')}"
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
    year, day = 2500 + _year(match) - AHEAD, int(match["day"])
    return f"{year}-{_month(match):02}-{day:02}{match['rest']}"
