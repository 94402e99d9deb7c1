"""Jumps that look like a split nobody has adjusted for: found, counted, and undone on demand."""

from dataclasses import replace

import numpy as np

from rnncli.arrays import DateArray, Float64Array, IntArray
from rnncli.dates import format_date
from rnncli.errors import setting
from rnncli.prices.parsing.quality.outliers import PriceSteps, large_steps
from rnncli.prices.parsing.quality.series_rows import Counts, SeriesRows, SplitJumps
from rnncli.prices.parsing.table.join import PriceRows

SPLITS = "jumps like a split (first {symbol} {ratio} on {date}; see {option})"
UNDONE = "splits undone (first {symbol} {ratio} on {date})"

RATIOS = np.array([2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 100])
NEAR = 0.06  # distance from such a ratio, in logarithms
PAUSE = 4  # median steps of time: a jump over a longer gap may be anything
MOST = 30  # a larger ratio is believed only where rows enough on either side
ENOUGH = 3  # show that it stays


def find_splits(values: Float64Array, codes: IntArray, dates: DateArray) -> SplitJumps:
    """Find split-like jumps in rows that are sorted by series and date; undated rows have none."""
    rows: list[int] = []
    ratios: list[float] = []
    for start, end, places in large_steps(values, codes, RATIOS[0] * np.exp(-NEAR)):
        if np.isnat(dates[start]) or end - start < 3:
            continue
        pauses = np.diff(dates[start:end]).astype(np.int64)
        steps = PriceSteps(values[start:end])
        overnight = places[pauses[places] <= PAUSE * np.median(pauses)]
        for i in steps.unusual(overnight).tolist():
            ratio = _ratio(float(steps.sizes[i]))
            at_end = min(i + 1, end - start - i - 1) < ENOUGH
            if ratio is None or (at_end and max(ratio, 1 / ratio) > MOST):
                continue
            if steps.stays(i):
                rows.append(start + i + 1)
                ratios.append(ratio)
    return SplitJumps(np.array(rows, dtype=np.int64), np.array(ratios, dtype=np.float64))


def _ratio(step: float) -> float | None:
    """Return the ratio of a split that a step is near: 2 where the price was halved."""
    distance = np.abs(abs(step) - np.log(RATIOS))
    nearest = int(np.argmin(distance))
    if distance[nearest] > NEAR:
        return None
    return float(RATIOS[nearest]) if step < 0 else float(1 / RATIOS[nearest])


def undo(jumps: SplitJumps, values: Float64Array, codes: IntArray) -> Float64Array:
    """Return the prices with those before each jump brought to the level after it."""
    adjusted = values.copy()
    for row, ratio in zip(jumps.rows.tolist(), jumps.ratios.tolist(), strict=True):
        adjusted[np.searchsorted(codes, codes[row]) : row] /= ratio
    return adjusted


def undo_splits(jumps: SplitJumps, rows: PriceRows) -> PriceRows:
    """Return the rows with every split undone: opens, highs and lows too, volumes inversely."""
    inverse = SplitJumps(jumps.rows, 1 / jumps.ratios)
    fields = {
        name: undo(inverse if name == "volume" else jumps, values, rows.codes)
        for name, values in rows.fields.items()
    }
    return replace(rows, values=undo(jumps, rows.values, rows.codes), fields=fields)


def count_splits(series: SeriesRows) -> Counts:
    """Yield the jumps like a split where they are not undone, the first named."""
    return _counted(series, SPLITS) if not series.undone else iter(())


def count_undone(series: SeriesRows) -> Counts:
    """Yield the splits that are undone, the first named."""
    return _counted(series, UNDONE) if series.undone else iter(())


def _counted(series: SeriesRows, text: str) -> Counts:
    option = setting("adjust_splits")
    ratios = dict(zip(series.splits.rows.tolist(), series.splits.ratios.tolist(), strict=True))
    for file, row, count in series.by_file(series.splits.rows):
        ratio = f"{ratios[row]:g}:1" if ratios[row] > 1 else f"1:{1 / ratios[row]:g}"
        date = format_date(series.rows.dates[row])
        yield (
            file,
            text.format(symbol=series.symbol(row), ratio=ratio, date=date, option=option),
            count,
        )
