"""From a sheet and its columns to rows of symbol, date and price."""

import contextlib
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rnncli.errors import DataError
from rnncli.formats import dates as dating
from rnncli.formats import numbers
from rnncli.formats.columns import Columns
from rnncli.formats.sheet import Sheet

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
DateArray = npt.NDArray[np.datetime64]

# From pandas 3.1 on, floats are read to the last bit without being asked to.
_NEWER = tuple(int(part) for part in pd.__version__.split(".")[:2]) >= (3, 1)
_EXACT_FLOATS: dict[str, Any] = {} if _NEWER else {"float_precision": "round_trip"}
_FORMULA = ("'=", "'+", "'-", "'@", "'\t")


@dataclass(frozen=True)
class Table:
    """The rows of one file that have a price, in file order."""

    symbols: tuple[str, ...]
    codes: IntArray  # (rows,) index into symbols
    dates: DateArray | None  # (rows,)
    values: FloatArray  # (rows,)
    lines: IntArray  # (rows,) line of the file
    date_format: str | None
    dropped: dict[str, int] = field(default_factory=dict)
    missing: IntArray | None = None  # (symbols,) rows without a price; None in a wide file


@dataclass(frozen=True)
class _Coded:
    """A column of text as codes into its distinct cells."""

    cells: list[str]
    codes: IntArray  # (rows,)

    def first_row(self, index: int) -> int:
        """Return the first row that holds the distinct cell at `index`."""
        return int(np.flatnonzero(self.codes == index)[0])


class _Cells:
    """The needed columns of a sheet, read by pandas with nothing left for it to guess."""

    def __init__(self, sheet: Sheet, columns: Columns):
        self.sheet = sheet
        texts = [i for i in (columns.date, columns.time, columns.symbol) if i is not None]
        self._frame = self._read(texts, list(columns.prices))

    def _read(self, texts: Sequence[int], prices: Sequence[int]) -> pd.DataFrame:
        if self.sheet.body is None:
            return self._from_rows([*texts, *prices])
        if self._looks_bare(prices):
            with contextlib.suppress(ValueError, OverflowError):  # not all are bare numbers
                return self._from_body(texts, prices)
        return self._from_body([*texts, *prices], [])

    def _looks_bare(self, prices: Sequence[int]) -> bool:
        """Whether the first prices are plain numbers without a decimal comma beside them."""
        sample = self.sheet.sample
        cells = (row[i] for row in sample for i in prices)
        if not all(numbers.is_missing(cell) or numbers.is_number(cell) for cell in cells):
            return False
        if self.sheet.delimiter == ",":
            return True
        return numbers.decimal_mark(cell for row in sample for cell in row) in {".", None}

    def _from_rows(self, wanted: Sequence[int]) -> pd.DataFrame:
        rows = self.sheet.rows or []
        return pd.DataFrame({i: pd.Series([row[i] for row in rows], dtype=object) for i in wanted})

    def _from_body(self, texts: Sequence[int], prices: Sequence[int]) -> pd.DataFrame:
        kinds: dict[int, str] = dict.fromkeys(prices, "float64") | dict.fromkeys(texts, "object")
        missing = sorted(numbers.MISSING)
        dialect: dict[str, Any] = {
            "sep": self.sheet.delimiter,
            "header": None,
            "names": list(range(self.sheet.width)),
            "usecols": sorted(kinds),
            "index_col": False,
            "dtype": kinds,
            "na_values": dict.fromkeys(prices, missing),
            "keep_default_na": False,
            "quoting": csv.QUOTE_NONE,
            "skip_blank_lines": True,
            "encoding": "utf-8",
            "low_memory": False,
            "engine": "c",
        }
        frame: pd.DataFrame = pd.read_csv(
            io.BytesIO(self.sheet.body or b""), **dialect, **_EXACT_FLOATS
        )
        return frame

    def text(self, index: int) -> _Coded:
        """Return the column as distinct stripped cells, in order of first appearance."""
        codes, found = pd.factorize(self._frame[index].to_numpy())
        cells = [str(cell).strip() for cell in found]
        distinct, codes = merge(cells, np.asarray(codes, dtype=np.int64))
        return _Coded(list(distinct), codes)

    def price(self, index: int, name: str) -> FloatArray:
        """Return the column as floats, NaN where a cell says that there is no value."""
        column = self._frame[index]
        if column.dtype != np.dtype(object):
            values = np.asarray(column, dtype=np.float64)
            if not np.any(np.isinf(values)):
                return values
            row = int(np.flatnonzero(np.isinf(values))[0])
            raise self.fault(row, name, f"{values[row]} is not a price")
        coded = self.text(index)
        mark = self._decimal_mark(coded.cells, name)
        parsed, bad = numbers.parse(coded.cells, mark)
        if bad is not None:
            raise self.fault(
                coded.first_row(bad), name, f"{shorten(coded.cells[bad])} is not a price"
            )
        return np.array(parsed, dtype=np.float64)[coded.codes]

    def _decimal_mark(self, cells: Sequence[str], name: str) -> str:
        """Return the decimal mark of a column, proved by its own cells or by those beside it."""
        mark = numbers.decimal_mark(cells)
        if mark is None:
            mark = numbers.decimal_mark([cell for row in self.sheet.sample for cell in row])
        open_still = mark is None or (mark == "both" and numbers.decimal_mark(cells) is None)
        if open_still and any("," in cell for cell in cells):
            what = "1,234 may be a thousand or a decimal comma; write a decimal point"
            raise DataError(f"{self.sheet.name}, column {name}: {what}")
        return "," if mark == "," else "."

    def fault(self, row: int, name: str, what: str) -> DataError:
        """Return an error at one row of one column."""
        line = int(self.sheet.lines[row])
        where = f"{self.sheet.name}, line {line}, column {name[:40]}"
        return DataError(f"{where}: {what}; mend that line")


