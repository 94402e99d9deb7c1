"""Forward and backward pass over whole series, in the memory of some hundred days.

The forward pass stores only the states at the start of each chunk; the backward pass computes the
rest again, chunk by chunk (Chen et al. 2016, arXiv:1604.06174, with chunks of a fixed length).
"""

from collections.abc import Callable, Iterator

from rnncli.arrays import FloatArray
from rnncli.network.network import Network
from rnncli.network.passes import Workspace, backward, forward

CHUNK = 256  # days whose arrays stay in cache
Seed = Callable[[int, FloatArray, FloatArray], object]


def back_through(
    network: Network, x: FloatArray, seed: Seed, keep_dstates: bool
) -> Iterator[tuple[slice, Workspace]]:
    """Back-propagate through the days of x (T, I, L), with h_0 = 0, from the last chunk on.

    `seed(start, out, dout)` fills `dout` for the days from `start` with the derivative by `out`,
    both (days, O, L). Yields the days of each chunk and its workspace: the states, with
    `keep_dstates` the gradients of the top layer's states, and the gradient (P) added up so far.
    """
    days, lanes = len(x), x.shape[2]
    work = _top_workspace(network, min(CHUNK, days), lanes, keep_dstates)
    chunks = [slice(start, min(start + CHUNK, days)) for start in range(0, days, CHUNK)]
    carried = [work.after(0)]
    for chunk in chunks[:-1]:
        forward(network, x[chunk], work)
        work.carry(CHUNK)
        carried.append(work.after(0))
    beyond = None
    for chunk in reversed(chunks):
        work.carry_in(carried.pop())
        out = forward(network, x[chunk], work)
        dout = work.dout[: len(out)]
        seed(chunk.start, out, dout)
        backward(network, x[chunk], dout, work, beyond)
        beyond = work.dbeyond
        yield chunk, work


def _top_workspace(network: Network, days: int, lanes: int, keep_dstates: bool) -> Workspace:
    """A workspace that keeps the gradients that `reached` yields at most: others cost time."""
    dtype = network.flat.dtype.name
    work = Workspace(network.architecture, days, lanes, dtype, keep_dstates=keep_dstates)
    if set(work.spans) == {1}:
        work.dstates[:-1] = [dstates[:, :0] for dstates in work.dstates[:-1]]
    return work
