"""Inputs of the user's columns, and of the days to and since events.

level       the column as it is
log         its logarithm
change      its change since the row before
log-change  the change of its logarithm, in percent
event       of a kind of events: whether the next one is 1 … 5, 6 to 10 or 11 to 22 days away, and
            whether the last one was on the day, 1, 2 to 5, 6 to 10 or 11 to 22 days ago

A column is standardised and bounded: beyond three deviations it grows ever more slowly, up to five,
so that a leap that training has not seen cannot carry a forecast away.

A column is known at the close of its day, an event long before. A missing value is the last known
one; what is published N rows late is used N rows later.
"""

import math
from collections.abc import Callable

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.prices.beside.events import SINCE, TO
from rnncli.prices.beside.feature_file import last_known
from rnncli.transforms.inputs.days import Days, Input, Row

DAYS_TO = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 22))
DAYS_SINCE = ((0, 0), (1, 1), (2, 5), (6, 10), (11, 22))

LINEAR, LIMIT = 3.0, 5.0  # deviations up to which a column is fed as it is, and which it reaches

# What is fed of the last known values of a row and of the row before it.
TRANSFORMS: dict[str, Callable[[Float64Array, Float64Array], Float64Array]] = {
    "level": lambda now, _before: now,
    "log": lambda now, _before: _log(now),
    "change": lambda now, before: now - before,
    "log-change": lambda now, before: 100 * (_log(now) - _log(before)),
}


def bounded(deviations: float) -> float:
    """A standardised number; beyond `LINEAR` on a hyperbola that joins smoothly, up to `LIMIT`.

    By sums and quotients alone, so that a row has the same bits alone and among others.
    """
    size = abs(deviations)
    if not size > LINEAR:
        return deviations
    rest = LIMIT - LINEAR
    return math.copysign(LIMIT - rest * rest / (size - LINEAR + rest), deviations)


def all_bounded(deviations: Float64Array) -> Float64Array:
    """The same of an array."""
    size, rest = np.abs(deviations), LIMIT - LINEAR
    far = LIMIT - rest * rest / (np.maximum(size, LINEAR) - LINEAR + rest)
    limited: Float64Array = np.where(size > LINEAR, np.copysign(far, deviations), deviations)
    return limited


class Feature(Input):
    """A column by its name; it remembers the last known value, and `lag` numbers to be fed."""

    bounded = True

    def __init__(self, column: str, transform: str, lag: int = 0) -> None:
        self.fields, self.memory = (column,), 1 + lag
        self.transform, self._lag = transform, lag
        self.of_log = transform.startswith("log")

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        late = np.concatenate([np.full(self._lag, np.nan), self._numbers(days)])
        return late[: len(late) - self._lag, None]

    def memory_after(self, days: Days) -> list[float]:
        """See `Input`."""
        known = last_known(days.field(self.fields[0]))
        late = [*self.start()[1:], *self._numbers(days).tolist()]
        return (
            [*known[-1:].tolist(), *late[len(late) - self._lag :]] if len(known) else self.start()
        )

    def start(self) -> list[float]:
        """See `Input`."""
        return [math.nan] * self.memory

    def step(self, memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        given, before = row.fields[self.fields[0]], memory[0]
        memory[0] = before if math.isnan(given) else given
        function = TRANSFORMS[self.transform]
        number = float(function(np.array([memory[0]]), np.array([before]))[0])
        memory.append(number)
        return [memory.pop(1)]

    def _numbers(self, days: Days) -> Float64Array:
        known = last_known(days.field(self.fields[0]))
        before = np.concatenate([[np.nan], known])[:-1]
        return TRANSFORMS[self.transform](known, before)


class EventDistance(Input):
    """How far the day is from events of a kind, one-hot over spans of days."""

    size = len(DAYS_TO) + len(DAYS_SINCE)

    def __init__(self, kind: str) -> None:
        self.fields = (f"{kind}{TO}", f"{kind}{SINCE}")

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        to, since = (days.field(name) for name in self.fields)
        columns = [(low <= to) & (to <= high) for low, high in DAYS_TO]
        columns += [(low <= since) & (since <= high) for low, high in DAYS_SINCE]
        return np.column_stack(columns).astype(np.float64)

    def step(self, _memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        to, since = (row.fields[name] for name in self.fields)
        spans = [low <= to <= high for low, high in DAYS_TO]
        spans += [low <= since <= high for low, high in DAYS_SINCE]
        return list(map(float, spans))


def _log(values: Float64Array) -> Float64Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        logs: Float64Array = np.log(np.where(values > 0, values, np.nan))
    return logs
