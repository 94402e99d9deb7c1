"""Scenarios of each symbol by itself: the cells of its forecast's distribution, equally likely.

A forecast is asked for many prediction intervals, as `predict` gives them; between their bounds
prices are linear in normal scores. Each of N scenarios is the mean of one Nth of the distribution,
so that the mean of the lowest is the expected shortfall, and no draw is left to chance.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.forecasting.forecast import Forecast

STEP = 0.075  # of normal scores between intervals
HIGHEST = 4.5  # normal score of the widest one
FINER = 16  # parts that the outermost cells are cut into: prices are not linear there
NORMAL = NormalDist()


def levels_for(confidences: Sequence[float]) -> tuple[float, ...]:
    """Levels of prediction intervals in percent, each confidence's tails among their bounds."""
    exact = [2 * confidence - 100 for confidence in confidences if 2 * confidence - 100 >= 1]
    grid = np.arange(STEP, HIGHEST + STEP / 2, STEP).tolist()
    others = [100 * (2 * NORMAL.cdf(score) - 1) for score in grid]
    near = [level for level in others if all(abs(level - one) > 1e-6 for one in exact)]
    return tuple(sorted({*exact, *near}))


def scenarios(forecast: Forecast, ahead: int, count: int) -> Float64Array:
    """Prices (n, count) of each symbol on a row ahead, from 1, ascending; NaN where not known."""
    scores, prices = _bounds(forecast, ahead)
    cells, outer = _cell_scores(count), _outer_scores(count)
    values = np.full((len(prices), count), np.nan)
    for of_symbol, own in zip(values, prices, strict=True):
        known = np.isfinite(own)
        if np.count_nonzero(known) < 3:
            continue
        of_symbol[:] = np.interp(cells, scores[known], own[known])
        of_symbol[0] = np.mean(np.interp(outer, scores[known], own[known]))
        of_symbol[-1] = np.mean(np.interp(-outer, scores[known], own[known]))
    return values


def _bounds(forecast: Forecast, ahead: int) -> tuple[Float64Array, Float64Array]:
    """Normal scores (k), ascending, and the prices (n, k) at them."""
    levels = sorted(forecast.lower)
    half = [NORMAL.inv_cdf((1 + level / 100) / 2) for level in levels]
    scores = np.array([*(-score for score in reversed(half)), 0.0, *half])
    columns = [
        *(forecast.lower[level][:, ahead - 1] for level in reversed(levels)),
        forecast.forecasts[:, ahead - 1],
        *(forecast.upper[level][:, ahead - 1] for level in levels),
    ]
    return scores, np.stack(columns, axis=1)


@lru_cache(4)
def _cell_scores(count: int) -> Float64Array:
    """The mean normal score of each of equally likely cells."""
    return _means_between([k / count for k in range(1, count)], count, upper=True)


def _outer_scores(count: int) -> Float64Array:
    """The mean scores of equal parts of the lowest cell."""
    parts = count * FINER
    return _means_between([k / parts for k in range(1, FINER + 1)], parts, upper=False)


def _means_between(edges: Sequence[float], count: int, upper: bool) -> Float64Array:
    """Mean normal scores of cells of probability 1/count that end at `edges`, the first below all.

    `upper`: whether what is above the last edge is a cell too.
    """
    scores = np.array([NORMAL.inv_cdf(edge) for edge in edges])
    densities = np.exp(-(scores**2) / 2) / math.sqrt(2 * math.pi)
    means: Float64Array = -count * np.diff(densities, prepend=0, append=[0] if upper else [])
    return means
