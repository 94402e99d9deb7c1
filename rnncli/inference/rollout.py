"""Run a trained network over many series: outputs day by day, and states at origins."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import ByteArray, FloatArray, IntArray
from rnncli.kernels import CELLS
from rnncli.kernels.lanes import Group, Sequences, pack
from rnncli.network.heads import PRECISIONS
from rnncli.network.network import Network
from rnncli.network.passes import Call, Workspace, forward_calls, lanes_of
from rnncli.prices.origins import Origins
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset

CHUNK = 256  # days of LANES or more lanes a pass; the arrays of a pass stay in cache
LANES = 16  # one number for all forecasts: a symbol's never depends on how many others there are


def whole_series(dataset: Dataset) -> Sequences:
    """Every series from its first value to its last; the loss counts its validation days."""
    return Sequences(
        begin=dataset.offsets[:-1],
        end=dataset.offsets[1:],
        first=np.minimum(np.maximum(dataset.training - 1, 0), dataset.days),
        last=dataset.days,
        known=dataset.lengths,
    )


def passes(
    network: Network, group: Group, days: int, carried: list[FloatArray] | None = None,
    asked: ByteArray | None = None, spare: list[Workspace] | None = None,
) -> Iterator[tuple[int, FloatArray, Workspace]]:  # fmt: skip
    """Run a group forward chunk by chunk: (first day, outputs (T, O, L), workspace).

    From the states (S*span, H, members) of each layer that are `carried`, else from rest; with the
    outputs of the days that are `asked` (days) for, else of all. The workspace is one of those to
    `spare`, if one fits, and is one of them in the end; `days` and `asked` are then always the
    same for a group.
    """
    lanes = group.values.shape[2]
    size = min(CHUNK * max(1, LANES // lanes), max(days, 1))
    work = _workspace(network, size, lanes, spare)
    if carried is not None:
        work.carry_in(carried, slice(len(group.members)))
    for start in range(0, days, size):
        stop = min(start + size, days)
        for call in _calls(network, group, slice(start, stop), asked, work, spare is not None):
            call()
        yield start, work.out[: stop - start], work
        if stop < days:
            work.carry(stop - start)
    if spare is not None:
        spare.append(work)


def _calls(
    network: Network, group: Group, days: slice, asked: ByteArray | None, work: Workspace,
    again: bool,
) -> list[Call]:  # fmt: skip
    """The calls of a chunk forward; `again`: those of the pass before, if it was the same."""
    ready = work.ready.get(days.start) if again else None
    if ready is not None and ready[0] is network and ready[1] is group:
        return ready[2]
    of_chunk = None if asked is None else asked[days]
    calls = forward_calls(network, group.values[days], work, of_chunk)
    if again:
        work.ready[days.start] = network, group, calls
    return calls


def _workspace(network: Network, days: int, lanes: int, spare: list[Workspace] | None) -> Workspace:
    """A workspace at rest for passes forward."""
    a, dtype = network.architecture, PRECISIONS[network.flat.dtype.char]
    with contextlib.suppress(IndexError):  # several threads may take from the list
        work = (spare or []).pop()
        if (work.architecture, work.lanes, work.dtype) == (a, lanes, dtype) and work.days >= days:
            work.reset()
            return work
    return Workspace(a, days, lanes, dtype, backward=False)


@dataclass(frozen=True)
class NetworkStates:
    """A network after n series or origins: states (S*span, H, n) of each layer, outputs (n, O).

    A layer of dilation d continues from d days before: its span, of which the states of each of S
    kinds follow one another, oldest first.
    Where states were wanted of every few origins alone, they are of as many.
    """

    states: list[FloatArray]
    outputs: FloatArray

    def subset(self, places: list[int]) -> "NetworkStates":
        """Some of them, copied."""
        states = [np.ascontiguousarray(states[:, :, places]) for states in self.states]
        return NetworkStates(states, self.outputs[places])


def run_until(
    network: Network, dataset: Dataset, origins: Origins, threads: Threads, stride: int = 1,
    daily: FloatArray | None = None,
) -> NetworkStates:  # fmt: skip
    """Run every series from its start up to each origin.

    Outputs (n, O) of all origins, states of every `stride`-th; 0: no states. `daily` (values, k)
    takes the first k outputs of each day up to the origins.
    """
    count = len(origins)
    outputs = np.zeros((count, network.architecture.output_size), network.flat.dtype)
    states = initial_states(network, -(-count // stride) if stride else 0)

    def keep(work: Workspace, days: IntArray, lanes: IntArray, at: IntArray) -> None:
        outputs[at] = work.out[days, :, lanes]
        if not stride:
            return
        wanted = at % stride == 0
        days, lanes, at = days[wanted], lanes[wanted], at[wanted] // stride
        for layer, of_layer in enumerate(states):
            of_layer[:, :, at] = work.after_rows(layer, days, lanes)

    _visit(network, dataset, origins, threads, keep, daily)
    return NetworkStates(states, outputs)


def states_after(
    network: Network, dataset: Dataset, origins: Origins, threads: Threads, stride: int = 1,
    daily: FloatArray | None = None,
) -> NetworkStates:  # fmt: skip
    """`run_until` of the part of a network that reads a series; zero states if no part does."""
    if not reads(network):
        return at_start(network, len(origins))
    return run_until(reader(network), dataset, origins, threads, stride, daily)


def resume(
    network: Network, dataset: Dataset, fed: IntArray, before: NetworkStates, threads: Threads,
    daily: FloatArray | None = None,
) -> NetworkStates:  # fmt: skip
    """Run every series to its end from where its first `fed` (series) values left it.

    `daily` (values, k) takes the first k outputs of each day that is run.

    The same bits as `run_until` the end: the states of a day are all that the next one sees.
    """
    after = NetworkStates([states.copy() for states in before.states], before.outputs.copy())
    ends, begin = dataset.offsets[1:], dataset.offsets[:-1] + fed
    moving = np.flatnonzero(begin < ends)
    nothing = np.zeros_like(moving)
    new = Sequences(begin[moving], ends[moving], nothing, nothing, nothing)

    def run(group: Group) -> None:
        at, lanes = moving[group.members], np.arange(len(group.members))
        days = ends[at] - begin[at]
        carried = [states[:, :, at] for states in before.states]
        asked = None if daily is not None else _marked(days - 1)
        for start, out, work in passes(network, group, int(days.max()), carried, asked):
            if daily is not None:
                _keep_days(daily, out, start, begin[at], days)
            here = (days > start) & (days <= start + len(out))
            row, lane = days[here] - start - 1, lanes[here]
            for layer, states in enumerate(after.states):
                states[:, :, at[here]] = work.after_rows(layer, row, lane)
            after.outputs[at[here]] = work.out[row, :, lane]

    threads.map(run, pack(dataset.inputs, new, LANES, network.flat.dtype.name))
    return after


def at_start(network: Network, count: int) -> NetworkStates:
    """A network before the first value of each of `count` series."""
    outputs = np.zeros((count, network.architecture.output_size), network.flat.dtype)
    return NetworkStates(initial_states(network, count), outputs)


def initial_states(network: Network, count: int) -> list[FloatArray]:
    """The states (S*span, H, n) of each layer of `count` networks that have seen nothing."""
    return [np.zeros(shape, network.flat.dtype) for shape in carried_shapes(network, count)]


def carried_shapes(network: Network, count: int) -> list[tuple[int, int, int]]:
    """The shape of the states of each layer of `count` networks."""
    a = network.architecture
    return [(CELLS[a.cell].states * span, a.hidden_size, count) for span in a.spans]


def reads(network: Network) -> bool:
    """Whether a network is run over a series; else the last value alone is what it sees of it."""
    return network.architecture.mode != "vec2seq"


def reader(network: Network) -> Network:
    """The network that is run over a series: of an encoder-decoder the encoder, else the whole."""
    return network.parts[0]


def _visit(
    network: Network, dataset: Dataset, origins: Origins, threads: Threads,
    keep: Callable[[Workspace, IntArray, IntArray, IntArray], None],
    daily: FloatArray | None = None,
) -> None:  # fmt: skip
    """Run every series up to its last origin; `keep` sees days of a pass, lanes and origins."""
    whole, dtype = whole_series(dataset), network.flat.dtype.name
    lanes_of_group = lanes_of(network.architecture, len(whole), LANES, dtype)
    groups = pack(dataset.inputs, whole, lanes_of_group, dtype)
    order, day_of = np.argsort(origins.series, kind="stable"), dataset.days_of(origins)
    starts = np.searchsorted(origins.series[order], np.arange(len(dataset.symbols) + 1))

    def run(group: Group) -> None:
        of_lanes = [order[starts[i] : starts[i + 1]] for i in group.members]
        at = np.concatenate(of_lanes)
        lanes = np.repeat(np.arange(len(of_lanes)), [len(places) for places in of_lanes])
        days = day_of[at]
        until, asked = int(days.max(initial=-1)) + 1, None if daily is not None else _marked(days)
        for start, out, work in passes(network, group, until, asked=asked):
            if daily is not None:
                at_start, lengths = dataset.offsets[group.members], dataset.lengths[group.members]
                _keep_days(daily, out, start, at_start, lengths)
            here = (days >= start) & (days < start + len(out))
            keep(work, days[here] - start, lanes[here], at[here])

    threads.map(run, groups)


def _marked(days: IntArray) -> ByteArray:
    """The days up to the last of some (n), these marked by 1."""
    marks = np.zeros(int(days.max(initial=-1)) + 1, np.uint8)
    marks[days] = 1
    return marks


def _keep_days(
    daily: FloatArray, out: FloatArray, start: int, offsets: IntArray, lengths: IntArray
) -> None:
    """Copy the outputs of a pass (T, O, L), from day `start` on, to where each series begins."""
    for lane, (offset, length) in enumerate(zip(offsets.tolist(), lengths.tolist(), strict=True)):
        days = min(len(out), length - start)
        if days > 0:
            to = slice(offset + start, offset + start + days)
            daily[to] = out[:days, : daily.shape[1], lane]
