"""Outputs of a trained network for the days ahead, from the states that each series leaves."""

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.inference.rollout import LANES, NetworkStates, initial_states
from rnncli.network.network import Network
from rnncli.network.passes import Workspace, forward
from rnncli.runtime.threads import Threads


def runs_on(network: Network, horizon: int) -> bool:
    """Whether the rows ahead are run from the states that the series leaves."""
    mode = network.architecture.mode
    return mode == "encoder-decoder" or (mode == "seq2seq" and horizon > 1)


def outputs_ahead(
    network: Network, after: NetworkStates, inputs: Float64Array, horizon: int, threads: Threads
) -> FloatArray:
    """Outputs (n, horizon, O) by the mode of the network, from where its `reader` was run to.

    inputs (n, I): the last that it was fed. Of a single day O is what the head has; each day
    after the first is fed the median of the day before.
    """
    mode = network.architecture.mode
    last = inputs.astype(network.flat.dtype)
    if mode == "vec2seq":
        states = initial_states(network, len(last))
        return roll_out(network, states, last, horizon, threads, feed=False)
    if mode == "seq2vec":
        return after.outputs[:, :horizon, None]
    if mode == "encoder-decoder":
        return roll_out(network.parts[1], after.states, last[:, :1], horizon, threads)
    if horizon == 1:
        return after.outputs[:, None]
    first = network.head.median(after.outputs)[:, None]
    ahead = roll_out(network, after.states, first, horizon - 1, threads)
    return np.concatenate([after.outputs[:, None], ahead], axis=1)


def roll_out(
    network: Network, states: list[FloatArray], first: FloatArray, days: int, threads: Threads,
    feed: bool = True,
) -> FloatArray:  # fmt: skip
    """Outputs (n, days, O) from states (S*span, H, n) of each layer on.

    The first day is fed `first` (n, I), each day after it the median of the day before, or nothing
    without `feed`.
    """
    count, a = len(first), network.architecture
    outputs = np.zeros((count, days, a.output_size), network.flat.dtype)

    def run(start: int) -> None:
        stop = min(start + LANES, count)
        used = stop - start
        work = Workspace(a, 1, LANES, network.flat.dtype.name, backward=False)
        work.carry_in([carried[:, :, start:stop] for carried in states], slice(used))
        x = np.zeros((1, first.shape[1], LANES), network.flat.dtype)
        x[0, :, :used] = first[start:stop].T
        for ahead in range(days):
            out = forward(network, x, work)
            outputs[start:stop, ahead] = out[0, :, :used].T
            if feed:
                x = network.head.median(out.transpose(0, 2, 1))[:, None].copy()
            else:
                x = np.zeros_like(x)
            work.carry(1)

    threads.map(run, range(0, count, LANES))
    return outputs
