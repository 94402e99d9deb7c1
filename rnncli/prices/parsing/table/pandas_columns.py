"""The needed columns of a large file, read by pandas with nothing left for it to guess."""

import contextlib
import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rnncli.arrays import Float64Array, IntArray
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.values.numbers import is_missing, is_number
from rnncli.prices.parsing.vocabulary.cell_words import MISSING

SOON = 1 << 16  # rows in which every cell of a column of dates has usually been seen

# From pandas 3.1 on, floats are read to the last bit without being asked to.
_NEWER = tuple(int(part) for part in pd.__version__.split(".")[:2]) >= (3, 1)
_EXACT_FLOATS: dict[str, Any] = {} if _NEWER else {"float_precision": "round_trip"}


class BulkColumns:
    """Columns of a grid's body: prices as floats where all are bare numbers, else as text."""

    def __init__(self, grid: CellGrid, texts: Sequence[int], prices: Sequence[int], bare: bool):
        self._sheet = grid
        marks = {cell for row in grid.sample for i in prices if is_missing(cell := row[i].strip())}
        for markers in (marks | {""}, MISSING) if bare else ():  # fewer are looked up faster
            self._markers = sorted(markers)
            with contextlib.suppress(ValueError, OverflowError):  # not all are bare numbers
                self._frame = self._read_exactly(texts, prices)
                return
        self._markers = []
        self._frame = self._read_exactly([*texts, *prices], [])

    def _read_exactly(self, texts: Sequence[int], prices: Sequence[int]) -> pd.DataFrame:
        """Read text as categories, which are fast; as objects where pandas would change it.

        Categories that are all numbers or all truth values become such: 0700 would be 700.
        """
        sample = self._sheet.sample
        risky = [i for i in texts if all(is_number(row[i]) for row in sample)]
        for _ in range(2):
            kinds = dict.fromkeys(texts, "category") | dict.fromkeys(risky, "object")
            frame = self._read(kinds, prices)
            changed = [i for i in texts if i not in risky and not _is_text(frame[i])]
            if not changed:
                break
            risky += changed
        return frame

    def _read(self, texts: dict[int, str], prices: Sequence[int]) -> pd.DataFrame:
        kinds: dict[int, str] = dict.fromkeys(prices, "float64") | texts
        dialect: dict[str, Any] = {
            "sep": self._sheet.delimiter,
            "header": None,
            "names": list(range(self._sheet.width)),
            "usecols": sorted(kinds),
            "index_col": False,
            "dtype": kinds,
            "na_values": dict.fromkeys(prices, self._markers),
            "keep_default_na": False,
            "quoting": csv.QUOTE_NONE,
            "skip_blank_lines": True,
            "encoding": "utf-8",
            "low_memory": False,
            "engine": "c",
        }
        stream = io.BytesIO(self._sheet.body or b"")
        stream.seek(self._sheet.start)
        frame: pd.DataFrame = pd.read_csv(stream, **dialect, **_EXACT_FLOATS)
        return frame

    def floats(self, index: int) -> Float64Array | None:
        """Return a column that was read as numbers, None where it was read as text."""
        column = self._frame[index]
        return np.asarray(column, np.float64) if column.dtype == np.dtype(np.float64) else None

    def coded(self, index: int) -> tuple[list[str], IntArray]:
        """Return a column of text as its distinct cells in order of appearance, and codes."""
        if self._frame[index].dtype == np.dtype(object):
            codes, distinct = pd.factorize(self._frame[index].to_numpy())
            return [str(cell) for cell in distinct], np.asarray(codes, dtype=np.int64)
        column = self._frame[index].cat
        codes = np.asarray(column.codes)
        order = np.argsort(_first_rows(codes, len(column.categories)))
        cells = column.categories.to_numpy()[order].tolist()
        if np.array_equal(order, np.arange(order.size)):
            return cells, codes.astype(np.int64)
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        return cells, place[codes]


def _is_text(column: "pd.Series[Any]") -> bool:
    return pd.api.types.infer_dtype(column.cat.categories, skipna=False) in {"string", "empty"}


def _first_rows(codes: npt.NDArray[np.integer[Any]], count: int) -> IntArray:
    """Return the first row of each code, shape (count,), looking at few rows where that will do."""
    rows = np.arange(min(codes.size, SOON))
    for _ in range(2):
        first = np.full(count, codes.size)
        first[codes[rows[::-1]]] = rows[::-1]  # the last to be written is the first row
        if np.all(first < codes.size):
            break
        rows = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    return first
