"""Which of several readings of a column of dates is meant: by the order of rows, by weekdays."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from rnncli.arrays import DateArray
from rnncli.errors import DataError, setting
from rnncli.prices.parsing.values.date_candidates import ParsedDates, century_before

ENOUGH_DAYS = 10  # distinct days that weekdays are judged by
PAUSE = 50 * 365 * 86_400  # seconds without a price that are too many for one series
LONG = 300  # days between rows that are a year apart rather than a month
OTHER_WEEKENDS = 0.15  # share of them on weekends that rules a reading out


def choose(readings: list[ParsedDates], in_order: Callable[[DateArray], bool]) -> ParsedDates:
    """Return the only reading, or the only one that the order of rows or weekdays support."""
    first = readings[0]
    if len(readings) == 1:
        return replace(first, evidence="the only format that fits")
    if all(np.array_equal(first.dates, other.dates) for other in readings[1:]):
        return replace(first, evidence="all formats that fit give the same dates")
    names = " or ".join(reading.format for reading in readings)
    ordered = [reading for reading in readings if in_order(reading.dates)]
    if len(ordered) == 1 and not _has_years_for_days(ordered[0]):
        return replace(ordered[0], evidence=f"of {names} the one in which the rows are in order")
    candidates = ordered if len(ordered) > 1 else readings
    if (daily := _only_daily(candidates)) is not None:
        return replace(daily, evidence=f"of {names} the one with a row a day")
    working = [reading for reading in candidates if _weekends(reading.dates) == 0]
    others = [reading for reading in candidates if _weekends(reading.dates) > OTHER_WEEKENDS]
    if len(working) == 1 and len(others) == len(candidates) - 1:
        return replace(working[0], evidence=f"of {names} the one without weekends")
    if len({reading.format.partition(" with ")[0] for reading in candidates}) == 1:
        raise DataError(f"dates can be read as {names}; write the months as numbers")
    raise DataError(f"dates can be read as {names}; say which with {setting('date_format')}")


def _has_years_for_days(reading: ParsedDates) -> bool:
    """Whether a year in front is rather a day: the last number never changes, as a year does not.

    Monthly prices have one day as well, but no steps of a year between rows in order.
    """
    if not reading.format.startswith("%y"):
        return False
    days = np.unique(reading.dates.astype("datetime64[D]"))
    steps = np.diff(days).astype(np.int64)
    month = days.astype("datetime64[M]")
    within = (days - month.astype("datetime64[D]")).astype(np.int64)
    return steps.size > 1 and bool(np.all(within == within[0]) and np.max(steps) > LONG)


def _only_daily(readings: Sequence[ParsedDates]) -> ParsedDates | None:
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


def in_centuries(reading: ParsedDates, in_order: Callable[[DateArray], bool]) -> ParsedDates:
    """Move years of two digits into the century before, the fewest that put the rows in order.

    Rows that a century lies between are rather in no order: those stay.
    """
    if "%y" not in reading.format or in_order(reading.dates):
        return reading
    years = reading.dates.astype("datetime64[Y]").astype(np.int64) + 1970
    for first in np.unique(years)[:0:-1].tolist():
        dates = century_before(reading.dates, years >= first)
        steps = np.diff(np.unique(dates)).astype(np.int64)
        if steps.size and steps.max() < PAUSE and in_order(dates):
            return replace(reading, dates=dates)
    return reading


def only_weekdays_differ(usual: DateArray, other: DateArray) -> bool:
    """Whether days have many weekends, and none as counted otherwise."""
    return _weekends(usual) > OTHER_WEEKENDS and _weekends(other) == 0
