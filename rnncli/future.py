"""Dates of the rows ahead, as the series itself has kept them so far."""

import importlib
from typing import Protocol

import numpy as np

from rnncli.arrays import DateArray, IntArray
from rnncli.errors import UsageError

DAY = 86_400
RECENT = 250  # days whose weekdays count, and whose times of day
LEAST_SHARE = 0.05  # of them that a weekday must hold
FEW = 10  # days; with fewer a weekday that was not seen may still be a usual one
REGULAR = 0.75  # share of steps that are the same, where a step of a few days is the rule


class TradingDays(Protocol):
    """The days, counted since 1970, on which there are prices."""

    def holds(self, day: int) -> bool:
        """Whether there are prices on a day."""

    def after(self, day: int) -> int:
        """Return the next such day after `day`."""


class Sessions:
    """The trading days of an exchange, from a day on and as far ahead as will be asked for."""

    def __init__(self, name: str, dates: DateArray, horizon: int):
        first = dates.min().astype("datetime64[D]")
        last = dates.max().astype("datetime64[D]") + 2 * horizon + 31
        try:
            library = importlib.import_module("exchange_calendars")
        except ImportError as error:
            remedy = "run: pip install 'rnncli[calendar]'"
            raise UsageError(f"--calendar {name} needs an extra; {remedy}") from error
        try:
            calendar = library.get_calendar(name, start=str(first - 31), end=str(last))
        except (library.errors.CalendarError, ValueError) as error:
            said = str(error).splitlines()[0][:120]
            raise UsageError(f"--calendar {name}: {said} Try XNYS, XLON or XETR.") from error
        self._name = name
        self._days = calendar.sessions.to_numpy().astype("datetime64[D]").astype(np.int64)

    def holds(self, day: int) -> bool:
        """Whether the exchange trades on a day."""
        i = int(np.searchsorted(self._days, day))
        return i < self._days.size and int(self._days[i]) == day

    def after(self, day: int) -> int:
        """Return the first session after a day."""
        i = int(np.searchsorted(self._days, day, side="right"))
        if i == self._days.size:
            raise UsageError(f"--calendar {self._name} ends before the horizon; shorten --horizon")
        return int(self._days[i])


class _Weekdays:
    """The usual weekdays of a series: those of at least 5 % of its last 250 days.

    Few days do not tell who trades when: Monday to Friday, and all seven if a weekend was seen.
    """

    def __init__(self, seconds: IntArray):
        recent = (_recent_days(seconds) + 3) % 7
        counts = np.bincount(recent, minlength=7)
        self._usual = set(np.flatnonzero(counts >= LEAST_SHARE * len(recent)).tolist())
        if len(recent) < FEW:
            self._usual = set(range(7 if np.any(recent >= 5) else 5))

    def holds(self, day: int) -> bool:
        return (day + 3) % 7 in self._usual

    def after(self, day: int) -> int:
        return next(d for d in range(day + 1, day + 8) if self.holds(d))


def dates_ahead(dates: DateArray, horizon: int, days: TradingDays | None = None) -> DateArray:
    """The next `horizon` dates after the last of `dates` (rows,), datetime64[s].

    By the median step: calendar months from 27 days on, weeks from 6 to 8 days, other steps of
    several days as they are, the same time step within the times of day seen below a day, else
    the next weekday among the usual ones. With the trading days of an exchange, these are taken
    for the usual weekdays.
    """
    seconds = dates.astype("datetime64[s]").astype(np.int64)
    step = float(np.median(np.diff(seconds))) if len(seconds) > 1 else float(DAY)
    if step >= 27 * DAY:
        return _months_ahead(dates, round(step / (30.4375 * DAY)), horizon)
    if whole := _days_a_step(seconds, step / DAY):
        ahead = seconds[-1] + whole * DAY * np.arange(1, horizon + 1)
    elif 0 < step < DAY:
        ahead = _times_ahead(seconds, int(step), horizon, days or _Weekdays(seconds))
    else:
        ahead = _days_ahead(seconds, horizon, days or _Weekdays(seconds))
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


def _days_ahead(seconds: IntArray, horizon: int, days: TradingDays) -> IntArray:
    day, time = divmod(int(seconds[-1]), DAY)
    ahead = []
    for _ in range(horizon):
        day = days.after(day)
        ahead.append(day * DAY + time)
    return np.array(ahead, dtype=np.int64)


def _times_ahead(seconds: IntArray, step: int, horizon: int, days: TradingDays) -> IntArray:
    times = seconds[seconds >= _recent_days(seconds)[0] * DAY] % DAY
    opening, closing = int(times.min()), int(times.max())
    now, ahead = int(seconds[-1]), []
    for _ in range(horizon):
        day, time = divmod(now + step, DAY)
        if time < opening and days.holds(day):
            time = opening
        elif not opening <= time <= closing or not days.holds(day):
            day, time = days.after(day), opening
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
