"""The instants of rows, where a column of stamps says less or other than it means.

A day stamped in UTC by the midnight of its market is that day; an hour written twice when clocks go
back is two hours. Both are counted as mended.
"""

from dataclasses import dataclass, field

import numpy as np

from rnncli.arrays import BoolArray, DateArray, IntArray
from rnncli.dates import format_date
from rnncli.errors import setting
from rnncli.prices.parsing.table.categorical import Categorical
from rnncli.prices.parsing.values.date_candidates import ParsedDates
from rnncli.prices.parsing.values.local_days import (
    AS_WRITTEN,
    DAY,
    local_days,
    local_days_of_series,
)
from rnncli.prices.parsing.values.offsets import says_utc
from rnncli.prices.parsing.values.repeated_hours import unfold

LOCAL_DAYS = (
    "times that begin a day in another time zone, dated as that day (first {stamp} as {day};"
    " {option} leaves them as written)"
)
REPEATED_HOUR = (
    "rows of summer time before an hour that occurs twice, put on the clock after it (first {stamp}"
    " on line {line})"
)
_BEGINS = "each time is the beginning of a day in its market"


@dataclass(frozen=True)
class Instants:
    """The dates of rows (rows,), why they are those, and how many rows were changed."""

    dates: DateArray
    evidence: str
    mended: dict[str, int] = field(default_factory=dict)


def settle_instants(
    parsed: ParsedDates, column: Categorical, lines: IntArray, codes: IntArray, *, as_written: bool
) -> Instants:
    """Return the dates of rows from those of the distinct cells; `codes` (rows,) are of symbols.

    `as_written`: the user says how stamps are written, so that none is another day.
    """
    written = parsed.dates[column.codes]
    if not np.any(parsed.dates.view(np.int64) % DAY):
        return Instants(written, parsed.evidence)
    dates = None if as_written else _in_local_days(parsed, column, codes)
    if dates is not None:
        return Instants(dates, f"{parsed.evidence}; {_BEGINS}", _count_moved(written, dates))
    unfolded = unfold(written, codes)
    if unfolded is None:
        return Instants(written, parsed.evidence)
    text = REPEATED_HOUR.format(
        stamp=format_date(written[unfolded.first]), line=int(lines[unfolded.first])
    )
    count = int(np.count_nonzero(unfolded.moved))
    return Instants(unfolded.dates, parsed.evidence, {text: count})


def _in_local_days(parsed: ParsedDates, column: Categorical, codes: IntArray) -> DateArray | None:
    """Return the rows dated by the day that their stamp begins elsewhere; None where none does."""
    in_utc = parsed.format.startswith("epoch") or says_utc(column.cells[0])
    days = local_days(parsed.dates, in_utc=in_utc)
    if days is not None:
        return days[column.codes]
    if not np.any(codes != codes[0]):
        return None
    return local_days_of_series(parsed.dates[column.codes], codes, in_utc=in_utc)


def _count_moved(written: DateArray, dates: DateArray) -> dict[str, int]:
    """Return how many rows have another day than the one written; none where none has."""
    moved: BoolArray = dates.astype("datetime64[D]") != written.astype("datetime64[D]")
    if not moved.any():
        return {}
    first = int(np.argmax(moved))
    text = LOCAL_DAYS.format(
        stamp=format_date(written[first]),
        day=format_date(dates[first]),
        option=setting("date_format", AS_WRITTEN),
    )
    return {text: int(np.count_nonzero(moved))}
