"""Every reading of a column of dates: the patterns that fit all cells, and the days they give."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnncli.arrays import BoolArray, DateArray, IntArray
from rnncli.dates import today
from rnncli.errors import setting
from rnncli.prices.parsing.values.calendars import calendar_of_year
from rnncli.prices.parsing.values.date_patterns import DATE_PATTERNS, DatePattern
from rnncli.prices.parsing.values.offsets import by_instants, offsets_of
from rnncli.prices.parsing.vocabulary.date_words import months_of

EARLIEST = 1600  # years before it, and after the next one, are of another calendar
AHEAD = 2  # days by which a date may be ahead of today, since somewhere it is tomorrow


@dataclass(frozen=True)
class ParsedDates:
    """One reading of a date column: what it is called, and a date for every distinct cell."""

    format: str
    dates: DateArray  # (cells,) datetime64[s]
    evidence: str = ""


class BadDateError(Exception):
    """The cell at `index` is not a date in the format of the column."""

    def __init__(self, index: int, reason: str):
        super().__init__(reason)
        self.index = index
        self.reason = reason


def date_candidates(cells: Sequence[str]) -> list[ParsedDates]:
    """Every reading that fits all cells; the error of the best try where none does."""
    failures: list[tuple[int, str]] = []
    for pattern in DATE_PATTERNS:
        attempts = [pattern.pattern.fullmatch(cell) for cell in cells]
        if None in attempts:
            if (miss := attempts.index(None)) > 0:
                failures.append((miss, "is not written like the dates above it"))
            continue
        matches = [match for match in attempts if match is not None]
        readings, failed = _read_pattern(pattern, matches)
        failures += failed
        if readings:
            return readings
    if failures:
        raise BadDateError(*max(failures, key=_telling))
    raise BadDateError(0, "is not a date")


def _telling(failure: tuple[int, str]) -> tuple[int, bool, str]:
    """The order of failures: the last place first, there one that names an option."""
    index, reason = failure
    return index, setting("date_format") in reason, reason


def _read_pattern(
    pattern: DatePattern, matches: Sequence[re.Match[str]]
) -> tuple[list[ParsedDates], list[tuple[int, str]]]:
    """Return the readings of one pattern that give real dates, and where the others fail."""
    names = pattern.pattern.groupindex
    marks = {match["s"] for match in matches} if "s" in names else {""}
    if len(marks) > 1:
        other = next(i for i, match in enumerate(matches) if match["s"] != matches[0]["s"])
        return [], [(other, "is not written like the dates above it")]
    clock = _clock(matches) if "H" in names else np.zeros(len(matches), dtype=np.int64)
    has_zone = "Z" in names
    offsets = offsets_of([m["z"] or m["Z"] for m in matches]) if has_zone else None
    readings, failures = [], []
    for name, groups in pattern.readings:
        if groups[0] == "d" and any(len(match["d"]) == 1 for match in matches):
            continue  # no year has one digit
        for month, meaning in _months_of(matches, groups[1]):
            year, day = _numbers(matches, groups[0]), _numbers(matches, groups[2])
            if groups[0] == "Y" and (strange := other_calendar(year)).size:
                failures.append((int(strange[0]), strange_year(int(year[strange[0]]))))
                continue
            if groups[0] != "Y":
                year = np.where(year < 69, year + 2000, year + 1900)
            bad = np.flatnonzero(~exists(year, month, day) | (clock < 0))
            if bad.size:
                failures.append((int(bad[0]), "is not a date of the calendar"))
                continue
            dates = days_of(year, month, day).astype("datetime64[s]")
            late = is_late(dates)
            if groups[0] in "ad" and np.any(late & (year % 100 <= 31)):
                continue  # rather a day than a year to come
            if groups[0] != "Y":
                dates = century_before(dates, late)
            label = name.format(s=marks.copy().pop()) + (
                _clock_label(matches) if np.any(clock) else ""
            )
            moments, in_utc = by_instants(dates + clock.astype("timedelta64[s]"), offsets)
            label += " in UTC" if in_utc else ""
            readings.append(ParsedDates(label + meaning, moments))
    return readings, failures


def is_late(dates: DateArray) -> BoolArray:
    """Whether dates are in the future in every time zone, shape (dates,)."""
    late: BoolArray = dates > np.datetime64(today(), "s") + np.timedelta64(AHEAD, "D")
    return late


def other_calendar(years: IntArray) -> IntArray:
    """Return the places of years too early or too late for prices in the Gregorian calendar."""
    return np.flatnonzero((years < EARLIEST) | (years > today().year + 1))


def strange_year(year: int) -> str:
    """What is wrong with a year of another calendar."""
    if name := calendar_of_year(year):
        say = f"{setting('date_format')} {name}"
        return f"is in the year {year}, of another calendar; say {say} if it is that one"
    clock = f"; the clock of this machine says {today().year}" if year > today().year else ""
    return f"is in the year {year}, of another calendar or mistyped{clock}"


def _months_of(matches: Sequence[re.Match[str]], group: str) -> list[tuple[IntArray, str]]:
    """Return the months that a group can mean, and what tells each from the others."""
    if group != "b":
        return [(_numbers(matches, group), "")]
    return [(np.array(months), meaning) for months, meaning in months_of([m["b"] for m in matches])]


def _numbers(matches: Sequence[re.Match[str]], group: str) -> IntArray:
    if group == "1":
        return np.ones(len(matches), dtype=np.int64)
    if group == "Q":
        return np.array([3 * int(match["Q"]) - 2 for match in matches], dtype=np.int64)
    if group == "E":
        return np.array([6 * int(match["E"]) - 5 for match in matches], dtype=np.int64)
    return np.array([match[group] for match in matches], dtype=np.int64)


def _clock(matches: Sequence[re.Match[str]]) -> IntArray:
    """Seconds of the day, -1 for a time that does not exist; a fraction or an offset is ignored."""
    return np.array([_seconds(match) for match in matches], dtype=np.int64)


def _clock_label(matches: Sequence[re.Match[str]]) -> str:
    groups = [match.groupdict() for match in matches]
    half = any(group.get("p") or group.get("q") for group in groups)
    return " %I:%M %p" if half else " %H:%M"


def _seconds(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if groups["H"] is None:
        return 0
    h, m, s = int(groups["H"]), int(groups.get("M") or 0), int(groups.get("S") or 0)
    half = (groups.get("p") or groups.get("q") or "").lower().replace(".", "")
    if half:
        if not 1 <= h <= 12:
            return -1
        h = h % 12 + (12 if half == "pm" else 0)
    if h == 24 and m == s == 0:
        return 86_400
    return h * 3600 + m * 60 + min(s, 59) if h < 24 and m < 60 and s <= 60 else -1


def exists(year: IntArray, month: IntArray, day: IntArray) -> BoolArray:
    """Whether there are such days, shape (dates,)."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    last = lengths[np.where(month <= 12, month, 0)] + (leap & (month == 2))
    is_day: BoolArray = (year > 0) & (month >= 1) & (day >= 1) & (day <= last)
    return is_day


