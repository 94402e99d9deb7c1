"""The gradient by lag and epoch as a map: the lags worth drawing, and the ends of its scale."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.gradients.lags import Lags

FAINTEST = 1e-4  # relative gradients below it have its colour
ROOM = 1.2  # lags that are drawn, over the longest one that any gradient reaches


@dataclass(frozen=True)
class HeatMap:
    """Relative gradients (epochs, lags) within `low` and `high`, from lag 0 on."""

    epochs: tuple[int, ...]
    values: Float64Array
    low: float
    high: float


def heat_map(epochs: Mapping[int, Lags]) -> HeatMap:
    """The map of a network after some epochs, without the lags that no gradient reaches."""
    relative = np.array([lags.relative for lags in epochs.values()])
    largest = float(np.max(relative, where=np.isfinite(relative), initial=1.0))
    reached = np.flatnonzero((relative > FAINTEST).any(axis=0))[-1]
    drawn = relative[:, : math.ceil(ROOM * reached) + 2]
    values = np.clip(np.nan_to_num(drawn, nan=0.0, posinf=largest), FAINTEST, largest)
    return HeatMap(tuple(epochs), values, FAINTEST, largest)
