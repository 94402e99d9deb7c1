"""The needed columns of a large file, read by pandas with nothing left for it to guess."""

import contextlib
import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rnncli.formats import numbers
from rnncli.formats.sheet import Sheet

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# From pandas 3.1 on, floats are read to the last bit without being asked to.
_NEWER = tuple(int(part) for part in pd.__version__.split(".")[:2]) >= (3, 1)
_EXACT_FLOATS: dict[str, Any] = {} if _NEWER else {"float_precision": "round_trip"}


class BulkColumns:
    """Columns of a sheet's body: prices as floats where all are bare numbers, else as text."""

    def __init__(self, sheet: Sheet, texts: Sequence[int], prices: Sequence[int], bare: bool):
        self._sheet = sheet
        if bare:
            with contextlib.suppress(ValueError, OverflowError):  # not all are bare numbers
                self._frame = self._read(texts, prices)
                return
        self._frame = self._read([*texts, *prices], [])

    def _read(self, texts: Sequence[int], prices: Sequence[int]) -> pd.DataFrame:
        kinds: dict[int, str] = dict.fromkeys(prices, "float64") | dict.fromkeys(texts, "category")
        dialect: dict[str, Any] = {
            "sep": self._sheet.delimiter,
            "header": None,
            "names": list(range(self._sheet.width)),
            "usecols": sorted(kinds),
            "index_col": False,
            "dtype": kinds,
            "na_values": dict.fromkeys(prices, sorted(numbers.MISSING)),
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

    def floats(self, index: int) -> FloatArray | None:
        """Return a column that was read as numbers, None where it was read as text."""
        column = self._frame[index]
        return np.asarray(column, np.float64) if column.dtype == np.dtype(np.float64) else None

    def coded(self, index: int) -> tuple[list[str], IntArray]:
        """Return a column of text as its distinct cells in order of appearance, and codes."""
        column = self._frame[index].cat
        codes = np.asarray(column.codes, dtype=np.int64)
        first = np.full(len(column.categories), codes.size)
        first[codes[::-1]] = np.arange(codes.size)[::-1]  # the last to be written is the first row
        order = np.argsort(first)
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        return [str(column.categories[i]) for i in order], place[codes]