def shorten(cell: str) -> str:
    """Return a cell as it is shown in a message."""
    if not cell:
        return "an empty cell"
    return repr(cell) if len(cell) <= 40 else f"{cell[:40]!r}..."


def read_table(sheet: Sheet, columns: Columns, date_format: str | None, default: str) -> Table:
    """Return the rows of a sheet with a price; `default` names the symbol of a file without any.

    Raises DataError with file, line and column for the first cell that cannot be read as meant.
    """
    cells = _Cells(sheet, columns)
    if columns.layout == "wide":
        return _wide_table(cells, columns, date_format)
    name = columns.price_names[0]
    values = cells.price(columns.prices[0], name)
    symbols, codes = _symbols(cells, columns, values, default)
    kept = np.flatnonzero(~np.isnan(values))
    if kept.size == 0:
        raise DataError(f"{sheet.name}, column {name}: all {values.size} prices are missing")
    dates, date_format = _dates(cells, columns, date_format, kept, codes[kept])
    missing = np.bincount(codes[np.isnan(values) & (codes >= 0)], minlength=len(symbols))
    lost = values.size - kept.size
    return Table(
        symbols,
        codes[kept],
        dates,
        values[kept],
        sheet.lines[kept],
        date_format,
        sheet.dropped | ({"rows without a price": lost} if lost else {}),
        missing.astype(np.int64),
    )


def _symbols(
    cells: _Cells, columns: Columns, values: FloatArray, default: str
) -> tuple[tuple[str, ...], IntArray]:
    """Return the symbols, and each row's code; -1 for a row with neither symbol nor price."""
    if columns.symbol is None:
        return (default,), np.zeros(values.size, dtype=np.int64)
    coded = cells.text(columns.symbol)
    codes = coded.codes
    if "" in coded.cells:
        empty = coded.cells.index("")
        bad = np.flatnonzero((codes == empty) & ~np.isnan(values))
        if bad.size:
            raise cells.fault(int(bad[0]), "symbol", "the symbol is empty")
        codes = np.where(codes == empty, -1, codes - (codes > empty))
    labels = [cell for cell in coded.cells if cell]
    return merge([clean_symbol(cell) for cell in labels], codes)


def clean_symbol(cell: str) -> str:
    """Return the symbol in a cell; the apostrophe that guards a formula sign is taken off."""
    return cell[1:] if cell.startswith(_FORMULA) else cell


def merge(labels: list[str], codes: IntArray) -> tuple[tuple[str, ...], IntArray]:
    """Codes into the distinct labels; -1 stays -1."""
    symbols = tuple(dict.fromkeys(labels))
    if len(symbols) == len(labels):
        return symbols, codes
    place = {symbol: i for i, symbol in enumerate(symbols)}
    return symbols, np.array([*(place[label] for label in labels), -1], dtype=np.int64)[codes]


