"""A data frame as prices: its columns by name, its rows checked and in order of date.

Pandas and Polars frames are read through their common interface: `columns`, and
`frame[name].to_numpy()`. Neither is imported here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - `date` is the name of a column here
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnncli.arrays import DateArray, Float64Array, IntArray
from rnncli.dates import format_date
from rnncli.errors import DataError, UsageError, setting
from rnncli.prices.frame_columns import Frame, checked_frame, find_column, refuse_dates
from rnncli.prices.parsing.quality.file_report import FileReport
from rnncli.prices.parsing.table.ohlcv import mend_fields

FIELDS = ("open", "high", "low", "volume")  # further columns, if a frame has them
SOURCE = "data frame"  # where its prices are from, in messages
UNDATED = np.datetime64("NaT", "s")


class Series(NamedTuple):
    """What `Prices` is made of, in the order of its fields."""

    symbols: tuple[str, ...]
    values: Float64Array
    offsets: IntArray
    dates: DateArray
    sources: tuple[str, ...]
    files: tuple[FileReport, ...]
    fields: dict[str, Float64Array]
    column: str | None


@dataclass(frozen=True)
class _Rows:
    """Rows of a frame: `codes` count into `symbols`, `places` are their numbers in the frame."""

    symbols: tuple[str, ...]
    codes: IntArray
    dates: DateArray
    values: Float64Array
    fields: dict[str, Float64Array]
    places: IntArray
    dated: bool

    def take(self, index: npt.NDArray[Any]) -> "_Rows":
        fields = {name: numbers[index] for name, numbers in self.fields.items()}
        return _Rows(
            self.symbols, self.codes[index], self.dates[index], self.values[index], fields,
            self.places[index], self.dated,
        )  # fmt: skip

    def place(self, row: int) -> str:
        """Symbol and row of the frame, from 0, for a message."""
        return f"{self.symbols[self.codes[row]]}, row {self.places[row]}"


def read_frame(
    frame: Frame, symbol: str | None, date: str | None, price: str | None, layout: str,
    features: Sequence[str] = (),
) -> Series:  # fmt: skip
    """The series of a frame; see `Prices.from_frame`. Raises UsageError, DataError."""
    if layout not in ("long", "wide"):
        raise UsageError("must be long or wide", option="layout", value=layout)
    frame = checked_frame(frame, layout)
    for option, given in {"symbol": symbol, "price": price}.items():
        if layout == "wide" and given is not None:
            reason = "is of a long frame; each column of a wide one is a symbol"
            raise UsageError(reason, option=option, value=given)
    if layout == "wide" and features:
        raise UsageError("are of a long frame", option="features", value=list(features))
    rows = _wide(frame, date) if layout == "wide" else _long(frame, symbol, date, price, features)
    mended = mend_fields(rows.fields, rows.place)
    missing = np.isnan(rows.values)
    without = np.bincount(rows.codes[missing], minlength=len(rows.symbols))
    rows = _in_order(rows.take(~missing))
    if rows.values.size == 0:
        raise DataError("no row has a price", place=SOURCE)
    _check(rows)
    counts = np.bincount(rows.codes, minlength=len(rows.symbols))
    left = np.flatnonzero(counts)
    report = _report(
        layout, len(rows.values), mended, dict(zip(rows.symbols, without, strict=True))
    )
    return Series(
        tuple(rows.symbols[i] for i in left),
        rows.values,
        np.concatenate([[0], np.cumsum(counts[left])]).astype(np.int64),
        rows.dates,
        (SOURCE,) * len(left),
        (report,),
        rows.fields,
        price,
    )


def _long(
    frame: Frame, symbol: str | None, date: str | None, price: str | None, features: Sequence[str]
) -> _Rows:
    """Rows of a frame with a row for each symbol and date."""
    names = list(frame.columns)
    of_symbol = find_column(names, "symbol", symbol)
    of_date, of_price = find_column(names, "date", date), find_column(names, "price", price)
    if of_price is None:
        said = ", ".join(map(str, names))
        wide = setting("layout", "wide")
        remedy = f"name the one to use, or pass {wide} where each is a symbol"
        raise UsageError(f"the frame has columns {said}", option="price", remedy=remedy)
    if of_date is None:
        refuse_dates(frame, [name for name in names if name not in (of_symbol, of_price)])
    values = _numbers(frame[of_price], of_price)
    symbols: tuple[str, ...] = (str(of_price),)
    codes = np.zeros(len(values), np.int64)
    if of_symbol is not None:
        symbols, codes = _coded(frame[of_symbol])
    by_name = {str(name).casefold(): name for name in names if name not in (of_symbol, of_price)}
    fields = {
        name: _numbers(frame[by_name[name]], by_name[name]) for name in FIELDS if name in by_name
    }
    for name in features:
        if name not in names:
            said = ", ".join(map(str, names))
            raise UsageError(f"the frame has columns {said}", option="features", value=name)
        fields[name] = _numbers(frame[name], name)
    return _Rows(
        symbols,
        codes,
        _dates(frame, of_date, len(values)),
        values,
        fields,
        np.arange(len(values)),
        of_date is not None,
    )


def _wide(frame: Frame, date: str | None) -> _Rows:
    """Rows of a frame with a column of prices for each symbol."""
    of_date = find_column(list(frame.columns), "date", date)
    names = [name for name in frame.columns if name != of_date]
    if not names:
        raise DataError("has no column of prices", place=SOURCE)
    if of_date is None:
        refuse_dates(frame, names)
    values = [_numbers(frame[name], name) for name in names]
    count, dates = len(values[0]), _dates(frame, of_date, len(values[0]))
    return _Rows(
        tuple(map(str, names)),
        np.repeat(np.arange(len(names)), count),
        np.tile(dates, len(names)),
        np.concatenate(values),
        {},
        np.tile(np.arange(count), len(names)),
        of_date is not None,
    )


def _coded(column: Any) -> tuple[tuple[str, ...], IntArray]:
    """Symbols in order of first appearance, and the number (rows) of each row's."""
    numbers: dict[str, int] = {}
    codes = []
    for row, value in enumerate(column.to_numpy().tolist()):
        if not isinstance(value, str | int):
            raise DataError(f"{value!r} is not a symbol", place=f"{SOURCE}, row {row}")
        codes.append(numbers.setdefault(str(value), len(numbers)))
    return tuple(numbers), np.array(codes, np.int64)


