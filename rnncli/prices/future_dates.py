"""Dates of the rows ahead, from the dates of the series."""

import importlib
from typing import Protocol

import numpy as np

from rnncli.arrays import DateArray, IntArray
from rnncli.errors import UsageError, setting
from rnncli.prices.bar_pattern import BarPattern
from rnncli.prices.date_history import DAY, DateHistory, trail, weekday
from rnncli.prices.holidays import Holidays

LEAST_SHARE = 0.05  # of them that a weekday must have
FEW = 10  # days; with fewer a weekday that was not seen may still be a usual one
LONGEST_CLOSURE = 15  # days ahead among which there is a trading day
LATE = 20  # recent days, whose usual hours are used without a pattern of bars
FEWEST_MONTHS = 3  # that show what day they are dated by
USUAL = 0.6  # fraction of weeks with the same weekday, for it to date later ones
REGULAR = 0.75  # fraction of equal steps, for a step of a few days to be the rule


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
    """The usual weekdays of a series except holidays: at least 5 % of its last 250 days.

    With few days: Monday to Friday, or all seven if there was a weekend.
    """

    def __init__(self, past: DateHistory):
        week, days = past.week, len(past.days)
        self._usual = {day for day in range(7) if week[day] >= LEAST_SHARE * days}
        if days < FEW:
            self._usual = set(range(7 if week[5] or week[6] else 5))
        self._holidays = Holidays(past)

    @property
    def skip_weekends_only(self) -> bool:
        """Whether these are Monday to Friday, without a holiday that is known."""
        return self._usual == set(range(5)) and not self._holidays.are_known

    def holds(self, day: int) -> bool:
        return weekday(day) in self._usual and not self._holidays.holds(day)

    def after(self, day: int) -> int:
        ahead = range(day + 1, day + 1 + LONGEST_CLOSURE)
        usual = (d for d in ahead if weekday(d) in self._usual)
        return next((d for d in ahead if self.holds(d)), next(usual))


def usual_days(dates: DateArray) -> TradingDays:
    """The weekdays that a series trades on, but for its holidays."""
    return _Weekdays(trail(dates))


def dates_ahead(dates: DateArray, horizon: int, days: TradingDays | None = None) -> DateArray:
    """`dates_after` dates (rows,)."""
    return dates_after(trail(dates), horizon, days)


def skip_weekends_only(dates: DateArray) -> bool:
    """Whether dates ahead of these leave out Saturday and Sunday, and no holiday is known."""
    past = trail(dates)
    step = past.median_step() / DAY
    return step < 2 and not _days_a_step(past, step) and _Weekdays(past).skip_weekends_only


def dates_after(past: DateHistory, horizon: int, days: TradingDays | None = None) -> DateArray:
    """The next `horizon` dates after those of the history, datetime64[s].

    By the median step: calendar months from 27 days on; weeks from 6 to 8 days, on the weekday of
    most rows; other steps of several days unchanged; below a day, the next recent bar of a weekday;
    else the next usual weekday that is not a holiday. With the trading days of an exchange, these
    replace the usual weekdays.
    """
    step, last = past.median_step(), past.last[-1]
    if step >= 27 * DAY:
        dates = np.array(past.last, "datetime64[s]")
        return _months_ahead(dates, round(step / (30.4375 * DAY)), horizon)
    if whole := _days_a_step(past, step / DAY):
        last += _to_usual_weekday(past) * DAY if whole == 7 else 0
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


def _to_usual_weekday(past: DateHistory) -> int:
    """Days from the last date to the weekday that most weeks are dated by, in the same week.

    The last may be dated otherwise: there was a holiday, or its week is not over.
    """
    usual = max(range(7), key=past.week.__getitem__)
    if past.week[usual] < USUAL * len(past.days):
        return 0
    return usual - weekday(past.days[-1])


def _days_ahead(last: int, horizon: int, days: TradingDays) -> IntArray:
    day, time = divmod(last, DAY)
    ahead = []
    for _ in range(horizon):
        day = days.after(day)
        ahead.append(day * DAY + time)
    return np.array(ahead, dtype=np.int64)


