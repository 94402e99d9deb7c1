"""What the past of each symbol says of how far its range moves, and how heavy its tails are.

Each candidate is a pair (a, b) as `range_shrinkage` has them. It counts by its log scores of the
next rows so far, older ones less (dynamic model averaging: Raftery, Karny & Ettler 2010,
doi:10.1198/TECH.2009.08104), and by a weight before any row. All of that follows from the past of a
symbol alone, row by row, or of many at once to the same bits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, FloatArray, IntArray
from rnncli.distributions import student_t
from rnncli.kernels import decayed_sums_kernel
from rnncli.network.heads import OUTPUTS, parameters
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.transforms.dataset import Dataset

KIND = "student-t"
NEXT_ROW = OUTPUTS[KIND]  # outputs of a day that are of the next row, the first of all
MOVES = np.array([1.0, 0.75, 0.5, 0.25, 0.0, 0.25, 0.25, 0.0, 0.0])  # a of the candidates
TAILS = np.array([0.0, 0.0, 0.0, 0.0, 0.0, -1.0, -2.0, -1.0, -2.0])  # b of them
BEFORE = -4.0 * (1 - MOVES) ** 2 - 2.0 * TAILS**2  # their log weights before any row
KEEPS = 0.5 ** (1 / 500)  # of a log score a row later: a half is left after 500
STEPS = 512  # in 1: inverse degrees of freedom are rounded to these, so that densities are few
FINEST, COARSEST = 1, 250  # steps: 512 and 2.05 degrees of freedom
MEMORY = 1 + len(MOVES) + 2  # numbers a symbol: the sum of log scales, a log score of each
# candidate, the last two changes of the log price
SCORES, LAST_CHANGES = slice(1, -2), slice(-2, None)
CELLS = 2**16  # rows whose evidence is computed at once
IN_CACHE = 2**12  # rows whose log scores are


@dataclass(frozen=True)
class ScoredRows:
    """T rows of n series whose next row is known; where a series has fewer, the last of them.

    outputs (T, n, 3): of the network for the next row; steps (T, n): what a value of 1 is of a log
    price; changes (T, n): of the log price to the next row; known (T, n): whether there is a row.
    """

    outputs: FloatArray
    steps: Float64Array
    changes: Float64Array
    known: BoolArray

    @classmethod
    def empty(cls, rows: int, series: int) -> "ScoredRows":
        """Room for `rows` rows of each of `series` series."""
        shape = (rows, series)
        outputs = np.zeros((*shape, NEXT_ROW), np.float32)
        return cls(outputs, np.ones(shape), np.zeros(shape), np.zeros(shape, np.bool_))

    def put(self, k: int, outputs: FloatArray, steps: Float64Array, changes: Float64Array) -> None:
        """Enter the rows of series k."""
        at = slice(len(self.changes) - len(changes), None)
        self.outputs[at, k], self.steps[at, k] = outputs, steps
        self.changes[at, k], self.known[at, k] = changes, True


def no_evidence(count: int) -> Float64Array:
    """What is known of `count` series before any row is scored: (count, MEMORY)."""
    return np.zeros((count, MEMORY))


def evidence_after(before: Float64Array, counts: IntArray, rows: ScoredRows) -> Float64Array:
    """What is known of n series before each of T rows and after the last: (T + 1, n, MEMORY).

    `before` (n, MEMORY); `counts` (n): of the rows that were scored before.
    """
    _, scales, dofs = parameters(KIND, rows.outputs)
    assert dofs is not None
    levels = np.log(scales) + np.log(rows.steps)
    terms = np.where(rows.known, levels, 0)
    sums = np.cumsum(np.concatenate([before[None, :, 0], terms]), axis=0)
    count = np.maximum(counts + np.cumsum(rows.known, axis=0), 1)
    means = sums[1:] / count
    scores = _log_scores(rows.changes, levels, means, dofs)
    counted = rows.known & np.all(np.isfinite(scores), axis=0)
    scores[:, ~counted] = 0
    evidence = np.empty((len(rows.known) + 1, *before.shape))
    evidence[..., 0] = sums
    decayed = np.empty((len(evidence), len(before), len(MOVES)))
    decayed[0] = before[:, SCORES]
    decayed_sums_kernel()(np.where(rows.known, KEEPS, 1.0), scores, decayed)
    evidence[..., SCORES] = decayed
    evidence[..., LAST_CHANGES] = _last_changes(before[:, LAST_CHANGES], rows)
    return evidence


def _last_changes(before: Float64Array, rows: ScoredRows) -> Float64Array:
    """The last two changes before each of T rows and after the last (T + 1, n, 2), oldest first."""
    last = np.concatenate([before[None, :, 1], np.where(rows.known, rows.changes, before[:, 1])])
    earlier = np.concatenate([before[None, :, 0], np.where(rows.known, last[:-1], before[:, 0])])
    return np.stack([earlier, last], axis=-1)


def _log_scores(
    changes: Float64Array, levels: Float64Array, means: Float64Array, dofs: Float64Array
) -> Float64Array:
    """Log density (K, T, n) of each change under each candidate, but for a constant."""
    scores = np.empty((len(MOVES), *changes.shape))
    size = max(1, IN_CACHE // max(changes.shape[1], 1))
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(changes), size):
            at = slice(start, start + size)
            _enter_scores(scores[:, at], changes[at] ** 2, means[at], levels[at], dofs[at])
    return scores


def _enter_scores(
    scores: Float64Array, squares: Float64Array, means: Float64Array, levels: Float64Array,
    dofs: Float64Array,
) -> None:  # fmt: skip
    """Log scores of some rows; what candidates share is computed once."""
    away, shapes = levels - means, {tail: _shapes(dofs, tail) for tail in set(TAILS.tolist())}
    for move in set(MOVES.tolist()):
        scale = means + move * away
        ratios = squares * np.exp(-2 * scale)
        for k in np.flatnonzero(move == MOVES).tolist():
            norm, dof, half = shapes[float(TAILS[k])]
            scores[k] = norm - half * np.log1p(ratios / dof) - scale


def _shapes(dofs: Float64Array, tail: float) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Log density at 0, degrees of freedom, and half of one more, of lighter tails."""
    norms, dofs_at = _densities()
    step = np.rint(inverse_dofs(dofs, tail) * STEPS).astype(np.int64)
    dof = dofs_at[step]
    return norms[step], dof, (dof + 1) / 2


