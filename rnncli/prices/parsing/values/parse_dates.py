"""Dates as written in cells: one format for the whole column, or a refusal."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np

from rnncli.arrays import DateArray
from rnncli.dates import today
from rnncli.errors import DataError, UsageError, setting
from rnncli.prices.parsing.values.calendars import in_gregorian
from rnncli.prices.parsing.values.date_candidates import (
    AHEAD,
    EARLIEST,
    BadDateError,
    ParsedDates,
    century_before,
    date_candidates,
    is_late,
    many_iso,
    strange_year,
)
from rnncli.prices.parsing.values.date_choice import choose, in_centuries, only_weekdays_differ
from rnncli.prices.parsing.values.date_patterns import CLOCK_ONLY, DATE_PATTERNS, EPOCHS
from rnncli.prices.parsing.values.date_serials import (
    from_counted,
    from_serials,
    is_counted,
    is_serial,
)
from rnncli.prices.parsing.values.local_days import says_as_written
from rnncli.prices.parsing.values.numbers import plain
from rnncli.prices.parsing.values.offsets import by_instants, differing
from rnncli.prices.parsing.vocabulary.calendar_words import calendar_called
from rnncli.prices.parsing.vocabulary.date_words import ANY_MONTH, month_name, usual
from rnncli.prices.parsing.vocabulary.expression import expression

LONGEST = 100  # signs of a date at most
_EPOCH = date(1970, 1, 1).toordinal()
_SEVERAL = 3  # cells that are hardly full minutes all of them by chance
_DIGITS = frozenset("0123456789")  # every date has one
_CLOSED = expression(r"(?<=[0-9])[.]$")  # as in 2024.01.02.


def is_date(cell: str) -> bool:
    """Whether the cell looks like a calendar date; bare numbers other than yyyymmdd do not."""
    text = plain(cell)
    if _DIGITS.isdisjoint(text):
        return False
    text = _CLOSED.sub("", text)
    text = usual(text) if len(text) <= LONGEST else text
    can_be = len(text) <= LONGEST and not _DIGITS.isdisjoint(text)
    for pattern in DATE_PATTERNS[:-1] if can_be else ():
        match = pattern.pattern.fullmatch(text)
        if match is None:
            continue
        month = match.groupdict().get("b")
        if month is not None and month_name(month) not in ANY_MONTH:
            continue
        if text.isdigit():
            return len(text) == 8 and _is_compact_day(text)
        return True
    return is_counted(text)


def _is_compact_day(text: str) -> bool:
    """Whether eight digits are a year, month and day, or a day, month and year."""
    if "1700" <= text[:4] <= "2199":
        return 1 <= int(text[4:6]) <= 12 and 1 <= int(text[6:]) <= 31
    one, other = sorted((int(text[:2]), int(text[2:4])))
    return 1 <= one <= 12 and 1 <= other <= 31 and "1900" <= text[4:] <= "2099"


def is_epoch(cell: str) -> bool:
    """Whether the cell can be a count of seconds, or of parts of one, since 1970."""
    return any(pattern.fullmatch(cell.strip()) for pattern, _, _ in EPOCHS)


def is_clock(cell: str) -> bool:
    """Whether the cell is a time of day and no date."""
    return CLOCK_ONLY.fullmatch(cell.strip()) is not None


def parse_dates(
    cells: Sequence[str],
    date_format: str | None,
    in_order: Callable[[DateArray], bool],
    headers: Sequence[str] = (),
) -> ParsedDates:
    """Read distinct cells as dates, all in one format.

    The letters of the headers, or of the cells, may show a calendar other than the Gregorian one.

    Where several formats fit every cell, the only one that puts the rows in order wins, else the
    only one without weekends where the others have many. Raises BadDateError for a cell that does
    not fit, DataError where the format stays open.
    """
    if says_as_written(date_format):
        date_format = None
    if date_format is not None and calendar_called(date_format) is None:
        return in_centuries(_by_format(cells, date_format), in_order)
    if (many := many_iso(stripped := [plain(cell) for cell in cells])) is not None:
        return many
    stripped, calendar = in_gregorian(cells, stripped, date_format, headers)
    if calendar:
        read = choose(date_candidates(stripped), in_order)
        return replace(read, format=f"{calendar} calendar", evidence=f"all are {calendar} years")
    if date_format is not None:
        raise BadDateError(0, f"does not fit {setting('date_format')} {date_format}")
    stripped, counted = from_counted(_opened([usual(cell) for cell in stripped]))
    for pattern, name, divisor in EPOCHS:
        if all(pattern.fullmatch(cell) for cell in stripped) and not _is_compact(stripped):
            seconds = [int(cell.split(".")[0]) // divisor for cell in stripped]
            dates = np.array(seconds, dtype="datetime64[s]")
            return ParsedDates(name, dates, f"every cell has the digits of {name}")
    if all(map(is_serial, stripped)):
        return read_serials(stripped)
    _check_epochs(stripped)
    readings = [in_centuries(reading, in_order) for reading in date_candidates(stripped)]
    chosen = choose(readings, in_order)
    return replace(chosen, format=counted, evidence=f"all are {counted}") if counted else chosen


def _check_epochs(cells: Sequence[str]) -> None:
    """Raise BadDateError for the first cell unlike the epochs above it, or the second kind."""
    for pattern, _, _ in EPOCHS if cells else ():
        if pattern.fullmatch(cells[0]) and is_epoch(cells[-1]):
            others = [i for i, cell in enumerate(cells) if not pattern.fullmatch(cell)]
            if others:
                raise BadDateError(others[0], "is not written like the dates above it")


def read_serials(cells: Sequence[str]) -> ParsedDates:
    """Read days as spreadsheets number them, from 1900 on unless only 1904 spares the weekends."""
    usual, other = from_serials(cells)
    if only_weekdays_differ(usual, other):
        raise DataError(
            f"{cells[0]!r} may count days from 1900 or from 1904; write dates as 2024-01-31"
        )
    return ParsedDates(
        "days since 1899-12-30", usual, "every cell is a day as spreadsheets number it"
    )


def _opened(cells: list[str]) -> list[str]:
    """Return the cells without the point that closes every date in some languages."""
    closed = all(_CLOSED.search(cell) for cell in cells)
    return [cell[:-1] for cell in cells] if closed else cells


def _is_compact(cells: Sequence[str]) -> bool:
    """Whether digits write a day and a time of day rather than count the seconds since 1970.

    yyyymmddHHMM would be milliseconds before 2001, yyyymmddHH seconds after 2032. yymmddHHMM is
    one of the past as well as seconds only before 2018, and then rarely full minutes.
    """
    if all(len(cell) == 12 and "1970" <= cell[:4] <= "2199" for cell in cells):
        return True
    if not all(len(cell) == 10 and cell.isdecimal() for cell in cells):
        return False
    if all(_is_compact_day(cell[:8]) and cell[8:] <= "23" and cell >= "19700101" for cell in cells):
        return int(max(cells)) // 10**6 <= today().year + 1
    if not all(_is_compact_minute(cell) for cell in cells):
        return False
    full_minutes = all(int(cell) % 60 == 0 for cell in cells)
    tomorrow = today().toordinal() - _EPOCH + AHEAD
    return int(min(cells)) > 86_400 * tomorrow or (len(cells) >= _SEVERAL and not full_minutes)


def _is_compact_minute(cell: str) -> bool:
    """Whether ten digits are yymmddHHMM."""
    is_day = "01" <= cell[2:4] <= "12" and "01" <= cell[4:6] <= "31"
    return is_day and cell[6:8] <= "23" and cell[8:] <= "59"


def has_year(date_format: str) -> bool:
    """Whether a format of strptime says a year, as a calendar of another name does."""
    return calendar_called(date_format) is not None or any(
        code in date_format for code in ("%Y", "%y", "%G", "%c", "%x", "%D")
    )


def _by_format(cells: Sequence[str], date_format: str) -> ParsedDates:
    if not has_year(date_format):
        raise UsageError(
            f"{setting('date_format')} {date_format!r} has no year; write it as in '%d/%m/%Y'"
        )
    dates: list[datetime] = []
    for index, cell in enumerate(cells):
        try:
            dates.append(datetime.strptime(cell.strip(), date_format))
        except re.error as error:
            raise UsageError(
                f"{setting('date_format')} {date_format!r} has a directive twice; write each once"
            ) from error
        except (ValueError, IndexError) as error:
            if "directive" in str(error) or "stray" in str(error):
                raise UsageError(f"{setting('date_format')} {date_format!r}: {error}") from error
            if (offered := _as_offered(cells, date_format)) is not None:
                return offered
            raise BadDateError(
                index, f"does not fit {setting('date_format')} {date_format}"
            ) from error
    early = next((i for i, moment in enumerate(dates) if moment.year < EARLIEST), None)
    if early is not None:
        raise BadDateError(early, strange_year(dates[early].year))
    read = np.array([moment.replace(tzinfo=None) for moment in dates], dtype="datetime64[s]")
    aheads = [moment.utcoffset() for moment in dates]
    offsets = [None if ahead is None else int(ahead.total_seconds()) for ahead in aheads]
    read, _ = by_instants(read, differing(offsets))
    if "%y" in date_format and "%Y" not in date_format:
        read = century_before(read, is_late(read))
    return ParsedDates(date_format, read, setting("date_format"))


def _as_offered(cells: Sequence[str], date_format: str) -> ParsedDates | None:
    """Return the reading of a column that is called so, though it leaves out a part of the time."""
    try:
        readings = date_candidates([usual(plain(cell)) for cell in cells])
    except BadDateError:
        return None
    named = [
        reading
        for reading in readings
        if date_format in {reading.format, reading.format.partition(" %H")[0]}
    ]
    return replace(named[0], evidence=setting("date_format")) if len(named) == 1 else None
