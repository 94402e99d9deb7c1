"""Columns that are a formula of two others: ratios, distances and so on, however coarse."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.prices.parsing.columns.relation import ENOUGH, Choice, Relation, is_exact

_WIDEST = 60  # columns of which each two are combined
_SCREEN = 4  # rows that all pairs are tried on

_Formula = Callable[[Float64Array, Float64Array], Float64Array]
FORMULAS: tuple[_Formula, ...] = (
    lambda one, other: one + other,
    lambda one, other: (one + other) / 2,
    lambda one, other: one - other,
    lambda one, other: np.abs(one - other),
    lambda one, other: one / other,
    lambda one, other: 100 * one / other,
    lambda one, other: one / other - 1,
    lambda one, other: 100 * (one / other - 1),
    lambda one, other: np.log(one / other),
    lambda one, other: one * other,
)
BOUNDS: tuple[_Formula, ...] = (np.maximum, np.minimum)  # of two numbers


def of_pairs(
    values: Float64Array, rounding: Float64Array, active: Sequence[int], choose: Choice
) -> Iterator[Relation]:
    """Yield columns that are a formula of two others."""
    if not 3 <= len(active) <= _WIDEST:
        return
    complete = np.flatnonzero(~np.isnan(values[active]).any(axis=0))
    if complete.size < ENOUGH:
        return
    screen = complete[np.linspace(0, complete.size - 1, _SCREEN).astype(int)]
    few = values[active][:, screen]
    made: set[int] = set()
    for formula in (*FORMULAS, *BOUNDS):
        with np.errstate(all="ignore"):
            tried = formula(few[:, None], few[None])
            off = _slack(formula, few[:, None], few[None], rounding[active])
        for place, index in reversed(list(enumerate(active))):
            if index in made:
                continue
            slack = off + rounding[index] + 1e-9
            near = np.all(np.abs(tried - few[place]) <= slack, axis=2)
            near[place], near[:, place] = False, False
            np.fill_diagonal(near, val=False)
            for one, other in np.argwhere(near):
                pair = (active[int(one)], active[int(other)])
                if made & set(pair) or not _is_pair(values, rounding, formula, index, pair):
                    continue
                relation = choose(Relation(index, pair, (1.0, 1.0), "pair"))
                made.add(relation.made)
                yield relation
                break


def _slack(
    formula: _Formula, one: Float64Array, other: Float64Array, rounding: Float64Array
) -> Float64Array:
    """Return how far the rounding of both numbers may take a formula of each two columns."""
    ours, theirs = rounding[:, None, None], rounding[None, :, None]
    centre = formula(one, other)
    slack = np.abs(formula(one + ours, other) - centre) + np.abs(
        formula(one, other + theirs) - centre
    )
    return 1.05 * slack


def _is_pair(
    values: Float64Array,
    rounding: Float64Array,
    formula: _Formula,
    index: int,
    pair: tuple[int, int],
) -> bool:
    one, other = values[list(pair)]
    with np.errstate(all="ignore"):
        made = formula(one, other)
        off = np.abs(formula(one + rounding[pair[0]], other) - made)
        off += np.abs(formula(one, other + rounding[pair[1]]) - made)
    rows = ~np.isnan(values[index])
    ours = values[index][rows]
    if formula in BOUNDS:
        both = np.isclose(ours, one[rows]), np.isclose(ours, other[rows])
        if min(np.count_nonzero(each) for each in both) < ENOUGH // 2:
            return False
        if np.count_nonzero(~both[0] & ~both[1] & ~np.isnan(made[rows])):
            return False
    return is_exact(ours, made[rows], 1.05 * off[rows] + rounding[index])
