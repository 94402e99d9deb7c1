"""Last rows of a day, a week or a month that is still running: dated as such, or left out.

Vendors append the price of this minute to a file of whole days, weeks or months, under the time or
the day it was fetched. Such a row is part of the bar of the current day, week or month.
Others date the month of today by its first day as they date all others: the clock shows that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from rnncli.arrays import IntArray, distinct
from rnncli.dates import format_date, today
from rnncli.errors import setting
from rnncli.prices.parsing.check import Severity
from rnncli.prices.parsing.quality.bar_periods import (
    DAY,
    EARLY,
    LATE,
    WEEK,
    unfinished,
    unit_of_months,
)
from rnncli.prices.parsing.quality.file_report import FileReport
from rnncli.prices.parsing.table.join import PriceRows

RUNNING = "last rows of a running {unit} (first {symbol}: {date}; see {option})"
REPLACED = "prices of a running week or month that a later one replaces"
LEFT_OUT = "last rows of a running day, week or month"

_EPOCH = date(1970, 1, 1).toordinal()
LEAST = 3  # rows, and rows before a last one of another date, that show what is usual
RECENT = 24  # of them that are looked at
TIMES = 3  # times of day at most of rows of whole days: a clock may change
RECENT_DAYS = 400  # a series that ended before them has no period that is not over
DAY_UNIT = "day"


@dataclass(frozen=True)
class RunningRow:
    """A last row of the series `code`, of a period that is not over, and the date of that."""

    row: int
    code: int
    date: np.datetime64
    unit: str  # day, week, month or another period
    begun: bool = True  # False: the period is in the future


def find_running(rows: PriceRows) -> list[RunningRow]:
    """Find the last rows of a running period in rows that are sorted by series and date."""
    running: list[RunningRow] = []
    seconds = rows.dates.view(np.int64)
    for start, end in _may_run(rows):
        last = seconds[max(start, end - 1 - RECENT) : end]
        for dated in (_running_day, _running_week, _running_months):
            dates, unit = dated(last) if len(last) > LEAST else NOT_RUNNING
            first = end - len(dates)
            running += [
                RunningRow(first + k, int(rows.codes[start]), np.datetime64(date, "s"), unit)
                for k, date in enumerate(dates)
            ]
            if dates:
                break
        else:
            running += _not_over(last, end, int(rows.codes[start]))
    return running


def _not_over(seconds: IntArray, end: int, code: int) -> Iterator[RunningRow]:
    """Yield the last rows, before row `end`, of a week, month or year that is not over today."""
    now = today().toordinal() - _EPOCH
    if seconds[-1] < (now - RECENT_DAYS) * DAY or (of := unfinished(seconds, now)) is None:
        return
    first, not_over = end - len(seconds), of.running | of.to_come
    for k in [] if not_over.all() else np.flatnonzero(not_over).tolist():
        moment = np.datetime64(int(seconds[k]), "s")
        yield RunningRow(first + k, code, moment, of.unit, not of.to_come[k])


def settle_running(
    rows: PriceRows, running: Sequence[RunningRow], reports: Sequence[FileReport], *, drop: bool
) -> tuple[PriceRows, list[FileReport]]:
    """Date last rows by the period that is running, or with `drop` leave them out.

    An earlier price of a running week or month goes in both cases. The reports count all of it.
    """
    gone = [one.row - 1 for one in running if _has_earlier(rows, one)]
    if drop:
        gone += [one.row for one in running]
        counted = _counted(rows, reports, LEFT_OUT, gone)
    else:
        counted = _counted(rows, _noticed(rows, running, reports), REPLACED, gone)
        dates = rows.dates.copy()
        for one in running:
            dates[one.row] = one.date
        rows = replace(rows, dates=dates)
    stays = np.ones(rows.values.size, dtype=np.bool_)
    stays[gone] = False
    return rows.take(stays) if gone else rows, counted


def _has_earlier(rows: PriceRows, one: RunningRow) -> bool:
    """Whether the row before is a price of the same week or month."""
    before = one.row - 1
    same = before >= 0 and rows.codes[before] == rows.codes[one.row]
    return bool(same and one.unit != DAY_UNIT and rows.dates[before] == one.date)


def _counted(
    rows: PriceRows, reports: Sequence[FileReport], reason: str, places: Sequence[int]
) -> list[FileReport]:
    """Return the reports with rows of each file counted as left out for a reason."""
    counted = list(reports)
    for place in places:
        file = int(rows.files[place])
        count = counted[file].dropped.get(reason, 0) + 1
        counted[file] = replace(counted[file], dropped=counted[file].dropped | {reason: count})
    return counted


def _noticed(
    rows: PriceRows, running: Sequence[RunningRow], reports: Sequence[FileReport]
) -> list[FileReport]:
    """Return the reports with the running rows of each file noticed, the first named."""
    by_file: dict[int, list[RunningRow]] = {}
    for one in running:
        if not one.begun:
            continue  # a future day is reported for any series
        by_file.setdefault(int(rows.files[one.row]), []).append(one)
    noticed = list(reports)
    for file, of_file in by_file.items():
        first = of_file[0]
        text = RUNNING.format(
            unit=first.unit,
            symbol=rows.symbols[int(rows.codes[first.row])],
            date=_date_of(rows, first),
            option=setting("drop_running"),
        )
        noticed[file] = noticed[file].with_count(Severity.WARN, text, len(of_file))
    return noticed


def _date_of(rows: PriceRows, one: RunningRow) -> str:
    """The date of a row, and that of the period that it is of where it is another."""
    given = rows.dates[one.row]
    given_day = format_date(given)
    return given_day if given == one.date else f"{given_day} is of {format_date(one.date)}"


def _may_run(rows: PriceRows) -> Iterator[tuple[int, int]]:
    """Yield first row and row behind the last of series of weeks, or that end at an odd time."""
    ends = np.append(np.flatnonzero(np.diff(rows.codes)), rows.codes.size - 1) + 1
    starts = np.append(0, ends[:-1])
    seconds = rows.dates.view(np.int64)
    long = np.flatnonzero((ends - starts >= LEAST) & ~np.isnat(rows.dates[ends - 1]))
    last = ends[long] - 1
    before = seconds[last - 1] - seconds[last - 2]
    at_odd_time = seconds[last] % DAY != seconds[last - 2] % DAY
    for i in long[at_odd_time | (before >= WEEK[0] * DAY)].tolist():
        yield int(starts[i]), int(ends[i])


HALF_HOUR = 1800  # seconds: a short day ends at such a time, and a clock changes by two
Dated = tuple[list[int], str]  # the dates, in seconds, of the last rows, and what they are of
NOT_RUNNING: Dated = [], ""


def _running_day(seconds: IntArray) -> Dated:
    """The day of last rows with a time of day that no day before them has."""
    times, day = seconds % DAY, seconds // DAY
    usual = distinct(times[day < day[-1]])
    live = np.flatnonzero((day == day[-1]) & ~np.isin(times, usual))
    if not live.size or live.size < len(seconds) - live[0]:
        return NOT_RUNNING
    whole = seconds[: live[0]]
    is_daily = len(whole) >= LEAST and bool(np.all(np.diff(whole) >= 0.9 * DAY))
    if not is_daily or usual.size > TIMES or np.any(usual % 60):
        return NOT_RUNNING
    if np.any(usual) and not np.any(times[live] % HALF_HOUR):
        return NOT_RUNNING  # a short day, or a change of the clock
    close = int(whole[-1]) % DAY
    return [_day_of(int(second), close) for second in seconds[live]], DAY_UNIT


def _day_of(second: int, usual: int) -> int:
    """The date of the day that a moment belongs to, where days are dated by a usual time.

    A time after noon is that of the close, to come; an earlier one was the beginning.
    """
    day, time = divmod(second, DAY)
    begun = time >= usual or usual >= DAY // 2
    return (day if begun else day - 1) * DAY + usual


def _running_week(seconds: IntArray) -> Dated:
    """The week of a last row less than a week after the one before, in a series of weeks."""
    days = seconds // DAY
    steps = np.diff(days)
    usual, last = steps[:-1], int(steps[-1])
    shortest, longest = WEEK
    if np.any((usual < shortest) | (usual > longest)):
        return NOT_RUNNING
    monday = int(np.bincount((days[:-1] + 3) % 7).argmax()) == 0
    if last < shortest - 1:
        return [int(seconds[-2]) + (0 if monday else 7 * DAY)], "week"
    if monday and longest < last < 14:
        return [int(seconds[-2]) + 7 * DAY], "week"
    return NOT_RUNNING


def _running_months(seconds: IntArray) -> Dated:
    """The month, quarter or year of a last row between regular dates."""
    months = seconds.astype("datetime64[s]").astype("datetime64[M]")
    begins = months.astype("datetime64[s]").astype(np.int64)
    numbers = 1 + (seconds - begins) // DAY
    steps = np.diff(months.astype(np.int64))
    usual, last, time = int(steps[0]), int(steps[-1]), int(seconds[-2]) % DAY
    if usual < 1 or np.any(steps[:-1] != usual) or last > usual:
        return NOT_RUNNING
    unit = unit_of_months(usual)
    if np.all(numbers[:-1] <= EARLY):
        if last < usual:
            return [int(seconds[-2])], unit
        return ([int(begins[-1]) + time], unit) if numbers[-1] > 2 * EARLY else NOT_RUNNING
    if np.all(numbers[:-1] >= LATE) and (last < usual or numbers[-1] < LATE):
        following = (months[-2] + np.timedelta64(usual + 1, "M")).astype("datetime64[s]")
        return [int(following.astype(np.int64)) - DAY + time], unit
    return NOT_RUNNING
