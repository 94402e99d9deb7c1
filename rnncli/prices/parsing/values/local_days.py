"""Days of a market stamped in UTC by their midnight or opening there: 23:00 of the day before.

The price of Tuesday in Berlin is written 2024-03-04T23:00:00Z, from April on 22:00:00Z. One stamp a
day, of one time or of two an hour apart, is such a day where the days after it are those of a
week, a month or a season, and its own are not.
"""

import numpy as np

from rnncli.arrays import BoolArray, DateArray, Float64Array, IntArray

DAY, HOUR = 86_400, 3600
MOST_CLOCKS = 12  # times of day in a file of days
FEWEST = 5  # days that show what a week is like
NOON = 11 * HOUR  # from here on a midnight is that of the next day: New Zealand is 13 hours ahead
EVENING, LATE = 18 * HOUR, 16 * HOUR  # when no market closes that is open on Sunday; in UTC
PLAIN = 15 * 60  # no zone differs from UTC by parts of these seconds
RARE, USUAL = 0.02, 0.1  # shares of days: of special sessions, of each day of a week
NEW_YORK = {4 * HOUR, 5 * HOUR}
ALL_YEAR = ({14 * HOUR}, {15 * HOUR})  # of clocks that never change: Brisbane, Tokyo
AUSTRALIA = ({13 * HOUR, 14 * HOUR}, {27 * HOUR // 2, 29 * HOUR // 2})
NEW_ZEALAND = {11 * HOUR, 12 * HOUR}


AS_WRITTEN = "utc"  # the date format of a user who wants such stamps as they are


def says_as_written(date_format: str | None) -> bool:
    """Whether a user says that stamps are to stay as they are."""
    return (date_format or "").strip().casefold() == AS_WRITTEN


def local_days_of_series(stamps: DateArray, codes: IntArray, *, in_utc: bool) -> DateArray | None:
    """Return the dates of rows, (rows,), each series by its own times; None where none is of days.

    For files in which one series is stamped by a midnight and another by its close.
    """
    if np.unique(stamps.view(np.int64) % DAY).size > MOST_CLOCKS:
        return None
    dates, changed = stamps.copy(), False
    for code in np.unique(codes).tolist():
        rows = np.flatnonzero(codes == code)
        distinct, places = np.unique(stamps[rows], return_inverse=True)
        if (days := local_days(distinct, in_utc=in_utc)) is not None:
            dates[rows], changed = days[places], True
    return dates if changed else None


def local_days(stamps: DateArray, *, in_utc: bool) -> DateArray | None:
    """Return distinct stamps, shape (n,), as days there; None where they are not such days.

    `in_utc`: whether they say that they are in UTC.
    """
    seconds = stamps.astype(np.int64)
    times, days = seconds % DAY, seconds // DAY
    clocks = {int(times.min()), int(times.max())} if times.size >= FEWEST else {0}
    if clocks == {0} or not _is_one_clock(times, clocks):
        return None
    ahead = times >= NOON
    local = days + ahead
    if np.unique(local).size < local.size:
        return None
    if not ahead.any():
        one_zone = len(clocks) == 1 and clocks <= NEW_YORK
        is_midnight = one_zone or _seasons_fit(days, times, clocks) > 0
    else:
        can_be = _may_be_ahead(days, times, clocks, in_utc=in_utc)
        is_midnight = can_be and _is_proved(days, local, times, clocks)
    return (local * DAY).astype("datetime64[s]") if is_midnight else None


def _is_one_clock(times: IntArray, clocks: set[int]) -> bool:
    """Whether all times are one, or two an hour apart as a clock changes in spring and autumn."""
    low, high = min(clocks), max(clocks)
    if any(clock % PLAIN for clock in clocks) or not np.all((times == low) | (times == high)):
        return False
    around_midnight = low == 0 and high == DAY - HOUR
    one_side = (low >= NOON) == (high >= NOON)
    return low == high or around_midnight or (high - low == HOUR and one_side)


def _may_be_ahead(days: IntArray, times: IntArray, clocks: set[int], *, in_utc: bool) -> bool:
    """Whether times of the afternoon in UTC can be midnight, rather than a close on Sunday."""
    if min(clocks - {0}) >= (LATE if in_utc else EVENING):
        return True
    if not in_utc:
        return False
    if any(clocks <= zone for zone in AUSTRALIA):
        one_season = len(clocks) == 1 and _in_season(days, clocks) < 0
        if one_season or _seasons_fit(days, times, clocks) < 0:
            return True
    return clocks in (*ALL_YEAR, NEW_ZEALAND)


def _is_proved(days: IntArray, local: IntArray, times: IntArray, clocks: set[int]) -> bool:
    """Whether the next days are regular: of a week, of a month, of a clock that changes."""
    of_local, of_days = _weekdays(local), _weekdays(days[local > days])
    for first, *closed in ((6, 5, 6), (5, 4, 5)):  # Monday to Friday, Sunday to Thursday
        if of_local[closed].sum() <= RARE and of_days[first] >= USUAL:
            return True
    dates = local.astype("datetime64[D]")
    if np.all(dates == dates.astype("datetime64[M]").astype("datetime64[D]")):
        return True
    steps: IntArray = np.diff(np.sort(local)).astype(np.int64)
    weekly = bool(np.all(steps % 7 == 0) and of_local[5:].sum() == 0)
    regular = weekly or bool(np.all(of_local >= USUAL))
    return regular and len(clocks) == 2 and _seasons_fit(days, times, clocks) != 0


def _weekdays(days: IntArray) -> Float64Array:
    """The fraction of days on each weekday, Monday first, shape (7,)."""
    shares: Float64Array = np.bincount((days + 3) % 7, minlength=7) / days.size
    return shares


def _in_season(days: IntArray, clocks: set[int]) -> int:
    """-1 where a single time is that of an Australian clock in its season, else 0."""
    (clock,) = clocks
    summer = any(clock == min(zone) for zone in AUSTRALIA)
    season = _season(days)
    return -1 if np.all(season <= 0 if summer else season >= 0) else 0


def _seasons_fit(days: IntArray, times: IntArray, clocks: set[int]) -> int:
    """1 where the earlier of two times is of the northern summer, -1 of the southern, else 0."""
    if len(clocks) < 2:
        return 0
    earlier = DAY - HOUR if clocks == {0, DAY - HOUR} else min(clocks)
    season, in_summer = _season(days), times == earlier
    for sign in (1, -1):
        fits = np.all(sign * season[in_summer] >= 0) and np.all(sign * season[~in_summer] <= 0)
        if fits:
            return sign
    return 0


def _season(days: IntArray) -> IntArray:
    """1 where every northern clock is on summer time, -1 where none is, 0 in between."""
    dates = days.astype("datetime64[D]")
    year = dates.astype("datetime64[Y]").astype("datetime64[D]")
    number = (dates - year).astype(np.int64)
    summer: BoolArray = (number > 97) & (number < 263)
    winter: BoolArray = (number > 312) | (number < 66)
    return summer.astype(np.int64) - winter
