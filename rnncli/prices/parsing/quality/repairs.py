"""Faulty prices, left out on demand: zeros, misplaced decimal points, strays of one row.

What makes a price a fault is the past, and for all but zeros that a later one has come back. Such
a row is left out and not filled: then no forecast is made on a day whose price later days have
corrected, and rows up to a day are the same whatever follows it. What is far out at the end of a
series stays, since nothing can tell it from a move or a split yet.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray, distinct
from rnncli.dates import format_date
from rnncli.prices.parsing.check import Severity
from rnncli.prices.parsing.quality.file_report import FileReport, Repair
from rnncli.prices.parsing.quality.outliers import AWAY, BACK, FEW, UNUSUAL, large_steps
from rnncli.prices.parsing.quality.price_checks import ZEROS
from rnncli.prices.parsing.table.join import PriceRows

ZERO, DECIMAL, STRAY = "zero", "decimal point", "stray"
LEFT_OUT = {
    ZERO: "prices of zero (first {symbol} on {date})",
    DECIMAL: "prices off by a power of ten (first {symbol} on {date}:"
    " from {before:g} to {price:g})",
    STRAY: "spikes of one row (first {symbol} on {date}: from {before:g} to {price:g})",
}
MENDED = "opens, highs or lows off by a power of ten (first {symbol} on {date}: {price:g})"
UNDECIDED = (
    "last prices that may be faults, kept, since only later ones can show it (first {symbol} on"
    " {date}: {price:g} after {before:g})"
)
BESIDE = ("open", "high", "low")
POWERS = np.log([10.0, 100.0, 1000.0])
NEAR = 0.2  # distance from a power of ten, in logarithms
SPELL = 5  # rows at most with a misplaced decimal point
LONG, SHORT = 60, 5  # moves before a row that say what is usual: the larger median does


@dataclass(frozen=True)
class Fault:
    """A row with a faulty price; `before`: the last price that is not."""

    row: int
    kind: str
    before: int


def repaired(
    rows: PriceRows, reports: Sequence[FileReport], splits: Collection[int]
) -> tuple[PriceRows, list[FileReport]]:
    """Rows without the faulty ones, the columns beside the price mended, and reports of both.

    `rows` are sorted by series and date, with one a day; on the rows of `splits` a column of the
    file names a split, so that they are not faulty.
    """
    faults, undecided = find_faults(rows, splits)
    reports = _counted(rows, list(reports), faults, undecided)
    stays = np.ones(rows.values.size, np.bool_)
    stays[[fault.row for fault in faults]] = False
    rows, reports = _mended_beside(rows.take(stays) if faults else rows, reports)
    return rows, reports


def find_faults(rows: PriceRows, splits: Collection[int]) -> tuple[list[Fault], list[Fault]]:
    """The faulty rows, and the last ones of which only later rows can tell."""
    zeros = np.flatnonzero(_are_zero(rows))
    faults = [Fault(row, ZERO, row) for row in zeros.tolist()]
    undecided: list[Fault] = []
    remaining = np.flatnonzero(~np.isin(np.arange(rows.values.size), zeros))
    values, codes = rows.values[remaining], rows.codes[remaining]
    named = set(np.flatnonzero(np.isin(remaining, list(splits))).tolist())
    for start, end, places in large_steps(values, codes, AWAY):
        series = _Series(values[start:end], {row - start for row in named})
        for fault, is_over in series.faults(places):
            placed = Fault(
                int(remaining[start + fault.row]), fault.kind, int(remaining[start + fault.before])
            )
            (faults if is_over else undecided).append(placed)
    return sorted(faults, key=lambda fault: fault.row), undecided


def _are_zero(rows: PriceRows) -> BoolArray:
    """Which rows have a price of zero where none before is below: not of a rate or a spread."""
    zeros: BoolArray = rows.values == 0
    for code in distinct(rows.codes[zeros]).tolist():
        start, end = (int(np.searchsorted(rows.codes, code, side=s)) for s in ("left", "right"))
        zeros[start:end] &= ~np.logical_or.accumulate(rows.values[start:end] < 0)
        zeros[start:end] &= bool(rows.values[start:end].any())  # else no row would be left
    return zeros


class _Series:
    """The prices of one series (rows), looked at in order: a fault is not part of the past."""

    def __init__(self, values: Float64Array, splits: Collection[int]) -> None:
        with np.errstate(divide="ignore", invalid="ignore"):
            self.logs = np.log(np.where(values > 0, values, np.nan))
        self.splits = splits
        self.gone = np.zeros(len(values), np.bool_)

    def faults(self, places: IntArray) -> Iterator[tuple[Fault, bool]]:
        """The faults after large steps, and whether the price has come back since."""
        for row in (places + 1).tolist():
            base = int(np.flatnonzero(~self.gone[:row])[-1])
            step = float(self.logs[row] - self.logs[base])
            if self.gone[row] or row in self.splits or not self._is_unusual(base, step):
                continue
            kind = DECIMAL if _is_power(step) else STRAY
            end = self._end_of_spell(row, base, SPELL if kind == DECIMAL else 1)
            if end is None:
                continue
            is_over = end < len(self.logs)
            self.gone[row:end] = is_over
            for one in range(row, end):
                yield Fault(one, kind, base), is_over

    def _is_unusual(self, base: int, step: float) -> bool:
        """Whether a step is far beyond recent ones, and those of a quarter, up to row `base`."""
        known = self.logs[: base + 1][~self.gone[: base + 1]][-LONG - 1 :]
        moves = np.abs(np.diff(known))
        moves = moves[moves > 0]
        if len(moves) <= FEW or not abs(step) >= np.log(AWAY):
            return False
        usual = max(float(np.median(moves)), float(np.median(moves[-SHORT:])))
        return abs(step) >= UNUSUAL * usual

    def _end_of_spell(self, row: int, base: int, most: int) -> int | None:
        """The row on which a price is back where it was, or the end of the series; else None."""
        step = self.logs[row] - self.logs[base]
        slack = min(BACK * abs(step), np.log(AWAY))
        for end in range(row + 1, row + most + 1):
            if end == len(self.logs):
                return end
            if abs(self.logs[end] - self.logs[base]) <= slack:
                return end
            if not abs(self.logs[end] - self.logs[row]) <= NEAR:
                return None
        return None


def _is_power(step: float) -> bool:
    """Whether a step of log prices is that of a decimal point at another place."""
    return bool(np.min(np.abs(abs(step) - POWERS)) <= NEAR)


def _mended_beside(
    rows: PriceRows, reports: list[FileReport]
) -> tuple[PriceRows, list[FileReport]]:
    """Rows with opens, highs and lows in the unit of the price of their own day."""
    fields = dict(rows.fields)
    for name in BESIDE:
        if name not in fields:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.log(fields[name] / rows.values)
        apart = np.abs(np.abs(steps)[:, None] - POWERS)
        off = np.flatnonzero(apart.min(axis=1, initial=np.inf) <= NEAR)
        if off.size:
            powers = np.exp(np.sign(steps[off]) * POWERS[apart[off].argmin(axis=1)])
            was, fields[name] = fields[name], fields[name].copy()
            fields[name][off] = was[off] / powers
            reports = _count_beside(rows, reports, name, off, was, fields[name])
    return replace(rows, fields=fields), reports


def _count_beside(
    rows: PriceRows, reports: list[FileReport], name: str, off: IntArray, was: Float64Array,
    became: Float64Array,
) -> list[FileReport]:  # fmt: skip
    counted = list(reports)
    for file in distinct(rows.files[off]).tolist():
        of_file = off[rows.files[off] == file].tolist()
        text = MENDED.format(**_place(rows, of_file[0]), price=was[of_file[0]])
        repairs = [
            _repair(rows, row, name, DECIMAL, float(was[row]), float(became[row]))
            for row in of_file
        ]
        report = counted[file].with_count(Severity.REPAIR, text, len(of_file))
        counted[file] = replace(report, repairs=(*report.repairs, *repairs))
    return counted


def _counted(
    rows: PriceRows, reports: list[FileReport], faults: Sequence[Fault], undecided: Sequence[Fault]
) -> list[FileReport]:
    """Reports with the rows that are left out listed, and those that may be faults noticed."""
    zeros = ZEROS.partition("(")[0]
    return [
        _counted_in(
            rows,
            replace(
                report,
                noticed={t: n for t, n in report.noticed.items() if not t.startswith(zeros)},
            ),
            [fault for fault in faults if rows.files[fault.row] == file],
            [fault for fault in undecided if rows.files[fault.row] == file],
        )
        for file, report in enumerate(reports)
    ]


def _counted_in(
    rows: PriceRows, report: FileReport, faults: Sequence[Fault], undecided: Sequence[Fault]
) -> FileReport:
    for kind, text in LEFT_OUT.items():
        some = [fault for fault in faults if fault.kind == kind]
        if some:
            said = text.format(**_prices(rows, some[0]))
            report = replace(report, dropped=report.dropped | {said: len(some)})
    if undecided:
        said = UNDECIDED.format(**_prices(rows, undecided[0]))
        report = report.with_count(Severity.WARN, said, len(undecided))
    repairs = [
        _repair(rows, fault.row, "price", fault.kind, float(rows.values[fault.row]), None)
        for fault in faults
    ]
    return replace(report, repairs=(*report.repairs, *repairs))


def _prices(rows: PriceRows, fault: Fault) -> dict[str, object]:
    """What the texts name of a fault."""
    price, before = rows.values[fault.row], rows.values[fault.before]
    return {**_place(rows, fault.row), "price": price, "before": before}


def _place(rows: PriceRows, row: int) -> dict[str, str]:
    date = rows.dates[row]
    line = f"line {rows.lines[row]}"
    symbol = rows.symbols[int(rows.codes[row])]
    return {"symbol": symbol, "date": line if np.isnat(date) else format_date(date)}


def _repair(
    rows: PriceRows, row: int, column: str, fault: str, was: float, became: float | None
) -> Repair:
    date = rows.dates[row]
    shown = None if np.isnat(date) else format_date(date)
    return Repair(rows.symbols[int(rows.codes[row])], shown, column, fault, was, became)
