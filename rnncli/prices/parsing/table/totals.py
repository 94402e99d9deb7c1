"""Rows that sum up others: totals, means, highs, with a word for it or none, dated or not.

Spreadsheets put them below the rows, above them, or behind each month. A row without a date is one
where a cell of it says so, or its price is the sum, mean, median, highest, lowest or number of the
others; a dated one only where it is the sum of all rows above it, or the last of the file and both.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.table.categorical import Categorical
from rnncli.prices.parsing.values.numbers import without_digits
from rnncli.prices.parsing.values.parse_dates import is_date
from rnncli.prices.parsing.vocabulary.cell_words import says_summary
from rnncli.prices.parsing.vocabulary.expression import expression

TOTALS = "rows that sum up others (first on line {line})"

_QUANTILE = expression(r"[0-9]{1,2}(?:\.[0-9]+)?%")
FEWEST = 5  # rows of which a dated price is the sum, before it is called one
CLOSE = 0.01  # of a sum: as far as rounding may take one
MOST = 200  # rows that are looked at cell by cell


def find_totals(
    grid: CellGrid, days: Categorical | None, prices: Float64Array, codes: IntArray
) -> BoolArray:
    """Return which rows sum up others, shape (rows,).

    `prices` (columns of prices, rows) are NaN where a cell is empty; `codes` (rows,) are those of
    the symbols, -1 where a row has none; `days` are the cells under the name of the dates.
    """
    totals = np.zeros(codes.size, dtype=np.bool_)
    if days is None:
        return totals
    labels = _labels(days.cells)
    if labels or "" in days.cells:
        undated = [i for i, cell in enumerate(days.cells) if not cell or i in labels]
        priced = ~np.isnan(prices).all(axis=0)
        candidates = np.flatnonzero(np.isin(days.codes, undated) & priced)
        for row in candidates[:MOST].tolist():
            totals[row] = int(days.codes[row]) in labels or _has_label(grid, row) or _sums_up(
                prices, codes, row, candidates
            )  # fmt: skip
    totals[_last_sums(prices, codes, totals)] = True
    last = codes.size - 1
    is_priced = not totals[last] and not np.isnan(prices[:, last]).all()
    if is_priced and _has_new_label(grid, last):
        totals[last] = _sums_up(prices, codes, last, np.flatnonzero(totals))
    return totals


def _labels(cells: Sequence[str]) -> set[int]:
    """Return which distinct cells are words for a summary rather than dates."""
    signs = [without_digits(cell) for cell in cells]  # those of dates are few
    words = {text for text in set(signs) if text == "%" or says_summary(text)}
    if not words:
        return set()
    return {i for i, cell in enumerate(cells) if signs[i] in words and _is_label(cell)}


def _is_label(cell: str) -> bool:
    if cell[-1] == "%":
        return _QUANTILE.fullmatch(cell) is not None
    return says_summary(cell) and not is_date(cell)


def _has_label(grid: CellGrid, row: int) -> bool:
    return any(says_summary(cell) for cell in grid.row(row) if cell.strip())


def _has_new_label(grid: CellGrid, row: int) -> bool:
    """Whether the last row has a word for a summary that is not above it, as a symbol would be."""
    labels = [cell.strip() for cell in grid.last_row() if cell.strip() and says_summary(cell)]
    if not labels or not row:
        return bool(labels)
    above = {cell.strip() for cell in grid.row(row - 1)}
    return not above.issuperset(labels)


def _last_sums(prices: Float64Array, codes: IntArray, totals: BoolArray) -> IntArray:
    """Return those of the last rows of the symbols that are the sum of all rows above them."""
    size = int(codes.max(initial=0)) + 2
    places = codes + 1  # that of rows without a symbol comes first
    missing = np.isnan(prices)
    left_out = missing.all(axis=0) | totals if totals.any() or missing.any() else None
    last = np.full(size, -1, dtype=np.int64)
    rows = np.arange(codes.size) if left_out is None else np.flatnonzero(~left_out)
    last[places if left_out is None else places[rows]] = rows
    fits = last >= 0
    for values in prices if left_out is None else np.where(missing | left_out, 0.0, prices):
        sums = np.bincount(places, weights=values, minlength=size) - values[last]
        fits &= np.abs(values[last] - sums) <= CLOSE * np.abs(sums)
    exact = [row for row in last[fits].tolist() if _is_sum(prices, codes, row, totals)]
    return np.array(exact, dtype=np.int64)


def _is_sum(prices: Float64Array, codes: IntArray, row: int, totals: BoolArray) -> bool:
    """Whether all prices of a last row are sums of those of the same symbol above it."""
    above = _rows_of(codes, row, totals)
    given = ~np.isnan(prices[:, row])
    total, parts = prices[given, row], np.nan_to_num(prices[:, above[above < row]])[given]
    if parts.shape[1] < FEWEST:
        return False
    return bool(np.all(total > parts.max(axis=1)) and np.all(_are_equal(total, parts.sum(axis=1))))


def _sums_up(prices: Float64Array, codes: IntArray, row: int, candidates: IntArray) -> bool:
    """Whether all prices of an undated row are the same summary of the others, or of a part."""
    others = np.zeros(codes.size, dtype=np.bool_)
    others[candidates] = True
    every = _rows_of(codes, row, others)
    earlier = candidates[candidates < row]
    since = every[(every < row) & (every > (earlier[-1] if earlier.size else -1))]
    given = np.flatnonzero(~np.isnan(prices[:, row]))
    return any(
        bool(np.all(_are_equal(prices[given, row], summary)))
        for rows in (every, since)
        if rows.size > 1
        for summary in _summaries(prices[np.ix_(given, rows)])
    )


def _rows_of(codes: IntArray, row: int, without: BoolArray) -> IntArray:
    """Return the other rows of the symbol of a row; of all, where the row names none."""
    same = (codes == codes[row]) | (codes[row] < 0)
    rows = np.flatnonzero(same & ~without)
    others: IntArray = rows[rows != row]
    return others


def _summaries(values: Float64Array) -> Iterator[Float64Array]:
    """Yield sums, means, medians and so on of prices, shape (columns,) each."""
    filled = values[:, ~np.isnan(values).any(axis=0)]
    if filled.shape[1] > 1:
        for summary in (np.sum, np.mean, np.median, np.max, np.min):
            yield summary(filled, axis=1)
        yield np.std(filled, axis=1, ddof=1)
        yield np.full(len(filled), float(filled.shape[1]))


def _are_equal(written: Float64Array, exact: Float64Array) -> BoolArray:
    """Whether numbers are others rounded to the decimals that they are written with."""
    places = np.array([len(f"{number!r}".partition(".")[2]) for number in written.tolist()])
    slack = 0.5 * 10.0**-places + 1e-9 * np.abs(exact)
    equal: BoolArray = np.abs(written - exact) <= slack * 1.01
    return equal
