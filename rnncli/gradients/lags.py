"""How far gradients reach: their norm by lag, what is left of it, and the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import DataError, setting

FEWEST_SERIES = 10  # a lag with fewer is dropped, unless there are fewer in all
EXPLODING = 100.0  # relative norm at some lag
REMEMBERED = 0.01  # relative norm that still counts as memory
SHORT_MEMORY = 20  # lags


@dataclass(frozen=True)
class Lags:
    """Root mean square norm of dL_T/ds_{T-k} by lag k, over the `series` longer than k.

    `relative` divides by the norm at lag 0 over those same series. All of shape (lags,).
    """

    norm: Float64Array
    relative: Float64Array
    series: Float64Array

    @property
    def half_life(self) -> int | None:
        """The smallest lag with half or less of the gradient; None if there is no such lag."""
        below = np.flatnonzero(self.relative <= 0.5)
        return int(below[0]) if len(below) else None

    @property
    def stops(self) -> bool:
        """Whether no gradient at all arrives beyond the memory: it does not fade, it is cut off."""
        beyond = self.relative[self.memory + 1 :]
        return len(beyond) > 0 and not beyond.any()

    @property
    def memory(self) -> int:
        """The largest lag at which a hundredth is left."""
        return int(np.flatnonzero(self.relative >= REMEMBERED)[-1])


def roots_by_lag(norms: Float64Array, days: IntArray, longest: int) -> Float64Array:
    """Over lanes, by lag: root of the sums of norm² and of norm² at lag 0; count: (3, longest).

    `norms` (T, L) are those of the loss of each lane's last day by all states of a day; `days` (L)
    are the days of each lane, 0 for an empty one.
    """
    roots = np.zeros((3, longest))
    for lane in np.flatnonzero(days > 0):
        count = int(days[lane])
        backwards = norms[:count, lane][::-1]
        roots[:2, :count] = np.hypot(roots[:2, :count], [backwards, np.full(count, backwards[0])])
        roots[2, :count] += 1
    return roots


def lags_of(parts: Sequence[Float64Array]) -> Lags:
    """Norms by lag of all groups, by `roots_by_lag`. Raises DataError if all gradients are 0."""
    roots = np.array(parts)
    norm, norm_at_0 = np.hypot.reduce(roots[:, :2])  # which squares nothing beyond the numbers
    series = roots[:, 2].sum(axis=0)
    enough = series >= min(FEWEST_SERIES, series[0])
    if not norm_at_0[0] > 0:
        raise DataError(
            "the loss has no gradient at the last day of any series; nothing flows back"
        )
    relative = norm[enough] / np.maximum(norm_at_0[enough], np.finfo(float).tiny)
    return Lags(norm[enough] / np.sqrt(series[enough]), relative, series[enough])


def judge(
    lags: Lags, memory_at_start: int, cell: str, activation: str = "tanh"
) -> tuple[str, str, str]:
    """Verdict, the number that decided it, and one remedy that fits the cell."""
    longest, memory = len(lags.norm) - 1, lags.memory
    peak = int(np.argmax(lags.relative))
    if lags.relative[peak] >= EXPLODING:
        return (
            "exploding",
            f"at lag {peak} the gradient is {lags.relative[peak]:.3g} times that at lag 0",
            f"clip ({setting('clip_norm', 1)}), lower {setting('learning_rate')}, or start with"
            f" {setting('init', 'orthogonal')}",
        )
    if longest < SHORT_MEMORY and memory == longest:
        return (
            "too-short-to-tell",
            f"the longest lag is {longest} and the gradient still reaches it",
            f"give series of more than {SHORT_MEMORY + 1} days",
        )
    if memory < SHORT_MEMORY and lags.stops and (stopped := _cut_off(memory, cell, activation)):
        return stopped
    if memory < SHORT_MEMORY and memory_at_start < SHORT_MEMORY:
        return (
            "vanishing",
            f"memory is {memory} lags, and was {memory_at_start} before training",
            _longer(cell),
        )
    if memory < SHORT_MEMORY:
        return (
            "short",
            f"memory is {memory} lags, and was {memory_at_start} before training",
            "none needed: training gave the memory up; these prices may have no longer dependence",
        )
    return (
        "healthy",
        f"memory is {memory} of {longest} lags, and the gradient is"
        f" {_largest(lags.relative[peak])}",
        "none needed",
    )


def _largest(relative: float) -> str:
    """How the largest gradient compares with that at lag 0, to three digits."""
    shown = f"{relative:.3g}"
    if float(shown) <= 1:
        return "nowhere larger than at lag 0"
    return f"at most {shown} times that at lag 0"


def _cut_off(memory: int, cell: str, activation: str) -> tuple[str, str, str] | None:
    """What it means that no gradient arrives beyond the memory, where the cell explains it."""
    if cell == "attention":
        return (
            "short",
            f"memory is {memory} lags, and the window of the last layer ends there",
            f"raise {setting('window')}, or add layers",
        )
    if activation != "relu":
        return None
    return (
        "dead",
        f"every relu is off at lag {memory}, so no gradient reaches lag {memory + 1}",
        f"use {setting('activation', 'tanh')}, or lower {setting('learning_rate')}",
    )


def _longer(cell: str) -> str:
    """What lengthens the memory of a cell."""
    if cell == "rnn":
        return f"start with {setting('init', 'orthogonal')}, or use a gated cell"
    if cell == "attention":
        return f"raise {setting('window')}, or train longer"
    if cell == "lstm":
        return f"raise {setting('forget_bias')}, to 3 say"
    return f"use {setting('cell', 'lstm')} with {setting('forget_bias', 3)}"
