"""Run a trained network over many series: outputs day by day, states at cutoffs, days ahead."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
from rnncli.kernels import CELLS
from rnncli.kernels.lanes import Group, Sequences, pack
from rnncli.network.heads import median
from rnncli.network.network import Network
from rnncli.network.passes import Workspace, forward
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset

CHUNK = 256  # days a pass; the arrays of a pass stay in cache
LANES = 16  # one number for all forecasts: a symbol's never depends on how many others there are


def whole_series(prepared: Dataset) -> Sequences:
    """Every series from its first value to its last; the loss counts its validation days."""
    return Sequences(
        begin=prepared.offsets[:-1],
        end=prepared.offsets[1:],
        first=np.minimum(np.maximum(prepared.training - 1, 0), prepared.days),
        last=prepared.days,
    )


def passes(
    network: Network, group: Group, days: int, carried: list[FloatArray] | None = None
) -> Iterator[tuple[int, FloatArray, Workspace]]:
    """Run a group forward chunk by chunk: (first day, outputs (T, O, L), workspace).

    From the states (S, H, members) of each layer that are `carried`, else from rest.
    """
    lanes = group.values.shape[2]
    size = min(CHUNK, max(days, 1))
    work = Workspace(network.architecture, size, lanes, network.flat.dtype.name, backward=False)
    for states, own in zip(work.states, carried or (), strict=False):
        states[:, 0, :, : own.shape[2]] = own
    for start in range(0, days, size):
        x = group.values[start : min(start + size, days)]
        yield start, forward(network, x, work), work
        work.carry(len(x))


@dataclass(frozen=True)
class Cutoffs:
    """Days to forecast from: series (n) and day (n), the last value fed being value `day`."""

    series: IntArray
    day: IntArray


@dataclass(frozen=True)
class NetworkStates:
    """Where cutoffs leave the network: states (S, H, n) of each layer, outputs (n, O)."""

    states: list[FloatArray]
    outputs: FloatArray

    def subset(self, places: list[int]) -> "NetworkStates":
        """Some of them, copied."""
        states = [np.ascontiguousarray(states[:, :, places]) for states in self.states]
        return NetworkStates(states, self.outputs[places])


def run_until(
    network: Network, prepared: Dataset, cutoffs: Cutoffs, threads: Threads
) -> NetworkStates:
    """Run every series from its start up to each cutoff."""
    found = at_start(network, len(cutoffs.series))

    def keep(work: Workspace, row: IntArray, lane: IntArray, at: IntArray) -> None:
        for layer, states in enumerate(work.states):
            found.states[layer][:, :, at] = np.moveaxis(states[:, row + 1, :, lane], 0, 2)
        found.outputs[at] = work.out[row, :, lane]

    _visit(network, prepared, cutoffs, threads, keep)
    return found


def resume(
    network: Network, prepared: Dataset, fed: IntArray, before: NetworkStates, threads: Threads
) -> NetworkStates:
    """Run every series to its end from where its first `fed` (series) values left it.

    The same bits as `run_to` the end: the states of a day are all that the next one sees.
    """
    found = NetworkStates([states.copy() for states in before.states], before.outputs.copy())
    ends, begin = prepared.offsets[1:], prepared.offsets[:-1] + fed
    moving = np.flatnonzero(begin < ends)
    new = Sequences(begin[moving], ends[moving], 0 * moving, 0 * moving)

    def run(group: Group) -> None:
        at, lanes = moving[group.members], np.arange(len(group.members))
        days = ends[at] - begin[at]
        carried = [states[:, :, at] for states in before.states]
        for start, out, work in passes(network, group, int(days.max()), carried):
            here = (days > start) & (days <= start + len(out))
            row, lane = days[here] - start - 1, lanes[here]
            for layer, states in enumerate(work.states):
                found.states[layer][:, :, at[here]] = np.moveaxis(states[:, row + 1, :, lane], 0, 2)
            found.outputs[at[here]] = work.out[row, :, lane]

    threads.map(run, pack(prepared.inputs, new, LANES, network.flat.dtype.name))
    return found


def at_start(network: Network, count: int) -> NetworkStates:
    """Where `count` series leave the network before their first value."""
    outputs = np.zeros((count, network.architecture.output_size), network.flat.dtype)
    return NetworkStates(_at_rest(network, count), outputs)


def outputs_at(
    network: Network, prepared: Dataset, cutoffs: Cutoffs, threads: Threads
) -> FloatArray:
    """Medians one row ahead of each cutoff: (n, 1)."""
    a = network.architecture
    if a.mode != "seq2seq":
        return outputs_ahead(network, prepared, cutoffs, 1, threads)
    found = np.zeros((len(cutoffs.series), 1, a.output_size), network.flat.dtype)

    def keep(work: Workspace, row: IntArray, lane: IntArray, at: IntArray) -> None:
        found[at, 0] = work.out[row, :, lane]

    _visit(network, prepared, cutoffs, threads, keep)
    return median(a.head, found)


def outputs_ahead(
    network: Network, prepared: Dataset, cutoffs: Cutoffs, horizon: int, threads: Threads
) -> FloatArray:
    """Medians (n, horizon) after each cutoff."""
    raw = raw_outputs_ahead(network, prepared, cutoffs, horizon, threads)
    return median(network.architecture.head, raw)


def raw_outputs_ahead(
    network: Network, prepared: Dataset, cutoffs: Cutoffs, horizon: int, threads: Threads
) -> FloatArray:
    """Outputs (n, horizon, O) after each cutoff, by the form of the network; O of a single row."""
    inputs = prepared.inputs[prepared.offsets[cutoffs.series] + cutoffs.day]
    if reads(network):
        reached = run_until(reader(network), prepared, cutoffs, threads)
    else:
        reached = at_start(network, len(inputs))
    return raw_outputs_from(network, reached, inputs, horizon, threads)


def reads(network: Network) -> bool:
    """Whether a network is run over a series; else the last value alone is what it sees of it."""
    return network.architecture.mode != "vec2seq"


def reader(network: Network) -> Network:
    """The network that is run over a series: of an encoder-decoder the encoder, else the whole."""
    return network.parts[0]


def raw_outputs_from(
    network: Network, reached: NetworkStates, inputs: Float64Array, horizon: int, threads: Threads
) -> FloatArray:
    """The same after days (n) that were fed inputs (n, I) and that the `reader` was run to."""
    mode = network.architecture.mode
    last = inputs.astype(network.flat.dtype)
    if mode == "vec2seq":
        return roll_out(network, _at_rest(network, len(last)), last, horizon, threads, feed=False)
    if mode == "seq2vec":
        return reached.outputs[:, :horizon, None]
    if mode == "encoder-decoder":
        return roll_out(network.parts[1], reached.states, last[:, :1], horizon, threads)
    first = median(network.architecture.head, reached.outputs)[:, None]
    ahead = roll_out(network, reached.states, first, horizon - 1, threads)
    return np.concatenate([reached.outputs[:, None], ahead], axis=1)


def _at_rest(network: Network, count: int) -> list[FloatArray]:
    """The states of `count` networks that have seen nothing."""
    a = network.architecture
    shape = (CELLS[a.cell].states, a.hidden_size, count)
    return [np.zeros(shape, network.flat.dtype) for _ in range(a.layers)]


def _visit(
    network: Network, prepared: Dataset, cutoffs: Cutoffs, threads: Threads,
    keep: Callable[[Workspace, IntArray, IntArray, IntArray], None],
) -> None:  # fmt: skip
    """Run every series up to its last cutoff and `keep` what stands at rows, lanes, cutoffs."""
    groups = pack(prepared.inputs, whole_series(prepared), LANES, network.flat.dtype.name)
    order = np.argsort(cutoffs.series, kind="stable")
    starts = np.searchsorted(cutoffs.series[order], np.arange(len(prepared.symbols) + 1))

    def run(group: Group) -> None:
        mine = [order[starts[i] : starts[i + 1]] for i in group.members]
        at = np.concatenate(mine)
        lanes = np.repeat(np.arange(len(mine)), [len(own) for own in mine])
        days = cutoffs.day[at]
        for start, out, work in passes(network, group, int(days.max(initial=-1)) + 1):
            here = (days >= start) & (days < start + len(out))
            keep(work, days[here] - start, lanes[here], at[here])

    threads.map(run, groups)


def roll_out(
    network: Network, states: list[FloatArray], first: FloatArray, days: int, threads: Threads,
    feed: bool = True,
) -> FloatArray:  # fmt: skip
    """Outputs (n, days, O) from states (S, H, n) of each layer on, the first fed `first` (n, I).

    The days after it are each fed the median of the day before, or nothing without `feed`.
    """
    count, a = len(first), network.architecture
    outputs = np.zeros((count, days, a.output_size), network.flat.dtype)

    def run(start: int) -> None:
        stop = min(start + LANES, count)
        used = stop - start
        work = Workspace(a, 1, LANES, network.flat.dtype.name, backward=False)
        for layer, carried in enumerate(states):
            work.states[layer][:, 0, :, :used] = carried[:, :, start:stop]
        x = np.zeros((1, first.shape[1], LANES), network.flat.dtype)
        x[0, :, :used] = first[start:stop].T
        for ahead in range(days):
            out = forward(network, x, work)
            outputs[start:stop, ahead] = out[0, :, :used].T
            x = median(a.head, out.transpose(0, 2, 1))[:, None].copy() if feed else 0 * x
            work.carry(1)

    threads.map(run, range(0, count, LANES))
    return outputs
