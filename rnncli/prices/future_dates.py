"""Dates of the rows ahead, as the series itself has kept them so far."""

import importlib
from typing import Protocol

import numpy as np

from rnncli.arrays import DateArray, IntArray
from rnncli.errors import UsageError, setting
from rnncli.prices.date_history import DAY, DateHistory, trail, weekday

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
        last = dates.max().astype("datetime64[D]") + np.timedelta64(2 * horizon + 31, "D")
        try:
            library = importlib.import_module("exchange_calendars")
        except ImportError as error:
            remedy = "run: pip install 'rnncli[calendar]'"
            raise UsageError(
                f"{setting('calendar', name)} needs an extra", remedy=remedy
            ) from error
        try:
            calendar = library.get_calendar(
                name, start=str(first - np.timedelta64(31, "D")), end=str(last)
            )
        except (library.errors.CalendarError, ValueError) as error:
            said = str(error).splitlines()[0][:120]
            reason = f"{said} Try XNYS, XLON or XETR."
            raise UsageError(reason, option="calendar", value=name) from error
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
            calendar = setting("calendar", self._name)
            raise UsageError(
                f"{calendar} ends before the horizon", remedy=f"shorten {setting('horizon')}"
            )
        return int(self._days[i])


class _Weekdays:
    """The usual weekdays of a series: those of at least 5 % of its last 250 days.

    Few days do not tell who trades when: Monday to Friday, and all seven if a weekend was seen.
    """

    def __init__(self, past: DateHistory):
        week, days = past.week, len(past.days)
        self._usual = {day for day in range(7) if week[day] >= LEAST_SHARE * days}
        if days < FEW:
            self._usual = set(range(7 if week[5] or week[6] else 5))

    def holds(self, day: int) -> bool:
        return weekday(day) in self._usual

    def after(self, day: int) -> int:
        return next(d for d in range(day + 1, day + 8) if self.holds(d))


def dates_ahead(dates: DateArray, horizon: int, days: TradingDays | None = None) -> DateArray:
    """`dates_after` dates (rows,)."""
    return dates_after(trail(dates), horizon, days)


def dates_after(past: DateHistory, horizon: int, days: TradingDays | None = None) -> DateArray:
    """The next `horizon` dates after those that left a trail, datetime64[s].

    By the median step: calendar months from 27 days on, weeks from 6 to 8 days, other steps of
    several days as they are, the same time step within the times of day seen below a day, else
    the next weekday among the usual ones. With the trading days of an exchange, these are taken
    for the usual weekdays.
    """
    step, last = past.median_step(), past.last[-1]
    if step >= 27 * DAY:
        dates = np.array(past.last, "datetime64[s]")
        return _months_ahead(dates, round(step / (30.4375 * DAY)), horizon)
    if whole := _days_a_step(past, step / DAY):
        ahead = last + whole * DAY * np.arange(1, horizon + 1)
    elif 0 < step < DAY:
        ahead = _times_ahead(past, int(step), horizon, days or _Weekdays(past))
    else:
        ahead = _days_ahead(last, horizon, days or _Weekdays(past))
    dated: DateArray = ahead.astype("datetime64[s]")
    return dated


def _days_a_step(past: DateHistory, step: float) -> int:
    """Days from row to row where it is them that count, and no weekdays; else 0.

    Two to five days may also be a market with two or three sessions a week: then steps differ.
    """
    if step >= 6:
        return 7 if step <= 8 else round(step)
    if step < 2:
        return 0
    count = past.day_steps.total()
    regular = count >= FEW and past.day_steps[round(step)] / count >= REGULAR
    return round(step) if regular else 0


def _days_ahead(last: int, horizon: int, days: TradingDays) -> IntArray:
    day, time = divmod(last, DAY)
    ahead = []
    for _ in range(horizon):
        day = days.after(day)
        ahead.append(day * DAY + time)
    return np.array(ahead, dtype=np.int64)


def _times_ahead(past: DateHistory, step: int, horizon: int, days: TradingDays) -> IntArray:
    opening, closing = min(past.opening), max(past.closing)
    now, ahead = past.last[-1], []
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
    ahead = month[-1] + (months * np.arange(1, horizon + 1)).astype("timedelta64[M]")
    days = np.minimum(wanted, _month_lengths(ahead) - 1).astype("timedelta64[D]")
    dated: DateArray = (ahead.astype("datetime64[D]") + days).astype("datetime64[s]") + time
    return dated


def _month_lengths(months: DateArray) -> IntArray:
    following = (months + np.timedelta64(1, "M")).astype("datetime64[D]")
    lengths: IntArray = (following - months.astype("datetime64[D]")).astype(np.int64)
    return lengths
