"""Dates of the rows ahead, as the series itself has kept them so far."""

import numpy as np

from rnncli.arrays import DateArray, IntArray

DAY = 86_400
RECENT = 250  # days whose weekdays count, and whose times of day
LEAST_SHARE = 0.05  # of them that a weekday must hold
FEW = 10  # days; with fewer a weekday that was not seen may still be a usual one
REGULAR = 0.75  # share of steps that are the same, where a step of a few days is the rule


def dates_ahead(dates: DateArray, horizon: int) -> DateArray:
    """The next `horizon` dates after the last of `dates` (rows,), datetime64[s].

    By the median step: calendar months from 27 days on, weeks from 6 to 8 days, other steps of
    several days as they are, the same time step within the times of day seen below a day, else
    the next weekday among the usual ones.
    """
    seconds = dates.astype("datetime64[s]").astype(np.int64)
    step = float(np.median(np.diff(seconds))) if len(seconds) > 1 else float(DAY)
    if step >= 27 * DAY:
        return _months_ahead(dates, round(step / (30.4375 * DAY)), horizon)
    if days := _days_a_step(seconds, step / DAY):
        ahead = seconds[-1] + days * DAY * np.arange(1, horizon + 1)
    elif 0 < step < DAY:
        ahead = _times_ahead(seconds, int(step), horizon)
    else:
        ahead = _days_ahead(seconds, horizon)
    dated: DateArray = ahead.astype("datetime64[s]")
    return dated


def _days_a_step(seconds: IntArray, step: float) -> int:
    """Days from row to row where it is them that count, and no weekdays; else 0.

    Two to five days may also be a market with two or three sessions a week: then steps differ.
    """
    if step >= 6:
        return 7 if step <= 8 else round(step)
    steps = np.diff(seconds // DAY)
    regular = len(steps) >= FEW and np.mean(steps == round(step)) >= REGULAR
    return round(step) if step >= 2 and regular else 0


def _recent_days(seconds: IntArray) -> IntArray:
    """The last 250 days with a row, as numbers, however many rows a day has."""
    return np.unique(seconds // DAY)[-RECENT:]


def _weekdays(seconds: IntArray) -> set[int]:
    """Usual weekdays, Monday 0: those of at least 5 % of the last 250 days.

    Few days do not tell who trades when: Monday to Friday, and all seven if a weekend was seen.
    """
    days = (_recent_days(seconds) + 3) % 7
    if len(days) < FEW:
        return set(range(7 if np.any(days >= 5) else 5))
    counts = np.bincount(days, minlength=7)
    return set(np.flatnonzero(counts >= LEAST_SHARE * len(days)).tolist())


def _next_day(day: int, weekdays: set[int]) -> int:
    """The next day number after `day` on a usual weekday."""
    return next(d for d in range(day + 1, day + 8) if (d + 3) % 7 in weekdays)


def _days_ahead(seconds: IntArray, horizon: int) -> IntArray:
    weekdays = _weekdays(seconds)
    day, time = divmod(int(seconds[-1]), DAY)
    ahead = []
    for _ in range(horizon):
        day = _next_day(day, weekdays)
        ahead.append(day * DAY + time)
    return np.array(ahead, dtype=np.int64)


def _times_ahead(seconds: IntArray, step: int, horizon: int) -> IntArray:
    weekdays = _weekdays(seconds)
    times = seconds[seconds >= _recent_days(seconds)[0] * DAY] % DAY
    opening, closing = int(times.min()), int(times.max())
    now, ahead = int(seconds[-1]), []
    for _ in range(horizon):
        day, time = divmod(now + step, DAY)
        if time < opening and (day + 3) % 7 in weekdays:
            time = opening
        elif not opening <= time <= closing or (day + 3) % 7 not in weekdays:
            day, time = _next_day(day, weekdays), opening
        now = day * DAY + time
        ahead.append(now)
    return np.array(ahead, dtype=np.int64)


def _months_ahead(dates: DateArray, months: int, horizon: int) -> DateArray:
    """The same day of later months; month ends stay month ends, long days are cut to them."""
    month = dates.astype("datetime64[M]")
    day = (dates.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    time = dates[-1] - dates[-1].astype("datetime64[D]")
    ends = bool(np.all(day[-12:] == _month_lengths(month[-12:]) - 1))
    wanted = 30 if ends else int(day[-12:].max()) if day[-1] >= 27 else int(day[-1])
    ahead = month[-1] + months * np.arange(1, horizon + 1)
    days = np.minimum(wanted, _month_lengths(ahead) - 1)
    dated: DateArray = (ahead.astype("datetime64[D]") + days).astype("datetime64[s]") + time
    return dated


def _month_lengths(months: DateArray) -> IntArray:
    following = (months + 1).astype("datetime64[D]")
    lengths: IntArray = (following - months.astype("datetime64[D]")).astype(np.int64)
    return lengths