def _times_ahead(past: DateHistory, step: int, horizon: int, days: TradingDays) -> IntArray:
    """The next bars: those of the pattern of the weeks before, else by the step from bar to bar."""
    pattern, now, ahead = BarPattern(past), past.last[-1], list[int]()
    while len(ahead) < horizon:
        following = _bars_after(pattern, now, days) or [_step_after(past, step, now, days)]
        ahead += following
        now = ahead[-1]
    return np.array(ahead[:horizon], dtype=np.int64)


def _bars_after(pattern: BarPattern, now: int, days: TradingDays) -> list[int]:
    """The bars of the rest of a day, or of the next day with any; empty without a pattern."""
    today, time = divmod(now, DAY)
    day, after = today, time
    if not days.holds(day):
        day, after = days.after(day), -1
    for _ in range(7):
        times = pattern.times_on(day)
        if times is None:
            return []
        if bars := [day * DAY + t for t in times if t > after]:
            return bars
        day, after = days.after(day), -1
    return []


def _step_after(past: DateHistory, step: int, now: int, days: TradingDays) -> int:
    """The next bar by the usual step, within the hours that the last days had."""
    opening, closing = _usual_hours(past)
    day, time = divmod(now + step, DAY)
    if time < opening and days.holds(day):
        time = opening
    elif not opening <= time <= closing or not days.holds(day):
        day, time = days.after(day), opening
    return day * DAY + time


def _usual_hours(past: DateHistory) -> tuple[int, int]:
    """When most of the last days began and ended: a few short or long ones aside."""
    openings, closings = sorted(past.opening[-LATE:]), sorted(past.closing[-LATE:])
    few = len(openings) // 10
    return openings[few], closings[-1 - few]


def _months_ahead(dates: DateArray, months: int, horizon: int) -> DateArray:
    """The same day of later months; month ends stay month ends, long days are cut to them.

    So do last days from Monday to Friday, whatever the day of the last month, which may not be
    over.
    """
    month = dates.astype("datetime64[M]")
    if _are_last_weekdays(dates[:-1]):
        ahead = month[-1] + (months * np.arange(1, horizon + 1)).astype("timedelta64[M]")
        time = dates[-1] - dates[-1].astype("datetime64[D]")
        of_weekdays: DateArray = _last_weekdays(ahead) + time
        return of_weekdays
    day = (dates.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    time = dates[-1] - dates[-1].astype("datetime64[D]")
    ends = bool(np.all(day[-12:] == _month_lengths(month[-12:]) - 1))
    wanted = 30 if ends else int(day[-12:].max()) if day[-1] >= 27 else int(day[-1])
    ahead = month[-1] + (months * np.arange(1, horizon + 1)).astype("timedelta64[M]")
    days = np.minimum(wanted, _month_lengths(ahead) - 1).astype("timedelta64[D]")
    dated: DateArray = (ahead.astype("datetime64[D]") + days).astype("datetime64[s]") + time
    return dated


def _are_last_weekdays(dates: DateArray) -> bool:
    """Whether months are dated by their last day from Monday to Friday, but for few holidays."""
    if len(dates) < FEWEST_MONTHS:
        return False
    days = dates.astype("datetime64[D]")
    last = _last_weekdays(dates.astype("datetime64[M]"))
    early = (last.astype("datetime64[D]") - days).astype(np.int64)
    return bool(np.all((early >= 0) & (early < 4)) and np.mean(early == 0) >= REGULAR)


def _last_weekdays(months: DateArray) -> DateArray:
    """The last day from Monday to Friday of each month."""
    end = (months + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    beyond = np.maximum((end.astype(np.int64) + 3) % 7 - 4, 0)
    dated: DateArray = (end - beyond.astype("timedelta64[D]")).astype("datetime64[s]")
    return dated


def _month_lengths(months: DateArray) -> IntArray:
    following = (months + np.timedelta64(1, "M")).astype("datetime64[D]")
    lengths: IntArray = (following - months.astype("datetime64[D]")).astype(np.int64)
    return lengths
