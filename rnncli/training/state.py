"""The state of a training: its epochs, its result, and snapshots from which it can be resumed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.errors import DataError
from rnncli.network.network import Network

UNFIT = "the checkpoint does not fit this training"


@dataclass(frozen=True)
class Snapshot:
    """Arrays by name, and values for JSON: numbers in full, for any number of round trips."""

    arrays: dict[str, FloatArray]
    values: dict[str, Any]


class Stateful(Protocol):
    """An object whose attributes named in STATE, arrays and numbers, change during training."""

    STATE: ClassVar[tuple[str, ...]]


def take_snapshot(parts: Mapping[str, Stateful]) -> Snapshot:
    """Return the state of several objects, each attribute under "part.attribute"."""
    arrays: dict[str, FloatArray] = {}
    values: dict[str, Any] = {}
    for part, owner in parts.items():
        for name in owner.STATE:
            value = getattr(owner, name)
            (arrays if isinstance(value, np.ndarray) else values)[f"{part}.{name}"] = value
    return Snapshot(arrays, values)


def restore(snapshot: Snapshot, parts: Mapping[str, Stateful]) -> None:
    """Set the objects back to a snapshot. Raises DataError for that of another training."""
    present = take_snapshot(parts)
    for name, array in present.arrays.items():
        restore_array(array, snapshot, name)
    for name in present.values:
        part, _, attribute = name.partition(".")
        value = snapshot.values.get(name)
        if not isinstance(value, bool | int | float):
            raise DataError(UNFIT)
        setattr(parts[part], attribute, value)


def restore_array(array: FloatArray, snapshot: Snapshot, name: str) -> None:
    """Fill an array from a snapshot. Raises DataError where shape or type differ."""
    saved = snapshot.arrays.get(name)
    if saved is None or (saved.shape, saved.dtype) != (array.shape, array.dtype):
        raise DataError(UNFIT)
    array[:] = saved


@dataclass(frozen=True)
class Epoch:
    """The record of one epoch; losses are means over days, norms are before clipping.

    update_ratio: the norm of a step's update over the norm of the weights, mean over the steps.
    Dead and saturated units: counted on the validation days, see `task.ValidationPass`.
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
    """A trained network and the record of its training; its weights are those of `best_epoch`.

    Training ended early (`stopped_early`), at the time limit (`out_of_time`), or with its last
    epoch.
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
        """Fraction of steps whose gradient norm before clipping was above the limit."""
        return clip_rate([vars(epoch) for epoch in self.epochs])


def clip_rate(epochs: Sequence[Mapping[str, Any]]) -> float:
    """Return the fraction of clipped steps of epochs as a model file records them."""
    clipped = sum(round(epoch["clip_rate"] * epoch["steps"]) for epoch in epochs)
    rate: float = clipped / max(sum(epoch["steps"] for epoch in epochs), 1)
    return rate


@dataclass(frozen=True)
class Interruption:
    """How a training is resumed and interrupted: its start, its snapshots, its time limit.

    `save` gets a snapshot every `every` epochs (0: never); its arrays are not copies. `unfit` is
    called where `start` is of another training, which then begins anew.
    """

    start: Snapshot | None = None
    every: int = 0
    save: Callable[[Snapshot], None] = lambda _: None
    out_of_time: Callable[[], bool] = lambda: False
    unfit: Callable[[], None] = lambda: None


UNBROKEN = Interruption()
