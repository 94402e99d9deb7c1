"""Offsets from UTC behind times of day: where a clock alone would mix up the instants."""

from collections.abc import Sequence

import numpy as np

from rnncli.arrays import DateArray, IntArray
from rnncli.prices.parsing.vocabulary.expression import expression

_OFFSET = expression(r"(?:UTC|GMT)?([+-])(\d\d):?(\d\d)?(?::?\d\d)?")
_BEHIND = expression(r":\d\d(?:\.\d+)? ?([+-]\d\d:?\d\d|[A-Z]{1,4})$")
_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip


def offset_of(zone: str | None) -> int | None:
    """Return the seconds that a clock is ahead of UTC, None where a zone does not say."""
    if zone is None:
        return None
    if zone in _HOURS:
        return 3600 * _HOURS[zone]
    match = _OFFSET.fullmatch(zone)
    if match is None:
        return None
    seconds = 3600 * int(match[2]) + 60 * int(match[3] or 0)
    return -seconds if match[1] == "-" else seconds


def says_utc(text: str) -> bool:
    """Whether a time of day has an invalid offset behind it."""
    zone = _BEHIND.search(text.strip())
    return zone is not None and offset_of(zone[1]) == 0


class RunningClock:
    """The seconds of rows that come one by one: once a clock goes back, on the clock before."""

    def __init__(self) -> None:
        self._last: tuple[int, int] | None = None  # the last clock, and its instant
        self._ahead: int | None = None  # of the clock that is kept, in seconds

    def seconds(self, text: str, clock: int) -> int:
        """Return the seconds of a date whose clock says `clock`, in the order of instants."""
        zone = _BEHIND.search(text)
        ahead = offset_of(zone[1]) if zone is not None else None
        if ahead is None or (self._ahead is None and clock % 86_400 == 0):
            return clock
        instant = clock - ahead
        if self._ahead is None and self._last is not None:
            before, last = self._last
            self._ahead = before - last if clock <= before and instant > last else None
        self._last = (clock, instant)
        return clock if self._ahead is None else instant + self._ahead


def offsets_of(zones: Sequence[str | None]) -> IntArray | None:
    """Return the seconds that each clock is ahead of UTC, shape (zones,).

    None where all are ahead by the same, or a zone does not say.
    """
    offsets = {zone: offset_of(zone) for zone in set(zones)}
    return differing([offsets[zone] for zone in zones] if len(offsets) > 1 else [])


def differing(offsets: Sequence[int | None]) -> IntArray | None:
    """Return offsets in seconds, shape (offsets,); None where all are the same, or some unknown."""
    if len(set(offsets)) < 2 or None in offsets:
        return None
    return np.array(offsets, dtype=np.int64)


def by_instants(dates: DateArray, offsets: IntArray | None) -> tuple[DateArray, bool]:
    """Return dates in UTC, and whether they are, where the clock would change their order.

    `dates` are as on the clock, shape (dates,), each once. Else, as where only the days are given
    or a session keeps its hours through the year, they stay as on the clock.
    """
    clock = dates.astype(np.int64)
    if offsets is None or not np.any(clock % 86_400):
        return dates, False
    instants = clock - offsets
    order = np.lexsort((clock, instants))
    later = np.diff(instants[order]) > 0
    if np.array_equal(later, np.diff(clock[order]) > 0) and np.all(np.diff(clock[order]) >= 0):
        return dates, False
    return instants.astype("datetime64[s]"), True
