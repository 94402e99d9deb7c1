"""Jumps that look like a split nobody has adjusted for: found, and undone on demand."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rnncli.formats.joining import Rows

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
DateArray = npt.NDArray[np.datetime64]
BoolArray = npt.NDArray[np.bool_]

RATIOS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 100)
NEAR = 0.06  # distance from such a ratio, in logarithms
UNUSUAL = 12  # times the median step of the series
STAYS = 0.2  # what the next step may take back, in logarithms: a bad print is no split
PAUSE = 4  # median steps of time: a jump over a longer gap may be anything


@dataclass(frozen=True)
class Jumps:
    """Rows before which a price was divided by `ratios`, or multiplied where it is below 1."""

    rows: IntArray  # (jumps,)
    ratios: FloatArray  # (jumps,)


def find_jumps(values: FloatArray, codes: IntArray, dates: DateArray) -> Jumps:
    """Find split-like jumps in rows that are sorted by series and date; undated rows have none."""
    with np.errstate(over="ignore"):  # of prices near the largest number
        factor = RATIOS[0] * np.exp(-NEAR)
        before, after = values[:-1], values[1:]
        large = (after >= factor * before) | (before >= factor * after)
        large &= (codes[1:] == codes[:-1]) & (before > 0) & (after > 0)
        rows = np.flatnonzero(large) + 1
        found = [(row, _ratio(np.log(values[row] / values[row - 1]))) for row in rows.tolist()]
    kept = [(row, r) for row, r in found if r is not None and _is_split(row, values, codes, dates)]
    return Jumps(
        np.array([row for row, _ in kept], dtype=np.int64),
        np.array([ratio for _, ratio in kept], dtype=np.float64),
    )


def _ratio(step: float) -> float | None:
    """Return the ratio of a split that a step is near: 2 where the price was halved."""
    ratio = min(RATIOS, key=lambda n: abs(abs(step) - np.log(n)))
    if abs(abs(step) - np.log(ratio)) > NEAR:
        return None
    return float(ratio) if step < 0 else 1 / ratio


def _is_split(row: int, values: FloatArray, codes: IntArray, dates: DateArray) -> bool:
    """Whether the step before a row is far beyond the others of its series, and overnight."""
    start = int(np.searchsorted(codes, codes[row]))
    end = int(np.searchsorted(codes, codes[row], side="right"))
    pauses = np.diff(dates[start:end]).astype(np.int64)
    here = row - 1 - start
    if np.isnat(dates[row]) or pauses[here] > PAUSE * np.median(pauses):
        return False
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.diff(np.log(values[start:end]))
    return _is_odd(steps, here)


def _is_odd(steps: FloatArray, here: int) -> bool:
    """Whether a step is far beyond the others, and not taken back at once."""
    others = np.delete(np.abs(steps), here)
    moved = others[(others > 0) & np.isfinite(others)]
    if others.size == 0 or (moved.size and abs(steps[here]) < UNUSUAL * np.median(moved)):
        return False
    beside = [steps[i] for i in (here - 1, here + 1) if 0 <= i < steps.size]
    return all(abs(step) < STAYS for step in beside)


def undo(jumps: Jumps, values: FloatArray, codes: IntArray) -> FloatArray:
    """Return the prices with those before each jump brought to the level after it."""
    adjusted = values.copy()
    for row, ratio in zip(jumps.rows.tolist(), jumps.ratios.tolist(), strict=True):
        adjusted[np.searchsorted(codes, codes[row]) : row] /= ratio
    return adjusted


def adjust(jumps: Jumps, rows: Rows) -> Rows:
    """Return the rows with every split undone: opens, highs and lows too, volumes inversely."""
    inverse = Jumps(jumps.rows, 1 / jumps.ratios)
    fields = {
        name: undo(inverse if name == "volume" else jumps, values, rows.codes)
        for name, values in rows.fields.items()
    }
    return replace(rows, values=undo(jumps, rows.values, rows.codes), fields=fields)
