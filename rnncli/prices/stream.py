"""A stream of price rows: the first two decide the columns.

The reader of whole files looks at all rows to decide the columns and the formats of dates and
numbers. A stream cannot look ahead: a line that can be read in two ways is rejected, unless an
option decides.
"""

import csv
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnncli.dates import today
from rnncli.errors import DataError, UsageError, setting
from rnncli.prices.date_history import DAY, EPOCH
from rnncli.prices.exclude import excluded_symbols
from rnncli.prices.parsing.columns.find import find_columns
from rnncli.prices.parsing.columns.roles import Columns, RequestedColumns
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.source.limits import Limits
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
TRIES = 10  # bad lines at the start before the stream is rejected
ENDLESS = 100  # times the longest line, after which one has no end
_PLACE = re.compile(rf"{NAME}(, line \d+)?: ")


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


class Lines(Protocol):
    """What gives lines one by one."""

    def readline(self, limit: int, /) -> bytes:
        """Return the next line, or as much of it; nothing at the end."""


class RowStream:
    """The rows of a stream, without blank lines; with further `fields`.

    `optional` fields are NaN if the stream has no such column.

    Iterating yields rows, and for other lines a BadRowError that begins with the line. Raises
    DataError for a stream that is not a table of dated prices, UsageError for options that need
    the whole file.
    """

    def __init__(
        self, stream: Lines, settings: ReadSettings, fields: tuple[str, ...] = (),
        optional: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        refuse_whole(settings)
        self._stream, self._settings, self._fields = stream, settings, fields
        self._optional = optional
        self._longest = Limits.times(settings.limits).line
        self._line, self._ended = 0, True

    def __iter__(self) -> Iterator[PriceRow | BadRowError]:
        head = self._next()
        if head is None:
            raise DataError(f"{NAME}: is empty; send a header such as date,symbol,close, then rows")
        parser = self._parser(head)
        if parser is not None:
            yield from self._parsed(parser, head)
        for _ in range(TRIES if parser is None else 0):
            row = self._next()
            if row is None:
                return
            try:
                parser = _Parser(head + row, self._settings, self._fields, self._optional)
            except DataError as fault:
                refused = fault
                if head.startswith(b"#"):
                    head = row  # what was a note, not a header
                else:
                    said = _PLACE.sub("", str(fault))
                    yield BadRowError(f"{NAME}, line {self._line}: {said}")
                continue
            yield from self._parsed(parser, row)
            break
        if parser is None:
            raise refused
        while (row := self._next()) is not None:
            yield from self._parsed(parser, row)

    def _parser(self, head: bytes) -> "_Parser | None":
        """The parser of rows, if the first line is one; None if it is a header."""
        try:
            parser = _Parser(head, self._settings, self._fields, self._optional)
        except DataError:
            return None
        return parser if parser.headless else None

    def _next(self) -> bytes | None:
        """The next line that is not blank; None at the end."""
        while True:
            line = self._stream.readline(self._longest + 1)
            if not line:
                return None
            self._line += 1
            self._ended = line.endswith(b"\n")
            if len(line) > self._longest:
                self._pass_over()
            if line.strip():
                return line.rstrip(b"\r\n") + b"\n"

    def _pass_over(self) -> None:
        """Skip to the end of a line that is too long. Raises DataError for one without end."""
        for _ in range(ENDLESS):
            if self._ended:
                return
            self._ended = self._stream.readline(self._longest).endswith(b"\n")
        raise DataError(f"{NAME}, line {self._line}: {self._too_long}")

    @property
    def _too_long(self) -> str:
        return f"longer than {self._longest} bytes"

    def _parsed(self, parser: "_Parser", line: bytes) -> Iterator[PriceRow | BadRowError]:
        try:
            if len(line) > self._longest:
                raise BadRowError(self._too_long)
            row = parser.row(line, self._line)
            if not self._ended and line.rstrip().endswith(b"."):
                raise BadRowError("cut off in a price")
            if parser.wants(row):
                yield row
        except BadRowError as fault:
            yield BadRowError(f"{NAME}, line {self._line}: {fault}")


def refuse_whole(settings: ReadSettings) -> None:
    """Raise UsageError for settings that mean all rows of a file."""
    for name, given in (
        ("adjust_splits", settings.adjust_splits),
        ("duplicates", settings.duplicates != "refuse"),
        ("drop_running", settings.drop_running),
        ("resample", settings.resample is not None),
        ("tickers", settings.tickers is not None),
        ("repair", settings.repair),
        ("strict", settings.strict),
        ("layout", settings.layout == "wide"),
        ("since", settings.since is not None),
        ("until", settings.until is not None),
    ):
        if given:
            raise UsageError(
                f"{setting(name)}: is for whole files, and {setting('follow')} takes rows as they"
                " come"
            )


class _Parser:
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
            raise BadRowError(f"is no {self._encoding} text") from None
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
        found = {
            name: np.array(
                [self._number(cells[columns.fields[name][0]], name)]
                if name in columns.fields
                else [np.nan]
            )
            for name in self._fields
        }
        mend_fields(found)
        return [float(values[0]) for values in found.values()]

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
    return frozenset(name.strip() for name in (text or "").split(",") if name.strip())
