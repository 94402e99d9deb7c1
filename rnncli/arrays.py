"""Names for the arrays that pass between stages."""

import math

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]  # float32 in training, float64 where exactness is checked
Float64Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
DateArray = npt.NDArray[np.datetime64]  # datetime64[s]; NaT: no date

LINE = 64  # bytes of a cache line, and of the widest register


def aligned(shape: tuple[int, ...], dtype: str) -> FloatArray:
    """An array of zeros that begins with a cache line, so that no vector lies across two."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.zeros(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size].view(dtype).reshape(shape)
