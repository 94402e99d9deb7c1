"""The bars of a market by weekday: the times of day of the last weeks.

Bars of a day are stored as runs of a regular step, so that a lunch break lies between two runs. A
weekday has the times of most of its last days: one long or short day changes nothing, while a
Sunday evening or a Friday that ends early applies to that weekday. If all times of a day differ by
an hour from those of the day before, the clock has changed, and earlier days are shifted to it.
"""

import datetime
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from rnncli.prices.date_history import DAY, EPOCH, DateHistory, weekday

Runs = Sequence[int]  # first time, step, count; the same of the next run; ...

HOUR = 3600
SAME = 3  # last days of a weekday that are asked which times it has
OTHERS = 5  # last days that are asked for a weekday which has not been seen
ALIKE = 0.8  # fraction of times that a day must share with the pattern
CHANGES = {3, 4, 9, 10, 11}  # months in which clocks change


class BarPattern:
    """The times of day at which bars are to be expected, by weekday."""

    def __init__(self, past: DateHistory):
        self._past = past
        self._days = past.days[-len(past.bars) :]
        self._changed = _change_at(past, self._days, len(self._days) - 1)  # on the last day

    def times_on(self, day: int) -> list[int] | None:
        """Times of day, ascending, of the bars of a day; None without a pattern."""
        key = weekday(day), self._changed
        if len(self._days) < 2:  # the pattern grows with the only day there is
            return self._expected(key[0])
        if key not in self._past.expected:
            self._past.expected[key] = self._expected(weekday(day))
        return self._past.expected[key]

    @cached_property
    def _shifts(self) -> list[int]:
        """Seconds by which the times of each day are moved to be those of the clock of today."""
        shifts, total = [0] * len(self._days), self._changed
        for place in range(len(self._days) - 1, 0, -1):
            shifts[place - 1] = total
            total += _change_at(self._past, self._days, place - 1)
        return shifts

    def _expected(self, of_weekday: int) -> list[int] | None:
        whole = range(max(len(self._days) - 1, 1))  # the last day may not be over
        same = [i for i in whole if weekday(self._days[i]) == of_weekday][-SAME:]
        asked = same or self._others(whole, of_weekday)
        days = [times for i in asked if (times := self._times_of(i)) is not None]
        if len(days) < len(asked) or not days:
            return None
        expected = self._voted(days, whole, few=len(same) < SAME and bool(same))
        return expected if _is_typical(expected, days) else None

    def _others(self, whole: range, of_weekday: int) -> list[int]:
        """The last days of other weekdays; of Monday to Friday, where that is one of them."""
        alike = [i for i in whole if (weekday(self._days[i]) < 5) == (of_weekday < 5)]
        return (alike or list(whole))[-OTHERS:]

    def _voted(self, days: list[list[int]], whole: range, few: bool) -> list[int]:
        """The times of most days; of one or two days, all times that another day has as well."""
        counts = Counter(time for times in days for time in times)
        if not few:
            return sorted(time for time, count in counts.items() if 2 * count > len(days))
        seen = Counter(time for i in whole for time in self._times_of(i) or ())
        least = 2 if len(whole) > 1 else 1
        return sorted(time for time in counts if seen[time] >= least)

    def _times_of(self, place: int) -> list[int] | None:
        """The times of a day by the current clock; None without a regular step."""
        runs = runs_of(self._past, place)
        return None if runs is None else expanded(runs, self._shifts[place])


def runs_of(past: DateHistory, place: int) -> Runs | None:
    """The runs of one of the stored days; None without a regular step."""
    runs = past.bars[place]
    if not runs:
        return (past.opening[place - len(past.bars)], 0, 1)
    return runs if len(runs) > 1 else None


def expanded(runs: Runs, shift: int = 0) -> list[int]:
    """The times of runs, moved by some seconds within the day."""
    times = (
        start + step * k
        for start, step, count in zip(runs[::3], runs[1::3], runs[2::3], strict=True)
        for k in range(count)
    )
    return sorted({(time + shift) % DAY for time in times})


def _change_at(past: DateHistory, days: Sequence[int], place: int) -> int:
    """Seconds by which the clock of a day is off that of the day before."""
    if place < 1:
        return 0
    before, now = runs_of(past, place - 1), runs_of(past, place)
    if before is None or now is None or abs(now[0] - before[0]) != HOUR:
        return 0
    last = place == len(days) - 1
    return _clock_change(before, now, last and _after_weekend(days[place - 1], days[place]), last)


def _clock_change(before: Runs, now: Runs, in_spring_or_autumn: bool, may_go_on: bool) -> int:
    """The hour, in seconds, by which the times of a day differ from the day before; 0: no change.

    A day that may not be over is compared at its beginning only.
    """
    change = now[0] - before[0]
    if [now[0] - change, *now[1:]] == [before[0], *before[1:]] and len(now) == 3:
        return change
    times, earlier = expanded(now), expanded(before)
    moved = [time + change for time in earlier]
    if times == moved:
        return change
    begins_so = may_go_on and times == moved[: len(times)]
    is_new = not set(times) <= set(earlier)
    return change if begins_so and (is_new or in_spring_or_autumn) else 0


def _after_weekend(before: int, day: int) -> bool:
    """Whether a Sunday on which clocks may change lies between two days, or is the later one."""
    month = datetime.date.fromordinal(EPOCH + day).month
    return month in CHANGES and any(weekday(d) == 6 for d in range(before + 1, day + 1))


def _is_typical(expected: list[int], days: list[list[int]]) -> bool:
    """Whether most of some days have about all of the times that are expected."""
    wanted = set(expected)
    alike = sum(len(wanted & set(times)) >= ALIKE * len(wanted) for times in days)
    return bool(wanted) and 2 * alike >= len(days)
