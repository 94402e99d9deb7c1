"""Dates that cannot be meant: in order but for a few rows, or day and month swapped in some."""

import numpy as np
import numpy.typing as npt

from rnncli.arrays import DateArray, IntArray
from rnncli.errors import DataError
from rnncli.prices.parsing.table.row_dates import trend
from rnncli.prices.parsing.table.table import Table
from rnncli.prices.parsing.values.date_candidates import is_late

STRAY = 0.3  # share of rows out of order at most; in rows that were shuffled it is a third
RECENT = 50  # steps before the last one, of which the usual one is taken


def refuse_swapped(name: str, table: Table) -> None:
    """Raise DataError where every day up to 12, read as the month, would put mixed rows in order.

    So a spreadsheet saves dates of another country: those it can read it turns round, and leaves
    the others.
    """
    if table.dates is None or any(trend(table.dates, table.codes)):
        return
    mixed = _mixed(table.dates, table.codes)
    turned = np.where(mixed, _turned_round(table.dates), table.dates)
    changed = turned != table.dates
    if changed.any() and np.any(mixed & ~changed) and any(trend(turned, table.codes)):
        line = int(table.lines[np.argmax(changed)])
        raise DataError(
            f"{name}, line {line}: day and month are swapped in {int(changed.sum())} of the dates,"
            " which would be in order else; write the dates as 2024-01-31"
        )


def _mixed(dates: DateArray, codes: IntArray) -> npt.NDArray[np.bool_]:
    """Whether each row is of a series whose dates neither only rise nor only fall."""
    order = np.argsort(codes, kind="stable")
    steps = np.diff(dates.view(np.int64)[order])
    own, size = codes[order][1:], int(codes.max()) + 1
    steps[np.diff(codes[order]) != 0] = 0
    rises = np.bincount(own[steps > 0], minlength=size)
    falls = np.bincount(own[steps < 0], minlength=size)
    found: npt.NDArray[np.bool_] = ((rises > 0) & (falls > 0))[codes]
    return found


def _turned_round(dates: DateArray) -> DateArray:
    """Each date with its day as the month and the reverse, where that is a date."""
    days = dates.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    day = (days - months.astype("datetime64[D]")).astype(np.int64)  # from 0
    years = days.astype("datetime64[Y]")
    month = (months - years.astype("datetime64[M]")).astype(np.int64)
    other = years.astype("datetime64[M]") + np.minimum(day, 11)
    turned = other.astype("datetime64[D]") + month + (dates - days)
    found: DateArray = np.where(day < 12, turned, dates)
    return found


def out_of_order(table: Table) -> tuple[int, int]:
    """How many rows stand alone between others that are in order, and the line of the first."""
    if table.dates is None or any(trend(table.dates, table.codes)):
        return 0, 0
    order = np.argsort(table.codes, kind="stable")
    codes, moments = table.codes[order], table.dates.view(np.int64)[order]
    alone = _alone(codes, moments)
    backwards = _alone(codes, -moments)
    if np.count_nonzero(backwards) < np.count_nonzero(alone):
        alone = backwards
    few = np.count_nonzero(alone) <= max(1, int(len(codes) * STRAY))
    lines = table.lines[order][np.flatnonzero(alone) + 1]
    return (int(lines.size), int(lines.min())) if few and lines.size else (0, 0)


def refuse_half_days(name: str, table: Table) -> None:
    """Raise DataError where times go back once a day, all from 1 to 12: hours without AM and PM."""
    order, back = _times_back(table)
    if not back.any():
        return
    assert table.dates is not None
    moments = table.dates[order].view(np.int64)
    hours = moments // 3600 % 24
    days = np.stack([table.codes[order][1:][back], moments[1:][back] // 86_400])
    once = np.unique(days, axis=1).shape[1] == days.shape[1]
    noon = bool(np.any(hours[:-1][back] == 12))
    if np.all((hours >= 1) & (hours <= 12)) and once and (noon or days.shape[1] > 1):
        at = int(np.argmax(back))
        one, other = (str(table.dates[order[i]])[11:16] for i in (at, at + 1))
        raise DataError(
            f"{name}, line {table.lines[order[at + 1]]}: times go back from {one} to {other},"
            " as on a clock of 12 hours without AM and PM; write the hours as 0 to 23"
        )


def times_out_of_order(table: Table) -> tuple[int, int]:
    """How many times of day go back while the days do not, and the line of the first."""
    order, back = _times_back(table)
    lines = table.lines[order][1:][back]
    return int(lines.size), int(lines.min()) if lines.size else 0


def _times_back(table: Table) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    """Return the rows by series, and whether each but the first goes back within its day.

    Nowhere where the rows are in order, or the days are not. Rows newest first are turned round.
    """
    nothing = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    if table.dates is None or any(trend(table.dates, table.codes)):
        return nothing
    days = table.dates.astype("datetime64[D]")
    rises, falls = trend(days.astype("datetime64[s]"), table.codes)
    if not (rises or falls) or np.array_equal(days, table.dates):
        return nothing
    order = np.argsort(table.codes, kind="stable")
    order = order if rises else order[::-1]
    moments, codes = table.dates.view(np.int64)[order], table.codes[order]
    back: npt.NDArray[np.bool_] = (codes[1:] == codes[:-1]) & (moments[1:] < moments[:-1])
    return order, back


def _alone(codes: IntArray, moments: IntArray) -> npt.NDArray[np.bool_]:
    """Rows but the first and last whose neighbours are in order without them, and not with them."""
    before, own, after = moments[:-2], moments[1:-1], moments[2:]
    same = (codes[:-2] == codes[1:-1]) & (codes[1:-1] == codes[2:])
    found: npt.NDArray[np.bool_] = same & (before <= after) & ((own > after) | (own < before))
    return found


def yet_to_come(dates: DateArray, offsets: IntArray) -> IntArray:
    """The series (n) whose last of `dates` (rows) nobody can know a price of.

    A period that has begun may be dated by its end, so a step of its own is allowed for each.
    """
    found = np.flatnonzero(is_late(dates[offsets[1:] - 1]))
    return np.array([i for i in found if is_late(_begun(dates[offsets[i] : offsets[i + 1]]))], int)


def _begun(dates: DateArray) -> DateArray:
    """When the period of the last row began, by the steps before it, shape ()."""
    steps = np.diff(dates[-1 - RECENT : -1]).astype(np.int64)
    usual = int(np.median(steps)) if len(steps) else 0
    begun: DateArray = dates[-1] - np.timedelta64(usual, "s")
    return begun