def _numbers(column: Any, name: Any) -> Float64Array:
    """A column (rows) of numbers, NaN if missing. Raises DataError for texts."""
    array = column.to_numpy()
    if array.dtype.kind == "O" and not any(isinstance(value, str | bool) for value in array):
        try:
            return np.array(array, np.float64)  # of None and of decimals
        except (TypeError, ValueError):
            pass
    if array.dtype.kind not in "iuf":
        raise DataError(
            f"column {name} holds no numbers but {column.dtype}", place=SOURCE,
            remedy="convert it, or name another",
        )  # fmt: skip
    return np.array(array, np.float64)


def _dates(frame: Frame, name: Any, count: int) -> DateArray:
    """A column of dates (rows), in the clock of its time zone; NaT without one."""
    if name is None:
        return np.full(count, UNDATED)
    column = frame[name]
    if getattr(column.dtype, "tz", None) is not None:
        column = column.dt.tz_localize(None)
    elif getattr(column.dtype, "time_zone", None) is not None:
        column = column.dt.replace_time_zone(None)
    array = column.to_numpy()
    if array.dtype.kind == "M":
        return np.array(array, "datetime64[s]")
    if array.dtype.kind not in "OU":
        raise DataError(
            f"column {name} holds no dates but {column.dtype}", place=SOURCE,
            remedy="convert it, or name another",
        )  # fmt: skip
    return np.array(
        [_second(value, row) for row, value in enumerate(array.tolist())], UNDATED.dtype
    )


def _second(value: Any, row: int) -> np.datetime64:
    """A date or a text of one, as ISO 8601 writes it."""
    try:
        if value is None or value != value:  # noqa: PLR0124 - NaT and NaN are not themselves
            return UNDATED
        if not isinstance(value, str | Date | np.datetime64):
            raise TypeError
        moment: Any = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, datetime):
            moment = moment.replace(tzinfo=None)
        return np.datetime64(moment, "s")
    except (TypeError, ValueError):
        remedy = "write it as 2024-01-31, or convert the column"
        raise DataError(
            f"{value!r} is not a date", place=f"{SOURCE}, row {row}", remedy=remedy
        ) from None


def _in_order(rows: _Rows) -> _Rows:
    """The rows by series, then by date; those without dates stay as they are."""
    return rows.take(np.lexsort((rows.dates.view(np.int64), rows.codes)))


def _check(rows: _Rows) -> None:
    """Raise DataError for an infinite price, a missing date, or one that a symbol has twice."""
    infinite, undated = np.isinf(rows.values), np.isnat(rows.dates) & rows.dated
    if infinite.any():
        row = int(np.argmax(infinite))
        raise DataError(f"price {rows.values[row]} is not finite", place=rows.place(row))
    if undated.any():
        raise DataError("has no date", place=rows.place(int(np.argmax(undated))))
    twice = (rows.codes[1:] == rows.codes[:-1]) & (rows.dates[1:] == rows.dates[:-1])
    if twice.any():
        row = int(np.argmax(twice)) + 1
        raise DataError(
            f"{format_date(rows.dates[row])} is there twice, in row {rows.places[row - 1]} too",
            place=rows.place(row),
            remedy="remove one of the rows, or name the column of symbols",
        )


def _report(layout: str, rows: int, mended: dict[str, int], without: dict[str, int]) -> FileReport:
    """What was left out of the frame, and mended in it."""
    empty = {symbol: int(count) for symbol, count in without.items() if count}
    return FileReport(
        name=SOURCE, encoding="", delimiter="", layout=layout, price_column="", decimal=".",
        date_column=None, time_column=None, date_format=None, symbol_column=None,
        order="oldest first", rows=rows, mended=mended, dropped_by_symbol=empty,
        dropped={"rows without a price": sum(empty.values())} if empty else {},
    )  # fmt: skip
