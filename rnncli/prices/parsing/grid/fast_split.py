"""From text to a grid: the delimiter, and the fast path for files whose quotes only frame cells."""

import csv
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rnncli.arrays import IntArray
from rnncli.errors import DataError, UsageError, setting
from rnncli.prices.parsing.grid.cell_grid import CellGrid, refuse_size, sample_rows
from rnncli.prices.parsing.grid.csv_rows import read_csv_rows
from rnncli.prices.parsing.grid.delimiter import find_delimiter, refuse_rare
from rnncli.prices.parsing.grid.header import is_header, is_note, is_sentence, ticker_rows
from rnncli.prices.parsing.grid.non_data_rows import is_summary
from rnncli.prices.parsing.grid.unwrap import unwrapped
from rnncli.prices.parsing.source.limits import Limits
from rnncli.prices.parsing.source.text import Text

NAMED = {"tab": "\t", "\\t": "\t", "space": " ", "comma": ",", "semicolon": ";", "pipe": "|"}
SMALL = 1 << 20  # bytes below which cells are cut here: faster than to load a parser
PIECE = 1 << 20  # bytes looked at in one go: they stay in the cache
_PREFACE = 12  # lines above the header at most, where all are as wide as the rows
_BOM = b"\xef\xbb\xbf"


def read_grid(text: Text, requested: str | None = None, limits: Limits | None = None) -> CellGrid:
    """Find the delimiter and check that every row is as wide as the header.

    Raises DataError naming the line of the first row that is not.
    """
    limits = limits or Limits()
    refuse_long_lines(text, limits)
    text, wrapping = unwrapped(text)
    if requested is not None:
        delimiter, evidence = _named(requested), setting("delimiter")
    elif text.delimiter is not None:
        delimiter, evidence = text.delimiter, "the first line says so"
    else:
        delimiter, evidence = find_delimiter(text.data)
        refuse_rare(text, delimiter)
    quoted = b'"' in text.data
    ended = text.data.endswith((b"\n", b"\r"))
    plain = _without_quotes(text, delimiter, limits) if quoted else text
    grid = None if plain is None or delimiter == " " else _plain_grid(plain, delimiter, limits)
    grid = grid or read_csv_rows(text, delimiter, limits)
    reasons = {"encoding": text.evidence, "delimiter": evidence, **grid.evidence}
    reasons |= {"lines unwrapped": wrapping} if wrapping else {}
    return replace(grid, evidence=reasons, guessed=text.guessed, quoted=quoted, ended=ended)


def _named(requested: str) -> str:
    delimiter = NAMED.get(requested.lower(), requested)
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in '"\n\r':
        names = ", ".join(sorted(name for name in NAMED if name.isalpha()))
        raise UsageError(
            f"{setting('delimiter')} {requested!r} is not one character; use one, or {names}"
        )
    return delimiter


def refuse_long_lines(text: Text, limits: Limits) -> None:
    """Refuse a line that no row of prices can be as long as."""
    data, start = text.data, 0
    while len(data) - start > limits.line:
        end = data.rfind(b"\n", start, start + limits.line + 1)
        if end < start:
            line = data.count(b"\n", 0, start) + text.first_line
            raise DataError(
                f"{text.name}, line {line}: more than {limits.line >> 10} KiB in one line;"
                f" if it is a price file, raise {setting('limits')}"
            )
        start = end + 1


def _plain_grid(text: Text, delimiter: str, limits: Limits) -> CellGrid | None:
    """Cut a file at its line ends; None where a row needs to be judged by itself."""
    data = text.data
    if not data.endswith(b"\n") or data.endswith(b"\n\n"):
        data = data.rstrip(b"\n") + b"\n"
    first, lines = _equal_rows(data, text, delimiter, limits)
    if lines.size == 0:
        return None
    below = data.index(b"\n", first) + 1
    head = data[first : below - 1]
    cells = head.decode().split(delimiter)
    refuse_size(text.name, lines.size, len(cells), limits)
    header = tuple(cells) if is_header(cells) else None
    start, top = first, int(lines[0])
    if header is not None:
        lines, start = lines[1:], below
        refuse_size(text.name, lines.size, len(cells), limits, head.decode())
    sample = _sample(data, start, delimiter, len(cells))
    if _needs_judgement(header, head, data, start, delimiter, sample):
        return None
    small = len(data) <= SMALL
    grid = CellGrid(
        text.name, text.encoding, delimiter, header, len(cells), lines, sample, head=top
    )
    if small:
        rows = [line.split(delimiter) for line in data[start:].decode().split("\n") if line]
        return replace(grid, rows=rows)
    return replace(grid, body=data, start=start)


