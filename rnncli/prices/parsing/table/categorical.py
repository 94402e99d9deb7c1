"""Columns of text as codes into their distinct cells."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rnncli.arrays import IntArray


@dataclass(frozen=True)
class Categorical:
    """A column of text as codes into its distinct cells."""

    cells: list[str]
    codes: IntArray  # (rows,)

    def first_row(self, index: int) -> int:
        """Return the first row that holds the distinct cell at `index`."""
        return int(np.flatnonzero(self.codes == index)[0])


def shorten(cell: str) -> str:
    """Return a cell as it is shown in a message."""
    if not cell:
        return "an empty cell"
    return repr(cell) if len(cell) <= 40 else f"{cell[:40]!r}..."


def pair(one: Categorical, other: Categorical) -> tuple[list[tuple[str, str]], IntArray]:
    """Return the distinct pairs of cells of two columns in order of appearance, and codes."""
    both = one.codes * len(other.cells) + other.codes
    used, first, codes = np.unique(both, return_index=True, return_inverse=True)
    order = np.argsort(first)
    places = [divmod(int(code), len(other.cells)) for code in used[order]]
    return [(one.cells[a], other.cells[b]) for a, b in places], np.argsort(order)[codes]


def merge(labels: list[str], codes: IntArray) -> tuple[tuple[str, ...], IntArray]:
    """Codes into the distinct labels; -1 stays -1."""
    symbols = tuple(dict.fromkeys(labels))
    if len(symbols) == len(labels):
        return symbols, codes
    place = {symbol: i for i, symbol in enumerate(symbols)}
    return symbols, np.array([*(place[label] for label in labels), -1], dtype=np.int64)[codes]


def taken(array: npt.NDArray[Any], rows: IntArray) -> npt.NDArray[Any]:
    """Return some rows of an array; the array itself where these are all."""
    return array if rows.size == array.size else array[rows]
