"""Dates as written in cells: one format for the whole column, or a refusal."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from rnncli.errors import DataError, UsageError

DateArray = npt.NDArray[np.datetime64]
IntArray = npt.NDArray[np.int64]

_MONTH_NAMES = """
    jan january, feb february, mar march, apr april, may, jun june, jul july, aug august,
    sep sept september, oct october, nov november, dec december
"""
MONTHS = {
    name: month
    for month, names in enumerate(_MONTH_NAMES.split(","), start=1)
    for name in names.split()
}
_MONTH = r"(?P<b>[A-Za-z]{3,9})\.?"
_CLOCK = (
    r"(?:(?:T|,? +)"
    r"(?P<H>\d{1,2}):(?P<M>\d\d)"
    r"(?::(?P<S>\d\d)(?:[.,]\d+)?)?(?: ?(?P<p>[AaPp][Mm]))?"
    r" ?(?:Z|UTC|GMT|E[SD]?T|[+-]\d\d(?::?\d\d(?::\d\d)?)?)?)?"
)
_SHORT = r"(?P<a>\d{1,2})(?P<s>[-/.])(?P<c>\d{1,2})(?P=s)"


@dataclass(frozen=True)
class Shape:
    """One way to write a date, and its readings: a strptime name, groups of year, month and day."""

    pattern: re.Pattern[str]
    readings: tuple[tuple[str, str], ...]


def _shape(pattern: str, *readings: tuple[str, str]) -> Shape:
    return Shape(re.compile(pattern, re.ASCII), readings)


SHAPES = (
    _shape(
        r"(?P<Y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})" + _CLOCK,
        ("%Y{s}%m{s}%d", "Ymd"),
    ),
    _shape(_SHORT + r"(?P<Y>\d{4})" + _CLOCK, ("%m{s}%d{s}%Y", "Yac"), ("%d{s}%m{s}%Y", "Yca")),
    _shape(
        _SHORT + r"(?P<y>\d\d)" + _CLOCK,
        ("%m{s}%d{s}%y", "yac"),
        ("%d{s}%m{s}%y", "yca"),
        ("%y{s}%m{s}%d", "acy"),
    ),
    _shape(
        r"(?P<Y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?:(?:T| ?)(?P<H>\d\d):?(?P<M>\d\d):?(?P<S>\d\d)?Z?)?",
        ("%Y%m%d", "Ymd"),
    ),
    _shape(_MONTH + r" ?(?P<d>\d{1,2})(?:,| ) ?(?P<Y>\d{4})" + _CLOCK, ("%b %d, %Y", "Ybd")),
    _shape(
        r"(?P<d>\d{1,2})[- /.]?" + _MONTH + r"[- /.,]? ?(?P<Y>\d{4})" + _CLOCK, ("%d-%b-%Y", "Ybd")
    ),
    _shape(
        r"(?P<d>\d{1,2})[- /.]" + _MONTH + r"[- /.,] ?(?P<y>\d\d)" + _CLOCK, ("%d-%b-%y", "ybd")
    ),
    _shape(
        r"(?P<Y>\d{4})[- /.]?" + _MONTH + r"[- /.]?(?P<d>\d{1,2})" + _CLOCK, ("%Y-%b-%d", "Ybd")
    ),
    _shape(_MONTH + r"[- /,]? ?(?P<Y>\d{4})", ("%b %Y", "Yb1")),
    _shape(r"(?P<Y>\d{4})[-/](?P<m>\d{1,2})", ("%Y-%m", "Ym1")),
    _shape(r"(?P<Y>1[5-9]\d\d|20\d\d|21\d\d)", ("%Y", "Y11")),
)
_EPOCHS = (
    (re.compile(r"\d{9,10}(?:\.\d+)?", re.ASCII), "epoch seconds", 1),
    (re.compile(r"\d{12,13}(?:\.\d+)?", re.ASCII), "epoch milliseconds", 1_000),
    (re.compile(r"\d{15,16}", re.ASCII), "epoch microseconds", 1_000_000),
    (re.compile(r"\d{18,19}", re.ASCII), "epoch nanoseconds", 1_000_000_000),
)


@dataclass(frozen=True)
class Parsed:
    """One reading of a date column: what it is called, and a date for every distinct cell."""

    format: str
    dates: DateArray  # (cells,) datetime64[s]


class BadDateError(Exception):
    """The cell at `index` is no date in the format of the column."""

    def __init__(self, index: int, reason: str):
        super().__init__(reason)
        self.index = index
        self.reason = reason


def is_date(cell: str) -> bool:
    """Whether the cell looks like a calendar date; bare numbers other than yyyymmdd do not."""
    text = cell.strip()
    for shape in SHAPES[:-1]:
        found = shape.pattern.fullmatch(text)
        if found is None:
            continue
        month = found.groupdict().get("b")
        if month is not None:
            return month.lower() in MONTHS
        if text.isdigit():
            return len(text) == 8 and "1700" <= text[:4] <= "2199" and _parts_fit(text)
        return True
    return False


def _parts_fit(text: str) -> bool:
    return 1 <= int(text[4:6]) <= 12 and 1 <= int(text[6:]) <= 31


def is_epoch(cell: str) -> bool:
    """Whether the cell can be a count of seconds, or of parts of one, since 1970."""
    return any(pattern.fullmatch(cell.strip()) for pattern, _, _ in _EPOCHS)


def parse_dates(
    cells: Sequence[str], date_format: str | None, in_order: Callable[[DateArray], bool]
) -> Parsed:
    """Read distinct cells as dates, all in one format.

    Where two formats fit every cell, the one that puts the rows in order wins if it is the only
    one. Raises BadDateError for a cell that does not fit, DataError where the format stays open.
    """
    if date_format is not None:
        return _by_format(cells, date_format)
    stripped = [cell.strip() for cell in cells]
    for pattern, name, divisor in _EPOCHS:
        if all(pattern.fullmatch(cell) for cell in stripped) and not _is_compact(stripped):
            seconds = [int(cell.split(".")[0]) // divisor for cell in stripped]
            return Parsed(name, np.array(seconds, dtype="datetime64[s]"))
    return _choose(_readings(stripped), in_order)


def _is_compact(cells: Sequence[str]) -> bool:
    """Whether digits are yyyymmddHHMM rather than the milliseconds of a day before 2001."""
    return all(len(cell) == 12 and "1970" <= cell[:4] <= "2199" for cell in cells)


def _by_format(cells: Sequence[str], date_format: str) -> Parsed:
    if not any(code in date_format for code in ("%Y", "%y", "%G", "%c", "%x", "%D")):
        raise UsageError(f"--date-format {date_format!r} has no year; write it as in '%d/%m/%Y'")
    dates: list[datetime] = []
    for index, cell in enumerate(cells):
        try:
            dates.append(datetime.strptime(cell.strip(), date_format).replace(tzinfo=None))
        except (ValueError, re.error) as error:
            if "directive" in str(error) or "stray" in str(error) or isinstance(error, re.error):
                raise UsageError(f"--date-format {date_format!r}: {error}") from error
            raise BadDateError(index, f"does not fit --date-format {date_format}") from error
    return Parsed(date_format, np.array(dates, dtype="datetime64[s]"))


def _readings(cells: Sequence[str]) -> list[Parsed]:
    """Every reading that fits all cells; the error of the best try where none does."""
    failures: list[tuple[int, str]] = []
    for shape in SHAPES:
        matches = [shape.pattern.fullmatch(cell) for cell in cells]
        if None in matches:
            if (miss := matches.index(None)) > 0:
                failures.append((miss, "is not written like the dates above it"))
            continue
        found = [match for match in matches if match is not None]
        readings, failed = _read_shape(shape, found)
        failures += failed
        if readings:
            return readings
    if failures:
        raise BadDateError(*max(failures))
    raise BadDateError(0, "is not a date")


def _read_shape(
    shape: Shape, found: Sequence[re.Match[str]]
) -> tuple[list[Parsed], list[tuple[int, str]]]:
    """Return the readings of one shape that give real dates, and where the others fail."""
    names = shape.pattern.groupindex
    marks = {match["s"] for match in found} if "s" in names else {""}
    if len(marks) > 1:
        other = next(i for i, match in enumerate(found) if match["s"] != found[0]["s"])
        return [], [(other, "is not written like the dates above it")]
    clock = _clock(found) if "H" in names else np.zeros(len(found), dtype=np.int64)
    readings, failures = [], []
    for name, groups in shape.readings:
        year, month, day = (_numbers(found, group) for group in groups)
        if groups[0] != "Y":
            year = np.where(year < 69, year + 2000, year + 1900)
        bad = np.flatnonzero(~_exists(year, month, day) | (clock < 0))
        if bad.size:
            failures.append((int(bad[0]), "is not a date of the calendar"))
        else:
            days = _days(year, month, day)
            dates = days.astype("datetime64[s]") + clock.astype("timedelta64[s]")
            label = name.format(s=marks.copy().pop())
            readings.append(Parsed(label + (" %H:%M" if np.any(clock) else ""), dates))
    return readings, failures


def _numbers(found: Sequence[re.Match[str]], group: str) -> IntArray:
    if group == "1":
        return np.ones(len(found), dtype=np.int64)
    if group == "b":
        return np.array([MONTHS.get(match["b"].lower(), 0) for match in found], dtype=np.int64)
    return np.array([match[group] for match in found], dtype=np.int64)


def _clock(found: Sequence[re.Match[str]]) -> IntArray:
    """Seconds of the day, -1 where there is no such time; a fraction or an offset is left off."""
    return np.array([_seconds(match) for match in found], dtype=np.int64)


def _seconds(match: re.Match[str]) -> int:
    hour, minute, second = match.group("H", "M", "S")
    if hour is None:
        return 0
    h, m, s = int(hour), int(minute), int(second or 0)
    half = match["p"].lower() if "p" in match.re.groupindex and match["p"] else None
    if half is not None:
        if not 1 <= h <= 12:
            return -1
        h = h % 12 + (12 if half == "pm" else 0)
    if h == 24 and m == s == 0:
        return 86_400
    return h * 3600 + m * 60 + min(s, 59) if h < 24 and m < 60 and s <= 60 else -1


def _exists(year: IntArray, month: IntArray, day: IntArray) -> npt.NDArray[np.bool_]:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    last = lengths[np.where(month <= 12, month, 0)] + (leap & (month == 2))
    exists: npt.NDArray[np.bool_] = (year > 0) & (month >= 1) & (day >= 1) & (day <= last)
    return exists


def _days(year: IntArray, month: IntArray, day: IntArray) -> DateArray:
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days: DateArray = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    return days


def _choose(readings: list[Parsed], in_order: Callable[[DateArray], bool]) -> Parsed:
    """Return the only reading, or the only one that puts the rows in order."""
    first = readings[0]
    if all(np.array_equal(first.dates, other.dates) for other in readings[1:]):
        return first
    ordered = [reading for reading in readings if in_order(reading.dates)]
    if len(ordered) == 1:
        return ordered[0]
    names = " or ".join(reading.format for reading in readings)
    raise DataError(f"dates can be read as {names}; say which with --date-format")
