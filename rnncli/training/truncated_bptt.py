"""Train on every day: batches of series, cut into chunks of days, the state carried over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.inference.rollout import whole_series
from rnncli.kernels.lanes import MOST_KEPT, Group, pack
from rnncli.network.network import Architecture, Network
from rnncli.network.objectives import Objective, objective_of
from rnncli.network.passes import Call, Workspace, backward_calls, forward_calls, lanes_of
from rnncli.runtime.threads import Threads
from rnncli.settings import TrainSettings
from rnncli.training.batching import make_batches
from rnncli.training.task import Step, ValidationPass, run_validation_pass
from rnncli.transforms.dataset import Dataset


@dataclass
class Chunk:
    """Days of a group from `start` on, at most `size`, in a workspace that carries the state."""

    group: Group
    start: int
    size: int
    work: Workspace
    objective: Objective
    _ready: tuple[Network, list[Call], list[Call]] | None = None

    @property
    def gradient(self) -> FloatArray:
        """What the run left for the weights (P)."""
        return self.work.gradient

    def run(self, network: Network, days: int) -> float:
        """Its loss; adds its part of the gradient of the mean over `days` to its workspace."""
        group, work, loss = self.group, self.work, 0.0
        count = min(self.size, group.days - self.start)
        work.gradient.fill(0)
        if count <= 0:
            return 0.0
        forwards, backwards = self._calls(network, count)
        for call in forwards:
            call()
        if days:
            out, dout = work.out[:count], work.dout[:count]
            loss = self.objective.add_up(out, group, self.start, 1 / days, dout)
            for dbeyond in work.dbeyond:
                dbeyond.fill(0)
            for call in backwards:
                call()
        work.carry(count)
        return loss

    def _calls(self, network: Network, count: int) -> tuple[list[Call], list[Call]]:
        """The calls forward and back, which are those of the run before for the same network."""
        if self._ready is None or self._ready[0] is not network:
            days, work = slice(self.start, self.start + count), self.work
            x, asked = self.group.values[days], self.group.asked[days]
            forwards = forward_calls(network, x, work, asked)
            backwards = backward_calls(network, x, work.dout[:count], work, asked)
            self._ready = network, forwards, backwards
        return self._ready[1:]


class Chunks:
    """The days of all series as steps; see `train` for what else a form of network brings.

    `in_turn`: a step is run before the next is drawn, so that their arrays may be the same.
    """

    def __init__(
        self, prepared: Dataset, architecture: Architecture, settings: TrainSettings, dtype: str,
        objective: Objective | None = None, in_turn: bool = False,
    ) -> None:  # fmt: skip
        self._objective = objective or objective_of(architecture, settings.cost)
        batching = make_batches(prepared, settings.bptt, settings.batch_size, dtype)
        lanes = lanes_of(architecture, batching.size, batching.lanes, dtype)
        self._batching = replace(batching, lanes=lanes, in_turn=in_turn)
        self._chunk, self._chunks = batching.chunk, dict[tuple[int, int], Chunk]()
        self._work = [
            Workspace(architecture, self._chunk, lanes, dtype) for _ in range(self._batching.groups)
        ]
        whole = whole_series(prepared)
        few = lanes_of(architecture, len(whole), batching.lanes, dtype)
        groups = pack(prepared.inputs, whole, few, dtype, prepared.ahead)
        self.validation = [group for group in groups if group.counted]
        self._spare: list[Workspace] = []

    def steps(self, _epoch: int, rng: np.random.Generator) -> Iterator[Step]:
        """The steps of an epoch, drawn anew."""
        for batch in self._batching.epoch(rng):
            for work in self._work:
                work.reset()
            for start, days in self._counts(batch):
                pairs = zip(batch, self._work, strict=False)
                yield Step([self._piece(group, start, work) for group, work in pairs], days)

    def _piece(self, group: Group, start: int, work: Workspace) -> Chunk:
        """A chunk of a group, the same as before if the group is."""
        key = id(group), start
        piece = self._chunks.get(key)
        if piece is None or piece.group is not group or piece.work is not work:
            piece = Chunk(group, start, self._chunk, work, self._objective)
            if self._batching.repeats and len(self._chunks) < MOST_KEPT:
                self._chunks[key] = piece
        return piece

    def _counts(self, batch: list[Group]) -> Iterator[tuple[int, int]]:
        """The first day of each chunk, and how many days of it count."""
        days = max(group.days for group in batch)
        if days <= self._chunk:
            return iter([(0, sum(group.counted for group in batch))])
        starts = np.arange(0, days, self._chunk)
        counts = np.sum([group.counts(starts, starts + self._chunk) for group in batch], axis=0)
        return zip(starts.tolist(), counts.tolist(), strict=True)

    def held_back(self, network: Network, threads: Threads) -> ValidationPass:
        """Loss of a network on the validation days, after its state has run through the others."""
        return run_validation_pass(network, self.validation, self._objective, threads, self._spare)
