"""Dates that are wrong: day and month swapped, out of order, of a 12-hour clock, in the future."""

import numpy as np

from rnncli.arrays import BoolArray, DateArray, IntArray
from rnncli.errors import DataError
from rnncli.prices.parsing.quality.bar_periods import begun
from rnncli.prices.parsing.quality.file_report import ParsedFile
from rnncli.prices.parsing.table.row_dates import trend
from rnncli.prices.parsing.values.date_candidates import is_late

OUT_OF_ORDER = "dates out of order (first on line {line})"
TIMES_OUT_OF_ORDER = "times of day out of order (first on line {line})"

MOST_ALONE = 0.3  # share of rows out of order at most; in rows that were shuffled it is a third
RECENT = 50  # steps before the last one, of which the usual one is taken


def refuse_swapped(file: ParsedFile) -> None:
    """Raise DataError where every day up to 12, read as the month, would put mixed rows in order.

    So a spreadsheet saves dates of another country: those it can read it turns round, and leaves
    the others.
    """
    table = file.table
    if table.dates is None or file.is_in_order:
        return
    mixed = _mixed(table.dates, table.codes)
    turned = np.where(mixed, _turned_round(table.dates), table.dates)
    changed = turned != table.dates
    if changed.any() and np.any(mixed & ~changed) and any(trend(turned, table.codes)):
        line = int(table.lines[np.argmax(changed)])
        raise DataError(
            f"{file.name}, line {line}: day and month are swapped in {int(changed.sum())} of the"
            " dates, which would be in order else; write the dates as 2024-01-31"
        )


def _mixed(dates: DateArray, codes: IntArray) -> BoolArray:
    """Whether each row is of a series whose dates neither only rise nor only fall."""
    order = np.argsort(codes, kind="stable")
    steps = np.diff(dates.view(np.int64)[order])
    series, count = codes[order][1:], int(codes.max()) + 1
    steps[np.diff(codes[order]) != 0] = 0
    rises = np.bincount(series[steps > 0], minlength=count)
    falls = np.bincount(series[steps < 0], minlength=count)
    mixed: BoolArray = ((rises > 0) & (falls > 0))[codes]
    return mixed


def _turned_round(dates: DateArray) -> DateArray:
    """Each date with its day as the month and the reverse, where that is a date."""
    days = dates.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    day = (days - months.astype("datetime64[D]")).astype(np.int64)  # from 0
    years = days.astype("datetime64[Y]")
    month = (months - years.astype("datetime64[M]")).astype(np.int64)
    other = years.astype("datetime64[M]") + np.minimum(day, 11).astype("timedelta64[M]")
    turned = other.astype("datetime64[D]") + month.astype("timedelta64[D]") + (dates - days)
    readable: DateArray = np.where(day < 12, turned, dates)
    return readable


def dates_out_of_order(file: ParsedFile) -> dict[str, int]:
    """Return how many rows stand alone between others that are in order."""
    count, line = _dates_alone(file)
    return {OUT_OF_ORDER.format(line=line): count}


def _dates_alone(file: ParsedFile) -> tuple[int, int]:
    """Return how many rows stand alone between others in order, and the line of the first."""
    table = file.table
    if table.dates is None or file.is_in_order:
        return 0, 0
    order = np.argsort(table.codes, kind="stable")
    codes, moments = table.codes[order], table.dates.view(np.int64)[order]
    alone = _alone(codes, moments)
    backwards = _alone(codes, -moments)
    if np.count_nonzero(backwards) < np.count_nonzero(alone):
        alone = backwards
    are_few = np.count_nonzero(alone) <= max(1, int(len(codes) * MOST_ALONE))
    lines = table.lines[order][np.flatnonzero(alone) + 1]
    return (int(lines.size), int(lines.min())) if are_few and lines.size else (0, 0)


def refuse_half_days(file: ParsedFile) -> None:
    """Raise DataError where times go back once a day, all from 1 to 12: hours without AM and PM."""
    table = file.table
    order, goes_back = _times_back(file)
    if not goes_back.any():
        return
    assert table.dates is not None
    moments = table.dates[order].view(np.int64)
    hours = moments // 3600 % 24
    days = np.stack([table.codes[order][1:][goes_back], moments[1:][goes_back] // 86_400])
    is_once_a_day = np.unique(days, axis=1).shape[1] == days.shape[1]
    after_noon = bool(np.any(hours[:-1][goes_back] == 12))
    is_half_day = bool(np.all((hours >= 1) & (hours <= 12))) and is_once_a_day
    if is_half_day and (after_noon or days.shape[1] > 1):
        row = int(np.argmax(goes_back))
        before, after = (str(table.dates[order[i]])[11:16] for i in (row, row + 1))
        raise DataError(
            f"{file.name}, line {table.lines[order[row + 1]]}: times go back from {before} to"
            f" {after}, as on a clock of 12 hours without AM and PM; write the hours as 0 to 23"
        )


def times_out_of_order(file: ParsedFile) -> dict[str, int]:
    """Return how many times of day go back while the days do not, where dates are in order."""
    if _dates_alone(file)[0]:
        return {}
    order, goes_back = _times_back(file)
    lines = file.table.lines[order][1:][goes_back]
    return {TIMES_OUT_OF_ORDER.format(line=lines.min()): int(lines.size)} if lines.size else {}


def _times_back(file: ParsedFile) -> tuple[IntArray, BoolArray]:
    """Return the rows by series, and whether each but the first goes back within its day.

    Nowhere where the rows are in order, or the days are not. Rows newest first are turned round.
    """
    table = file.table
    nothing = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    if table.dates is None or file.is_in_order:
        return nothing
    days = table.dates.astype("datetime64[D]")
    rises, falls = trend(days.astype("datetime64[s]"), table.codes)
    if not (rises or falls) or np.array_equal(days, table.dates):
        return nothing
    order = np.argsort(table.codes, kind="stable")
    order = order if rises else order[::-1]
    moments, codes = table.dates.view(np.int64)[order], table.codes[order]
    goes_back: BoolArray = (codes[1:] == codes[:-1]) & (moments[1:] < moments[:-1])
    return order, goes_back


def _alone(codes: IntArray, moments: IntArray) -> BoolArray:
    """Whether the neighbours of a row, shape (rows - 2,), are in order but for the row."""
    before, moment, after = moments[:-2], moments[1:-1], moments[2:]
    same = (codes[:-2] == codes[1:-1]) & (codes[1:-1] == codes[2:])
    alone: BoolArray = same & (before <= after) & ((moment > after) | (moment < before))
    return alone


def yet_to_come(dates: DateArray, offsets: IntArray) -> IntArray:
    """Return the series, shape (n,), whose last date, of `dates` (rows,), is in the future.

    A period that has begun may be dated by its end, so the usual step of a series is allowed.
    """
    late = np.flatnonzero(is_late(dates[offsets[1:] - 1]))
    return np.array([i for i in late if is_late(_begun(dates[offsets[i] : offsets[i + 1]]))], int)


def _begun(dates: DateArray) -> DateArray:
    """Return when the period of the last row began, by the steps before it, shape ()."""
    if (first := begun(dates[-RECENT:].view(np.int64))) is not None:
        return np.array(first, dtype="datetime64[s]")
    steps = np.diff(dates[-1 - RECENT : -1]).astype(np.int64)
    usual = int(np.median(steps)) if len(steps) else 0
    earlier: DateArray = dates[-1] - np.timedelta64(usual, "s")
    return earlier