def days_of(year: IntArray, month: IntArray, day: IntArray) -> DateArray:
    """Return the days, shape (dates,)."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days: DateArray = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    return days


def century_before(dates: DateArray, moved: BoolArray) -> DateArray:
    """Return the dates, some of them a hundred years earlier."""
    months = dates.astype("datetime64[M]")
    earlier = (months - np.timedelta64(1200, "M")).astype("datetime64[s]") + (dates - months)
    return np.where(moved, earlier, dates)


def many_iso(cells: Sequence[str]) -> ParsedDates | None:
    """Read thousands of distinct dates in ISO form at once; None where one is otherwise."""
    size = len(cells[0]) if len(cells) > 1000 else 0
    if (
        size not in {10, 16, 19}
        or set(map(len, cells)) != {size}
        or not all(map(str.isascii, cells))
    ):
        return None
    letters = np.array(cells, dtype=f"S{size}").view(np.uint8).reshape(-1, size)
    marks = {4: b"-", 7: b"-", 10: b" T", 13: b":", 16: b":"}
    for place in range(size):
        allowed = marks.get(place, b"0123456789")
        if not np.isin(letters[:, place], np.frombuffer(allowed, np.uint8)).all():
            return None
    starts = ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19))
    parts = [_number(letters[:, a:b]) for a, b in starts if b <= size]
    year, month, day, hour, minute, second = parts + [np.zeros_like(parts[0])] * (6 - len(parts))
    clock = hour * 3600 + minute * 60 + second
    fits = exists(year, month, day) & (hour < 24) & (minute < 60) & (second < 60)
    if not fits.all() or other_calendar(year).size:
        return None
    dates = days_of(year, month, day).astype("datetime64[s]") + clock.astype("timedelta64[s]")
    return ParsedDates(
        f"%Y-%m-%d{' %H:%M' if size > 10 else ''}", dates, "the only format that fits"
    )


def _number(digits: npt.NDArray[np.uint8]) -> IntArray:
    """Return the numbers that rows of digits write, shape (rows,)."""
    tens = 10 ** np.arange(digits.shape[1])[::-1]
    return (digits.astype(np.int64) - ord("0")) @ tens
