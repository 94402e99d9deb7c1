"""Scenarios of each symbol alone: equally likely cells of its forecast's distribution.

A forecast is asked for many prediction intervals, as `predict` gives them; between their bounds
prices are linear in normal scores. Each of N scenarios is the mean of one Nth of the distribution,
so that the mean of the lowest scenarios is the expected shortfall without sampling error.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.distributions.quantile_forecast import MEDIAN, MIDDLE
from rnncli.forecasting.forecast import Forecast
from rnncli.forecasting.pooled import forecast_by
from rnncli.inference.forecast import Request
from rnncli.models.model import Model
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import prepare

STEP = 0.075  # of normal scores between intervals
HIGHEST = 4.5  # normal score of the widest one
FINER = 16  # parts that the outermost cells are cut into: prices are not linear there
TAIL_CELLS = 100  # that a shortfall is the mean of
LEAST_KNOWN = 3  # bounds that a distribution is made of
SMALLEST = 1e-12  # growth of a walk: with 0 the ranks would follow the order of symbols
NORMAL = NormalDist()


def levels_for(confidences: Sequence[float]) -> tuple[float, ...]:
    """Levels of prediction intervals in percent, each confidence's tails among their bounds."""
    exact = [2 * confidence - 100 for confidence in confidences if 2 * confidence - 100 >= 1]
    grid = np.arange(STEP, HIGHEST + STEP / 2, STEP).tolist()
    others = [100 * (2 * NORMAL.cdf(score) - 1) for score in grid]
    near = [level for level in others if all(abs(level - one) > 1e-6 for one in exact)]
    return tuple(sorted({*exact, *near}))


@dataclass(frozen=True)
class Bands:
    """Prices (n, horizon, k) of n forecasts at normal scores (k), ascending; NaN: not known."""

    scores: Float64Array
    prices: Float64Array

    def scenarios(self, ahead: int, count: int) -> Float64Array:
        """Prices (n, count) on a row ahead, from 1, ascending; NaN where no interval is known."""
        cells, outer = _cell_scores(count), _outer_scores(count)
        values = np.full((len(self.prices), count), np.nan)
        for of_forecast, prices in zip(values, self.prices[:, ahead - 1], strict=True):
            known = np.isfinite(prices)
            if np.count_nonzero(known) < LEAST_KNOWN:
                continue
            scores, known_prices = self.scores[known], prices[known]
            of_forecast[:] = np.interp(cells, scores, known_prices)
            of_forecast[0] = np.mean(np.interp(outer, scores, known_prices))
            of_forecast[-1] = np.mean(np.interp(-outer, scores, known_prices))
        return values

    def lower_tail(self, probability: float) -> tuple[Float64Array, Float64Array]:
        """Quantiles (n) of the next row's price, and equally likely prices below them (n, k)."""
        edge, cells = NORMAL.inv_cdf(probability), _tail_scores(probability)
        quantiles = np.full(len(self.prices), np.nan)
        tails = np.full((len(self.prices), len(cells)), np.nan)
        for i, prices in enumerate(self.prices[:, 0]):
            known = np.isfinite(prices)
            if np.count_nonzero(known) >= LEAST_KNOWN:
                tails[i] = np.interp(cells, self.scores[known], prices[known])
                quantiles[i] = np.interp(edge, self.scores[known], prices[known])
        return quantiles, tails

    def at_scores(self, i: int, ahead: int, scores: Float64Array) -> Float64Array:
        """Prices (k) of forecast i on a row ahead at normal scores (k)."""
        known = np.isfinite(self.prices[i, ahead - 1])
        prices: Float64Array = np.interp(
            scores, self.scores[known], self.prices[i, ahead - 1, known]
        )
        return prices

    def score_of(self, i: int, ahead: int, price: float) -> float:
        """The normal score of a price in forecast i on a row ahead, the outermost if beyond."""
        known = np.isfinite(self.prices[i, ahead - 1])
        return float(np.interp(price, self.prices[i, ahead - 1, known], self.scores[known]))

    def growth(self) -> Float64Array:
        """What each row ahead adds to the squared width of one deviation (n, horizon)."""
        low, high = (self.prices[:, :, self._nearest(score)] for score in (-1.0, 1.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            width = np.where(low > 0, np.log(high / np.where(low > 0, low, 1)), high - low)
        squares = np.maximum.accumulate(np.nan_to_num(width) ** 2, axis=1)
        growth: Float64Array = np.maximum(np.diff(squares, axis=1, prepend=0), SMALLEST)
        return growth

    def subset(self, positions: BoolArray | IntArray) -> "Bands":
        """The bands of the forecasts at these positions."""
        return Bands(self.scores, self.prices[positions])

    def _nearest(self, score: float) -> int:
        return int(np.argmin(np.abs(self.scores - score)))


def bands_of(forecast: Forecast) -> Bands:
    """The bands of a forecast with many levels."""
    levels = sorted(forecast.lower)
    half = [NORMAL.inv_cdf((1 + level / 100) / 2) for level in levels]
    columns = [
        *(forecast.lower[level] for level in reversed(levels)),
        forecast.forecasts,
        *(forecast.upper[level] for level in levels),
    ]
    scores = np.array([*(-score for score in reversed(half)), 0.0, *half])
    return Bands(scores, np.stack(columns, axis=2))


def bands_at(
    model: Model, prices: Prices, origins: Origins, horizon: int, confidences: Sequence[float],
    threads: Threads,
) -> Bands:  # fmt: skip
    """The bands of forecasts from past rows, each from nothing after its row."""
    half = [(1 + level / 100) / 2 for level in levels_for(confidences)]
    probabilities = [*(1 - p for p in reversed(half)), MEDIAN, *half]
    request = Request(
        horizon, model.bounds.unit, tuple(sorted({*probabilities, *MIDDLE})), precision="float64"
    )
    dataset = prepare(prices, model.preparation, 0.0)
    forecast = forecast_by(model, prices, dataset, origins, request, threads)
    bounds = forecast.bounds_at(model.bounds, probabilities, {})
    bounds[len(half)] = forecast.median
    scores = np.array([NORMAL.inv_cdf(p) for p in probabilities])
    values = np.maximum.accumulate(np.stack(bounds, axis=2), axis=2)
    return Bands(scores, values)


@lru_cache(4)
def _cell_scores(count: int) -> Float64Array:
    """The mean normal score of each of equally likely cells."""
    return _means_between([k / count for k in range(1, count)], count, upper=True)


def _outer_scores(count: int) -> Float64Array:
    """The mean scores of equal parts of the lowest cell."""
    parts = count * FINER
    return _means_between([k / parts for k in range(1, FINER + 1)], parts, upper=False)


@lru_cache(16)
def _tail_scores(probability: float) -> Float64Array:
    """The mean normal scores of TAIL_CELLS equally likely cells of the lower tail."""
    edges = [probability * k / TAIL_CELLS for k in range(1, TAIL_CELLS + 1)]
    return _means_between(edges, TAIL_CELLS / probability, upper=False)


def _means_between(edges: Sequence[float], count: float, upper: bool) -> Float64Array:
    """Mean normal scores of cells of probability 1/count that end at `edges`, the first below all.

    `upper`: whether what is above the last edge is a cell too.
    """
    scores = np.array([NORMAL.inv_cdf(edge) for edge in edges])
    densities = np.exp(-(scores**2) / 2) / math.sqrt(2 * math.pi)
    means: Float64Array = -count * np.diff(densities, prepend=0, append=[0] if upper else [])
    return means
