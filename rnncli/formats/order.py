"""Dates that cannot be meant: in order but for a few rows, or day and month swapped in some."""

import numpy as np
import numpy.typing as npt

from rnncli.errors import DataError
from rnncli.formats.dated import trend
from rnncli.formats.table import Table

IntArray = npt.NDArray[np.int64]
DateArray = npt.NDArray[np.datetime64]
STRAY = 0.3  # share of rows out of order at most; in rows that were shuffled it is a third


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


def _alone(codes: IntArray, moments: IntArray) -> npt.NDArray[np.bool_]:
    """Rows but the first and last whose neighbours are in order without them, and not with them."""
    before, own, after = moments[:-2], moments[1:-1], moments[2:]
    same = (codes[:-2] == codes[1:-1]) & (codes[1:-1] == codes[2:])
    found: npt.NDArray[np.bool_] = same & (before <= after) & ((own > after) | (own < before))
    return found
