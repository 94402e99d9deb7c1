"""Columns that are weighted sums, products or portfolios of others, as far as they are printed.

A weighted sum is linear in the numbers, a product in their logarithms, the value of a portfolio
with constant weights in its returns. Each is a least squares fit, and counts only where it leaves
nothing but rounding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.prices.parsing.columns.relation import ENOUGH, Choice, Relation

_FINE = 5  # times its rounding that a number must usually step
_NEAR = 0.5  # of its usual step: what is left of a number that may be made of others
_WIDEST = 120  # columns that are fitted to each other
_ROWS = 1.25  # for each of them, and some more
_SPARSE = 12  # columns of a sum that are sought one by one
_FOLLOWED = 30  # columns of which each two are compared
_EXPONENTS = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)  # of a number in a product


@dataclass(frozen=True)
class _Space:
    """Numbers in which a relation is linear, (columns, rows), and how far rounding may take each.

    `level` is whether a constant may be added.
    """

    kind: str
    numbers: Float64Array
    slack: Float64Array
    level: bool


def fitted_sums(
    values: Float64Array, rounding: Float64Array, active: Sequence[int], choose: Choice
) -> Iterator[Relation]:
    """Yield the columns that are weighted sums of others, and a number."""
    slack = np.broadcast_to(rounding[:, None], values.shape)
    yield from fits(_Space("sum", values, slack, level=True), active, choose)


def fitted_products(
    values: Float64Array, rounding: Float64Array, active: Sequence[int], choose: Choice
) -> Iterator[Relation]:
    """Yield the columns that are products of roots, squares and ratios of others."""
    positive = [i for i in active if not np.any(values[i] <= 0)]
    with np.errstate(all="ignore"):
        space = _Space("product", np.log(values), 1.01 * rounding[:, None] / values, level=True)
    for relation in fits(space, positive, choose):
        if all(min(abs(w - e) for e in _EXPONENTS) < 0.02 for w in relation.weights):
            yield relation


def fitted_portfolios(
    values: Float64Array, rounding: Float64Array, active: Sequence[int], choose: Choice
) -> Iterator[Relation]:
    """Yield the columns whose returns are weighted sums of those of others."""
    positive = [i for i in active if not np.any(values[i] <= 0)]
    with np.errstate(all="ignore"):
        ratios = values[:, 1:] / values[:, :-1]
        slack = 1.01 * rounding[:, None] / values[:, :-1] * (1 + ratios)
    space = _Space("portfolio", ratios - 1, slack, level=False)
    yield from fits(space, positive, choose)
    yield from _followers(space, positive)


def _followers(space: _Space, active: Sequence[int]) -> Iterator[Relation]:
    """Yield columns that move with another one, against it, or not at all, as a strategy does."""
    if len(active) > _FOLLOWED:
        return
    for place, index in enumerate(active):
        ours, slack = space.numbers[index], space.slack[index]
        for other in active[:place]:
            theirs, both = space.numbers[other], slack + space.slack[other]
            rows = ~np.isnan(ours + theirs)
            near = [np.abs(ours - sign * theirs)[rows] <= both[rows] for sign in (0.0, 1.0, -1.0)]
            moves = np.abs(theirs[rows]) > _FINE * both[rows]
            is_exact = np.any(near, axis=0).all() and np.count_nonzero(moves) >= 2 * ENOUGH
            states = [np.count_nonzero(each & moves) for each in near]
            if is_exact and max(states[1:]) >= ENOUGH and sum(each > 1 for each in states) > 1:
                yield Relation(index, (other,), (1.0,), "portfolio")
                break


def fits(space: _Space, active: Sequence[int], choose: Choice) -> Iterator[Relation]:
    """Yield the columns that are a weighted sum of columns before them but for their rounding.

    Gram-Schmidt shows which columns may be: what is left of them is small beside their steps.
    """
    rows = np.asarray(~np.isnan(space.numbers[list(active)]).any(axis=0))
    count = int(np.count_nonzero(rows))
    active = active[: max(int((count - ENOUGH) / _ROWS), 0)][:_WIDEST]
    numbers = space.numbers[:, rows]
    basis = np.empty((0, count))
    if space.level:
        basis = np.full((1, count), count**-0.5)
    chosen: list[int] = []
    for index in active:
        left = numbers[index]
        for _ in range(2):
            left = left - (left @ basis.T) @ basis
        step = float(np.median(np.abs(np.diff(numbers[index]) if space.level else numbers[index])))
        relation = None
        if chosen and np.sqrt(np.mean(left**2)) < _NEAR * step:
            relation = _fit(space, rows, index, chosen)
        if relation is None:
            chosen.append(index)
            basis = np.vstack([basis, left / max(float(np.linalg.norm(left)), 1e-300)])
            continue
        turned = choose(relation)
        if turned.made != index:  # the columns span the same space with one for the other
            chosen[chosen.index(turned.made)] = index
        yield turned


def _fit(space: _Space, rows: BoolArray, index: int, chosen: Sequence[int]) -> Relation | None:
    """Return a column as a sum of few others, or of all, that leaves nothing but rounding of it.

    Few are sought one after the other, each being the one whose steps are most like what is left
    (orthogonal matching pursuit, Pati et al. 1993).
    """
    numbers, slack = space.numbers[:, rows], space.slack[:, rows]
    moves = np.diff(numbers, axis=1) if space.level else numbers
    sizes = np.linalg.norm(moves[chosen], axis=1)
    sources: list[int] = []
    weights = _exact_weights(space, numbers, slack, index, sources)
    left = moves[index]
    while weights is None and len(sources) < min(_SPARSE, len(chosen)):
        likeness = np.abs(moves[chosen] @ left) / sizes
        likeness[[chosen.index(source) for source in sources]] = -1.0
        sources.append(chosen[int(np.argmax(likeness))])
        theirs = moves[sources].T
        left = moves[index] - theirs @ np.linalg.lstsq(theirs, moves[index], rcond=None)[0]
        weights = _exact_weights(space, numbers, slack, index, sources)
    if weights is None:
        sources = list(chosen)
        weights = _exact_weights(space, numbers, slack, index, sources)
    for source in list(sources) if len(sources) <= _SPARSE else []:
        fewer = [each for each in sources if each != source]
        without = _exact_weights(space, numbers, slack, index, fewer)
        if without is not None:
            sources, weights = fewer, without
    if weights is None or numbers.shape[1] < ENOUGH + len(sources) + 1:
        return None
    return Relation(index, tuple(sources), tuple(weights.tolist()), space.kind)


def _exact_weights(
    space: _Space,
    numbers: Float64Array,
    slack: Float64Array,
    index: int,
    sources: Sequence[int],
) -> Float64Array | None:
    """Return the weights with which others make a column but for its rounding; None without any."""
    if not sources:
        return None
    theirs, ours = numbers[list(sources)].T, numbers[index]
    mean = theirs.mean(axis=0) if space.level else np.zeros(theirs.shape[1])
    level = float(ours.mean()) if space.level else 0.0
    weights: Float64Array = np.linalg.lstsq(theirs - mean, ours - level, rcond=None)[0]
    made = (theirs - mean) @ weights + level
    off = slack[index] + np.abs(weights) @ slack[list(sources)]
    steps = np.diff(ours) if space.level else ours
    is_fine = np.median(np.abs(steps)) >= _FINE * np.median(off)
    is_near = np.all(np.abs(ours - made) <= off + 1e-9 * np.abs(ours))
    return weights if is_fine and is_near else None
