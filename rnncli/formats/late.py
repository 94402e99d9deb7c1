"""Series whose last row is dated by a day that is yet to come, as a mistyped year leaves."""

import numpy as np

from rnncli.arrays import DateArray, IntArray
from rnncli.formats.readings import is_late

RECENT = 50  # steps before the last one, of which the usual one is taken


def yet_to_come(dates: DateArray, offsets: IntArray) -> IntArray:
    """The series (n) whose last of `dates` (rows) nobody can know a price of.

    A period that has begun may be dated by its end, so a step of its own is allowed for each.
    """
    found = np.flatnonzero(is_late(dates[offsets[1:] - 1]))
    return np.array([i for i in found if is_late(_begun(dates[offsets[i] : offsets[i + 1]]))], int)


def _begun(dates: DateArray) -> DateArray:
    """When the period of the last row began, by the steps before it, shape ()."""
    steps = np.diff(dates[-1 - RECENT : -1]).astype(np.int64)
    usual = int(np.median(steps)) if len(steps) else 0
    begun: DateArray = dates[-1] - np.timedelta64(usual, "s")
    return begun
