"""Train on every day: batches of series, cut into chunks of days, the state carried over."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from rnncli.arrays import FloatArray, IntArray
from rnncli.inference.rollout import whole_series
from rnncli.kernels import CELLS
from rnncli.kernels.lanes import LANES, MOST_GROUPS, Group, Stretch, pack
from rnncli.network.network import Architecture, Network
from rnncli.network.objectives import Objective, objective_of
from rnncli.network.passes import Call, Workspace, backward_calls, forward_calls, lanes_of
from rnncli.runtime.threads import Threads
from rnncli.settings import TrainSettings
from rnncli.training.batching import make_batches
from rnncli.training.streams import Streams
from rnncli.training.task import Step, ValidationPass, run_validation_pass
from rnncli.transforms.dataset import Dataset

MOST_CHUNKS = 1000  # of a batch of all series, that are used again with the calls made for them
FEW_INPUTS, MANY_UNITS = 8, 16  # where few lanes are faster: not with 64 inputs, nor 8 units


class Place:
    """The states and the gradient (P) of a group of a batch; groups take workspaces in turn.

    `free`: workspaces that nobody has, one or more at the start; there are then as many as groups
    run at once, so that the nearest cache holds them.
    """

    def __init__(self, free: list[Workspace], make: Callable[[], Workspace]) -> None:
        self._free, self._make = free, make
        states = zip(free[0].states, free[0].spans, strict=True)
        self.carried = [np.zeros_like(of_layer[:, :span]) for of_layer, span in states]
        self.gradient = np.zeros_like(free[0].gradient)

    def enter(self) -> Workspace:
        """A workspace that nobody else has."""
        try:
            return self._free.pop()
        except IndexError:
            return self._make()

    def leave(self, work: Workspace) -> None:
        """Keep the gradient; give the workspace back."""
        self.gradient[:] = work.gradient
        self._free.append(work)


class Part(NamedTuple):
    """Days of a chunk on the first of which alone lanes may begin a sequence.

    From day `start` of the stretch on; `new`: the lanes that do begin one.
    """

    group: Group
    start: int
    days: int
    work: Workspace
    new: IntArray | slice | None
    forwards: list[Call]
    backwards: list[Call]


@dataclass
class Chunk:
    """Days of a group from `start` on, at most `size`, in a workspace of its place in the batch."""

    group: Group | Streams
    start: int
    size: int
    place: Place
    objective: Objective
    _ready: dict[Workspace, tuple[Network, list[Part]]] = field(default_factory=dict)

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
        work = self.place.enter()
        work.gradient.fill(0)
        parts = self._parts(network, min(left, self.size), work)
        self._forward(parts)
        if left > self.size:
            parts[-1].work.leave(parts[-1].days, self.place.carried)
        loss = self._backward(parts, work, days) if days else 0.0
        self.place.leave(work)
        return loss

    def _forward(self, parts: list[Part]) -> None:
        """From the states that the chunk before left; those of lanes that are new are zero."""
        before, days = self.place.carried, 0
        for part in parts:
            if not isinstance(part.new, slice):  # else all lanes are new
                part.work.go_on(before, days)
            if part.new is not None:
                part.work.reset(part.new)
            for call in part.forwards:
                call()
            before, days = part.work.states, part.days

    def _backward(self, parts: list[Part], work: Workspace, days: int) -> float:
        """The loss, and the gradients; none reaches the sequence before one that begins."""
        loss = 0.0
        for part in parts:
            out, dout = part.work.out[: part.days], part.work.dout[: part.days]
            loss += self.objective.add_up(out, part.group, part.start, 1 / days, dout)
        for dbeyond in work.dbeyond:
            dbeyond.fill(0)
        for part in reversed(parts):
            for call in part.backwards:
                call()
            if part.new is not None and part is not parts[0]:
                work.cut_off(part.new)
        return loss

    def _parts(self, network: Network, days: int, work: Workspace) -> list[Part]:
        """The parts, which are those of the run before for the same network."""
        ready = self._ready.get(work)
        if ready is None or ready[0] is not network:
            ready = self._ready[work] = network, self._cut(network, days, work)
        return ready[1]

    def _cut(self, network: Network, days: int, work: Workspace) -> list[Part]:
        """The days of each stretch that are in the chunk."""
        stretches = self.group.stretches
        if len(stretches) == 1:
            return [_part(network, stretches[0], self.start, days, work)]
        cut = list[tuple[Stretch, int, int]]()
        for stretch in stretches:
            since = max(self.start, stretch.begin)
            until = min(self.start + days, stretch.begin + stretch.group.days)
            if since < until:
                cut.append((stretch, since, until - since))
        work.make_room(len(cut))
        return [
            _part(network, stretch, since, count, work.part(number, since - self.start, count))
            for number, (stretch, since, count) in enumerate(cut)
        ]


def _part(network: Network, stretch: Stretch, since: int, days: int, work: Workspace) -> Part:
    start, group = since - stretch.begin, stretch.group
    of_part, new = slice(start, start + days), None if start else stretch.new
    x, asked = group.values[of_part], group.asked[of_part]
    forwards = forward_calls(network, x, work, asked)
    backwards = backward_calls(network, x, work.dout[:days], work, asked)
    return Part(group, start, days, work, new, forwards, backwards)


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
        free = [make()]
        self._places = [Place(free, make) for _ in range(self._batching.groups)]
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
            for start, days in self._counts(batch):
                pairs = zip(batch, self._places, strict=False)
                yield Step([self._piece(group, start, place) for group, place in pairs], days)

    def count(self, batches: Sequence[IntArray]) -> int:
        """How many steps batches have."""
        return sum(-(-self._batching.days_of(members) // self._chunk) for members in batches)

    def _piece(self, group: Group | Streams, start: int, place: Place) -> Chunk:
        """A chunk of a group, the same as before if the group is."""
        key = id(group), start
        piece = self._chunks.get(key)
        if piece is None or piece.group is not group or piece.place is not place:
            piece = Chunk(group, start, self._chunk, place, self._objective)
            if self._batching.repeats and len(self._chunks) < self._most_chunks:
                self._chunks[key] = piece
        return piece

    def _counts(self, batch: Sequence[Group | Streams]) -> Iterator[tuple[int, int]]:
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
