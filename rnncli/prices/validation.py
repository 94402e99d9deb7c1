"""Checks of arrays of prices: finite, in order of date, concatenated under unique names.

One pass over all rows decides whether there is a fault; only then is it located, so that checks of
the thousands of parts of a run are cheap.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rnncli.arrays import BoolArray, DateArray, Float64Array, IntArray
from rnncli.dates import format_date
from rnncli.errors import DataError

DTYPES = {"values": "float64", "offsets": "int64", "dates": "datetime64[s]"}


def check_layout(
    symbols: Sequence[str], offsets: IntArray, rows: Mapping[str, npt.NDArray[Any]]
) -> None:
    """Raise DataError unless offsets (series + 1) cut all rows (n) into a part for each symbol.

    `rows`: the arrays with an entry a row, by name; every part has a row at least.
    """
    if not isinstance(symbols, tuple) or not all(isinstance(name, str) for name in symbols):
        raise DataError("symbols are no texts", remedy="give a tuple of them")
    _check_dtype("offsets", offsets, DTYPES["offsets"])
    for name, array in rows.items():
        _check_dtype(name, array, DTYPES.get(name, "float64"))
    count = len(rows["values"])
    for name, array in rows.items():
        if array.shape != (count,):
            raise DataError(f"{name} are of shape {array.shape}, values of ({count},)")
    if offsets.shape != (len(symbols) + 1,):
        fits = f"{len(symbols)} symbols need {len(symbols) + 1}"
        raise DataError(f"offsets are of shape {offsets.shape}, and {fits}")
    if len(offsets) and (offsets[0] != 0 or offsets[-1] != count):
        raise DataError(
            f"offsets go from {offsets[0]} to {offsets[-1]}, and rows from 0 to {count}"
        )
    if (offsets[1:] <= offsets[:-1]).any():
        i = int(np.argmax(offsets[1:] <= offsets[:-1]))
        ends = f"begins at row {offsets[i]} and ends before row {offsets[i + 1]}"
        raise DataError(f"{ends}; every series has a row at least", place=symbols[i])
    if len(set(symbols)) < len(symbols):
        twice = next(symbol for i, symbol in enumerate(symbols) if symbol in symbols[:i])
        raise DataError("is the name of two series", place=twice)


def _check_dtype(name: str, array: npt.NDArray[Any], dtype: str) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != dtype:
        given = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        raise DataError(f"{name} are {given}", remedy=f"give an array of {dtype}")


def check_rows(
    symbols: Sequence[str],
    values: Float64Array,
    offsets: IntArray,
    dates: DateArray,
    fields: Mapping[str, Float64Array],
) -> None:
    """Raise DataError for a price that is not finite, or dates that do not ascend in a series.

    A series has dates for all of its rows or for none (NaT); a field may have NaN, but not
    infinite values. Rows are counted from 0 in each series.
    """
    infinite = [name for name, numbers in fields.items() if np.isinf(numbers).any()]
    if infinite or not np.isfinite(values).all():
        name = infinite[0] if infinite else "price"
        numbers = fields[name] if infinite else values
        row = int(np.argmax(np.isinf(numbers) if infinite else ~np.isfinite(numbers)))
        raise DataError(
            f"{name} {numbers[row]} is not finite",
            place=place_of(symbols, offsets, row),
            remedy="leave the row out",
        )
    seconds = dates.view(np.int64)
    later = seconds[1:] > seconds[:-1]
    later[offsets[1:-1] - 1] = True  # from one series to the next
    if not later.all() or np.isnat(dates[offsets[:-1]]).any():
        _check_dates(symbols, offsets, dates, later)


def _check_dates(
    symbols: Sequence[str], offsets: IntArray, dates: DateArray, later: BoolArray
) -> None:
    """The same of dates alone; `later` (rows - 1): whether the next row of a series is later."""
    missing = np.isnat(dates)
    undated = np.repeat(missing[offsets[:-1]], np.diff(offsets))
    if (missing != undated).any():
        row = int(np.argmax(missing != undated))
        raise DataError(
            "some rows have a date and others have none",
            place=place_of(symbols, offsets, row),
            remedy="give all of them a date, or none",
        )
    back = np.concatenate([[False], ~later]) & ~undated
    if back.any():
        row = int(np.argmax(back))
        here, before = format_date(dates[row]), format_date(dates[row - 1])
        same = here == before
        raise DataError(
            f"{here} is there twice" if same else f"{here} comes after {before}",
            place=place_of(symbols, offsets, row),
            remedy="remove one" if same else "sort the rows by date, oldest first",
        )


def place_of(symbols: Sequence[str], offsets: IntArray, row: int) -> str:
    """The symbol and the row of it, from 0, that a row of all is."""
    i = int(np.searchsorted(offsets, row, side="right")) - 1
    return f"{symbols[i]}, row {row - int(offsets[i])}"
