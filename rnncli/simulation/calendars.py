"""Dates of the rows: weekdays, all days, or the Friday of each week, up to a last date."""

import numpy as np

from rnncli.arrays import DateArray
from rnncli.dates import ISO_DAY, date_remedy
from rnncli.errors import UsageError, setting


def trading_dates(bars: str, rows: int, last_date: str) -> DateArray:
    """Dates (rows,), oldest first, of bars that are "weekdays", "all-days" or "weeks".

    The last is at most `last_date`. Raises UsageError if that is not a date.
    """
    last, back = _parsed(last_date), np.arange(1 - rows, 1)
    if bars == "weekdays":
        dates = np.busday_offset(last, back, roll="backward")
    elif bars == "all-days":
        dates = last + back
    else:
        dates = np.busday_offset(last, 0, roll="backward", weekmask="Fri") + 7 * back
    return dates.astype("datetime64[s]")


def _parsed(text: str) -> np.datetime64:
    try:
        if not ISO_DAY.fullmatch(text):
            raise ValueError
        return np.datetime64(text, "D")
    except ValueError as error:
        given = f"{setting('last_date')} {text!r}"
        raise UsageError(f"{given} is not a date", remedy=date_remedy(text)) from error