def _equal_rows(data: bytes, text: Text, delimiter: str, limits: Limits) -> tuple[int, IntArray]:
    """Return where the first row starts and the lines of all rows; no lines if widths differ."""
    marks = f"{delimiter}\n".encode()
    count = _repeats(data, 0, marks, limits) if data[: data.index(b"\n")].count(marks[:1]) else 0
    if count == 0:
        return _filled_rows(data, text, _all_but(marks))
    return 0, np.arange(text.first_line, text.first_line + count)


def _all_but(marks: bytes) -> bytes:
    return bytes(byte for byte in range(256) if byte not in marks)


def _repeats(data: bytes, start: int, marks: bytes, limits: Limits) -> int:
    """Return how many lines there are from `start` on, 0 unless all have the same marks.

    What is left of a piece without the cells must be the same bones again and again: that is
    faster than to look for the marks one by one.
    """
    cells, count = _all_but(marks), 0
    row = data[start : data.index(b"\n", start) + 1].translate(None, cells)
    while start < len(data):
        end = data.rindex(b"\n", start, start + max(limits.line, PIECE) + 1) + 1
        bones = data[start:end].translate(None, cells)
        rows = len(bones) // len(row)
        if bones != row * rows:
            return 0
        start, count = end, count + rows
    return count


def _without_quotes(text: Text, delimiter: str, limits: Limits) -> Text | None:
    """Return a large text without quotes; None where one of them does more than frame a cell."""
    data = text.data if text.data.endswith(b"\n") else text.data + b"\n"
    body = data.index(b"\n") + 1
    if len(data) <= SMALL or body == len(data):
        return None
    head = _bare_head(data[: body - 1], delimiter)
    if head is None or not _frames_cells(data, body, delimiter.encode(), limits):
        return None
    return replace(text, data=head + b"\n" + data[body:].replace(b'"', b""))


def _bare_head(line: bytes, delimiter: str) -> bytes | None:
    """Return a header line without its quotes, None where a name needs them."""
    try:
        cells = next(csv.reader([line.decode()], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    needed = any(sign in cell for cell in cells for sign in (delimiter, '"'))
    return None if needed else delimiter.join(cells).encode()


def _frames_cells(data: bytes, body: int, mark: bytes, limits: Limits) -> bool:
    """Whether each quote from `body` on begins or ends a cell, at the same places in all rows."""
    row = data[body : data.index(b"\n", body) + 1]
    if mark not in row or any(part.count(b'"') % 2 for part in row.split(mark)):
        return False
    if _repeats(data, body, b'"\n' + mark, limits) == 0:
        return False
    opening = data.count(b'\n"', body - 1) + data.count(mark + b'"', body)
    closing = data.count(b'"\n', body) + data.count(b'"' + mark, body)
    return opening == closing == data.count(b'"', body) / 2


def _filled_rows(data: bytes, text: Text, cells: bytes) -> tuple[int, IntArray]:
    """Return the same for a file with empty lines or a single column."""
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    filled = np.flatnonzero(np.diff(ends, prepend=-1) > 1)
    bones = np.frombuffer(data.translate(None, cells), dtype=np.uint8)
    widths = np.diff(np.flatnonzero(bones == ord("\n")), prepend=-1)
    if filled.size == 0 or np.any(widths[filled] != widths[filled[0]]):
        return 0, filled[:0]
    first = int(ends[filled[0] - 1]) + 1 if filled[0] else 0
    return first, filled.astype(np.int64) + text.first_line


def _sample(data: bytes, start: int, delimiter: str, width: int) -> list[list[str]]:
    head = data[start : start + (1 << 20)].split(b"\n")[: sample_rows(width)]
    whole = head[:-1] if len(head) > 1 else head
    return [line.decode(errors="replace").split(delimiter) for line in whole if line]


def _needs_judgement(
    header: tuple[str, ...] | None,
    head: bytes,
    data: bytes,
    start: int,
    delimiter: str,
    sample: Sequence[Sequence[str]],
) -> bool:
    """Whether rows are anything but values: another header, empty cells only, notes, a BOM."""
    if header is not None:
        again = data.find(b"\n" + head + b"\n", max(start - 1, 0)) >= 0
        if again or ticker_rows(header, sample) or not any(map(str.strip, header)):
            return True
        if is_header(sample[0]):  # units below the names, for example
            return True
    elif any(map(is_header, sample[1:_PREFACE])):  # below lines that are not a header
        return True
    last = data[data.rfind(b"\n", 0, -1) + 1 : -1].decode().split(delimiter)
    if is_sentence(last) or is_note(last) or is_summary(last, sample[0]):
        return True
    if data.find(b"\n" + delimiter.encode() * (len(sample[0]) - 1) + b"\n", max(start - 1, 0)) >= 0:
        return True
    return data.startswith(_BOM, start) or any(not any(map(str.strip, row)) for row in sample)
