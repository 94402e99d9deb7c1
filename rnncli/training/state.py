"""What a training comes to: its epochs, its network; and where it may be broken off."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.errors import DataError
from rnncli.network.network import Network

UNFIT = "the checkpoint does not fit this training"


@dataclass(frozen=True)
class Snapshot:
    """Arrays by name, and what JSON can hold: numbers in full, for any number of round trips."""

    arrays: dict[str, FloatArray]
    values: dict[str, Any]


def take_snapshot(parts: Mapping[str, object]) -> Snapshot:
    """The arrays and numbers that objects keep in their attributes, whichever those are."""
    arrays, values = {}, {}
    for part, owner in parts.items():
        for name, value in vars(owner).items():
            if isinstance(value, np.ndarray):
                arrays[f"{part}.{name}"] = value
            elif isinstance(value, bool | int | float):
                values[f"{part}.{name}"] = value
    return Snapshot(arrays, values)


def restore(snapshot: Snapshot, parts: Mapping[str, object]) -> None:
    """Undo what has happened to the objects since. Raises DataError where it is not of theirs."""
    present = take_snapshot(parts)
    for name, array in present.arrays.items():
        restore_array(array, snapshot, name)
    for name in present.values:
        part, _, attribute = name.partition(".")
        kept = snapshot.values.get(name)
        if not isinstance(kept, bool | int | float):
            raise DataError(UNFIT)
        setattr(parts[part], attribute, kept)


def restore_array(array: FloatArray, snapshot: Snapshot, name: str) -> None:
    """Fill an array with that of a name. Raises DataError where it is of another kind."""
    kept = snapshot.arrays.get(name)
    if kept is None or (kept.shape, kept.dtype) != (array.shape, array.dtype):
        raise DataError(UNFIT)
    array[:] = kept


@dataclass(frozen=True)
class Epoch:
    """What one epoch did; losses are means over days, norms are before clipping.

    update_ratio: the norm of what a step added to the weights over theirs, mean over the steps.
    Dead and saturated units: of its weights on the validation days; see `heldback`.
    """

    epoch: int
    train_loss: float
    validation_loss: float | None
    gradient_norm: float
    largest_norm: float
    clip_rate: float
    steps: int
    learning_rate: float
    update_ratio: float
    dead_units: int | None
    saturated_units: int | None


@dataclass(frozen=True)
class TrainingRun:
    """A trained network and how it came about; `best_epoch` is the one whose weights were kept.

    It ended where patience was lost (`stopped_early`), out of time, or with its last epoch.
    """

    network: Network
    epochs: tuple[Epoch, ...]
    best_epoch: int
    stopped_early: bool
    out_of_time: bool

    @property
    def steps(self) -> int:
        """Optimiser steps in all."""
        return sum(epoch.steps for epoch in self.epochs)

    @property
    def clip_rate(self) -> float:
        """Share of steps whose gradient norm before clipping was above the limit."""
        return clip_rate([asdict(epoch) for epoch in self.epochs])


def clip_rate(epochs: Sequence[Mapping[str, Any]]) -> float:
    """The same of epochs as a model records them."""
    clipped = sum(round(epoch["clip_rate"] * epoch["steps"]) for epoch in epochs)
    rate: float = clipped / max(sum(epoch["steps"] for epoch in epochs), 1)
    return rate


@dataclass(frozen=True)
class Interruption:
    """Where a training may be broken off: what it goes on from, what is kept, when time is up.

    `keep` gets a snapshot after every so many epochs (0: never); its arrays are those at work.
    `unfit` is told where `start` turns out to be of another training, and is not gone on from.
    """

    start: Snapshot | None = None
    every: int = 0
    keep: Callable[[Snapshot], None] = lambda _: None
    out_of_time: Callable[[], bool] = lambda: False
    unfit: Callable[[], None] = lambda: None


UNBROKEN = Interruption()
