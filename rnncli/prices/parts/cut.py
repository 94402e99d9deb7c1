"""A long file cut into parts, each with its header and all lines of some symbols.

Where lines are sorted by symbol, a part is a run of them. Others, such as those sorted by day, are
laid out by symbol in a temporary file. Every byte of the file is read once. Only a file is cut
whose lines are plain: ASCII without quotes, a header above rows that are all as wide.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import BinaryIO

import numpy as np

from rnncli.arrays import IntArray
from rnncli.errors import RnncliError
from rnncli.kernels import plain_columns_kernel
from rnncli.kernels.plain_columns import COUNTS, DELIMITER, FAULT, MOST, POWERS, ROOM, ROW, SLOTS
from rnncli.prices.parsing.columns.find import find_columns
from rnncli.prices.parsing.columns.roles import RequestedColumns
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.source.compression import packing_of
from rnncli.prices.parsing.source.text import Text, decode
from rnncli.prices.parts.spill import Lines, Spill
from rnncli.settings import ReadSettings

HEAD = 1 << 20  # bytes that show what the columns are
PART = 1 << 25  # bytes of a part, about
PIECE = 1 << 22  # bytes that are laid out in one go
FEWEST = 64  # symbols of a part that is laid out
SHORT = 1 << 21  # bytes of a last part that is joined to the one before


class TogetherError(Exception):
    """The file must be read as a whole: its lines are not plain, or parts differ."""


@dataclass(frozen=True)
class Part:
    """Header and lines of some symbols; `lines` (rows,): of the file, None if in succession."""

    text: Text
    lines: IntArray | None = None


@dataclass(frozen=True)
class _Layout:
    """What the first lines of a file show: its header, and where in a line the symbol is."""

    name: str
    header: bytes
    size: int
    delimiter: str
    width: int
    symbol: int
    symbols: tuple[str, ...]  # of the first lines

    def cell(self, line: bytes) -> bytes:
        """The symbol of a line."""
        return line.split(self.delimiter.encode(), self.symbol + 1)[self.symbol]

    def part(self, lines: bytes, first_line: int) -> Part:
        """Lines with the header above them; `first_line`: of the file, that of the header."""
        text = decode(self.header + lines, self.name)
        return Part(replace(text, first_line=first_line))


def parts_of(stream: BinaryIO, name: str, size: int, settings: ReadSettings) -> Iterator[Part]:
    """Yield the parts of a file of `size` bytes, in the order in which their symbols appear.

    Raises TogetherError, and OSError where it cannot be read.
    """
    layout = _layout(stream.read(HEAD), name, size, settings)
    stream.seek(len(layout.header))
    if _is_sorted(layout.symbols):
        yield from _runs(stream, layout)
        return
    try:
        with Spill() as spill:
            yield from _laid_out(stream, layout, spill)
    except OSError as fault:
        raise TogetherError from fault


def _layout(head: bytes, name: str, size: int, settings: ReadSettings) -> _Layout:
    head = head[: head.rfind(b"\n") + 1]
    _check_plain(head)
    if packing_of(head) is not None:
        raise TogetherError
    try:
        grid = read_grid(decode(head, name), settings.delimiter)
        requested = RequestedColumns(
            settings.column, settings.symbol_column, settings.layout, (), settings.date_format,
            settings.duplicates,
        )  # fmt: skip
        columns = find_columns(grid, requested)
    except RnncliError as fault:
        raise TogetherError from fault
    is_long = columns.layout == "long" and columns.symbol is not None and not columns.beside
    is_whole = grid.lines.size == head.count(b"\n") - 1 and not (grid.dropped or grid.mended)
    if not (is_long and is_whole and grid.header and grid.head == 1 and grid.rows):
        raise TogetherError
    assert columns.symbol is not None
    symbols = tuple(row[columns.symbol].strip() for row in grid.rows)
    header = head[: head.index(b"\n") + 1]
    return _Layout(name, header, size, grid.delimiter, grid.width, columns.symbol, symbols)


def _check_plain(data: bytes) -> None:
    """Raise TogetherError for bytes that mean more than cells and ends of lines."""
    if not data.isascii() or any(sign in data for sign in (b'"', b"\r", b"\0")):
        raise TogetherError


def _is_sorted(symbols: tuple[str, ...]) -> bool:
    """Whether all lines of a symbol come one after the other, and not just one of each."""
    runs = 1 + sum(one != other for one, other in pairwise(symbols))
    return runs == len(set(symbols)) and len(symbols) >= 2 * runs


def _runs(stream: BinaryIO, layout: _Layout) -> Iterator[Part]:
    """Lines that are sorted by symbol, cut between two of them."""
    rest, line, lines = layout.size - len(layout.header), 2, b""
    while rest or lines:
        take = rest if 2 * rest < 3 * PART else max(PART - len(lines), PIECE)
        data = stream.read(take)
        if len(data) != take:
            raise TogetherError  # it changes while it is read
        rest -= take
        _check_plain(data)
        lines += data
        end = _start_of_last(lines, layout) if rest else len(lines)
        if not end or lines[end - 1 : end] != b"\n":
            raise TogetherError  # very many lines of one symbol, or a file that looks cut off
        yield layout.part(lines[:end], line - 1)
        line += lines.count(b"\n", 0, end)
        lines = lines[end:]


def _start_of_last(lines: bytes, layout: _Layout) -> int:
    """Where the lines of the last symbol begin; the last line may be cut off."""
    end = lines.rfind(b"\n") + 1
    if not end:
        return 0
    begin = lines.rfind(b"\n", 0, end - 1) + 1
    symbol = layout.cell(lines[begin:end])
    while begin:
        before = lines.rfind(b"\n", 0, begin - 1) + 1
        if layout.cell(lines[before:begin]) != symbol:
            break
        begin = before
    return begin


def _laid_out(stream: BinaryIO, layout: _Layout, spill: Spill) -> Iterator[Part]:
    """Lines of any order, laid out by groups of symbols in the order of their first line."""
    codes_of, line, rest = _SymbolCodes(layout), 2, layout.size - len(layout.header)
    group_size, pending = 0, b""
    while rest:
        data = stream.read(min(PIECE, rest))
        if not data:
            raise TogetherError
        rest -= len(data)
        _check_plain(data)
        piece = pending + data
        end = piece.rfind(b"\n") + 1 if rest else len(piece)
        piece, pending = piece[:end], piece[end:]
        codes = codes_of(piece)
        group_size = group_size or max(FEWEST, PART * codes_of.count // layout.size)
        _lay_out(spill, piece, codes // group_size, line)
        line += codes.size
    yield from _groups(spill, layout)


def _lay_out(spill: Spill, piece: bytes, groups: IntArray, line: int) -> None:
    """Add whole lines to their groups, as many in one go as follow each other."""
    ends = np.flatnonzero(np.frombuffer(piece, np.uint8) == ord("\n")) + 1
    starts = np.append(0, ends[:-1])
    changes = np.flatnonzero(np.diff(groups)) + 1
    firsts, stops = np.append(0, changes), np.append(changes, groups.size)
    numbers = np.arange(line, line + groups.size)
    bounds = zip(
        groups[firsts].tolist(), firsts.tolist(), stops.tolist(), starts[firsts].tolist(),
        ends[stops - 1].tolist(), strict=True,
    )  # fmt: skip
    for group, first, stop, start, end in bounds:
        spill.add(group, piece[start:end], numbers[first:stop])


def _groups(spill: Spill, layout: _Layout) -> Iterator[Part]:
    """The groups as parts; a short last one with the one before, in the order of the lines."""
    last = len(spill) - 1
    is_short = last > 0 and len(spill.group(last).text) < SHORT
    for number in range(len(spill) - is_short):
        lines = spill.group(number)
        if is_short and number == last - 1:
            lines = _in_order(lines, spill.group(last))
        yield replace(layout.part(lines.text, 1), lines=lines.numbers)


def _in_order(one: Lines, other: Lines) -> Lines:
    """Lines of two groups, by where they are in their file."""
    numbers = np.concatenate([one.numbers, other.numbers])
    order = np.argsort(numbers, kind="stable")
    texts = (one.text + other.text).splitlines(keepends=True)
    return Lines(b"".join([texts[i] for i in order.tolist()]), numbers[order])


class _SymbolCodes:
    """The number of the symbol of each line, by order of appearance."""

    def __init__(self, layout: _Layout) -> None:
        self._state = np.zeros(COUNTS + 1, np.int64)
        self._state[DELIMITER] = ord(layout.delimiter)
        self._roles = np.full(layout.width, -1)
        self._roles[layout.symbol] = 0
        self._slots = np.full((1, SLOTS), -1)
        self._pool = np.empty((1, ROOM), np.uint8)
        self._begins = np.zeros((1, MOST + 1), np.int64)

    @property
    def count(self) -> int:
        """How many symbols there are so far."""
        return int(self._state[COUNTS])

    def __call__(self, piece: bytes) -> IntArray:
        """The codes (lines,) of whole lines. Raises TogetherError where one is not as wide."""
        rows = piece.count(b"\n")
        codes = np.empty((1, rows), np.int32)
        self._state[ROW] = 0
        plain_columns_kernel()(
            np.frombuffer(piece, np.uint8).copy(), self._roles, POWERS, np.empty((0, rows)), codes,
            self._slots, self._pool, self._begins, np.empty((0, 4), np.int64), self._state,
        )  # fmt: skip
        if self._state[FAULT] or self._state[ROW] != rows:
            raise TogetherError
        numbers: IntArray = codes[0].astype(np.int64)
        return numbers
