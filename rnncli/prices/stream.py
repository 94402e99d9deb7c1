"""A stream of price rows: the first two decide the columns.

The reader of whole files looks at all rows to decide the columns and the formats of dates and
numbers. A stream cannot look ahead: a line that can be read in two ways is rejected, unless an
option decides.
"""

import re
from collections.abc import Iterator
from typing import Protocol

from rnncli.errors import DataError, UsageError, setting
from rnncli.prices.parsing.source.limits import Limits
from rnncli.prices.stream_rows import NAME, BadRowError, PriceRow, RowParser
from rnncli.settings import ReadSettings

TRIES = 10  # bad lines at the start before the stream is rejected
ENDLESS = 100  # times the longest line, after which one has no end
_PLACE = re.compile(rf"{NAME}(, line \d+)?: ")


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
                parser = RowParser(head + row, self._settings, self._fields, self._optional)
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

    def _parser(self, head: bytes) -> "RowParser | None":
        """The parser of rows, if the first line is one; None if it is a header."""
        try:
            parser = RowParser(head, self._settings, self._fields, self._optional)
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

    def _parsed(self, parser: "RowParser", line: bytes) -> Iterator[PriceRow | BadRowError]:
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
