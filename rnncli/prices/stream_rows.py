"""The rows of a stream, each read by columns that the first lines have shown."""

import csv
import datetime
from dataclasses import dataclass

import numpy as np

from rnncli.dates import today
from rnncli.errors import DataError, UsageError, setting
from rnncli.prices.date_history import DAY, EPOCH
from rnncli.prices.exclude import excluded_symbols
from rnncli.prices.parsing.columns.find import find_columns
from rnncli.prices.parsing.columns.roles import Columns, RequestedColumns
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.source.paths import default_symbol
from rnncli.prices.parsing.source.text import decode
from rnncli.prices.parsing.table.ohlcv import mend_fields
from rnncli.prices.parsing.table.table import clean_symbol
from rnncli.prices.parsing.values.date_candidates import EARLIEST, BadDateError
from rnncli.prices.parsing.values.numbers import decimal_mark, may_be_thousands, parse
from rnncli.prices.parsing.values.offsets import RunningClock
from rnncli.prices.parsing.values.parse_dates import parse_dates
from rnncli.settings import ReadSettings

NAME = "stdin"


@dataclass(frozen=True)
class PriceRow:
    """A row of line `line`: date in seconds since 1970, None without; `beside`: further fields."""

    line: int
    symbol: str
    second: int | None
    price: float
    beside: list[float]


class BadRowError(Exception):
    """A line that cannot be parsed as a price row, and why."""


class RowParser:
    """Reads lines by columns that a first few of them have shown."""

    def __init__(
        self,
        start: bytes,
        settings: ReadSettings,
        fields: tuple[str, ...],
        optional: tuple[str, ...],
    ) -> None:
        text = decode(start, NAME, settings.encoding)
        grid = read_grid(text, settings.delimiter)
        wanted = RequestedColumns(
            settings.column, settings.symbol_column, settings.layout, fields, optional=optional
        )
        self._clock = RunningClock()
        self._columns = find_columns(grid, wanted)
        if self._columns.layout == "wide":
            raise UsageError(
                f"{NAME}: a column per symbol; {setting('follow')} takes rows of date, symbol and"
                " price"
            )
        self.headless = grid.header is None
        self._sheet, self._settings, self._fields = grid, settings, fields
        self._encoding = settings.encoding or "utf-8"
        self._wanted = _names(settings.symbols)
        self._excluded = excluded_symbols(settings.exclude)
        self._decimal: str | None = settings.decimal  # else as the first number shows that can
        self._default = default_symbol(NAME)

    def row(self, line: bytes, number: int) -> PriceRow:
        """The row of a line. Raises BadRowError."""
        cells, columns = self._cells(line), self._columns
        symbol = self._symbol(cells)
        price = self._number(cells[columns.prices[0]], "price")
        if price != price:  # noqa: PLR0124 - NaN
            raise BadRowError(f"{symbol}: no price")
        beside = self._beside(cells, columns) if self._fields else []
        return PriceRow(number, symbol, self._second(cells, columns), price, beside)

    def _symbol(self, cells: list[str]) -> str:
        """The name of the series that a row is of, joined from several columns where it is."""
        if self._columns.symbol is None:
            return self._default
        named = [cells[i].strip() for i in (self._columns.symbol, *self._columns.beside)]
        symbol = clean_symbol(" ".join(filter(None, named)))
        if not symbol:
            raise BadRowError("no symbol")
        return symbol

    def wants(self, row: PriceRow) -> bool:
        """Whether --symbols and --exclude leave a row in."""
        wanted = not self._wanted or row.symbol in self._wanted
        return wanted and row.symbol not in self._excluded

    def _cells(self, line: bytes) -> list[str]:
        try:
            text = line.decode(self._encoding).rstrip("\r\n")
        except UnicodeDecodeError:
            raise BadRowError(f"is not {self._encoding} text") from None
        if "\0" in text:
            raise BadRowError("a NUL byte")
        delimiter = self._sheet.delimiter
        if '"' in text:
            try:
                cells = next(csv.reader([text], delimiter=delimiter, strict=True))
            except (csv.Error, StopIteration):
                raise BadRowError("a quote that is not closed") from None
        else:
            cells = text.split() if delimiter == " " else text.split(delimiter)
        if len(cells) != self._sheet.width:
            raise BadRowError(f"{len(cells)} cells where there should be {self._sheet.width}")
        return cells

    def _number(self, cell: str, what: str) -> float:
        text = cell.strip()
        if self._decimal is None:
            self._decimal = decimal_mark([text])
        if self._decimal is None and ("," in text or may_be_thousands([text], ())):
            raise BadRowError(
                f"{what} {text[:40]!r} may be read in two ways; say {setting('decimal')}"
            )
        values, bad = parse([text], self._decimal or ".")
        if bad is not None:
            raise BadRowError(f"{what} {text[:40]!r} is not a number")
        return values[0]

    def _beside(self, cells: list[str], columns: Columns) -> list[float]:
        fields = {
            name: np.array(
                [self._number(cells[columns.fields[name][0]], name)]
                if name in columns.fields
                else [np.nan]
            )
            for name in self._fields
        }
        mend_fields(fields, str)
        return [float(values[0]) for values in fields.values()]

    def _second(self, cells: list[str], columns: Columns) -> int | None:
        if columns.date is None:
            return None
        text = cells[columns.date].strip()
        if columns.time is not None:
            text += f" {cells[columns.time].strip()}"
        plain = len(text) == 10 and text[4] == text[7] == "-" and text.isascii()
        if plain and self._settings.date_format is None:
            try:
                day = datetime.date.fromisoformat(text)
            except ValueError:
                raise BadRowError(f"{text!r} is not a date") from None
            if EARLIEST <= day.year <= today().year + 1:
                return (day.toordinal() - EPOCH) * DAY
        try:
            parsed = parse_dates([text], self._settings.date_format, lambda _: True)
        except BadDateError as fault:
            raise BadRowError(f"{text[:40]!r} {fault.reason}") from fault
        except DataError as fault:
            raise BadRowError(str(fault)) from fault
        second = int(parsed.dates.astype("datetime64[s]").astype(np.int64)[0])
        return self._clock.seconds(text, second)


def _names(text: str | None) -> frozenset[str]:
    """The symbols of a comma list, and its whole text, which may be one with a comma in it."""
    names = [text or "", *(text or "").split(",")]
    return frozenset(name.strip() for name in names if name.strip())
