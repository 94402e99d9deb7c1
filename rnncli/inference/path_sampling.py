"""Several days ahead by drawing: each drawn value is fed back in, thousands of paths a symbol.

The draws of a symbol follow from the seed, its name and how many rows were used, and from
nothing else: the other symbols, their order and the threads change no bit of them. Each draw is
stratified over the paths (Latin hypercube, McKay et al. 1979), shifted at random (Cranley &
Patterson 1976), so that few paths show much.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
from rnncli.inference.rollout import Cutoffs, NetworkStates, run_until
from rnncli.kernels import draw_kernel
from rnncli.network.heads import distribution, probabilities, quantiles
from rnncli.network.network import Network
from rnncli.network.passes import Workspace, forward
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset
from rnncli.transforms.inverse import InverseContext, Walk, inverse_context, walk
from rnncli.transforms.target_transform import TargetTransform

LANES = 1024  # paths side by side in a kernel: a call costs more than its work with fewer
AT_ONCE = 4096  # paths of a task; with few of each, those of several cutoffs
TINY = 2.0**-53  # the least uniform number but 0


@dataclass(frozen=True)
class Sampling:
    """What is drawn: so many paths of `horizon` rows a cutoff, from this seed."""

    network: Network
    preparation: TargetTransform
    horizon: int
    paths: int
    seed: int

    @cached_property
    def strata(self) -> Float64Array:
        """Numbers in (0, 1), (2 horizon, paths): one in each of as many strata, in random order."""
        rng = np.random.default_rng([self.seed, self.paths, self.horizon])
        even = np.tile((np.arange(self.paths) + 0.5) / self.paths, (2 * self.horizon, 1))
        return rng.permuted(even, axis=1)

    def uniforms(self, symbol: str, row: int) -> Float64Array:
        """Numbers in [0, 1), (horizon, 2, paths), for a symbol known up to `row`."""
        name = int.from_bytes(hashlib.sha256(symbol.encode()).digest()[:8])
        shift = np.random.default_rng([self.seed, name, row]).random((2 * self.horizon, 1))
        shifted = self.strata + shift
        shifted -= np.floor(shifted)
        return shifted.reshape(self.horizon, 2, self.paths)


Keep = Callable[[int, Float64Array, Float64Array], None]


def each_sample(
    sampling: Sampling, prices: Prices, prepared: Dataset, cutoffs: Cutoffs, threads: Threads,
    keep: Keep, came: Float64Array | None = None,
) -> NetworkStates:  # fmt: skip
    """`draw_paths` from each cutoff; returns where the cutoffs leave the network."""
    reached = run_until(sampling.network, prepared, cutoffs, threads)
    rows = rows_of(prices, prepared, cutoffs)
    begin = inverse_context(sampling.preparation, prices, cutoffs.series, rows)
    draw_paths(sampling, begin, reached, threads, keep, came)
    return reached


def draw_paths(
    sampling: Sampling, begin: InverseContext, reached: NetworkStates, threads: Threads, keep: Keep,
    came: Float64Array | None = None,
) -> None:  # fmt: skip
    """Draw paths from n rows and `keep` them: their number, prices (horizon, paths), densities.

    Those are the logarithms (horizon) at the prices that `came` (n, horizon), of log prices where
    the scale is one of log returns: at a row the mean of its densities, one for each path up to
    the row before.
    """
    block = max(1, AT_ONCE // sampling.paths)
    sampling.strata  # noqa: B018 - made once, before threads ask for it

    def run(start: int) -> None:
        some = slice(start, start + block)
        own = begin.subset(some)
        drawn_with = [
            sampling.uniforms(symbol, row)
            for symbol, row in zip(own.symbols, own.rows.tolist(), strict=True)
        ]
        walking = walk(sampling.preparation, own, sampling.paths)
        found, densities = _paths(
            sampling, reached, some, walking, np.concatenate(drawn_with, axis=2),
            None if came is None else came[some],
        )  # fmt: skip
        for k, paths in enumerate(np.split(found, len(drawn_with), axis=1)):
            keep(start + k, paths, densities[:, k])

    threads.map(run, range(0, len(begin.rows), block))


def rows_of(prices: Prices, prepared: Dataset, cutoffs: Cutoffs) -> IntArray:
    """The row of its series' prices that each cutoff is, (n)."""
    found: IntArray = cutoffs.day + (prices.lengths - prepared.lengths)[cutoffs.series]
    return found


