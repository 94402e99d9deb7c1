"""Stale prices: weekends that repeat Friday, opens that repeat the close, runs of one price."""

from collections.abc import Iterator

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.dates import format_date
from rnncli.prices.parsing.quality.series_rows import Counts, SeriesRows

WEEKENDS = (
    "rows of weekends that repeat the price before (first {symbol} on {date}; leave them out, for"
    " they make the other days look calm)"
)
OPENS = (
    "symbols whose opens are the close before (first {symbol}: {repeats} of {rows}), so that there"
    " are no gaps to learn from"
)
RUNS = "long runs of one price (first {symbol}: {rows} rows from {start} to {end})"

DAY = 86_400
WEEK = 10  # last rows of a series, among which there is a weekend if it has such rows
ENOUGH = 8  # rows of weekends that show what they are
FILLED = 0.9  # share of them that repeat the price before, at least
FILLED_OPENS = 0.95  # share of the opens that do
LONG = 30  # rows of one price that are worth a word
MOVES = 0.3  # share of other rows that repeat the price before, at most


def count_weekends(series: SeriesRows) -> Counts:
    """Yield the rows of weekends that only repeat Friday, where other days do move."""
    values, dates = series.rows.values, series.rows.dates
    repeats: list[IntArray] = []
    for start, end in _with_weekends(series):
        days = dates[start:end].view(np.int64) // DAY
        weekend = ((days + 3) % 7 >= 5)[1:]
        same = values[start + 1 : end] == values[start : end - 1]
        filled = np.count_nonzero(weekend) >= ENOUGH and bool(np.mean(same[weekend]) >= FILLED)
        if filled and np.mean(same[~weekend]) <= MOVES and _is_daily(days):
            repeats.append(start + 1 + np.flatnonzero(weekend & same))
    rows = np.concatenate(repeats) if repeats else np.zeros(0, np.int64)
    for file, row, count in series.by_file(rows):
        date = format_date(dates[row])
        yield file, WEEKENDS.format(symbol=series.symbol(row), date=date), count


def _with_weekends(series: SeriesRows) -> Iterator[tuple[int, int]]:
    """Yield first row and row behind the last of each dated series with a late row on a weekend."""
    starts, ends = series.offsets[:-1], series.offsets[1:]
    late = np.maximum(ends[:, None] - 1 - np.arange(WEEK), starts[:, None])
    dates = series.rows.dates[late]
    weekend = (dates.view(np.int64) // DAY + 3) % 7 >= 5
    for i in np.flatnonzero((weekend & ~np.isnat(dates)).any(axis=1)).tolist():
        yield int(starts[i]), int(ends[i])


def count_opens(series: SeriesRows) -> Counts:
    """Yield the symbols whose opens are filled in from the close before.

    Not of markets that never close, or within a day, where they may be true.
    """
    opens, rows = series.rows.fields.get("open"), series.rows
    if opens is None or rows.values.size < LONG:
        return
    follows = np.append(False, (rows.codes[1:] == rows.codes[:-1])) & np.isfinite(opens)
    before = np.append(np.nan, rows.values[:-1])
    counts, repeats, stays = (
        np.bincount(rows.codes[which], minlength=len(rows.symbols))
        for which in (
            follows, follows & (opens == before), follows & (rows.values == before),
        )
    )  # fmt: skip
    filled = (counts >= LONG) & (repeats >= FILLED_OPENS * counts) & (stays <= MOVES * counts)
    codes = [code for code in np.flatnonzero(filled).tolist() if _closes(series, code)]
    for file, row, count in series.by_file(series.offsets[:-1][codes]):
        code = int(rows.codes[row])
        text = OPENS.format(symbol=series.symbol(row), repeats=repeats[code], rows=counts[code])
        yield file, text, count


def _closes(series: SeriesRows, code: int) -> bool:
    """Whether a series has days, or longer, and none on weekends."""
    dates = series.rows.dates[slice(*series.offsets[code : code + 2])]
    days = dates.view(np.int64) // DAY
    weekdays = bool(np.all((days + 3) % 7 < 5))
    return not np.isnat(dates).any() and weekdays and bool(np.median(np.diff(days)) >= 1)


def _is_daily(days: IntArray) -> bool:
    return bool(np.mean(np.diff(days) == 1) >= FILLED)


def count_runs(series: SeriesRows) -> Counts:
    """Yield the long runs of one price in series that move else."""
    runs = [run for of_series in _runs_by_series(series) for run in of_series]
    rows = np.array([start for start, _ in runs], np.int64)
    ends = dict(runs)
    for file, row, count in series.by_file(rows):
        first, last = (_where(series, i) for i in (row, ends[row] - 1))
        text = RUNS.format(symbol=series.symbol(row), rows=ends[row] - row, start=first, end=last)
        yield file, text, count


def _where(series: SeriesRows, row: int) -> str:
    date = series.rows.dates[row]
    return f"line {series.rows.lines[row]}" if np.isnat(date) else format_date(date)


def _runs_by_series(series: SeriesRows) -> Iterator[list[tuple[int, int]]]:
    """Yield the long runs of each series that has some and moves beside them."""
    values, codes = series.rows.values, series.rows.codes
    by_series: dict[int, list[tuple[int, int]]] = {}
    for start, end in _long_runs(values, codes):
        by_series.setdefault(int(codes[start]), []).append((start, end))
    for code, runs in by_series.items():
        first, last = series.offsets[code], series.offsets[code + 1]
        same = values[first + 1 : last] == values[first : last - 1]
        if _moves(same, [(start - int(first), end - int(first)) for start, end in runs]):
            yield runs


def _moves(same: BoolArray, runs: list[tuple[int, int]]) -> bool:
    """Whether few steps outside the runs are zero: `same` (rows - 1)."""
    beside = np.ones(same.size, dtype=np.bool_)
    for start, end in runs:
        beside[start : end - 1] = False
    return bool(np.count_nonzero(beside) >= LONG and np.mean(same[beside]) <= MOVES)


def _long_runs(values: Float64Array, codes: IntArray) -> Iterator[tuple[int, int]]:
    """Yield first row and row behind the last of each run; every second of LONG rows is looked at.

    A run of that many rows has two in a row among those.
    """
    step = LONG // 2
    places = np.arange(0, values.size, step)
    alike = values[places[1:]] == values[places[:-1]]
    alike &= codes[places[1:]] == codes[places[:-1]]
    behind = 0
    for place in places[:-1][alike].tolist():
        if place < behind:
            continue
        start, behind = _run_around(values, codes, place)
        if behind - start >= LONG:
            yield start, behind


def _run_around(values: Float64Array, codes: IntArray, place: int) -> tuple[int, int]:
    """The first row, and the row behind the last, of the run of one price that a row is in."""
    first = int(np.searchsorted(codes, codes[place]))
    end = int(np.searchsorted(codes, codes[place], side="right"))
    before = np.flatnonzero(values[first:place] != values[place])
    after = np.flatnonzero(values[place:end] != values[place])
    start = first + int(before[-1]) + 1 if before.size else first
    return start, place + int(after[0]) if after.size else end
