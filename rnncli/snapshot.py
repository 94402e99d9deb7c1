"""A training between two epochs: all that it needs to go on as if it had never stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.errors import DataError

UNFIT = "the checkpoint does not fit this training"


@dataclass(frozen=True)
class Snapshot:
    """Arrays by name, and what JSON can hold: numbers in full, for any number of round trips."""

    arrays: dict[str, FloatArray]
    values: dict[str, Any]


def of_parts(parts: Mapping[str, object]) -> Snapshot:
    """The arrays and numbers that objects keep in their attributes, whichever those are."""
    arrays, values = {}, {}
    for part, owner in parts.items():
        for name, value in vars(owner).items():
            if isinstance(value, np.ndarray):
                arrays[f"{part}.{name}"] = value
            elif isinstance(value, bool | int | float):
                values[f"{part}.{name}"] = value
    return Snapshot(arrays, values)


def put_back(snapshot: Snapshot, parts: Mapping[str, object]) -> None:
    """Undo what has happened to the objects since. Raises DataError where it is not of theirs."""
    present = of_parts(parts)
    for name, array in present.arrays.items():
        put_into(array, snapshot, name)
    for name in present.values:
        part, _, attribute = name.partition(".")
        kept = snapshot.values.get(name)
        if not isinstance(kept, bool | int | float):
            raise DataError(UNFIT)
        setattr(parts[part], attribute, kept)


def put_into(array: FloatArray, snapshot: Snapshot, name: str) -> None:
    """Fill an array with that of a name. Raises DataError where it is of another kind."""
    kept = snapshot.arrays.get(name)
    if kept is None or (kept.shape, kept.dtype) != (array.shape, array.dtype):
        raise DataError(UNFIT)
    array[:] = kept
