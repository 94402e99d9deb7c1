"""Several days ahead by drawing: each drawn value is fed back in, thousands of paths a symbol.

The draws of a symbol follow from the seed, its name and how many rows were used, and from
nothing else: the other symbols, their order and the threads change no bit of them. Days and paths
are stratified (Latin hypercube, McKay et al. 1979), so that few paths show much.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
from rnncli.draws import draw
from rnncli.network import Network, Workspace, forward
from rnncli.prepare import Preparation, Prepared
from rnncli.prices import Prices
from rnncli.rollout import Cutoffs, Reached, run_to
from rnncli.threads import Threads
from rnncli.volatility import next_deviations

LANES = 256  # paths side by side in a kernel: a call costs more than its work with fewer
TASK = 16  # cutoffs of one task, which share the workspaces


@dataclass(frozen=True)
class Sampling:
    """What is drawn: so many paths of `horizon` rows a cutoff, from this seed."""

    network: Network
    preparation: Preparation
    horizon: int
    paths: int
    seed: int


def each_sample(
    sampling: Sampling, prices: Prices, prepared: Prepared, cutoffs: Cutoffs, threads: Threads,
    keep: Callable[[int, Float64Array], None],
) -> Reached:  # fmt: skip
    """Draw paths from each cutoff and `keep` them: its number, prices (horizon, paths).

    Returns where the cutoffs leave the network, one row ahead of each.
    """
    reached = run_to(sampling.network, prepared, cutoffs, threads)
    rows = rows_of(prices, prepared, cutoffs)
    steps = _steps(sampling.preparation, prices, cutoffs.series, rows)

    def run(start: int) -> None:
        works = _workspaces(sampling)
        for at in range(start, min(start + TASK, len(rows))):
            i, row = int(cutoffs.series[at]), int(rows[at])
            known = prices.series(i)[: row + 1]
            walk = _Walk(sampling, prices.symbols[i], known, float(steps[at]))
            _load(works, reached, at)
            uniforms = _uniforms(sampling, prices.symbols[i], row)
            keep(at, _paths(sampling, works, walk, reached.outputs[at], uniforms))

    threads.map(run, range(0, len(rows), TASK))
    return reached


def rows_of(prices: Prices, prepared: Prepared, cutoffs: Cutoffs) -> IntArray:
    """The row of its series' prices that each cutoff is, (n)."""
    found: IntArray = cutoffs.day + (prices.lengths - prepared.lengths)[cutoffs.series]
    return found


def _steps(
    preparation: Preparation, prices: Prices, series: IntArray, rows: IntArray
) -> Float64Array:
    """Change of the log price that a value of 1 means after each row, (n)."""
    steps = np.ones(len(rows))
    if preparation.scale == "log-return":
        for i in np.unique(series).tolist():
            own = series == i
            steps[own] = preparation.log_steps(prices.series(i), rows[own])
    return steps


def _workspaces(sampling: Sampling) -> list[Workspace]:
    a, dtype = sampling.network.architecture, sampling.network.flat.dtype.name
    groups = -(-sampling.paths // LANES)
    return [Workspace(a, 1, LANES, dtype, backward=False) for _ in range(groups)]


def _load(works: list[Workspace], reached: Reached, at: int) -> None:
    """Put the states of one cutoff into every lane."""
    for work in works:
        for layer, states in enumerate(reached.states):
            work.states[layer][:, 0] = states[:, :, at, None]


def _paths(
    sampling: Sampling, works: list[Workspace], walk: "_Walk", first: FloatArray,
    uniforms: Float64Array,
) -> Float64Array:  # fmt: skip
    """Prices (horizon, paths) from the outputs (O) of the cutoff's day on."""
    a = sampling.network.architecture
    outputs = np.repeat(first[None], sampling.paths, axis=0)
    found = np.empty((sampling.horizon, sampling.paths))
    for ahead, drawn_at in enumerate(uniforms):
        drawn = draw(a.head, outputs, drawn_at.T, a.levels)
        found[ahead] = walk.on(drawn)
        if ahead + 1 < sampling.horizon:
            outputs = _step(sampling.network, works, drawn)
    return found


def _uniforms(sampling: Sampling, symbol: str, row: int) -> Float64Array:
    """Numbers in (0, 1), (horizon, 2, paths): one in each of as many strata, in random order."""
    name = int.from_bytes(hashlib.sha256(symbol.encode()).digest()[:8])
    rng = np.random.default_rng([sampling.seed, name, row])
    shape = (2 * sampling.horizon, sampling.paths)
    strata = (np.arange(sampling.paths) + rng.uniform(1e-6, 1 - 1e-6, shape)) / sampling.paths
    return rng.permuted(strata, axis=1).reshape(sampling.horizon, 2, sampling.paths)


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


class _Walk:
    """From drawn values to prices, day by day, for all paths of one cutoff."""

    def __init__(self, sampling: Sampling, symbol: str, known: Float64Array, step: float) -> None:
        self._preparation, self._symbol, self._known = sampling.preparation, symbol, known
        self._last = np.array([len(known) - 1])
        if sampling.preparation.scale == "log-return":
            season = sampling.preparation.season
            self._logs = [np.full(sampling.paths, log) for log in np.log(known[-season:])]
            self._count = len(known) - season
            self._deviations = np.full(sampling.paths, step * 100 / sampling.preparation.divisor)

    def on(self, drawn: Float64Array) -> Float64Array:
        """Prices after one more value of each path."""
        p = self._preparation
        if p.scale != "log-return":
            levels: Float64Array = p.forecasts(self._symbol, self._known, self._last, drawn[None])[
                0
            ]
            return levels
        changes = self._deviations * (p.bins.decode(drawn) if p.bins else drawn)
        self._logs.append(self._logs[-p.season] + changes * (p.divisor / 100))
        if p.decay:
            self._deviations = next_deviations(self._deviations, changes, self._count, p.decay)
            self._count += 1
        with np.errstate(over="ignore"):
            found: Float64Array = np.exp(self._logs[-1])
        return found
