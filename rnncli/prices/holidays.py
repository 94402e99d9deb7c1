"""The holidays of a market, inferred from its gaps over years.

A holiday is a date of the year (4 July, or the nearest weekday if it falls on a weekend), a weekday
of a month (the first Monday of September, the last of May) or a number of days from Easter, without
a row in the last three years.
"""

import datetime
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice

from rnncli.prices.date_history import EPOCH, DateHistory, weekday

TIMES = 3  # in a row without a row on it that make a date a holiday
MOST = 0.09  # fraction of weekdays without a row; with more there are no holidays to infer
BEFORE = 30  # years to look back at most
EASTER = range(-3, 61)  # days from Easter on which holidays fall
BESIDE = {4: (-1,), 0: (1, 2)}  # weekday: days to it from a holiday on a weekend in its place


class Holidays:
    """Days without rows among the weekdays of a market that trades from Monday to Friday."""

    def __init__(self, past: DateHistory):
        self._gaps = set(past.gaps)
        self._first = past.first[0] if past.first else 0
        self._last = past.days[-1] if past.days else -1
        weekdays = (self._last - self._first + 1) * 5 / 7
        self._may_be = 0 < len(self._gaps) <= MOST * weekdays

    @property
    def are_known(self) -> bool:
        """Whether there is one in the next year."""
        after = range(self._last + 1, self._last + 366)
        return self._may_be and any(self.holds(day) for day in after)

    def holds(self, day: int) -> bool:
        """Whether a day from Monday to Friday, counted since 1970, is a holiday."""
        if not self._may_be or weekday(day) > 4:
            return False
        return self._follows_date(day) or any(
            self._follows(rule, day) for rule in (_of_month, _last_of_month, _from_easter)
        )

    def _follows(self, rule: Callable[[int], Iterator[int]], day: int) -> bool:
        """Whether there was no row on the last days of a rule, for no other reason.

        In a month of four Mondays the fourth is the last as well: among these days there must be
        one that is what `day` is.
        """
        gaps = list(self._gaps_of(rule(day)))
        if len(gaps) < TIMES or any(self._follows_date(gap) for gap in gaps[:TIMES]):
            return False
        return rule is _from_easter or any(_in_month(gap) == _in_month(day) for gap in gaps)

    def _gaps_of(self, days: Iterator[int]) -> Iterator[int]:
        """Days without a row, newest first, back to the first other day."""
        for day in days:
            if day <= self._last:
                if day < self._first or day not in self._gaps:
                    return
                yield day

    def _follows_date(self, day: int) -> bool:
        """Whether a weekday is a holiday by its date, or in place of one on a weekend."""
        return self._is_fixed(day) or self._is_beside(day)

    def _is_fixed(self, day: int) -> bool:
        """Whether there was no row on this date of the year wherever it fell on a weekday."""
        date = _date(day)
        if (date.month, date.day) not in self._fixed:
            of_weekdays = (d for d in _same_dates(self._last + 366, date) if weekday(d) < 5)
            gaps = islice(self._gaps_of(of_weekdays), TIMES)
            self._fixed[date.month, date.day] = len(list(gaps)) == TIMES
        return self._fixed[date.month, date.day]

    @cached_property
    def _fixed(self) -> dict[tuple[int, int], bool]:
        """Month and day of the dates that were asked for, and whether they are holidays."""
        return {}

    def _is_beside(self, day: int) -> bool:
        """Whether a weekday is observed for a holiday on a weekend.

        That is the Friday before or the Monday after, as for the same date in other years, or else
        for most holidays; the Tuesday, if the Monday is a holiday too.
        """
        if weekday(day) == 1 and self._is_fixed(day - 2):
            of_saturday = self._is_fixed(day - 3) and self._is_observed(day - 3, 2)
            return (self._is_fixed(day - 1) or of_saturday) and self._is_observed(day - 2, 1)
        return any(
            self._is_fixed(day - distance) and self._is_observed(day - distance, distance)
            for distance in BESIDE.get(weekday(day), ())
        )

    def _is_observed(self, holiday: int, distance: int) -> bool:
        """Whether a holiday on a weekend is mostly observed at this distance."""
        pooled = [d for d in self._on_weekends if d[1:3] == (weekday(holiday), distance)]
        same = [d for d in pooled if d[0] == _yearly(holiday)]
        gaps = [gap for *_, gap in same or pooled]
        return 2 * sum(gaps) > len(gaps)

    @cached_property
    def _on_weekends(self) -> list[tuple[tuple[int, int], int, int, bool]]:
        """Holidays that fell on a weekend: date, weekday, days to a near weekday, no row then."""
        dates = {_yearly(gap): _date(gap) for gap in self._gaps}
        return [
            (yearly, weekday(past), distance, past + distance in self._gaps)
            for yearly, date in dates.items()
            for past in _same_dates(self._last + 366, date)
            if weekday(past) > 4 and self._first < past - 1 and past + 2 <= self._last
            if self._is_fixed(past)
            for distance in ((-1, 2) if weekday(past) == 5 else (1,))
            if not self._is_fixed(past + distance)
        ]


