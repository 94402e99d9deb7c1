"""The needed columns of a large file, cut by a kernel where all cells are plain; else by pandas."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.kernels import plain_columns_kernel, plain_columns_ready
from rnncli.kernels.plain_columns import (
    COUNTS,
    DELIMITER,
    FAULT,
    MOST,
    ODD,
    POWERS,
    ROOM,
    ROW,
    SLOTS,
)
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.vocabulary.cell_words import MISSING

LARGE = 1 << 25  # bytes for which a kernel is compiled, where it is not yet
PIECE = 1 << 20  # bytes cut in one go: they stay in the cache
MOST_ODD = 1 << 14  # cells of a piece that are not plain numbers
ASCII = 128
OF_NUMBERS = "0123456789.-"


class NotPlainError(ValueError):
    """A cell, or a text, of a kind that only pandas knows."""


class PlainColumns:
    """Columns of a grid's body, as `pandas_columns.BulkColumns` gives them, bit by bit."""

    def __init__(self, grid: CellGrid, texts: Sequence[int], prices: Sequence[int]) -> None:
        """Raise NotPlainError for a price that is not a plain number, unless it is missing."""
        texts = list(dict.fromkeys(texts))
        prices = [i for i in dict.fromkeys(prices) if i not in texts]
        rows = grid.lines.size
        self._texts = {index: place for place, index in enumerate(texts)}
        self._floats = np.empty((len(prices), rows))
        self._prices = {index: self._floats[place] for place, index in enumerate(prices)}
        self._codes = np.empty((len(texts), rows), np.int32)
        self._pool = np.empty((len(texts), ROOM), np.uint8)
        self._begins = np.zeros((len(texts), MOST + 1), np.int64)
        self._state = np.zeros(COUNTS + len(texts), np.int64)
        self._state[DELIMITER] = ord(grid.delimiter)
        roles = np.full(grid.width, -1)
        roles[[*prices, *texts]] = np.arange(len(prices) + len(texts))
        self._cut(grid, roles)

    def _cut(self, grid: CellGrid, roles: IntArray) -> None:
        slots, odd = np.full((len(self._codes), SLOTS), -1), np.empty((MOST_ODD, 4), np.int64)
        state, cut = self._state, plain_columns_kernel()
        for piece in _pieces(grid.body or b"", grid.start):
            state[ODD] = 0
            cut(
                np.frombuffer(piece, np.uint8).copy(), roles, POWERS, self._floats, self._codes,
                slots, self._pool, self._begins, odd, state,
            )  # fmt: skip
            if state[FAULT]:
                raise NotPlainError
            for row, column, begin, end in odd[: state[ODD]].tolist():
                self._floats[column, row] = _number(piece[begin:end].decode())
        if state[ROW] != self._codes.shape[1]:
            raise NotPlainError

    def floats(self, index: int) -> Float64Array | None:
        """Return a column that was read as numbers, None where it was read as text."""
        return self._prices.get(index)

    def coded(self, index: int) -> tuple[list[str], IntArray]:
        """Return a column of text as its distinct cells in order of appearance, and codes."""
        place = self._texts[index]
        begins = self._begins[place, : self._state[COUNTS + place] + 1].tolist()
        text = self._pool[place, : begins[-1]].tobytes()
        cells = [text[a:b].decode() for a, b in pairwise(begins)]
        return cells, self._codes[place].astype(np.int64)


def are_worth_it(grid: CellGrid) -> bool:
    """Whether a kernel may cut this grid, and is compiled or compiles faster than pandas reads."""
    mark, size = grid.delimiter, len(grid.body or b"")
    may = grid.width > 1 and ord(mark) < ASCII and mark not in OF_NUMBERS
    return may and (size >= LARGE or plain_columns_ready())


def _pieces(body: bytes, start: int) -> Iterator[bytes]:
    """Whole lines, about PIECE bytes at a time."""
    while start < len(body):
        end = body.find(b"\n", min(start + PIECE, len(body) - 1)) + 1
        yield body[start : end or len(body)]
        start = end or len(body)


def _number(cell: str) -> float:
    """NaN of a mark of a missing number. Raises NotPlainError where only pandas could say more."""
    if cell in MISSING:
        return float("nan")
    raise NotPlainError
