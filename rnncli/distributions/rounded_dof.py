"""Quantiles of Student's t at rounded degrees of freedom: many forecasts share a few of them."""

from functools import lru_cache

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions import student_t
from rnncli.distributions.conformal import GRID
from rnncli.distributions.families import StudentT
from rnncli.distributions.quantile_forecast import MIDDLE

AT_GRID = tuple(sorted({*GRID.tolist(), *MIDDLE}))
MOST_DOFS = 4096  # whose quantiles are remembered, of each list of probabilities
MOST_LISTS = 8
Rows = dict[float, Float64Array]


def shared_quantiles(
    probabilities: tuple[float, ...], dof: Float64Array
) -> tuple[Float64Array, IntArray]:
    """The quantiles (d, k) of `student_t.quantiles` for the d different dof, to the last bit.

    And which of them each dof (...) has. Those of a dof are computed once in a process.
    """
    unique, place = np.unique(dof, return_inverse=True)
    each: list[float] = unique.tolist()
    rows, remembered = dict[float, Float64Array](), _remembered(probabilities)
    for one in each:
        row = remembered.get(one)
        if row is not None:
            rows[one] = row
    new = [one for one in each if one not in rows]
    if new:
        fraction = student_t.compiled_fraction
        computed = student_t.quantiles(probabilities, np.array(new), fraction)
        rows.update(zip(new, computed, strict=True))
        _remember(remembered, rows)
    table = np.empty((len(each), len(probabilities)))
    for number, one in enumerate(each):
        table[number] = rows[one]
    return table, place.reshape(dof.shape)


def standard_distances(ahead: StudentT) -> Float64Array:
    """What `ModelQuantiles.mean_distances` are of Student's t (n, horizon), for log prices.

    Over the spread, distances from the median depend on the degrees of freedom alone.
    """
    table, place = shared_quantiles(AT_GRID, ahead.dof)
    low, middle, high = (table[:, AT_GRID.index(p), None] for p in MIDDLE)
    with np.errstate(invalid="ignore"):
        each = (table[:, np.searchsorted(AT_GRID, GRID)] - middle) / ((high - low) / 2)
    known = np.isfinite(ahead.location + ahead.scale + ahead.dof) & (ahead.scale > 0)
    counts = np.array([
        np.bincount(row[known_row], minlength=len(table))
        for row, known_row in zip(place.T, known.T, strict=True)
    ], np.float64)  # fmt: skip
    total = np.einsum("hd,dk->hk", counts, np.where(np.isfinite(each), each, 0))
    with np.errstate(invalid="ignore"):
        mean: Float64Array = total / counts.sum(axis=1, keepdims=True)
    return mean


@lru_cache(MOST_LISTS)
def _remembered(_probabilities: tuple[float, ...]) -> Rows:
    """The quantiles at these probabilities so far, by dof."""
    return {}


def _remember(remembered: Rows, rows: Rows) -> None:
    """Add rows; NaN, which equals no key, would be added again and again."""
    if len(remembered) + len(rows) > MOST_DOFS:
        remembered.clear()
    remembered.update({dof: row for dof, row in rows.items() if dof == dof})  # noqa: PLR0124
