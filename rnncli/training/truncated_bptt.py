"""Train on every day: batches of series, cut into chunks of days, the state carried over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.inference.rollout import whole_series
from rnncli.kernels.lanes import Group, pack
from rnncli.network.network import Architecture, Network
from rnncli.network.objectives import Objective, objective_of
from rnncli.network.passes import Workspace, backward, forward, lanes_of
from rnncli.runtime.threads import Threads
from rnncli.settings import TrainSettings
from rnncli.training.batching import make_batches
from rnncli.training.task import Step, ValidationPass, run_validation_pass
from rnncli.transforms.dataset import Dataset


@dataclass(frozen=True)
class Chunk:
    """Days of a group from `start` on, at most `size`, in a workspace that carries the state."""

    group: Group
    start: int
    size: int
    work: Workspace
    objective: Objective

    @property
    def gradient(self) -> FloatArray:
        """What the run left for the weights (P)."""
        return self.work.gradient

    def run(self, network: Network, days: int) -> float:
        """Its loss; adds its part of the gradient of the mean over `days` to its workspace."""
        group, start, work = self.group, self.start, self.work
        stop = min(start + self.size, group.days)
        work.gradient[:] = 0
        if stop <= start:
            return 0.0
        x, asked = group.values[start:stop], group.asked[start:stop]
        out, loss = forward(network, x, work, asked), 0.0
        if days:
            dout = work.dout[: stop - start]
            loss = self.objective.add_up(out, group, start, 1 / days, dout)
            backward(network, x, dout, work, asked=asked)
        work.carry(stop - start)
        return loss


class Chunks:
    """The days of all series as steps; see `train` for what else a form of network brings."""

    def __init__(
        self, prepared: Dataset, architecture: Architecture, settings: TrainSettings, dtype: str,
        objective: Objective | None = None,
    ) -> None:  # fmt: skip
        self._objective = objective or objective_of(architecture, settings.cost)
        batching = make_batches(prepared, settings.bptt, settings.batch_size, dtype)
        lanes = lanes_of(architecture, batching.size, batching.lanes, dtype)
        self._batching, self._chunk = replace(batching, lanes=lanes), batching.chunk
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
                pieces = [
                    Chunk(group, start, self._chunk, work, self._objective)
                    for group, work in zip(batch, self._work, strict=False)
                ]
                yield Step(pieces, days)

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
