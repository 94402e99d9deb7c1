"""Columns that are, row by row and as far as they are printed, arithmetic on other columns."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.prices.parsing.columns.fitted_columns import (
    fitted_portfolios,
    fitted_products,
    fitted_sums,
)
from rnncli.prices.parsing.columns.pair_formulas import of_pairs
from rnncli.prices.parsing.columns.relation import ENOUGH, Choice, Relation, is_exact

_AGREE = 0.97  # the share of rows that must agree
_LIKELY = 0.8  # the share of rows that a column needs
_FEW = 3  # columns of a total at least


def relations(values: Float64Array, decimals: Sequence[int], choose: Choice) -> list[Relation]:
    """Return the columns that are made of others, each once, and what of.

    `values` has the shape (columns, rows), NaN where a cell is empty; `decimals` says to how many
    places each column is printed. `choose` turns a relation around where another of its columns is
    rather the one that is made.
    """
    by_column = {each.made: each for each in _in_rows(values, decimals, choose, frozenset())}
    complete = ~np.isnan(values).any(axis=0)
    if ENOUGH < np.count_nonzero(complete) < _LIKELY * complete.size:  # some are listed late
        others = _in_rows(values[:, complete], decimals, choose, frozenset(by_column))
        by_column = {each.made: each for each in others} | by_column
    return list(by_column.values())


def _in_rows(
    values: Float64Array, decimals: Sequence[int], choose: Choice, known: Collection[int]
) -> list[Relation]:
    """Return the relations that hold in these rows, but for those of known columns."""
    rounding = 0.51 * 10.0 ** -np.asarray(decimals, dtype=np.float64)
    by_column: dict[int, Relation] = {}
    for search in (_totals, fitted_sums, fitted_products, fitted_portfolios, of_pairs):
        active = [i for i in _usable(values) if i not in by_column and i not in known]
        for relation in search(values, rounding, active, choose):
            by_column.setdefault(relation.made, relation)
    return list(by_column.values())


def _usable(values: Float64Array) -> list[int]:
    """Return the columns with enough numbers, whose steps differ."""
    count = values.shape[1]
    given = np.count_nonzero(~np.isnan(values), axis=1)
    steps = np.sort(np.round(np.diff(values, axis=1), 9), axis=1)  # NaN comes last
    kinds = np.count_nonzero(np.diff(steps, axis=1) > 0, axis=1) + 1
    return np.flatnonzero((given >= max(ENOUGH, _LIKELY * count)) & (kinds > ENOUGH // 2)).tolist()


def _totals(
    values: Float64Array, rounding: Float64Array, active: Sequence[int], _: Choice
) -> Iterator[Relation]:
    """Yield sums and means of all other columns, or of all on one side, however many there are."""
    rest = list(active)
    while (total := _total(values, rounding, rest)) is not None:
        yield total
        rest.remove(total.made)


def _total(values: Float64Array, rounding: Float64Array, active: Sequence[int]) -> Relation | None:
    """Return the first sum or mean of at least three columns."""
    if len(active) <= _FEW:
        return None
    numbers, slack = values[active], rounding[active]
    filled, places = np.nan_to_num(numbers), np.arange(len(active))
    before, slack_before = np.cumsum(filled, axis=0) - filled, np.cumsum(slack) - slack
    others, slack_others = filled.sum(axis=0) - filled, slack.sum() - slack
    for sums, slacks, counts in (
        (others, slack_others, np.full(places.size, places.size - 1)),
        (before, slack_before, places),
        (others - before, slack_others - slack_before, places[::-1]),
    ):
        for weights in (np.ones(places.size), 1 / np.maximum(counts, 1)):
            made, off = weights[:, None] * sums, (slack + weights * slacks)[:, None]
            near = np.abs(numbers - made) <= off + 1e-9 * np.abs(made)
            likely = np.flatnonzero((near.mean(axis=1) >= _LIKELY * _AGREE) & (counts >= _FEW))
            for place in likely.tolist():
                rows = ~np.isnan(numbers[place])
                exact = (each[place][rows] for each in (numbers, made, off + 0 * made))
                if is_exact(*exact):
                    sources = _sources_of_total(active, place, int(counts[place]), sums is before)
                    share = float(weights[place])
                    return Relation(active[place], sources, (share,) * len(sources), "sum")
    return None


def _sources_of_total(
    active: Sequence[int], place: int, count: int, is_behind: bool
) -> tuple[int, ...]:
    """Return all other columns, or those on one side of the total."""
    if count == len(active) - 1:
        return (*active[:place], *active[place + 1 :])
    return tuple(active[:place] if is_behind else active[place + 1 :])
