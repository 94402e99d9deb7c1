"""Dates as written in cells: one format for the whole column, or a refusal."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from rnncli.errors import DataError, UsageError
from rnncli.formats.dateshapes import CLOCK_ONLY, EPOCHS, SHAPES, Shape
from rnncli.formats.words import ANY_MONTH, MONTHS, month_name

DateArray = npt.NDArray[np.datetime64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

LONGEST = 100  # signs of a date at most
ENOUGH_DAYS = 10  # distinct days that weekdays are judged by
EARLIEST = 1600  # years before it, and after the next one, are of another calendar
AHEAD = 2  # days by which a date may be ahead of today, since somewhere it is tomorrow
OTHER_WEEKENDS = 0.15  # share of them on weekends that rules a reading out
_CLOSED = re.compile(r"(?<=[0-9])[.]$")  # as in 2024.01.02.
_CROATIAN = ("sij", "velj", "ožu", "tra", "svi", "lip", "srp", "kol", "ruj", "lis", "stu", "pro")
_LANGUAGES = (*MONTHS.values(), {name: month for month, name in enumerate(_CROATIAN, start=1)})


@dataclass(frozen=True)
class Parsed:
    """One reading of a date column: what it is called, and a date for every distinct cell."""

    format: str
    dates: DateArray  # (cells,) datetime64[s]
    evidence: str = ""


class BadDateError(Exception):
    """The cell at `index` is no date in the format of the column."""

    def __init__(self, index: int, reason: str):
        super().__init__(reason)
        self.index = index
        self.reason = reason


def is_date(cell: str) -> bool:
    """Whether the cell looks like a calendar date; bare numbers other than yyyymmdd do not."""
    text = _CLOSED.sub("", cell.strip())
    for shape in SHAPES[:-1] if len(text) <= LONGEST else ():
        found = shape.pattern.fullmatch(text)
        if found is None:
            continue
        month = found.groupdict().get("b")
        if month is not None:
            return month_name(month) in ANY_MONTH
        if text.isdigit():
            return len(text) == 8 and "1700" <= text[:4] <= "2199" and _parts_fit(text)
        return True
    return False


def _parts_fit(text: str) -> bool:
    return 1 <= int(text[4:6]) <= 12 and 1 <= int(text[6:]) <= 31


def is_epoch(cell: str) -> bool:
    """Whether the cell can be a count of seconds, or of parts of one, since 1970."""
    return any(pattern.fullmatch(cell.strip()) for pattern, _, _ in EPOCHS)


def is_clock(cell: str) -> bool:
    """Whether the cell is a time of day and no date."""
    return CLOCK_ONLY.fullmatch(cell.strip()) is not None


def parse_dates(
    cells: Sequence[str], date_format: str | None, in_order: Callable[[DateArray], bool]
) -> Parsed:
    """Read distinct cells as dates, all in one format.

    Where several formats fit every cell, the only one that puts the rows in order wins, else the
    only one without weekends where the others have many. Raises BadDateError for a cell that does
    not fit, DataError where the format stays open.
    """
    if date_format is not None:
        return _by_format(cells, date_format)
    stripped = _opened([cell.strip() for cell in cells])
    if (many := _many_iso(stripped)) is not None:
        return many
    for pattern, name, divisor in EPOCHS:
        if all(pattern.fullmatch(cell) for cell in stripped) and not _is_compact(stripped):
            seconds = [int(cell.split(".")[0]) // divisor for cell in stripped]
            dates = np.array(seconds, dtype="datetime64[s]")
            return Parsed(name, dates, f"every cell has the digits of {name}")
    readings = _readings(stripped)
    if len(readings) == 1 and "%y" in readings[0].format:
        readings = [_in_centuries(readings[0], in_order)]
    return _choose(readings, in_order)


def _opened(cells: list[str]) -> list[str]:
    """Return the cells without the point that closes every date in some languages."""
    closed = all(_CLOSED.search(cell) for cell in cells)
    return [cell[:-1] for cell in cells] if closed else cells


def _in_centuries(reading: Parsed, in_order: Callable[[DateArray], bool]) -> Parsed:
    """Move years of two digits into the century before, the fewest that put the rows in order."""
    if in_order(reading.dates):
        return reading
    years = reading.dates.astype("datetime64[Y]").astype(np.int64) + 1970
    for first in range(_today().year, 1999, -1):
        dates = _century_before(reading.dates, years >= first)
        if in_order(dates):
            return replace(reading, dates=dates)
    return reading


def _today() -> date:
    return datetime.now().astimezone().date()


def _century_before(dates: DateArray, moved: BoolArray) -> DateArray:
    """Return the dates, some of them a hundred years earlier."""
    months = dates.astype("datetime64[M]")
    earlier = (months - np.timedelta64(1200, "M")).astype("datetime64[s]") + (dates - months)
    return np.where(moved, earlier, dates)


def _many_iso(cells: Sequence[str]) -> Parsed | None:
    """Read thousands of distinct dates in ISO form at once; None where one is otherwise."""
    size = len(cells[0]) if len(cells) > 1000 else 0
    if size not in {10, 19} or any(len(cell) != size or not cell.isascii() for cell in cells):
        return None
    letters = np.array(cells, dtype=f"S{size}").view(np.uint8).reshape(-1, size)
    marks = {4: b"-", 7: b"-", 10: b" T", 13: b":", 16: b":"}
    for place in range(size):
        allowed = marks.get(place, b"0123456789")
        if not np.isin(letters[:, place], np.frombuffer(allowed, np.uint8)).all():
            return None
    try:
        dates = np.array([cell.replace(" ", "T") for cell in cells], dtype="datetime64[s]")
    except ValueError:
        return None
    if _other_calendar(dates.astype("datetime64[Y]").astype(np.int64) + 1970).size:
        return None
    return Parsed(f"%Y-%m-%d{' %H:%M' if size > 10 else ''}", dates, "the only format that fits")


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
    return Parsed(date_format, np.array(dates, dtype="datetime64[s]"), "--date-format")


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
        if groups[0] == "d" and any(len(match["d"]) == 1 for match in found):
            continue  # no year has one digit
        for month, said in _months_of(found, groups[1]):
            year, day = _numbers(found, groups[0]), _numbers(found, groups[2])
            if groups[0] == "Y" and (strange := _other_calendar(year)).size:
                reason = f"is in the year {year[strange[0]]}, of another calendar or mistyped"
                failures.append((int(strange[0]), reason))
                continue
            if groups[0] != "Y":
                year = np.where(year < 69, year + 2000, year + 1900)
            bad = np.flatnonzero(~_exists(year, month, day) | (clock < 0))
            if bad.size:
                failures.append((int(bad[0]), "is not a date of the calendar"))
                continue
            dates = _days(year, month, day).astype("datetime64[s]")
            late = dates > np.datetime64(_today(), "s") + np.timedelta64(AHEAD, "D")
            if groups[0] in "ad" and np.any(late & (year % 100 <= 31)):
                continue  # rather a day than a year to come
            if groups[0] != "Y":
                dates = _century_before(dates, late)
            label = name.format(s=marks.copy().pop()) + (" %H:%M" if np.any(clock) else "")
            readings.append(Parsed(label + said, dates + clock.astype("timedelta64[s]")))
    return readings, failures


def _other_calendar(years: IntArray) -> IntArray:
    """Return where years are none of prices by the Gregorian calendar."""
    return np.flatnonzero((years < EARLIEST) | (years > _today().year + 1))


def _months_of(found: Sequence[re.Match[str]], group: str) -> list[tuple[IntArray, str]]:
    """Return the months that a group can mean, and what tells each from the others."""
    if group != "b":
        return [(_numbers(found, group), "")]
    names = [month_name(match["b"]) for match in found]
    used = set(names)
    most = max(len(used & months.keys()) for months in _LANGUAGES)
    fitting = [months for months in _LANGUAGES if len(used & months.keys()) == most]
    choices = {tuple(months.get(name, 0) for name in names): months for months in fitting}
    odd = next((n for n in names if len({months.get(n) for months in fitting}) > 1), "")
    return [
        (np.array(choice), f" with {odd} for month {months.get(odd)}" if odd else "")
        for choice, months in (choices.items() if most == len(used) else list(choices.items())[:1])
    ]


def _numbers(found: Sequence[re.Match[str]], group: str) -> IntArray:
    if group == "1":
        return np.ones(len(found), dtype=np.int64)
    if group == "Q":
        return np.array([3 * int(match["Q"]) - 2 for match in found], dtype=np.int64)
    return np.array([match[group] for match in found], dtype=np.int64)


def _clock(found: Sequence[re.Match[str]]) -> IntArray:
    """Seconds of the day, -1 where there is no such time; a fraction or an offset is left off."""
    return np.array([_seconds(match) for match in found], dtype=np.int64)


def _seconds(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if groups["H"] is None:
        return 0
    h, m, s = int(groups["H"]), int(groups["M"] or 0), int(groups["S"] or 0)
    half = (groups.get("p") or groups.get("q") or "").lower().replace(".", "")
    if half:
        if not 1 <= h <= 12:
            return -1
        h = h % 12 + (12 if half == "pm" else 0)
    if h == 24 and m == s == 0:
        return 86_400
    return h * 3600 + m * 60 + min(s, 59) if h < 24 and m < 60 and s <= 60 else -1


def _exists(year: IntArray, month: IntArray, day: IntArray) -> BoolArray:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    last = lengths[np.where(month <= 12, month, 0)] + (leap & (month == 2))
    exists: BoolArray = (year > 0) & (month >= 1) & (day >= 1) & (day <= last)
    return exists


def _days(year: IntArray, month: IntArray, day: IntArray) -> DateArray:
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days: DateArray = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    return days


def _choose(readings: list[Parsed], in_order: Callable[[DateArray], bool]) -> Parsed:
    """Return the only reading, or the only one that order or weekdays speak for."""
    first = readings[0]
    if len(readings) == 1:
        return replace(first, evidence="the only format that fits")
    if all(np.array_equal(first.dates, other.dates) for other in readings[1:]):
        return replace(first, evidence="all formats that fit give the same dates")
    names = " or ".join(reading.format for reading in readings)
    ordered = [reading for reading in readings if in_order(reading.dates)]
    if len(ordered) == 1:
        return replace(ordered[0], evidence=f"of {names} the one in which the rows are in order")
    left = ordered or readings
    if (daily := _only_daily(left)) is not None:
        return replace(daily, evidence=f"of {names} the one with a row a day")
    working = [reading for reading in left if _weekends(reading.dates) == 0]
    others = [reading for reading in left if _weekends(reading.dates) > OTHER_WEEKENDS]
    if len(working) == 1 and len(others) == len(left) - 1:
        return replace(working[0], evidence=f"of {names} the one without weekends")
    raise DataError(f"dates can be read as {names}; say which with --date-format")


def _only_daily(readings: Sequence[Parsed]) -> Parsed | None:
    """Return the reading with a row a day, if the others have one a year in the midst of a month.

    Only the day and the year beside the name of a month change places like that.
    """
    if len(readings) != 2 or not all("%b" in reading.format for reading in readings):
        return None
    days = [np.unique(reading.dates.astype("datetime64[D]")) for reading in readings]
    if min(map(len, days)) < 3:
        return None
    steps = [float(np.median(np.diff(each).astype(np.int64))) for each in days]
    daily, yearly = (0, 1) if steps[0] < steps[1] else (1, 0)
    month = days[yearly].astype("datetime64[M]")
    within = (days[yearly] - month.astype("datetime64[D]")).astype(np.int64) + 1
    midst = bool(np.all((within > 1) & (within < 28)))
    return readings[daily] if steps[daily] <= 7 and steps[yearly] > 300 and midst else None


def _weekends(dates: DateArray) -> float:
    """Return the share of Saturdays and Sundays among the days; a little where days are few."""
    days = np.unique(dates.astype("datetime64[D]").astype(np.int64))
    if days.size < ENOUGH_DAYS:
        return OTHER_WEEKENDS / 2
    return float(np.mean((days + 3) % 7 >= 5))
