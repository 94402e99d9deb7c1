"""From text to a sheet: the delimiter, and the fast path for files without quotes."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from rnncli.errors import DataError
from rnncli.formats.bytes import Text
from rnncli.formats.header import is_header, ticker_rows
from rnncli.formats.ragged import strict_sheet
from rnncli.formats.sheet import Sheet, check_size, sample_rows

IntArray = npt.NDArray[np.int64]

DELIMITERS = (",", "|", ";", "\t")  # of equals the last is taken
MAX_LINE = 1 << 20
_BOM = b"\xef\xbb\xbf"


def read_sheet(text: Text) -> Sheet:
    """Find the dialect and check that every row is as wide as the header.

    Raises DataError naming the line of the first row that is not.
    """
    delimiter = text.delimiter or find_delimiter(text.data)
    sheet = None if b'"' in text.data else _plain_sheet(text, delimiter)
    return sheet or strict_sheet(text, delimiter)


def find_delimiter(data: bytes) -> str:
    """Return what cuts most of the first lines into equally many cells, more than one."""
    head = data[: 1 << 18].decode("utf-8", errors="ignore")
    lines = [line for line in head.split("\n")[:200] if line.strip()][:60]
    best = (0, 1, -1)
    for priority, delimiter in enumerate(DELIMITERS):
        widths = Counter(len(row) for row in _split(lines, delimiter))
        several = [(count, width, priority) for width, count in widths.items() if width > 1]
        best = max([best, *several])
    return DELIMITERS[max(best[2], 0)]


def _split(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    for line in lines:
        try:
            yield next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            yield [line]


def _plain_sheet(text: Text, delimiter: str) -> Sheet | None:
    """Cut a file at its line ends; None where a row needs to be judged by itself."""
    data = text.data if text.data.endswith(b"\n") else text.data + b"\n"
    starts, widths = _row_widths(data, delimiter)
    _check_lengths(text, starts)
    filled = np.flatnonzero(widths)
    if np.any(widths[filled] != widths[filled[0]]):
        return None
    below = int(starts[filled[0] + 1])
    head = data[starts[filled[0]] : below - 1]
    cells = head.decode().split(delimiter)
    header = tuple(cells) if is_header(cells) else None
    if header is not None:
        filled = filled[1:]
    check_size(text.name, filled.size, len(cells))
    body = data[starts[filled[0]] :]
    sample = _sample(body, delimiter, len(cells))
    if _needs_judgement(header, head, body, sample):
        return None
    lines = filled.astype(np.int64) + text.first_line
    return Sheet(text.name, text.encoding, delimiter, header, len(cells), lines, sample, body=body)


def _check_lengths(text: Text, starts: IntArray) -> None:
    """Refuse a line that no row of prices can be as long as."""
    long = np.flatnonzero(np.diff(starts) > MAX_LINE)
    if long.size:
        line = int(long[0]) + text.first_line
        raise DataError(f"{text.name}, line {line}: more than {MAX_LINE >> 10} KiB in one line")


def _row_widths(data: bytes, delimiter: str) -> tuple[IntArray, IntArray]:
    """Return where each line starts (and the end), and how many cells it has: 0 if it is empty."""
    flat = np.frombuffer(data, dtype=np.uint8)
    newline = flat == ord("\n")
    marks = np.flatnonzero(newline | (flat == ord(delimiter)))
    ends = np.flatnonzero(newline[marks])
    widths = np.diff(ends, prepend=-1).astype(np.int64)
    starts = np.concatenate([[0], marks[ends] + 1]).astype(np.int64)
    widths[np.diff(starts) == 1] = 0
    return starts, widths


def _sample(body: bytes, delimiter: str, width: int) -> list[list[str]]:
    head = body[:MAX_LINE].split(b"\n")[: sample_rows(width)]
    whole = head[:-1] if len(head) > 1 else head
    return [line.decode(errors="replace").split(delimiter) for line in whole if line]


def _needs_judgement(
    header: tuple[str, ...] | None, head: bytes, body: bytes, sample: Sequence[Sequence[str]]
) -> bool:
    """Whether the header returns or has a second row, or blank lines or a BOM are in the body."""
    if header is not None:
        again = b"\n" + head + b"\n" in b"\n" + body if head in body else False
        if again or ticker_rows(header, sample):
            return True
    return body.startswith(_BOM) or any(not any(map(str.strip, row)) for row in sample)