def _dates(
    cells: _Cells, columns: Columns, date_format: str | None, kept: IntArray, codes: IntArray
) -> tuple[DateArray | None, str | None]:
    """Return the dates of the kept rows, and the format they are written in."""
    if columns.date is None:
        return None, None
    coded = _joined(cells, columns, kept)
    if date_format is not None and columns.time is not None:
        date_format = f"{date_format} {_clock_format(coded.cells[0].split()[-1])}"

    def in_order(dates: DateArray) -> bool:
        return _is_ordered(dates[coded.codes], codes)

    try:
        parsed = dating.parse_dates(coded.cells, date_format, in_order)
    except dating.BadDateError as error:
        row = int(kept[coded.first_row(error.index)])
        what = f"{shorten(coded.cells[error.index])} {error.reason}"
        raise cells.fault(row, "date", f"{what} (--date-format names another format)") from error
    except DataError as error:
        raise DataError(f"{cells.sheet.name}: {error}") from error
    return parsed.dates[coded.codes], parsed.format


def _joined(cells: _Cells, columns: Columns, kept: IntArray) -> _Coded:
    """Return the distinct dates (with the time of day beside them) that the kept rows use."""
    assert columns.date is not None
    day = cells.text(columns.date)
    codes, texts = day.codes[kept], day.cells
    if columns.time is not None:
        clock = cells.text(columns.time)
        both = codes * len(clock.cells) + clock.codes[kept]
        used, codes = _factorize(both)
        pairs = [divmod(int(code), len(clock.cells)) for code in used]
        return _Coded([f"{texts[d]} {clock.cells[c]}" for d, c in pairs], codes)
    used, codes = _factorize(codes)
    return _Coded([texts[int(code)] for code in used], codes)


def _clock_format(cell: str) -> str:
    """Return how a time of day beside the date is written."""
    if ":" in cell:
        return "%H:%M:%S" if cell.count(":") == 2 else "%H:%M"
    return "%H%M%S" if len(cell) > 4 else "%H%M"


def _factorize(codes: IntArray) -> tuple[IntArray, IntArray]:
    """Return the distinct codes in order of first appearance, and each row's place among them."""
    place, used = pd.factorize(codes)
    return np.asarray(used, dtype=np.int64), np.asarray(place, dtype=np.int64)


def _is_ordered(dates: DateArray, codes: IntArray) -> bool:
    """Whether the dates of every series only rise, or of every series only fall."""
    steps = steps_within(dates, codes)
    return bool(steps.size) and bool(np.all(steps >= 0) or np.all(steps <= 0))


def steps_within(dates: DateArray, codes: IntArray) -> IntArray:
    """Return the seconds between each row and the row of the same series before it."""
    order = np.argsort(codes, kind="stable")
    moments: IntArray = dates[order].astype(np.int64)
    same: npt.NDArray[np.bool_] = np.diff(codes[order]) == 0
    steps: IntArray = moments[1:] - moments[:-1]
    return steps[same]


def _wide_table(cells: _Cells, columns: Columns, date_format: str | None) -> Table:
    """One series per column; an empty cell is a day on which the symbol did not trade."""
    pairs = zip(columns.prices, columns.price_names, strict=True)
    grid = np.stack([cells.price(index, name) for index, name in pairs])  # (symbols, rows)
    traded = ~np.isnan(grid)
    if not traded.any():
        raise DataError(f"{cells.sheet.name}: all prices are missing")
    days = np.flatnonzero(traded.any(axis=0))
    dates, date_format = _dates(cells, columns, date_format, days, np.zeros(days.size, np.int64))
    codes, rows = np.nonzero(traded)
    if dates is not None:
        by_row = np.full(grid.shape[1], np.datetime64("NaT", "s"))
        by_row[days] = dates
        dates = by_row[rows]
    listed = np.flatnonzero(traded.any(axis=1))
    empty = grid.shape[0] - listed.size
    return Table(
        tuple(clean_symbol(columns.price_names[i]) for i in listed),
        np.searchsorted(listed, codes).astype(np.int64),
        dates,
        grid[traded],
        cells.sheet.lines[rows],
        date_format,
        cells.sheet.dropped | ({"columns without a price": empty} if empty else {}),
    )