def _yearly(day: int) -> tuple[int, int]:
    """Month and day."""
    date = _date(day)
    return date.month, date.day


def _in_month(day: int) -> tuple[int, bool]:
    """Which of its weekday in its month a day is, from 0, and whether the last."""
    date = _date(day)
    return (date.day - 1) // 7, _date(day + 7).month != date.month


def _date(day: int) -> datetime.date:
    return datetime.date.fromordinal(EPOCH + day)


def _day(year: int, month: int, number: int) -> int | None:
    """A day since 1970; None for 29 February in other years."""
    try:
        return datetime.date(year, month, number).toordinal() - EPOCH
    except ValueError:
        return None


def _years(day: int) -> Iterator[int]:
    """The years before that of a day, newest first."""
    year = _date(day).year
    return iter(range(year - 1, max(year - BEFORE, 1), -1))


def _same_dates(before: int, date: datetime.date) -> Iterator[int]:
    """The same date in the year of a day and in earlier ones, newest first."""
    for year in (_date(before).year, *_years(before)):
        earlier = _day(year, date.month, date.day)
        if earlier is not None:
            yield earlier


def _of_month(day: int) -> Iterator[int]:
    """The same weekday of its month, counted from the first, in earlier years."""
    date = _date(day)
    for year in _years(day):
        first = datetime.date(year, date.month, 1).toordinal() - EPOCH
        until = (weekday(day) - weekday(first)) % 7
        earlier = first + until + 7 * ((date.day - 1) // 7)
        if _date(earlier).month == date.month:
            yield earlier


def _last_of_month(day: int) -> Iterator[int]:
    """The last such weekday of its month in earlier years; nothing for one that is not the last."""
    date = _date(day)
    if _date(day + 7).month == date.month:
        return
    for year in _years(day):
        following = datetime.date(year + date.month // 12, date.month % 12 + 1, 1)
        end = following.toordinal() - EPOCH - 1
        yield end - (weekday(end) - weekday(day)) % 7


def _from_easter(day: int) -> Iterator[int]:
    """As many days from Easter in earlier years; nothing for a day that is far from it."""
    distance = day - _easter(_date(day).year)
    if distance in EASTER:
        for year in _years(day):
            yield _easter(year) + distance


def _easter(year: int) -> int:
    """Easter Sunday, as the Gregorian calendar has it (Meeus 1991, Astronomical Algorithms)."""
    century, golden = year // 100, year % 19
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (moon // 28) * (29 // (moon + 1)) * ((21 - golden) // 11))
    sunday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    distance = moon - sunday
    month = 3 + (distance + 40) // 44
    number = distance + 28 - 31 * (month // 4)
    return datetime.date(year, month, number).toordinal() - EPOCH
