"""The cells of one file, checked to be a rectangle."""

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rnncli.arrays import IntArray
from rnncli.errors import DataError, setting
from rnncli.prices.parsing.source.limits import Limits

_SAMPLE_CELLS = 20_000
_PIECES = 32  # of a large file that are looked at to see whether it stays the same
SPREAD_PIECE = 1 << 13  # bytes of one


@dataclass(frozen=True)
class CellGrid:
    """One file's cells, held as `body` (bytes without quotes, a row per line) or as `rows`."""

    name: str
    encoding: str
    delimiter: str
    header: tuple[str, ...] | None
    width: int
    lines: IntArray  # (rows,) the line of the file each row starts on
    sample: list[list[str]]  # the first rows
    body: bytes | None = None
    start: int = 0  # of the first row within body
    rows: list[list[str]] | None = None
    dropped: dict[str, int] = field(default_factory=dict)  # reason: rows left out
    mended: dict[str, int] = field(default_factory=dict)  # reason: rows that were completed
    tickers: tuple[str, ...] | None = None  # a second header row, where the first holds fields
    evidence: dict[str, str] = field(default_factory=dict)  # decision: the evidence for it
    guessed: bool = False  # whether nothing proves the encoding
    quoted: bool = False
    ended: bool = True  # whether the last line has an end
    head: int = 1  # the line of the header, else of the first row

    @property
    def top(self) -> str:
        """The file and the line of its header, for a message about columns."""
        return f"{self.name}, line {self.head}"

    def column(self, index: int) -> Iterator[str]:
        """Yield every cell of a column: slow in a large file."""
        if self.rows is not None:
            yield from (row[index].strip() for row in self.rows)
            return
        for line in io.BytesIO((self.body or b"")[self.start :]):
            if cells := line.strip(b"\n"):
                yield cells.decode().split(self.delimiter, index + 1)[index].strip()

    def row(self, index: int) -> list[str]:
        """Return the cells of one row: slow in a large file."""
        if self.rows is not None:
            return self.rows[index]
        lines = io.BytesIO((self.body or b"")[self.start :])
        filled = (line for line in lines if line.strip(b"\n"))
        return (
            next(itertools.islice(filled, index, None)).decode().strip("\n").split(self.delimiter)
        )

    def last_row(self) -> list[str]:
        """Return the cells of the last row."""
        if self.rows is not None:
            return self.rows[-1]
        body, end = self.body or b"", len(self.body or b"")
        while end and body[end - 1 : end] == b"\n":
            end -= 1
        begin = body.rfind(b"\n", 0, end) + 1
        return body[begin:end].decode(errors="replace").split(self.delimiter)

    def spread(self) -> Iterator[tuple[int, list[str]]]:
        """Yield lines and cells: all rows of a small file, pieces from all over a large one."""
        if self.rows is not None:
            yield from zip(self.lines.tolist(), self.rows, strict=True)
            return
        data, line, before = self.body or b"", int(self.lines[0]), self.start
        for place in places_of_spread(self.start, len(data)):
            begin = data.find(b"\n", place) + 1 if place > self.start else place
            end = data.find(b"\n", min(begin + SPREAD_PIECE, len(data) - 1))
            line += data.count(b"\n", before, begin)
            before = begin
            piece = data[begin:end].decode(errors="replace")
            for number, text in enumerate(piece.split("\n"), line):
                if text:
                    yield number, text.split(self.delimiter)

    def is_constant(self, index: int) -> bool:
        """Whether all cells of a column are the same."""
        cells = self.column(index)
        first = next(cells, "")
        return self._in_every_line(index, first) or all(cell == first for cell in cells)

    def _in_every_line(self, index: int, cell: str) -> bool:
        """Whether a cell occurs as often as there are lines: much faster than to cut them."""
        mark, last = self.delimiter, index == self.width - 1
        text = f"{mark if index else chr(10)}{cell}{chr(10) if last else mark}".encode()
        return self.body is not None and self.body.count(text, self.start) >= self.lines.size


def places_of_spread(start: int, size: int) -> list[int]:
    """Where the pieces from all over a text of `size` bytes begin, whose rows begin at `start`."""
    room = max(size - start - SPREAD_PIECE, 0)
    places: list[int] = np.unique(np.linspace(start, start + room, _PIECES).astype(int)).tolist()
    return places


def sample_rows(width: int) -> int:
    """Return how many rows are looked at to tell what the columns hold."""
    return max(10, min(240, _SAMPLE_CELLS // width))


def refuse_size(name: str, rows: int, width: int, limits: Limits, head: str = "") -> None:
    """Refuse a grid without rows or with more columns than a market has symbols."""
    if rows == 0:
        what = f"only {head[:60]!r}" if head else "a header"
        raise DataError(f"{name}: {what} and no rows; name another file, or fetch it again")
    if width > limits.columns:
        raise DataError(
            f"{name}: {width} columns, more than {limits.columns}; split the file or raise"
            f" {setting('limits')}"
        )
