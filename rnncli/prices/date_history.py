"""What the dates of a series leave behind: all that the dates ahead follow from, row by row."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeVar

import numpy as np

from rnncli.arrays import DateArray, IntArray

Day = TypeVar("Day", int, IntArray)

DAY = 86_400
RECENT = 250  # days whose weekdays count, and whose times of day
MONTHS = 12  # dates that tell on which day of a month rows fall


@dataclass
class DateHistory:
    """Dates so far, in seconds since 1970, ascending: no more of them than those ahead need.

    `steps`, `day_steps`: how often which step from row to row came, in seconds, in days; `days`,
    `opening`, `closing`: the last RECENT days with a row, and the first and last time of day of
    each; `last`: the last MONTHS dates; `week`: how many of the days are Mondays and so on.
    However long a series is, steps of less than a day are no more than there are seconds in one.
    """

    steps: Counter[int] = field(default_factory=Counter)
    day_steps: Counter[int] = field(default_factory=Counter)
    days: list[int] = field(default_factory=list)
    opening: list[int] = field(default_factory=list)
    closing: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    week: list[int] = field(default_factory=lambda: [0] * 7)

    def __post_init__(self) -> None:
        """Count the weekdays."""
        for day in self.days:
            self.week[weekday(day)] += 1

    def copy(self) -> "DateHistory":
        """Another one, to go on with apart from this."""
        return DateHistory(
            Counter(self.steps), Counter(self.day_steps), list(self.days), list(self.opening),
            list(self.closing), list(self.last),
        )  # fmt: skip

    def push(self, second: int) -> None:
        """Take in the date of one more row, none of those before it being later."""
        day, time = divmod(second, DAY)
        if self.last:
            self.steps[second - self.last[-1]] += 1
            self.day_steps[day - self.days[-1]] += 1
        if self.days and self.days[-1] == day:
            self.opening[-1], self.closing[-1] = (
                min(self.opening[-1], time),
                max(self.closing[-1], time),
            )
        else:
            self.week[weekday(day)] += 1
            for gone in self.days[: max(len(self.days) + 1 - RECENT, 0)]:
                self.week[weekday(gone)] -= 1
            for kept, new in ((self.days, day), (self.opening, time), (self.closing, time)):
                kept.append(new)
                del kept[:-RECENT]
        self.last.append(second)
        del self.last[:-MONTHS]

    def median_step(self) -> float:
        """The median step in seconds; a day where there is none."""
        if not self.steps:
            return float(DAY)
        each = sorted(self.steps)
        reached = list(accumulate(self.steps[step] for step in each))
        low, high = (each[bisect_left(reached, k)] for k in _middle(reached[-1]))
        return (low + high) / 2

    def as_array(self) -> IntArray:
        """Plain numbers, for a file."""
        parts: list[list[int]] = [
            list(self.steps), list(self.steps.values()),
            list(self.day_steps), list(self.day_steps.values()),
            self.days, self.opening, self.closing, self.last,
        ]  # fmt: skip
        return np.array([number for part in parts for number in (len(part), *part)], np.int64)

    @classmethod
    def from_array(cls, numbers: IntArray) -> "DateHistory":
        """The inverse of `as_array`. Raises ValueError for what it never is."""
        left, parts = numbers.tolist(), []
        while left:
            parts.append(left[1 : left[0] + 1])
            if not 0 <= left[0] == len(parts[-1]):
                raise ValueError("dates are cut off")
            left = left[left[0] + 1 :]
        steps, counts, day_steps, day_counts, days, opening, closing, last = parts
        return cls(
            Counter(dict(zip(steps, counts, strict=True))),
            Counter(dict(zip(day_steps, day_counts, strict=True))),
            days, opening, closing, last,
        )  # fmt: skip


def weekday(day: Day) -> Day:
    """Day of the week of a day counted since 1970, Monday 0."""
    return (day + 3) % 7


def _middle(count: int) -> tuple[int, int]:
    """The numbers of the two middle ones of so many, from 1 on; the same one twice if odd."""
    return (count + 1) // 2, count // 2 + 1


def trail(dates: DateArray) -> DateHistory:
    """The trail of ascending dates (rows,)."""
    seconds = dates.astype("datetime64[s]").astype(np.int64)
    every = seconds // DAY
    changed = np.flatnonzero(np.diff(every, prepend=every[:1] - 1))[-RECENT:]
    times = seconds % DAY
    return DateHistory(
        steps=_counted(np.diff(seconds)),
        day_steps=_counted(np.diff(every)),
        days=every[changed].tolist(),
        opening=np.minimum.reduceat(times, changed).tolist() if len(changed) else [],
        closing=np.maximum.reduceat(times, changed).tolist() if len(changed) else [],
        last=seconds[-MONTHS:].tolist(),
    )


def _counted(steps: IntArray) -> Counter[int]:
    each, counts = np.unique(steps, return_counts=True)
    return Counter(dict(zip(each.tolist(), counts.tolist(), strict=True)))
