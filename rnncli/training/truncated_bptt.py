"""Train on every day: batches of series, cut into chunks of days, the state carried over."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.inference.rollout import whole_series
from rnncli.kernels import CELLS
from rnncli.kernels.lanes import LANES, MOST_KEPT, Group, pack
from rnncli.network.network import Architecture, Network
from rnncli.network.objectives import Objective, objective_of
from rnncli.network.passes import Call, Workspace, backward_calls, forward_calls, lanes_of
from rnncli.runtime.threads import Threads
from rnncli.settings import TrainSettings
from rnncli.training.batching import make_batches
from rnncli.training.task import Step, ValidationPass, run_validation_pass
from rnncli.transforms.dataset import Dataset

Calls = tuple[Network, list[Call], list[Call]]
FEW_INPUTS, MANY_UNITS = 8, 16  # where few lanes are faster: not with 64 inputs, nor 8 units


class Alone:
    """The workspace of the only group of a batch, which carries its states by itself."""

    def __init__(self, work: Workspace) -> None:
        self._work, self.gradient = work, work.gradient

    def reset(self) -> None:
        """Start from h_0 = 0."""
        self._work.reset()

    def enter(self) -> Workspace:
        """The workspace, with the states before the first day in it."""
        return self._work

    def leave(self, work: Workspace, days: int, more: bool) -> None:
        """Carry the states after `days` days, if there are more."""
        if more:
            work.carry(days)


class InTurn:
    """The states and the gradient (P) of one of several groups, which take workspaces in turn.

    `free`: workspaces that nobody has, one or more at the start; there are then as many as groups
    run at once, so that the nearest cache holds them.
    """

    def __init__(self, free: list[Workspace], make: Callable[[], Workspace]) -> None:
        self._free, self._make = free, make
        self._carried = [np.zeros_like(states) for states in free[0].after(0)]
        self.gradient = np.zeros_like(free[0].gradient)

    def reset(self) -> None:
        """Start from h_0 = 0."""
        for states in self._carried:
            states.fill(0)

    def enter(self) -> Workspace:
        """A workspace that nobody else has, with the states before the first day in it."""
        try:
            work = self._free.pop()
        except IndexError:
            work = self._make()
        work.carry_in(self._carried)
        return work

    def leave(self, work: Workspace, days: int, more: bool) -> None:
        """Keep the gradient and, if there are more days, the states; give the workspace back."""
        if more:
            self._carried = work.after(days)
        self.gradient[:] = work.gradient
        self._free.append(work)


@dataclass
class Chunk:
    """Days of a group from `start` on, at most `size`, in a workspace of its place in the batch."""

    group: Group
    start: int
    size: int
    place: Alone | InTurn
    objective: Objective
    _ready: dict[Workspace, Calls] = field(default_factory=dict)

    @property
    def gradient(self) -> FloatArray:
        """What the run left for the weights (P)."""
        return self.place.gradient

    def run(self, network: Network, days: int) -> float:
        """Its loss; leaves its part of the gradient of the mean over `days`."""
        count = min(self.size, self.group.days - self.start)
        if count <= 0:
            self.gradient.fill(0)
            return 0.0
        work = self.place.enter()
        loss = self._run(network, days, count, work)
        self.place.leave(work, count, self.start + count < self.group.days)
        return loss

    def _run(self, network: Network, days: int, count: int, work: Workspace) -> float:
        work.gradient.fill(0)
        _, forwards, backwards = self._calls(network, count, work)
        for call in forwards:
            call()
        if not days:
            return 0.0
        out, dout = work.out[:count], work.dout[:count]
        loss = self.objective.add_up(out, self.group, self.start, 1 / days, dout)
        for dbeyond in work.dbeyond:
            dbeyond.fill(0)
        for call in backwards:
            call()
        return loss

    def _calls(self, network: Network, count: int, work: Workspace) -> Calls:
        """The calls forward and back, which are those of the run before for the same network."""
        ready = self._ready.get(work)
        if ready is None or ready[0] is not network:
            days = slice(self.start, self.start + count)
            x, asked = self.group.values[days], self.group.asked[days]
            forwards = forward_calls(network, x, work, asked)
            backwards = backward_calls(network, x, work.dout[:count], work, asked)
            ready = self._ready[work] = network, forwards, backwards
        return ready


def _lanes(architecture: Architecture, lanes: int) -> int:
    """Few lanes for cells that hardly multiply matrices: a step of them fits a nearer cache."""
    a, diagonal = architecture, CELLS[architecture.cell].diagonal is not None
    fits = a.layers == 1 and a.input_size <= FEW_INPUTS and a.hidden_size >= MANY_UNITS
    return LANES[-1] if diagonal and fits else lanes


def _places(groups: int, make: Callable[[], Workspace]) -> Sequence[Alone | InTurn]:
    """Where the groups of a batch run."""
    first = make()
    if groups == 1:
        return [Alone(first)]
    free = [first]
    return [InTurn(free, make) for _ in range(groups)]


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
        lanes = lanes_of(architecture, batching.size, _lanes(architecture, batching.lanes), dtype)
        self._batching = replace(batching, lanes=lanes, in_turn=in_turn)
        self._chunk, self._chunks = batching.chunk, dict[tuple[int, int], Chunk]()
        make = partial(Workspace, architecture, self._chunk, lanes, dtype)
        self._places = _places(self._batching.groups, make)
        whole = whole_series(prepared)
        few = lanes_of(architecture, len(whole), batching.lanes, dtype)
        groups = pack(prepared.inputs, whole, few, dtype, prepared.ahead)
        self.validation = [group for group in groups if group.counted]
        self._spare: list[Workspace] = []

    def steps(self, _epoch: int, rng: np.random.Generator) -> Iterator[Step]:
        """The steps of an epoch, drawn anew."""
        for batch in self._batching.epoch(rng):
            for place in self._places:
                place.reset()
            for start, days in self._counts(batch):
                pairs = zip(batch, self._places, strict=False)
                yield Step([self._piece(group, start, place) for group, place in pairs], days)

    def _piece(self, group: Group, start: int, place: Alone | InTurn) -> Chunk:
        """A chunk of a group, the same as before if the group is."""
        key = id(group), start
        piece = self._chunks.get(key)
        if piece is None or piece.group is not group or piece.place is not place:
            piece = Chunk(group, start, self._chunk, place, self._objective)
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
