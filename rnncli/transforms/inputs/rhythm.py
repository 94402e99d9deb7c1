"""Inputs of unusual days a quarter, half a year and a year ago: companies report in a rhythm.

    rhythm         unusual is a return far beyond the deviation before it
    volume-rhythm  unusual is a wide range on much volume
    gap-rhythm     unusual is a wide gap before the open, on much volume

A quarter is some 63 trading days. The inputs are how unusual the days at that distance from
tomorrow were, and whether a recent day was unusual: then the report is out.
"""

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.transforms.inputs.bar import HighLow, Volume
from rnncli.transforms.inputs.days import Days, Input, Row
from rnncli.transforms.inputs.gap import Gap

# days before tomorrow, from and to: of a quarter, within a day, two, three and four quarters; late
WINDOWS = (
    (60, 66), (62, 64), (123, 129), (186, 192), (249, 255), (251, 253), (1, 5), (1, 20), (1, 45),
)  # fmt: skip
FED = (0, 1, 2, 3, 4, 6, 7, 8)  # of WINDOWS
BOTH = ((0, 4), (1, 5))  # of WINDOWS: a quarter as well as a year ago
REACH = max(last for _, last in WINDOWS)
LEAST_MOVE, MOST_MOVE = 1.0, 2.0  # deviations; of its logarithm
USUAL_RANGE, USUAL_GAP = 0.3, -0.7  # logs, see `bar` and `gap`
MOST_RANGE, MOST_VOLUME = 2.5, 3.0  # likewise


class _Rhythm(Input):
    """The greatest surprise in each window; it remembers the surprises of a year."""

    size, memory, of_returns = len(FED) + len(BOTH), REACH, True

    def of_surprises(self, surprises: Float64Array) -> Float64Array:
        """Its numbers (n, size) after each of the days (n)."""
        padded = np.concatenate([np.zeros(REACH), surprises])
        count = len(surprises)
        greatest = {}
        for first, last in WINDOWS:
            begin = REACH + 1 - last
            rolled = rolling_max(padded, last - first + 1)
            greatest[first, last] = rolled[begin : begin + count]
        columns = [greatest[window] for window in WINDOWS]
        both = [np.minimum(columns[one], columns[other]) for one, other in BOTH]
        return np.column_stack([*(columns[k] for k in FED), *both])

    def start(self) -> list[float]:
        """What is remembered before the first day: nothing unusual."""
        return [0.0] * REACH

    @staticmethod
    def last(surprises: Float64Array) -> list[float]:
        """The surprises of the last days, as many as are remembered."""
        late: list[float] = np.concatenate([np.zeros(REACH), surprises])[-REACH:].tolist()
        return late

    @staticmethod
    def add(memory: list[float], surprise: float) -> list[float]:
        """The numbers after one more surprise."""
        memory.append(surprise)
        del memory[0]
        greatest = [max(memory[REACH - last : REACH - first + 1]) for first, last in WINDOWS]
        both = [min(greatest[one], greatest[other]) for one, other in BOTH]
        return [*(greatest[k] for k in FED), *both]


class Rhythm(_Rhythm):
    """Of returns alone."""

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        return self.of_surprises(self._surprises(days.change, days.before))

    def memory_after(self, days: Days) -> list[float]:
        """See `Input`."""
        return self.last(self._surprises(days.change, days.before))

    def step(self, memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        moved = self._surprises(np.asarray(row.change), np.asarray(row.before))
        return self.add(memory, float(moved))

    @staticmethod
    def _surprises(change: Float64Array, before: Float64Array) -> Float64Array:
        moved = np.maximum(np.abs(change) / before, LEAST_MOVE)
        surprises: Float64Array = np.minimum(np.log(moved), MOST_MOVE)
        return surprises


class VolumeRhythm(_Rhythm):
    """Of ranges or gaps, and volumes; it remembers the mean of the volumes as well."""

    memory = REACH + 1

    def __init__(self, moves: HighLow | Gap, usual: float) -> None:
        """`usual`: the log of a range or gap beyond which it is unusual."""
        self._moves, self._usual, self._volume = moves, usual, Volume()
        self.fields = (*moves.fields, *self._volume.fields)

    def of_days(self, days: Days) -> Float64Array:
        """See `Input`."""
        return self.of_surprises(self._of_days(days))

    def memory_after(self, days: Days) -> list[float]:
        """See `Input`."""
        return [*self.last(self._of_days(days)), *self._volume.memory_after(days)]

    def start(self) -> list[float]:
        """See `Input`."""
        return [*super().start(), *self._volume.start()]

    def step(self, memory: list[float], row: Row) -> list[float]:
        """See `Input`."""
        mean = [memory.pop()]
        span, volume = self._moves.step([], row)[0], self._volume.step(mean, row)[0]
        numbers = self.add(memory, float(self._surprises(np.asarray(span), np.asarray(volume))))
        memory.append(mean[0])
        return numbers

    def _of_days(self, days: Days) -> Float64Array:
        return self._surprises(self._moves.of_days(days)[:, 0], self._volume.of_days(days)[:, 0])

    def _surprises(self, span: Float64Array, volume: Float64Array) -> Float64Array:
        wide = np.minimum(np.maximum(span - self._usual, 0.0), MOST_RANGE)
        busy = np.minimum(np.maximum(volume, 0.0), MOST_VOLUME)
        surprises: Float64Array = np.nan_to_num(np.sqrt(wide * busy), nan=0.0)
        return surprises


def rolling_max(values: Float64Array, length: int) -> Float64Array:
    """The greatest of each `length` values in a row, (n - length + 1): by doubling the span."""
    greatest, span = values, 1
    while span < length:
        step = min(span, length - span)
        greatest = np.maximum(greatest[: len(greatest) - step], greatest[step:])
        span += step
    return greatest
