"""Jumps that look like an unadjusted split: detected, counted, and undone on demand."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from rnncli.arrays import BoolArray, DateArray, Float64Array, IntArray, median
from rnncli.dates import format_date
from rnncli.errors import setting
from rnncli.prices.parsing.columns.ohlcv import FIELDS
from rnncli.prices.parsing.quality import split_ratios
from rnncli.prices.parsing.quality.outliers import PriceSteps, large_steps
from rnncli.prices.parsing.quality.series_rows import Counts, SeriesRows, SplitJumps
from rnncli.prices.parsing.table.join import PriceRows

SPLITS = "jumps like a split (first {symbol} {ratio} on {date}; see {option})"
NAMED = "named splits that prices jump by (first {symbol} {ratio} on {date}; see {option})"
UNITS = (
    "jumps by about 100, as from pounds to pence or by a split (first {symbol} from {before:g} to"
    " {price:g} on {date}; {option} converts earlier prices to the last unit)"
)
UNDONE = "splits undone (first {symbol} {ratio} on {date})"

UNIT = 100.0
PAUSE = 4  # median steps of time: a jump over a longer gap may be anything
MOST = 30  # a larger ratio is believed only where rows enough on either side
ENOUGH = 3  # show that it stays
UNLIKE = 3  # times the largest other step of the series: a loss of a third may be one, too
LIKE = 3  # median steps from a ratio such as 3:2, at most
LONGEST = 4 * 86_400  # seconds from row to row: in a week a price may lose a third
SEEN = 20  # rows that show what is usual where a ratio is below 2


def find_splits(
    values: Float64Array,
    codes: IntArray,
    dates: DateArray,
    named: Mapping[int, float] | None = None,
    currencies: Collection[int] = (),
) -> SplitJumps:
    """Find split-like jumps in rows that are sorted by series and date; undated rows have none.

    `named`: rows on which a column of the file names a split, and its ratio. That is proof where
    the prices of the series jump by about that. `currencies`: rows whose currency is another one
    than before, so that no jump there is a split.
    """
    jumps: dict[int, float] = {}
    for start, end, places in large_steps(values, codes, split_ratios.SMALLEST):
        steps = np.log(values[start + places + 1] / values[start + places])
        ratios = split_ratios.near_whole(steps)
        parts = split_ratios.near_parts(steps)
        parts[:] = parts if end - start >= SEEN else np.nan
        if np.isnat(dates[start]) or end - start < 3 or np.all(np.isnan(ratios) & np.isnan(parts)):
            continue
        pauses = np.diff(dates[start:end]).astype(np.int64)
        step = median(pauses)
        if step > LONGEST:
            parts[:] = np.nan
        overnight = pauses[places] <= PAUSE * step
        series = PriceSteps(values[start:end])
        jumps |= {
            start + place + 1: ratio
            for place, whole, part in zip(
                places[overnight].tolist(),
                ratios[overnight].tolist(),
                parts[overnight].tolist(),
                strict=True,
            )
            if (ratio := _believed(series, place, whole, part)) is not None
        }
    proven = _proven(values, codes, named or {})
    certain = {int(codes[row]) for row in proven}  # series whose other jumps are not splits, then
    jumps = {
        row: ratio
        for row, ratio in jumps.items()
        if int(codes[row]) not in certain and row not in currencies
    }
    rows = sorted(jumps | proven)
    ratios_of = [proven.get(row, jumps.get(row, 1.0)) for row in rows]
    return SplitJumps(
        np.array(rows, dtype=np.int64),
        np.array(ratios_of, dtype=np.float64),
        np.array([row in proven for row in rows], dtype=np.bool_),
    )


def _believed(series: PriceSteps, place: int, whole: float, part: float) -> float | None:
    """The ratio of a split that a step is taken for, of the two that it is near to; else None."""
    if not series.unusual(np.array([place])).size or not series.stays(place):
        return None
    rows = series.sizes.size + 1
    if not np.isnan(whole):
        at_end = min(place + 1, rows - place - 1) < ENOUGH
        return None if at_end and max(whole, 1 / whole) > MOST else whole
    size = float(series.sizes[place])
    if np.isnan(part) or not (series.is_unlike(place, UNLIKE) and series.is_calm_after(place)):
        return None
    return part if abs(size + np.log(part)) <= LIKE * series.usual else None


def _proven(values: Float64Array, codes: IntArray, named: Mapping[int, float]) -> dict[int, float]:
    """The rows before which a split that a column names is not adjusted for, and its ratio.

    Adjusted prices go on through a split, others jump by it: which of the two all splits of a
    series are nearer to.
    """
    by_series: dict[int, list[tuple[int, float, float]]] = {}
    for row, ratio in named.items():
        if row > 0 and codes[row] == codes[row - 1] and min(values[row - 1 : row + 1]) > 0:
            step = float(np.log(values[row] / values[row - 1]))
            by_series.setdefault(int(codes[row]), []).append((row, ratio, step))
    proven: dict[int, float] = {}
    for splits in by_series.values():
        as_named = sum(abs(step + np.log(ratio)) for _, ratio, step in splits)
        if as_named < sum(abs(step) for *_, step in splits):
            proven |= {row: ratio for row, ratio, _ in splits}
    return proven


def undo(jumps: SplitJumps, values: Float64Array, codes: IntArray) -> Float64Array:
    """Return the prices with those before each jump brought to the level after it."""
    adjusted = values.copy()
    for row, ratio in zip(jumps.rows.tolist(), jumps.ratios.tolist(), strict=True):
        adjusted[np.searchsorted(codes, codes[row]) : row] /= ratio
    return adjusted


def undo_splits(jumps: SplitJumps, rows: PriceRows) -> PriceRows:
    """Return the rows with every split undone: opens, highs and lows too, volumes inversely."""
    inverse = replace(jumps, ratios=1 / jumps.ratios)
    fields = {
        name: undo(inverse if name == "volume" else jumps, values, rows.codes)
        if name in FIELDS
        else values
        for name, values in rows.fields.items()
    }
    return replace(rows, values=undo(jumps, rows.values, rows.codes), fields=fields)


def count_splits(series: SeriesRows) -> Counts:
    """Yield the jumps like a split where they are not undone, the first named."""
    noticed = ~series.splits.named & ~_of_units(series.splits)
    return _counted(series, SPLITS, noticed) if not series.undone else iter(())


def count_units(series: SeriesRows) -> Counts:
    """Yield the jumps by 100 where they are not undone, the first named."""
    noticed = ~series.splits.named & _of_units(series.splits)
    return _counted(series, UNITS, noticed) if not series.undone else iter(())


def _of_units(splits: SplitJumps) -> BoolArray:
    """Whether a jump is as large as that from a currency to its hundredth part, or back."""
    is_hundred: BoolArray = (splits.ratios == UNIT) | (splits.ratios == 1 / UNIT)
    return is_hundred


def count_named(series: SeriesRows) -> Counts:
    """Yield the splits of a column of the file where they are not undone, the first named."""
    return _counted(series, NAMED, series.splits.named) if not series.undone else iter(())


def count_undone(series: SeriesRows) -> Counts:
    """Yield the splits that are undone, the first named."""
    every = np.ones(series.splits.rows.size, dtype=np.bool_)
    return _counted(series, UNDONE, every) if series.undone else iter(())


def _counted(series: SeriesRows, text: str, noticed: BoolArray) -> Counts:
    option = setting("adjust_splits")
    ratios = dict(zip(series.splits.rows.tolist(), series.splits.ratios.tolist(), strict=True))
    values = series.rows.values
    for file, row, count in series.by_file(series.splits.rows[noticed]):
        yield (
            file,
            text.format(
                symbol=series.symbol(row),
                ratio=split_ratios.written(ratios[row]),
                date=format_date(series.rows.dates[row]),
                before=values[row - 1],
                price=values[row],
                option=option,
            ),
            count,
        )
