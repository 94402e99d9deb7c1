"""The task of a sequence mode: training steps made of pieces, and a validation pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np

from rnncli.arrays import FloatArray, IntArray
from rnncli.inference.rollout import CHUNK, passes
from rnncli.kernels import saturated_kernel
from rnncli.kernels.lanes import Group
from rnncli.network.network import Network
from rnncli.network.objectives import Objective
from rnncli.network.passes import Workspace
from rnncli.runtime.threads import Threads

FLAT = 0.99  # of |h|; the slope of tanh is below a fiftieth there
LOOKED_AT = 16  # days of a chunk that saturation is counted on; each costs as much as running it


@dataclass(frozen=True)
class ValidationPass:
    """Mean loss over the validation days; dead units of relu, else saturated ones, of all layers.

    Units that an activation cannot have are None; without validation days all is None.
    """

    loss: float | None
    dead_units: int | None
    saturated_units: int | None


NOTHING = ValidationPass(None, None, None)


def run_validation_pass(
    network: Network, groups: Sequence[Group], objective: Objective, threads: Threads,
    spare: list[Workspace] | None = None,
) -> ValidationPass:  # fmt: skip
    """Run whole series, each with validation days, through the network; `spare`: see `passes`."""
    relu = network.architecture.activation == "relu"
    count = _count_alive if relu else _count_flat

    def run(group: Group) -> tuple[float, IntArray, int]:
        total, days = 0.0, 0
        units = np.zeros((network.architecture.layers, network.architecture.hidden_size), np.int64)
        first, last = group.span
        for start, out, work in passes(network, group, group.days, None, group.asked, spare):
            since, until = max(first - start, 0), min(last + 1 - start, len(out))
            if since < until:
                total += objective.add_up(out[since:until], group, start + since)
            days += count(work, len(out), group.last - start, units)
        return total, units, days

    totals, units, days = zip(*threads.map(run, groups), strict=True)
    active, looked_at = sum(units), sum(days)
    marked = int(np.count_nonzero(active == 0 if relu else active > looked_at / 2))
    return ValidationPass(
        loss=sum(totals) / sum(group.counted for group in groups),
        dead_units=marked if relu else None,
        saturated_units=None if relu else marked,
    )


def _count_alive(work: Workspace, days: int, last: IntArray, units: IntArray) -> int:
    """Add to `units` (layers, H) a number above 0 for each that is not 0 on some day."""
    whole = last >= days
    for layer in range(len(work.states)):
        shown = work.shown(layer, days)[0]  # (T, H, L)
        units[layer] += np.count_nonzero(shown.max(axis=0)[:, whole], axis=1)
        for lane in np.flatnonzero(~whole & (last > 0)):
            units[layer] += np.count_nonzero(shown[: last[lane], :, lane], axis=0)
    return days


def _count_flat(work: Workspace, days: int, last: IntArray, units: IntArray) -> int:
    """Add to `units` (layers, H) the days with |h| > FLAT, of those looked at; return how many."""
    kernel, looked_at = saturated_kernel(work.dtype), 0.0
    for states, span, of_layer in zip(work.states, work.spans, units, strict=True):
        edge = states.dtype.type(FLAT)
        looked_at = kernel(states, span, _looked_at(days), last, edge, of_layer)
    return int(looked_at)


@cache
def _looked_at(days: int) -> IntArray:
    """The days of a pass that saturation is counted on."""
    chunks = [range(start, min(start + CHUNK, days)) for start in range(0, days, CHUNK)]
    return np.concatenate([chunk[:: max(1, len(chunk) // LOOKED_AT)] for chunk in chunks])


class Piece(Protocol):
    """What one thread runs over; `gradient` is what the last run left for the weights."""

    @property
    def gradient(self) -> FloatArray:
        """Of shape (P)."""

    def run(self, network: Network, days: int) -> float:
        """Loss summed over the piece; adds its part of the gradient of the mean over `days`."""


@dataclass(frozen=True)
class Step:
    """The pieces of one update; `days` count in its loss, 0 in a warm-up."""

    pieces: Sequence[Piece]
    days: int


class Task(Protocol):
    """The series as a form of network learns from them."""

    @property
    def validation(self) -> Sequence[object]:
        """The pieces of the validation days; empty without any."""

    def steps(self, epoch: int, rng: np.random.Generator) -> Iterator[Step]:
        """The steps of an epoch, drawn anew; states are not carried beyond it."""

    def held_back(self, network: Network, threads: Threads) -> ValidationPass:
        """What a network does on the validation days."""
