"""Train on every day: batches of series, cut into chunks of days, the state carried over."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from threading import get_ident
from typing import NamedTuple

import numpy as np

from rnncli.arrays import FloatArray, IntArray
from rnncli.inference.rollout import whole_series
from rnncli.kernels import CELLS
from rnncli.kernels.lanes import LANES, MOST_GROUPS, Begins, Group, pack
from rnncli.network.network import Architecture, Network
from rnncli.network.objectives import Objective, objective_of
from rnncli.network.passes import Call, Workspace, backward_calls, forward_calls, lanes_of
from rnncli.runtime.threads import Threads
from rnncli.settings import TrainSettings
from rnncli.training.batching import make_batches
from rnncli.training.task import Step, ValidationPass, run_validation_pass
from rnncli.transforms.dataset import Dataset

MOST_CHUNKS = 1000  # of a batch of all series, that are used again with the calls made for them
FEW_INPUTS, MANY_UNITS = 8, 16  # where few lanes are faster: not with 64 inputs, nor 8 units


class Workspaces:
    """A workspace for each thread, whose nearest caches hold it from one group to the next."""

    def __init__(self, make: Callable[[], Workspace]) -> None:
        self._make, self._by_thread = make, {get_ident(): make()}

    def of_this_thread(self) -> Workspace:
        """That of the calling thread."""
        thread = get_ident()
        work = self._by_thread.get(thread)
        if work is None:
            work = self._by_thread[thread] = self._make()
        return work


class Place:
    """The states and the gradient (P) of a group of a batch."""

    def __init__(self, workspaces: Workspaces) -> None:
        self.workspaces, work = workspaces, workspaces.of_this_thread()
        states = zip(work.states, work.spans, strict=True)
        self.carried = [np.zeros_like(of_layer[:, :span]) for of_layer, span in states]
        self.gradient = np.zeros_like(work.gradient)


class Calls(NamedTuple):
    """The kernels of a chunk, forward and back."""

    forwards: list[Call]
    backwards: list[Call]


@dataclass
class Chunk:
    """Days of a group from `start` on, at most `size`, in a workspace of its place in the batch."""

    group: Group
    start: int
    size: int
    place: Place
    objective: Objective
    _ready: dict[Workspace, tuple[Network, Calls]] = field(default_factory=dict)

    @property
    def gradient(self) -> FloatArray:
        """What the run left for the weights (P)."""
        return self.place.gradient

    def run(self, network: Network, days: int) -> float:
        """Its loss; leaves its part of the gradient of the mean over `days`."""
        left = self.group.days - self.start
        if left <= 0:
            self.gradient.fill(0)
            return 0.0
        work, count = self.place.workspaces.of_this_thread(), min(left, self.size)
        work.gradient.fill(0)
        calls = self._calls(network, count, work)
        if self.start:
            work.go_on(self.place.carried)
        else:
            work.reset()
        for call in calls.forwards:
            call()
        if left > self.size:
            work.leave(count, self.place.carried)
        loss = self._backward(calls.backwards, count, work, days) if days else 0.0
        self.place.gradient[:] = work.gradient
        return loss

    def _backward(self, calls: list[Call], count: int, work: Workspace, days: int) -> float:
        """The loss of `count` days, and the gradients."""
        out, dout = work.out[:count], work.dout[:count]
        loss = self.objective.add_up(out, self.group, self.start, 1 / days, dout)
        for dbeyond in work.dbeyond:
            dbeyond.fill(0)
        for call in calls:
            call()
        return loss

    def _calls(self, network: Network, count: int, work: Workspace) -> Calls:
        """The calls of `count` days, which are those of the run before for the same network."""
        ready = self._ready.get(work)
        if ready is None or ready[0] is not network:
            of_chunk = slice(self.start, self.start + count)
            x, asked = self.group.values[of_chunk], self.group.asked[of_chunk]
            begins = _within(self.group.begins, self.start, count)
            forwards = forward_calls(network, x, work, asked, begins)
            backwards = backward_calls(network, x, work.dout[:count], work, asked, begins)
            ready = self._ready[work] = network, Calls(forwards, backwards)
        return ready[1]


def _within(begins: Begins, start: int, count: int) -> Begins:
    """Those of `count` days from `start` on, counted from there."""
    if not len(begins.days):
        return begins
    some = slice(*np.searchsorted(begins.days, (start, start + count)))
    return Begins(begins.days[some] - start, begins.lanes[some])


def _lanes(architecture: Architecture, lanes: int) -> int:
    """Few lanes for cells that hardly multiply matrices: a step of them fits a nearer cache."""
    a, diagonal = architecture, CELLS[architecture.cell].diagonal is not None
    fits = a.layers == 1 and a.input_size <= FEW_INPUTS and a.hidden_size >= MANY_UNITS
    return LANES[-1] if diagonal and fits else lanes


class Chunks:
    """The days of all series as steps; see `train` for what else a form of network brings.

    `in_turn`: a step is run before the next is drawn, so that their arrays may be the same.
    """

    def __init__(
        self, prepared: Dataset, architecture: Architecture, settings: TrainSettings, dtype: str,
        objective: Objective | None = None, in_turn: bool = False,
    ) -> None:  # fmt: skip
        self._objective = objective or objective_of(architecture, settings.cost)
        batching = make_batches(
            prepared, settings.bptt, settings.batch_size, dtype, max(architecture.spans) == 1
        )
        lanes = lanes_of(architecture, batching.size, _lanes(architecture, batching.lanes), dtype)
        self._batching = replace(batching, lanes=lanes, in_turn=in_turn)
        self._most_chunks = MOST_CHUNKS if batching.together else MOST_GROUPS
        self._chunk, self._chunks = batching.chunk, dict[tuple[int, int], Chunk]()
        make = partial(Workspace, architecture, self._chunk, lanes, dtype)
        workspaces = Workspaces(make)
        self._places = [Place(workspaces) for _ in range(self._batching.groups)]
        whole = whole_series(prepared)
        few = lanes_of(architecture, len(whole), batching.lanes, dtype)
        groups = pack(prepared.inputs, whole, few, dtype, prepared.ahead)
        self.validation = [group for group in groups if group.counted]
        self._spare: list[Workspace] = []

    def steps(self, _epoch: int, rng: np.random.Generator) -> Iterator[Step]:
        """The steps of an epoch, drawn anew; to be run in their order."""
        return self.steps_of(self.draw(rng))

    def draw(self, rng: np.random.Generator) -> list[IntArray]:
        """The members of each batch of an epoch."""
        return self._batching.draw(rng)

    def steps_of(self, batches: Sequence[IntArray]) -> Iterator[Step]:
        """The steps of batches, each batch packed when its first step is due."""
        for members in batches:
            batch = self._batching.groups_of(members)
            counts = self._counts_of_all if self._batching.together else self._counts(batch)
            for start, days in counts:
                pairs = zip(batch, self._places, strict=False)
                yield Step([self._piece(group, start, place) for group, place in pairs], days)

    def count(self, batches: Sequence[IntArray]) -> int:
        """How many steps batches have."""
        return sum(-(-self._batching.days_of(members) // self._chunk) for members in batches)

    def _piece(self, group: Group, start: int, place: Place) -> Chunk:
        """A chunk of a group, the same as before if the group is."""
        key = id(group), start
        piece = self._chunks.get(key)
        if piece is None or piece.group is not group or piece.place is not place:
            piece = Chunk(group, start, self._chunk, place, self._objective)
            if self._batching.repeats and len(self._chunks) < self._most_chunks:
                self._chunks[key] = piece
        return piece

    def _counts(self, batch: Sequence[Group]) -> Iterator[tuple[int, int]]:
        """The first day of each chunk, and how many days of it count."""
        days = max(group.days for group in batch)
        if days <= self._chunk:
            return iter([(0, sum(group.counted for group in batch))])
        starts = np.arange(0, days, self._chunk)
        counts = np.sum([group.counts(starts, starts + self._chunk) for group in batch], axis=0)
        return zip(starts.tolist(), counts.tolist(), strict=True)

    @cached_property
    def _counts_of_all(self) -> list[tuple[int, int]]:
        """The same of all series where they are one batch, which no epoch changes."""
        return list(self._counts(self._batching.groups_of(np.arange(0))))

    def held_back(self, network: Network, threads: Threads) -> ValidationPass:
        """Loss of a network on the validation days, after its state has run through the others."""
        return run_validation_pass(network, self.validation, self._objective, threads, self._spare)