def inverse_dofs(dofs: Float64Array, tails: Float64Array | float) -> Float64Array:
    """The inverse of the degrees of freedom, within the range of steps, where tails are lighter."""
    inverse: Float64Array = np.clip(np.exp(tails) / dofs, FINEST / STEPS, COARSEST / STEPS)
    return inverse


@cache
def _densities() -> tuple[Float64Array, Float64Array]:
    """The log density at 0, and the degrees of freedom, by steps of their inverse."""
    dofs = STEPS / np.maximum(np.arange(COARSEST + 1.0), FINEST)
    return student_t.log_density(np.zeros(len(dofs)), dofs), dofs


def evidence_at(
    daily: FloatArray, dataset: Dataset, prices: Prices, origins: Origins
) -> Float64Array:
    """What is known of its series at each origin (n, MEMORY).

    `daily` (values, 3): outputs of every day up to the origins, for its next row.
    """
    at_origins, days = no_evidence(len(origins)), dataset.days_of(origins)
    order = np.argsort(origins.series, kind="stable")
    numbers, starts = np.unique(origins.series[order], return_index=True)
    places = np.split(order, starts)[1:]
    lasts = np.array([days[at].max() for at in places], np.int64)
    for block in _blocks(lasts):
        longest = int(lasts[block].max())
        rows = ScoredRows.empty(longest, len(block))
        for k, (i, last) in enumerate(zip(numbers[block], lasts[block], strict=True)):
            rows.put(k, *_rows_of(daily, dataset, prices, int(i), int(last)))
        nothing = no_evidence(len(block)), np.zeros(len(block), np.int64)
        evidence = evidence_after(*nothing, rows)
        for k, b in enumerate(block.tolist()):
            at_origins[places[b]] = evidence[longest - lasts[b] + days[places[b]], k]
    return at_origins


def _rows_of(
    daily: FloatArray, dataset: Dataset, prices: Prices, i: int, count: int
) -> tuple[FloatArray, Float64Array, Float64Array]:
    """Outputs, steps and changes of the first `count` days of series i."""
    first, start = int(dataset.first_rows[i]), int(dataset.offsets[i])
    known = prices.series(i)[: first + count + 1]
    rows = np.arange(first, first + count)
    steps = dataset.preparation.steps(prices.symbols[i], known, rows)
    return daily[start : start + count], steps, np.diff(np.log(known[first:]))


def _blocks(lengths: IntArray) -> Iterator[IntArray]:
    """Places of series in blocks of similar length, of CELLS rows at most or one series."""
    order = np.argsort(lengths, kind="stable")
    while len(order):
        size = max(1, CELLS // max(int(lengths[order[-1]]), 1))
        yield order[-size:]
        order = order[:-size]
