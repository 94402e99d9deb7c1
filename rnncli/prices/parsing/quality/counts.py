"""What was found in the rows of all files, counted into the report of each file."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rnncli.arrays import IntArray
from rnncli.dates import format_date
from rnncli.prices.parsing.quality.date_checks import yet_to_come
from rnncli.prices.parsing.quality.duplicates import Duplicates
from rnncli.prices.parsing.quality.file_report import FileReport
from rnncli.prices.parsing.quality.splits import SplitJumps
from rnncli.prices.parsing.table.join import PriceRows

PAUSE = 300 * 86_400  # seconds between two rows that are worth a word
MANY = 60  # if they are so many times the usual ones, too
CONSTANT = 30  # rows of one price throughout that are worth a word


def count_repeats(
    rows: PriceRows, repeats: Duplicates, reports: Sequence[FileReport]
) -> list[FileReport]:
    """Return the reports with the repeated rows of each file counted in."""
    counted = list(reports)
    for file in np.unique(rows.files[repeats.dropped]).tolist():
        here = repeats.dropped & (rows.files == file)
        found, counts = np.unique(rows.codes[here], return_counts=True)
        pairs = zip(found.tolist(), counts.tolist(), strict=True)
        by_symbol = {rows.symbols[code]: count for code, count in pairs}
        changed = int(np.count_nonzero(repeats.changed & here))
        beside = int(np.count_nonzero(repeats.beside & here))
        more = {"prices that another contradicts": changed} if changed else {}
        if beside:
            more["rows with the same price that another contradicts beside it"] = beside
        counted[file] = replace(
            counted[file],
            dropped=counted[file].dropped | more,
            duplicates=sum(by_symbol.values()) - changed - beside,
            duplicates_by_symbol=by_symbol,
        )
    return counted


def count_jumps(
    rows: PriceRows, jumps: SplitJumps, reports: Sequence[FileReport], adjusted: bool
) -> list[FileReport]:
    """Return the reports with the split-like jumps of each file counted in, the first named."""
    counted = list(reports)
    for file in np.unique(rows.files[jumps.rows]).tolist():
        here = np.flatnonzero(rows.files[jumps.rows] == file)
        row, ratio = int(jumps.rows[here[0]]), float(jumps.ratios[here[0]])
        split = f"{ratio:g}:1" if ratio > 1 else f"1:{1 / ratio:g}"
        symbol, date = rows.symbols[rows.codes[row]], format_date(rows.dates[row])
        report = counted[file]
        if adjusted:
            mended = {f"splits undone (first {symbol} {split} on {date})": int(here.size)}
            counted[file] = replace(report, mended=report.mended | mended)
        else:
            what = f"jumps like a split (first {symbol} {split} on {date}; see --adjust-splits)"
            counted[file] = replace(report, noticed=report.noticed | {what: int(here.size)})
    return counted


def count_strays(
    rows: PriceRows, strays: IntArray, reports: Sequence[FileReport]
) -> list[FileReport]:
    """Return the reports with the prices counted that are far from the one before."""
    counted = list(reports)
    for file in np.unique(rows.files[strays]).tolist():
        here = strays[rows.files[strays] == file]
        row = int(here[0])
        where = f"first {rows.symbols[rows.codes[row]]} on line {rows.lines[row]}"
        what = f"prices far from the one before ({where}: {rows.values[row]:g}"
        what += f" after {rows.values[row - 1]:g})"
        noticed = counted[file].noticed | {what: int(here.size)}
        counted[file] = replace(counted[file], noticed=noticed)
    return counted


def count_pauses(rows: PriceRows, reports: Sequence[FileReport]) -> list[FileReport]:
    """Return the reports with the long pauses counted, such as a mistyped year leaves."""
    counted = list(reports)
    steps = np.diff(rows.dates).astype(np.int64)
    same = (rows.codes[1:] == rows.codes[:-1]) & ~np.isnat(rows.dates[1:])
    long = np.flatnonzero(same & (steps > PAUSE))
    usual = {code: _usual_step(rows, steps, code) for code in np.unique(rows.codes[long]).tolist()}
    long = np.array([i for i in long if steps[i] > MANY * usual[int(rows.codes[i])]], np.int64) + 1
    for file in np.unique(rows.files[long]).tolist():
        here = long[rows.files[long] == file]
        row = int(here[0])
        days = " and ".join(format_date(date) for date in rows.dates[row - 1 : row + 1])
        what = f"years without a price (first {rows.symbols[rows.codes[row]]} between {days})"
        noticed = counted[file].noticed | {what: int(here.size)}
        counted[file] = replace(counted[file], noticed=noticed)
    return counted


def _usual_step(rows: PriceRows, steps: IntArray, code: int) -> float:
    start, end = (int(np.searchsorted(rows.codes, code, side=side)) for side in ("left", "right"))
    return float(np.median(steps[start : end - 1]))


def count_late(
    rows: PriceRows, offsets: IntArray, reports: Sequence[FileReport]
) -> list[FileReport]:
    """Return the reports with the symbols counted that end on a day that is yet to come."""
    counted = list(reports)
    last = offsets[1:][yet_to_come(rows.dates, offsets)] - 1
    for file in np.unique(rows.files[last]).tolist():
        here = last[rows.files[last] == file]
        row = int(here[0])
        where = f"first {rows.symbols[rows.codes[row]]} on {format_date(rows.dates[row])}"
        what = f"symbols that end on a day yet to come ({where}; --until leaves it out)"
        counted[file] = replace(counted[file], noticed=counted[file].noticed | {what: here.size})
    return counted


def count_constant(
    rows: PriceRows, offsets: IntArray, reports: Sequence[FileReport]
) -> list[FileReport]:
    """Return the reports with the symbols counted whose price never changes."""
    counted = list(reports)
    lengths = np.diff(offsets)
    if lengths.size == 0 or lengths.max() < CONSTANT:
        return counted
    lowest = np.minimum.reduceat(rows.values, offsets[:-1])
    highest = np.maximum.reduceat(rows.values, offsets[:-1])
    files = rows.files[offsets[:-1][(lowest == highest) & (lengths >= CONSTANT)]]
    for file, count in zip(*np.unique(files, return_counts=True), strict=True):
        noticed = counted[file].noticed | {"symbols whose price never changes": int(count)}
        counted[file] = replace(counted[file], noticed=noticed)
    return counted
