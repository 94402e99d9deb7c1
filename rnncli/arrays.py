"""Names for the arrays that pass between stages."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]  # float32 in training, float64 where exactness is checked
Float64Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
DateArray = npt.NDArray[np.datetime64]  # datetime64[s]; NaT: no date
