"""The past moves of many symbols on the same days: what historical simulation draws from."""

from collections.abc import Iterator

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.evaluation.cutoffs import Calendar
from rnncli.prices.series import Prices
from rnncli.runtime.random_numbers import generator

WINDOW = 500  # days, as usual in practice


def moves_by_day(
    prices: Prices,
    days: Calendar,
    series: IntArray,
    until: int,
    rows: int = 1,
    window: int = WINDOW,
) -> tuple[Float64Array, IntArray]:
    """Relative moves (days, n) over `rows` rows that ended on the last days up to `until`.

    Price over the price `rows` rows before of the same series, less 1; NaN where a series has no
    row on a day. Also returns the days, ascending.
    """
    end = int(np.searchsorted(days.days, until, side="right"))
    window_days = days.days[max(0, end - window) : end]
    moves = np.full((len(window_days), len(series)), np.nan)
    for column, i in enumerate(series.tolist()):
        start, stop = prices.offsets[i], prices.offsets[i + 1]
        symbol_days = days.rows[start:stop]
        first, last = (
            np.searchsorted(symbol_days, (window_days[0], window_days[-1] + 1))
            if len(window_days)
            else (0, 0)
        )
        at = np.arange(max(first, rows), last)
        values = prices.values[start:stop]
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = values[at] / values[at - rows] - 1
        moves[np.searchsorted(window_days, symbol_days[at]), column] = np.where(
            np.isfinite(moved), moved, np.nan
        )
    return moves, window_days


def past_moves(
    prices: Prices, days: Calendar, series: IntArray, until: int, horizon: int, draws: int
) -> Iterator[Float64Array]:
    """Historical simulation: 100 log moves (n, draws) over 1 to `horizon` rows, whole days drawn.

    A symbol without a row on a day takes a random one of its other days; without any, it does not
    move.
    """
    rng = generator(until % 2**31, draws)
    for rows in range(1, horizon + 1):
        moves, _ = moves_by_day(prices, days, series, until, rows)
        filled = fill_missing(moves, rng)
        chosen = filled[rng.integers(len(filled), size=draws)] if len(filled) else None
        yield (np.zeros((len(series), draws)) if chosen is None else 100 * np.log1p(chosen.T))


def fill_missing(moves: Float64Array, rng: np.random.Generator) -> Float64Array:
    """Moves (days, n) with each missing one replaced by a random one of the same column."""
    filled = moves.copy()
    for column in filled.T:
        missing = np.isnan(column)
        present = column[~missing]
        column[missing] = rng.choice(present, missing.sum()) if len(present) else 0.0
    return filled
