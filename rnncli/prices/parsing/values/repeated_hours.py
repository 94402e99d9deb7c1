"""The hour that occurs twice when clocks go back: two hours, though a file writes one clock.

Rows without an offset from UTC, of a market that never closes, have each time of one Sunday hour
twice, once on summer time. Rows of that summer are put on the clock after it, so that all steps are
those of time; the last rows, from which forecasts are dated, stay as written.
"""

from typing import NamedTuple

import numpy as np

from rnncli.arrays import BoolArray, DateArray, IntArray

HOUR, DAY = 3600, 86_400
SUMMER = 300 * DAY  # longer than any
SUNDAY = 3 * DAY  # from the Thursday that 1970 began with
LAST_HOUR = 3 * HOUR  # clocks go back before it
AUTUMN = (2, 3, 4, 10, 11)  # months of that, south and north


class Unfolded(NamedTuple):
    """Dates on one clock, which rows were put on it, and a row of an hour that occurs twice."""

    dates: DateArray  # (rows,)
    moved: BoolArray  # (rows,)
    first: int


def unfold(dates: DateArray, codes: IntArray) -> Unfolded | None:
    """Return dates in which such an hour is two; `dates` and `codes` (rows,) are in file order.

    None without such an hour. A series with any other date twice stays as it is.
    """
    seconds = dates.astype(np.int64)
    may_be = _may_occur_twice(seconds)
    if not may_be.any():
        return None
    moved = np.zeros(seconds.size, dtype=np.bool_)
    first = seconds.size
    for code in np.unique(codes[may_be]).tolist():
        rows = np.flatnonzero(codes == code)
        for hour, of_summer in _summers(seconds[rows]):
            moved[rows[of_summer]] = True
            at = rows[seconds[rows] // HOUR == hour]
            first = min(first, int(at[0]))
    if not moved.any():
        return None
    on_one_clock = (seconds - HOUR * moved).astype("datetime64[s]")
    return Unfolded(on_one_clock, moved, first)


def _may_occur_twice(seconds: IntArray) -> BoolArray:
    """Whether a time is of an early Sunday hour, or the one before, in a month of such changes."""
    days = seconds // DAY
    after = (seconds + HOUR) % (7 * DAY)
    sundays: BoolArray = (after >= SUNDAY) & (after < SUNDAY + HOUR + LAST_HOUR)
    if sundays.any():
        months = days[sundays].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        sundays[sundays] = np.isin(months % 12 + 1, AUTUMN)
    return sundays


def _summers(seconds: IntArray) -> list[tuple[int, BoolArray]]:
    """Each hour that occurs twice, counted from 1970, and which rows are of the summer before it.

    `seconds` (rows,) are those of one series, in file order.
    """
    oldest_first = seconds[-1] >= seconds[0]
    order = np.argsort(seconds if oldest_first else seconds[::-1], kind="stable")
    order = order if oldest_first else seconds.size - 1 - order
    ordered = seconds[order]
    again = np.append(False, ordered[1:] == ordered[:-1])
    twice = ordered[again]
    if not twice.size or not np.all(_may_occur_twice(twice)) or np.unique(twice).size < twice.size:
        return []
    steps = np.diff(np.unique(ordered))
    step = int(np.median(steps))
    hours = np.unique(twice // HOUR)
    if not 0 < step <= HOUR or np.any(np.diff(hours) * HOUR < SUMMER):
        return []
    if any(np.count_nonzero(twice // HOUR == hour) != HOUR // step for hour in hours):
        return []
    summers = []
    for hour in hours.tolist():
        begin = _summer_begins(ordered, hour * HOUR, step)
        before = (ordered >= begin) & (ordered < hour * HOUR)
        once = (ordered // HOUR == hour) & ~again
        of_summer = np.zeros(seconds.size, dtype=np.bool_)
        of_summer[order[before | once]] = True
        summers.append((hour, of_summer))
    return summers


def _summer_begins(ordered: IntArray, end: int, step: int) -> int:
    """The first time on the summer clock that ends at `end`: behind the hour left out in spring."""
    earlier = ordered[(ordered < end) & (ordered > end - SUMMER)]
    gaps = np.flatnonzero(np.diff(earlier) == HOUR + step) + 1
    after = earlier[gaps]
    of_sundays = after[((after // DAY + 3) % 7 == 6) & (after % DAY <= LAST_HOUR + HOUR)]
    return int(of_sundays[-1]) if of_sundays.size else int(end - SUMMER)
