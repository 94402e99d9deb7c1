"""Weeks, months and years that are not over today, by the rhythm of the rows of a series.

Rows of months are dated by a first day (2026-11, 2026Q4, 2026-11-01) or by a last one; rows of
weeks by their Monday or by a later day. A period is over with its last weekday.
"""

from typing import NamedTuple

import numpy as np

from rnncli.arrays import BoolArray, DateArray, IntArray
from rnncli.prices.parsing.values.date_candidates import AHEAD

DAY = 86_400
EARLY, LATE = 5, 25  # days of a month: its bars are dated by its beginning, or by its end
WEEK = (6, 8)  # usual days from week to week: a holiday moves one by a day
SHORTEST_WEEK = 5
_UNITS = {1: "month", 3: "quarter", 6: "half-year", 12: "year"}


class Unfinished(NamedTuple):
    """What the rows are of, and which of them are not over today or have not even begun."""

    unit: str
    running: BoolArray  # (rows,) begun and not over
    to_come: BoolArray  # (rows,)


class _Bounds(NamedTuple):
    """First day of each period, and the day from which it counts as complete."""

    unit: str
    first: IntArray  # (rows,) days since 1970
    over: IntArray  # (rows,)


def unit_of_months(months: int) -> str:
    """The word for a period of `months` months."""
    return _UNITS.get(months, f"period of {months} months")


def begun(seconds: IntArray) -> int | None:
    """The first second of the period of the last row; None for rows of other periods."""
    bounds = _bounds(seconds // DAY)
    return None if bounds is None else int(bounds.first[-1]) * DAY


def unfinished(seconds: IntArray, today: int) -> Unfinished | None:
    """Which of the rows of a series are of a week, month or year that is not over.

    `seconds` (rows,) rise; `today` is in days since 1970. None for rows of other periods.
    """
    bounds = _bounds(seconds // DAY)
    if bounds is None:
        return None
    to_come = bounds.first > today + AHEAD
    return Unfinished(bounds.unit, (today < bounds.over) & ~to_come, to_come)


def _bounds(days: IntArray) -> _Bounds | None:
    steps = np.diff(days)
    if steps.size < 2 or steps.min() < SHORTEST_WEEK:
        return None
    if WEEK[0] <= float(np.median(steps)) <= WEEK[1]:
        return _weeks(days)
    return _months(days.astype("datetime64[D]"))


def _weeks(days: IntArray) -> _Bounds:
    """Weeks from Monday to Friday, where most rows are on a Monday; else up to the day itself."""
    weekdays = (days + 3) % 7
    monday = days - weekdays
    by_monday = int(np.bincount(weekdays).argmax()) == 0
    return _Bounds("week", monday, monday + 4 if by_monday else days)


def _months(dates: DateArray) -> _Bounds | None:
    """Months, quarters and years, where all rows are dated by a first day, or all by a last one."""
    months = dates.astype("datetime64[M]").astype(np.int64)
    steps = np.diff(months)
    numbers = dates.astype(np.int64) - _first(months) + 1
    usual = int(steps.min())
    if usual < 1 or np.median(steps) != usual:
        return None
    if np.all(numbers <= EARLY):
        # the last weekday itself is not over: a label says nothing of the hour
        return _Bounds(unit_of_months(usual), _first(months), _last_weekday(months + usual) + 1)
    if np.all(numbers >= LATE):
        begins = _first(months - (usual - 1))
        return _Bounds(unit_of_months(usual), begins, _last_weekday(months + 1))
    return None


def _first(months: IntArray) -> IntArray:
    """The first day of each month, counted as months since 1970, in days since 1970."""
    first: IntArray = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return first


def _last_weekday(months: IntArray) -> IntArray:
    """The last weekday before the first of each month, in days since 1970."""
    before = _first(months) - 1
    last: IntArray = before - np.maximum((before + 3) % 7 - 4, 0)
    return last
