"""What training asks of a form of network: steps of pieces, and a pass over the days held back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.heldback import HeldBack
from rnncli.network.network import Network
from rnncli.runtime.threads import Threads


class Piece(Protocol):
    """What one thread runs over; `gradient` is what the last run left for the weights."""

    @property
    def gradient(self) -> FloatArray:
        """Of shape (P)."""

    def run(self, network: Network, days: int) -> float:
        """Loss summed over the piece; leaves its share of the gradient of the mean over `days`."""


@dataclass(frozen=True)
class Step:
    """What one update is made from; `days` count in its loss, none of them in a warm-up."""

    pieces: Sequence[Piece]
    days: int


class Task(Protocol):
    """The series as a form of network learns from them."""

    @property
    def validation(self) -> Sequence[object]:
        """What the days held back are run in; empty where there are none."""

    def steps(self, epoch: int, rng: np.random.Generator) -> Iterator[Step]:
        """The steps of an epoch, drawn anew; whatever they carry on ends with it."""

    def held_back(self, network: Network, threads: Threads) -> HeldBack:
        """What a network does on the validation days."""
