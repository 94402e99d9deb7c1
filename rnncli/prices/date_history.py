"""What the dates of a series leave behind: all that the dates ahead follow from, row by row."""

import datetime
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np

from rnncli.arrays import DateArray, IntArray

Day = TypeVar("Day", int, IntArray)

DAY = 86_400
RECENT = 250  # days whose weekdays count, and whose times of day
MONTHS = 12  # dates that show on which day of a month rows fall
BARS = 42  # days whose times of day are stored: six weeks of a market that never closes
MOST_RUNS = 32  # of a regular step, as which the times of a day are stored
GAPS = 300  # weekdays without a row that are stored: some thirty years
PAUSE = 14  # days without a row that are a pause, not holidays
EPOCH = datetime.date(1970, 1, 1).toordinal()
IRREGULAR = [-1]  # in place of runs, for times of no regular step


@dataclass
class DateHistory:
    """Dates so far, in seconds since 1970, ascending: as many as the dates ahead need.

    `steps`, `day_steps`: counts of steps from row to row, in seconds, in days; `days`,
    `opening`, `closing`: the last RECENT days with a row, and the first and last time of day of
    each; `bars`: of the last BARS of these days the times of day, as runs of a regular step (start,
    step, count, ...), [] for a single row; `last`: the last MONTHS dates; `gaps`: days from
    Monday to Friday without a row, since the day `first`; `week`: how many of the days are Mondays
    and so on. Steps of less than a day are
    at most as many as the seconds of a day.
    """

    steps: Counter[int] = field(default_factory=Counter)
    day_steps: Counter[int] = field(default_factory=Counter)
    days: list[int] = field(default_factory=list)
    opening: list[int] = field(default_factory=list)
    closing: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    bars: list[list[int]] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    week: list[int] = field(default_factory=lambda: [0] * 7)
    # times of day of the bars of a weekday, once asked for: they change with the day, not the row
    expected: dict[tuple[int, int], list[int] | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        """Count the weekdays."""
        for day in self.days:
            self.week[weekday(day)] += 1

    def copy(self) -> "DateHistory":
        """An independent copy."""
        return DateHistory(
            Counter(self.steps), Counter(self.day_steps), list(self.days), list(self.opening),
            list(self.closing), list(self.last), [list(runs) for runs in self.bars],
            list(self.gaps), list(self.first),
        )  # fmt: skip

    def push(self, second: int) -> None:
        """Add the date of one more row; dates must not descend."""
        day, time = divmod(second, DAY)
        if self.last:
            self.steps[second - self.last[-1]] += 1
            self.day_steps[day - self.days[-1]] += 1
        if self.days and self.days[-1] == day:
            self.bars[-1] = _extended(self.bars[-1] or [self.opening[-1], 0, 1], time)
            self.opening[-1], self.closing[-1] = (
                min(self.opening[-1], time),
                max(self.closing[-1], time),
            )
        else:
            self.expected.clear()
            self._add_gaps(day)
            self.week[weekday(day)] += 1
            for gone in self.days[: max(len(self.days) + 1 - RECENT, 0)]:
                self.week[weekday(gone)] -= 1
            for history, new in ((self.days, day), (self.opening, time), (self.closing, time)):
                history.append(new)
                del history[:-RECENT]
            self.bars.append([])
            del self.bars[:-BARS]
        self.last.append(second)
        del self.last[:-MONTHS]

    def _add_gaps(self, day: int) -> None:
        """Take in the weekdays without a row before a new day with one; forget those too old."""
        if not self.days or day - self.days[-1] > PAUSE:
            self.first, self.gaps = [day], []
            return
        self.gaps += _weekdays_between(self.days[-1], day)
        if len(self.gaps) > GAPS:
            self.first = [self.gaps[-GAPS - 1] + 1]
            del self.gaps[:-GAPS]

    def median_step(self) -> float:
        """The median step in seconds; a day without steps."""
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
            self.days, self.opening, self.closing, self.last, self.gaps, self.first,
            [len(runs) for runs in self.bars], [number for runs in self.bars for number in runs],
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
        steps, counts, day_steps, day_counts, days, opening, closing, last, gaps, first, *bars = (
            parts
        )
        lengths, runs = bars
        ends = list(accumulate(lengths, initial=0))
        if ends[-1] != len(runs):
            raise ValueError("dates are cut off")
        return cls(
            Counter(dict(zip(steps, counts, strict=True))),
            Counter(dict(zip(day_steps, day_counts, strict=True))),
            days, opening, closing, last,
            [runs[start:end] for start, end in pairwise(ends)], gaps, first,
        )  # fmt: skip


def weekday(day: Day) -> Day:
    """Day of the week of a day counted since 1970, Monday 0."""
    return (day + 3) % 7


def _middle(count: int) -> tuple[int, int]:
    """Ranks, from 1, of the two middle ones of `count` values; equal if odd."""
    return (count + 1) // 2, count // 2 + 1


def trail(dates: DateArray) -> DateHistory:
    """The trail of ascending dates (rows,)."""
    seconds = dates.astype("datetime64[s]").astype(np.int64)
    every = seconds // DAY
    begins = np.flatnonzero(np.diff(every, prepend=every[:1] - 1))
    changed = begins[-RECENT:]
    times = seconds % DAY
    gaps, first = _gaps(every[begins])
    return DateHistory(
        steps=_counted(np.diff(seconds)),
        day_steps=_counted(np.diff(every)),
        days=every[changed].tolist(),
        opening=np.minimum.reduceat(times, changed).tolist() if len(changed) else [],
        closing=np.maximum.reduceat(times, changed).tolist() if len(changed) else [],
        last=seconds[-MONTHS:].tolist(),
        bars=[_runs(day) for day in np.split(times, begins[-BARS:])[1:]],
        gaps=gaps,
        first=first,
    )


def _runs(times: IntArray) -> list[int]:
    """The times of a day as runs; [] for a single row."""
    steps = np.diff(times)
    if len(steps) and steps[0] and np.all(steps == steps[0]):
        return [int(times[0]), int(steps[0]), len(times)]
    runs: list[int] = []
    for time in times[1:].tolist():
        runs = _extended(runs or [int(times[0]), 0, 1], time)
    return runs


def _extended(runs: list[int], time: int) -> list[int]:
    """Runs with one more time, later than all before it or the last of them again."""
    if runs == IRREGULAR:
        return runs
    start, step, count = runs[-3:]
    if time == start + step * (count - 1):
        return runs
    if count == 1 or time == start + step * count:
        runs[-3:] = [start, time - start if count == 1 else step, count + 1]
    else:
        runs += [time, 0, 1]
    return runs if len(runs) <= 3 * MOST_RUNS else list(IRREGULAR)


def _gaps(days: IntArray) -> tuple[list[int], list[int]]:
    """The weekdays without a row among ascending days, and the day from which on they are known."""
    if not len(days):
        return [], []
    steps = np.diff(days)
    since = int(np.append(-1, np.flatnonzero(steps > PAUSE))[-1]) + 1
    weekend = (steps == 3) & (weekday(days[:-1]) == 4)
    gaps: list[int] = []
    for i in np.flatnonzero((steps > 1) & ~weekend)[::-1].tolist():
        if i < since or len(gaps) > GAPS:
            break
        gaps = _weekdays_between(int(days[i]), int(days[i + 1])) + gaps
    if len(gaps) > GAPS:
        return gaps[-GAPS:], [gaps[-GAPS - 1] + 1]
    return gaps, [int(days[since])]


def _weekdays_between(before: int, after: int) -> list[int]:
    """The days from Monday to Friday between two days."""
    return [day for day in range(before + 1, after) if weekday(day) < 5]


def _counted(steps: IntArray) -> Counter[int]:
    each, counts = np.unique(steps, return_counts=True)
    return Counter(dict(zip(each.tolist(), counts.tolist(), strict=True)))
