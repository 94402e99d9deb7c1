"""Several days ahead by Monte Carlo: each drawn value is fed back, thousands of paths per symbol.

The draws of a symbol depend only on the seed, its name and its number of rows, not on the other
symbols, their order or the threads. Each draw is
stratified over the paths (Latin hypercube, McKay et al. 1979), shifted at random (Cranley &
Patterson 1976), so that few paths suffice.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.inference.rollout import NetworkStates
from rnncli.network.network import Network
from rnncli.network.passes import Workspace, forward
from rnncli.runtime.random_numbers import generator
from rnncli.runtime.threads import Threads
from rnncli.transforms.inverse import InverseTransform, Walk

LANES = 1024  # paths per kernel call: with fewer a call costs more than its work
AT_ONCE = 4096  # paths of a task; with few of each, those of several origins


@dataclass(frozen=True)
class Sampling:
    """How paths are drawn: their number and rows from each origin, and the seed."""

    network: Network
    horizon: int
    paths: int
    seed: int

    @cached_property
    def strata(self) -> Float64Array:
        """Numbers in (0, 1), (2 horizon, paths): one in each of as many strata, in random order."""
        rng = generator(self.seed, self.paths, self.horizon)
        even = np.tile((np.arange(self.paths) + 0.5) / self.paths, (2 * self.horizon, 1))
        return rng.permuted(even, axis=1)

    def uniforms(self, symbol: str, row: int) -> Float64Array:
        """Numbers in [0, 1), (horizon, 2, paths), for a symbol known up to `row`."""
        name = int.from_bytes(hashlib.sha256(symbol.encode()).digest()[:8])
        shift = generator(self.seed, name, row).random((2 * self.horizon, 1))
        shifted = self.strata + shift
        shifted -= np.floor(shifted)
        return shifted.reshape(self.horizon, 2, self.paths)


Keep = Callable[[int, Float64Array, Float64Array], None]


def draw_paths(
    sampling: Sampling, inverse: InverseTransform, after: NetworkStates, threads: Threads,
    keep: Keep, actual: Float64Array | None = None,
) -> None:  # fmt: skip
    """Draw paths from n rows and `keep` them: their number, prices (horizon, paths), densities.

    Those are the logarithms (horizon) at the `actual` prices (n, horizon), of log prices where
    the scale is one of log returns: at a row the mean of its densities, one for each path up to
    the row before.
    """
    block = max(1, AT_ONCE // sampling.paths)
    sampling.strata  # noqa: B018 - made once, before threads ask for it

    def run(start: int) -> None:
        some = slice(start, start + block)
        rows = inverse.subset(some)
        uniforms = [
            sampling.uniforms(symbol, row)
            for symbol, row in zip(rows.symbols, rows.rows.tolist(), strict=True)
        ]
        prices, densities = _paths(
            sampling, after, some, rows.walk(sampling.paths), np.concatenate(uniforms, axis=2),
            None if actual is None else actual[some],
        )  # fmt: skip
        for k, paths in enumerate(np.split(prices, len(uniforms), axis=1)):
            keep(start + k, paths, densities[:, k])

    threads.map(run, range(0, len(inverse.rows), block))


def _paths(
    sampling: Sampling, after: NetworkStates, some: slice, walk: Walk, uniforms: Float64Array,
    actual: Float64Array | None,
) -> tuple[Float64Array, Float64Array]:  # fmt: skip
    """Prices (horizon, origins x paths) from the outputs of the origins' days on.

    And the log densities (horizon, origins) at the actual prices; NaN without them.
    """
    works = _workspaces(sampling, after, some)
    outputs = np.repeat(after.outputs[some], sampling.paths, axis=0)
    prices = np.empty((sampling.horizon, len(outputs)))
    densities = np.full((sampling.horizon, len(outputs) // sampling.paths), np.nan)
    for ahead, of_day in enumerate(uniforms):
        if actual is not None:
            densities[ahead] = _log_density(sampling, outputs, walk, actual[:, ahead])
        drawn = sampling.network.head.draw(outputs, of_day.T)
        prices[ahead] = walk.step(drawn)
        if ahead + 1 < sampling.horizon:
            outputs = _step(sampling.network, works, drawn)
    return prices, densities


def _log_density(
    sampling: Sampling, outputs: FloatArray, walk: Walk, actual: Float64Array
) -> Float64Array:
    """Log of the mean density (origins) at the actual prices, of what follows each path."""
    values, steps = walk.values_of(np.repeat(actual, sampling.paths))
    of_paths = sampling.network.head.distribution(outputs).log_density(values) - np.log(steps)
    of_paths = of_paths.reshape(len(actual), sampling.paths)
    top = np.max(of_paths, axis=1)
    with np.errstate(invalid="ignore"):  # where the density of every path is zero
        mean: Float64Array = top + np.log(np.mean(np.exp(of_paths - top[:, None]), axis=1))
    return mean


def _workspaces(sampling: Sampling, after: NetworkStates, some: slice) -> list[Workspace]:
    """The states of each origin in as many lanes as it has paths."""
    a, dtype = sampling.network.architecture, sampling.network.flat.dtype.name
    origin_of = np.repeat(np.arange(len(after.outputs))[some], sampling.paths)
    works = []
    for start in range(0, len(origin_of), LANES):
        lanes = origin_of[start : start + LANES]
        work = Workspace(a, 1, LANES, dtype, backward=False)
        work.carry_in([states[:, :, lanes] for states in after.states], slice(len(lanes)))
        works.append(work)
    return works


def _step(network: Network, works: list[Workspace], fed: Float64Array) -> FloatArray:
    """Outputs (paths, O) one day later, each path fed its last value (paths)."""
    x = np.zeros((1, 1, LANES * len(works)), network.flat.dtype)
    x[0, 0, : len(fed)] = fed
    parts = []
    for number, work in enumerate(works):
        lanes = np.ascontiguousarray(x[:, :, number * LANES : (number + 1) * LANES])
        parts.append(forward(network, lanes, work)[0].copy())
        work.carry(1)
    return np.concatenate(parts, axis=1)[:, : len(fed)].T