def _paths(
    sampling: Sampling, reached: NetworkStates, some: slice, walking: Walk, uniforms: Float64Array,
    came: Float64Array | None,
) -> tuple[Float64Array, Float64Array]:  # fmt: skip
    """Prices (horizon, cutoffs x paths) from the outputs of the cutoffs' days on.

    And the log densities (horizon, cutoffs) of what came; NaN without it.
    """
    a = sampling.network.architecture
    works = _workspaces(sampling, reached, some)
    outputs = np.repeat(reached.outputs[some], sampling.paths, axis=0)
    found = np.empty((sampling.horizon, len(outputs)))
    densities = np.full((sampling.horizon, len(outputs) // sampling.paths), np.nan)
    for ahead, drawn_with in enumerate(uniforms):
        if came is not None:
            densities[ahead] = _log_density(sampling, outputs, walking, came[:, ahead])
        drawn = draw(a.head, outputs, drawn_with.T, a.levels)
        found[ahead] = walking.on(drawn)
        if ahead + 1 < sampling.horizon:
            outputs = _step(sampling.network, works, drawn)
    return found, densities


def _log_density(
    sampling: Sampling, outputs: FloatArray, walking: Walk, came: Float64Array
) -> Float64Array:
    """Log of the mean density (cutoffs) at what came, of what follows each path."""
    a = sampling.network.architecture
    values, steps = walking.back(np.repeat(came, sampling.paths))
    own = distribution(a.head, outputs, a.levels).log_density(values) - np.log(steps)
    own = own.reshape(len(came), sampling.paths)
    top = np.max(own, axis=1)
    with np.errstate(invalid="ignore"):  # where the density of every path is zero
        found: Float64Array = top + np.log(np.mean(np.exp(own - top[:, None]), axis=1))
    return found


def _workspaces(sampling: Sampling, reached: NetworkStates, some: slice) -> list[Workspace]:
    """The states of each cutoff in as many lanes as it has paths."""
    a, dtype = sampling.network.architecture, sampling.network.flat.dtype.name
    cutoff_of = np.repeat(np.arange(len(reached.outputs))[some], sampling.paths)
    works = []
    for start in range(0, len(cutoff_of), LANES):
        lanes = cutoff_of[start : start + LANES]
        work = Workspace(a, 1, LANES, dtype, backward=False)
        for layer, states in enumerate(reached.states):
            work.states[layer][:, 0, :, : len(lanes)] = states[:, :, lanes]
        works.append(work)
    return works


def _step(network: Network, works: list[Workspace], fed: Float64Array) -> FloatArray:
    """Outputs (paths, O) one day on, each path fed its own value (paths)."""
    x = np.zeros((1, 1, LANES * len(works)), network.flat.dtype)
    x[0, 0, : len(fed)] = fed
    parts = []
    for number, work in enumerate(works):
        lanes = np.ascontiguousarray(x[:, :, number * LANES : (number + 1) * LANES])
        parts.append(forward(network, lanes, work)[0].copy())
        work.carry(1)
    return np.concatenate(parts, axis=1)[:, : len(fed)].T


def draw(
    kind: str, outputs: FloatArray, uniforms: Float64Array, levels: Sequence[float] = ()
) -> Float64Array:
    """A scaled value (n), or a class's code, from outputs (n, O) and uniforms (n, 2) in [0, 1).

    See `cells.draws`. Raises ValueError for a point.
    """
    if kind == "cross-entropy":
        reached = np.cumsum(probabilities(outputs), axis=1) <= uniforms[:, :1]
        top = outputs.shape[1] - 1
        codes: Float64Array = np.minimum(np.sum(reached, axis=1), top) / top
        return codes
    if kind == "quantile":
        return _from_quantiles(uniforms[:, 0], quantiles(outputs), np.asarray(levels))
    if kind not in ("gaussian", "student-t"):
        raise ValueError(f"{kind}: no distribution to draw from")
    drawn = np.empty(len(outputs))
    kernel = draw_kernel(kind, outputs.dtype.name)
    kernel(np.ascontiguousarray(outputs.T), np.ascontiguousarray(uniforms.T), drawn)
    return drawn


def _from_quantiles(u: Float64Array, values: Float64Array, levels: Float64Array) -> Float64Array:
    """The inverse of the distribution function: linear between the quantiles (n, K) at levels (K).

    Beyond the outer ones the tails fall exponentially, as between the last two of either side.
    """
    last, rows = len(levels) - 1, np.arange(len(u))
    below = np.clip(np.searchsorted(levels, u, side="right") - 1, 0, last - 1)
    low, high = values[rows, below], values[rows, below + 1]
    share = (u - levels[below]) / (levels[below + 1] - levels[below])
    within = low + (high - low) * np.clip(share, 0, 1)
    step = np.log(levels[1] / levels[0])  # of both tails: levels are the same from either end
    tail = np.maximum(np.log(levels[0] / np.maximum(u, TINY)), 0) / step
    head = np.maximum(np.log((1 - levels[-1]) / (1 - u)), 0) / step
    first, final = values[:, 1] - values[:, 0], values[:, -1] - values[:, -2]
    drawn: Float64Array = within - tail * first + head * final
    return drawn
