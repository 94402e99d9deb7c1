"""Names for the arrays that pass between stages."""

import math
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]  # float32 in training, float64 where exactness is checked
Float64Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
ByteArray = npt.NDArray[np.uint8]  # yes or no, as kernels take it
DateArray = npt.NDArray[np.datetime64]  # datetime64[s]; NaT: no date

Integer = TypeVar("Integer", bound=np.integer[Any])

LINE = 64  # bytes of a cache line, and of the widest register


def aligned(shape: tuple[int, ...], dtype: str) -> FloatArray:
    """An array of zeros that begins with a cache line, so that no vector lies across two."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.zeros(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size].view(dtype).reshape(shape)


def distinct(values: npt.NDArray[Integer]) -> npt.NDArray[Integer]:
    """The distinct values, ascending, as `np.unique` gives them.

    Without counts, that would import numpy.ma: a tenth of the time of a short command.
    """
    uniques: npt.NDArray[Integer] = np.unique(values, return_counts=True)[0]
    return uniques


def median(values: npt.NDArray[Any]) -> float:
    """The median of numbers, shape (count,), as `np.median` gives it; NaN without any.

    That would import numpy.ma: a tenth of the time of a short command.
    """
    ordered, middle = np.sort(values), values.size // 2
    if not values.size or np.isnan(ordered[-1]):
        return math.nan
    return float(np.mean(ordered[middle - 1 + values.size % 2 : middle + 1]))
