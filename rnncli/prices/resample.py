"""Rows of weeks or months, aggregated from days: last close, max high, min low, summed volume.

A period is dated by its last row, so that no day is known early. Whether it is complete follows
from the days on which its market usually trades.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from rnncli.arrays import BoolArray, DateArray, Float64Array, IntArray
from rnncli.dates import format_date
from rnncli.errors import RnncliError, SeriesError, setting
from rnncli.prices.future_dates import TradingDays, usual_days
from rnncli.prices.parsing.check import Severity
from rnncli.prices.parsing.quality.file_report import FileReport
from rnncli.prices.series import Prices

Period = Literal["W", "M"]
UNITS = {"W": "week", "M": "month"}
NOT_OVER = "last {unit}s that are not over, kept (first {symbol}: rows up to {date}; see {option})"
BEGUN_IN = "first {unit}s that rows begin within, kept (first {symbol}: rows from {date})"
LEFT_OUT = "last {unit}s that are not over (first {symbol}: rows up to {date})"
EXTREME = {"high": np.fmax, "low": np.fmin}  # of what is known
MONDAY = 3  # days to it from the day on which counting began, a Thursday


def resampled(
    prices: Prices, period: Period, fail: Callable[[RnncliError], None], *, drop: bool = False
) -> Prices:
    """Prices with a row a week or month; `drop`: without a last one that is not over.

    Counts in the reports of the files which periods are not whole. A series without dates fails
    alone; the fault is raised where no other is left.
    """
    prices = _dated(prices, period, fail)
    numbers, series = _numbers(prices.dates, period), np.arange(len(prices.symbols))
    of_rows = np.repeat(series, prices.lengths)
    new = np.diff(numbers, prepend=numbers[0] - 1) != 0
    new[prices.offsets[:-1]] = True
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(numbers)) - 1
    counts = np.bincount(of_rows[starts], minlength=len(series))
    begun, running = _not_whole(prices, period)
    files = _counted(prices, begun, BEGUN_IN, period, prices.offsets[:-1])
    noted = LEFT_OUT if drop else NOT_OVER
    files = _counted(replace(prices, files=files), running, noted, period, prices.offsets[1:] - 1)
    made = replace(
        prices,
        values=prices.values[ends],
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        dates=prices.dates[ends],
        fields={name: _of_periods(name, one, starts) for name, one in prices.fields.items()},
        files=files,
        resample=period,
    )
    return _without_last(made, running, period) if drop and running.any() else made


def _dated(prices: Prices, period: Period, fail: Callable[[RnncliError], None]) -> Prices:
    """The series with dates."""
    option = setting("resample", period)
    faults = {
        i: SeriesError(
            f"{prices.sources[i]}: {symbol} has no dates, and {option} needs them", symbol=symbol,
            remedy=f"leave out {option}",
        )
        for i, symbol in enumerate(prices.symbols)
        if not prices.has_dates(i)
    }  # fmt: skip
    usable = [i for i in range(len(prices.symbols)) if i not in faults]
    return _failing(prices, usable, list(faults.values()), fail)


def _failing(
    prices: Prices, fitting: Sequence[int], faults: Sequence[RnncliError],
    fail: Callable[[RnncliError], None],
) -> Prices:  # fmt: skip
    if faults and not fitting:
        raise faults[0]
    for fault in faults:
        fail(fault)
    return prices.subset(fitting) if faults else prices


def _numbers(dates: DateArray, period: Period) -> IntArray:
    """The number of the week, from Monday on, or of the month of each date."""
    if period == "M":
        return dates.astype("datetime64[M]").astype(np.int64)
    weeks: IntArray = (dates.astype("datetime64[D]").astype(np.int64) + MONDAY) // 7
    return weeks


def _span(number: int, period: Period) -> tuple[int, int]:
    """First and last day of a period, counted since 1970."""
    if period == "W":
        return 7 * number - MONDAY, 7 * number - MONDAY + 6
    first, following = (
        np.array([number, number + 1]).astype("datetime64[M]").astype("datetime64[D]")
    )
    return int(first.astype(np.int64)), int(following.astype(np.int64)) - 1


def _of_periods(name: str, values: Float64Array, starts: IntArray) -> Float64Array:
    """A field of each period: what is known of it; NaN where nothing is."""
    if name in EXTREME:
        extreme: Float64Array = EXTREME[name].reduceat(values, starts)
        return extreme
    if name == "volume":
        known = np.add.reduceat((~np.isnan(values)).astype(np.int64), starts)
        total: Float64Array = np.add.reduceat(np.nan_to_num(values), starts)
        total[known == 0] = np.nan
        return total
    at = starts if name == "open" else np.append(starts[1:], len(values)) - 1
    picked: Float64Array = values[at]
    return picked


def _not_whole(prices: Prices, period: Period) -> tuple[BoolArray, BoolArray]:
    """Whether the first and the last period of each series lack a usual day, (series) each."""
    begun, running = (np.zeros(len(prices.symbols), np.bool_) for _ in range(2))
    known: dict[bytes, TradingDays] = {}
    for i in range(len(prices.symbols)):
        dates = prices.dates_of(i)
        key = hashlib.sha256(dates.tobytes()).digest()
        days = known.setdefault(key, known.get(key) or usual_days(dates))
        ends = dates[[0, -1]]
        first, last = ends.astype("datetime64[D]").astype(np.int64).tolist()
        of_first, of_last = _numbers(ends, period).tolist()
        begun[i] = any(map(days.holds, range(_span(of_first, period)[0], first)))
        running[i] = any(map(days.holds, range(last + 1, _span(of_last, period)[1] + 1)))
    return begun, running


def _counted(
    prices: Prices, which: BoolArray, text: str, period: Period, rows: IntArray
) -> tuple[FileReport, ...]:
    """The reports of the files, with those of the series that are `which` noticed."""
    of_file: dict[str, list[int]] = {}
    for i in np.flatnonzero(which).tolist():
        of_file.setdefault(prices.sources[i].split(", ")[-1], []).append(i)

    def noted(report: FileReport) -> FileReport:
        series = of_file.get(report.name, [])
        if not series:
            return report
        said = text.format(
            unit=UNITS[period], symbol=prices.symbols[series[0]],
            date=format_date(prices.dates[rows[series[0]]]), option=setting("drop_running"),
        )  # fmt: skip
        if text is LEFT_OUT:
            return replace(report, dropped=report.dropped | {said: len(series)})
        return report.with_count(Severity.WARN, said, len(series))

    return tuple(map(noted, prices.files))


def _without_last(prices: Prices, running: BoolArray, period: Period) -> Prices:
    """Prices without the last row of some series; one that has no other is left out."""
    stays = np.ones(len(prices.values), np.bool_)
    stays[prices.offsets[1:][running] - 1] = False
    lengths = prices.lengths - running
    with_rows = np.flatnonzero(lengths > 0).tolist()
    if not with_rows:
        raise SeriesError(
            f"no {UNITS[period]} is over", symbol=prices.symbols[0],
            remedy=f"leave out {setting('drop_running')}",
        )  # fmt: skip
    return replace(
        prices,
        symbols=tuple(prices.symbols[i] for i in with_rows),
        sources=tuple(prices.sources[i] for i in with_rows),
        values=prices.values[stays],
        offsets=np.concatenate([[0], np.cumsum(lengths[with_rows])]).astype(np.int64),
        dates=prices.dates[stays],
        fields={name: values[stays] for name, values in prices.fields.items()},
    )
