"""Forecasts from many origins, and their quantiles: from past errors, or from the network.

The head of the network decides which, see `network.heads`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, FloatArray, IntArray
from rnncli.distributions.composed import PerSeriesLevels, SampledQuantiles
from rnncli.distributions.conformal import GRID, Bounds, apply_error, error_of, fit_bounds
from rnncli.distributions.families import Quantiles
from rnncli.distributions.shrinkage import shrink_to_model

MEDIAN = 0.5
MIDDLE = (0.15865525393145707, MEDIAN, 0.8413447460685429)  # one deviation of a normal either way

Dates = tuple[str | None, str | None]


@dataclass(frozen=True)
class QuantileForecast(ABC):
    """Medians (n, horizon) of the prices after n origins, and how far off they may be.

    `unit`: of errors, "log" or "absolute"; `outputs` (n, days, O): what the network gave, of the
    next row and, where they were fed back or forecast at once, of the rows after it;
    `deviations` (n): of the changes of each series up to its origin.
    """

    unit: str
    median: Float64Array
    outputs: FloatArray
    deviations: Float64Array

    @property
    def horizon(self) -> int:
        """Rows ahead."""
        return int(self.median.shape[1])

    @abstractmethod
    def finite(self) -> BoolArray:
        """Whether a forecast is a number on every row ahead, (n)."""

    @abstractmethod
    def subset(self, rows: BoolArray) -> "QuantileForecast":
        """The forecasts from some of the origins."""

    @abstractmethod
    def calibrated(self, bounds: Bounds) -> Quantiles | None:
        """Distances from the median, in the unit of errors; None if too few errors are known."""

    @abstractmethod
    def bounds_at(
        self, bounds: Bounds, probabilities: Sequence[float],
        levels: Mapping[float, Float64Array],
    ) -> list[Float64Array]:  # fmt: skip
        """Prices (n, horizon) below which so much of the mass lies, as past errors have it.

        `levels`: probability -> the one that each origin takes in its place (n).
        """

    @abstractmethod
    def places(
        self, bounds: Bounds, actual: Float64Array, by_model: Callable[[], Float64Array]
    ) -> Float64Array:
        """PIT of each next price (n) in its calibrated distribution, 0 to 1; else NaN.

        `by_model`: the same (n) by the distribution of the outputs.
        """

    @abstractmethod
    def in_scores(
        self, score: Callable[[Float64Array], Float64Array], log_steps: Float64Array,
        bounds: Quantiles | None,
    ) -> Quantiles | None:  # fmt: skip
        """The distribution in another unit, to which `score` converts prices (n, horizon).

        `log_steps` (n): log of the unit of the density there; `bounds`: the calibrated quantiles in
        that unit, used if the model has no distribution.
        """

    @abstractmethod
    def fit_bounds(
        self, actual: Float64Array, dates: Dates, days: IntArray,
        distances: Callable[[], Float64Array],
    ) -> Bounds:  # fmt: skip
        """Bounds from the errors of these forecasts; `actual` (n, horizon): NaN if unknown.

        `dates`: the first and last of the origins; `days` (n): the day of each; `distances`: see
        `ModelQuantiles.mean_distances`, of forecasts from some origins.
        """


@dataclass(frozen=True)
class PastErrorQuantiles(QuantileForecast):
    """Forecasts whose quantiles are those of past errors over the deviation of the series."""

    def finite(self) -> BoolArray:
        """Whether every output and every forecast is a number, (n)."""
        outputs: BoolArray = np.all(np.isfinite(self.outputs), axis=(1, 2))
        return np.logical_and(outputs, np.all(np.isfinite(self.median), axis=1))

    def subset(self, rows: BoolArray) -> "PastErrorQuantiles":
        """The forecasts from some of the origins."""
        return PastErrorQuantiles(
            self.unit, self.median[rows], self.outputs[rows], self.deviations[rows]
        )

    def calibrated(self, bounds: Bounds) -> Quantiles | None:
        """`error_quantiles` of the deviations."""
        return error_quantiles(bounds, self.deviations, self.horizon)

    def bounds_at(
        self, bounds: Bounds, probabilities: Sequence[float],
        levels: Mapping[float, Float64Array],
    ) -> list[Float64Array]:  # fmt: skip
        """Prices that number of deviations away; NaN on rows ahead with too few errors."""
        return [
            bounds.apply(self.median, self.deviations, levels.get(probability, probability))
            for probability in probabilities
        ]

    def places(
        self, bounds: Bounds, actual: Float64Array, _by_model: Callable[[], Float64Array]
    ) -> Float64Array:
        """Among the errors of the past."""
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = error_of(actual, self.median[:, 0], self.unit) / self.deviations
        place = np.interp(scaled, bounds.quantiles[0], GRID, left=0.0, right=1.0)
        return np.where(np.isnan(scaled), np.nan, place)

    def in_scores(
        self, _score: Callable[[Float64Array], Float64Array], _log_steps: Float64Array,
        bounds: Quantiles | None,
    ) -> Quantiles | None:  # fmt: skip
        """The calibrated quantiles, which are all there is."""
        return bounds

    def fit_bounds(
        self, actual: Float64Array, dates: Dates, _days: IntArray,
        _distances: Callable[[], Float64Array],
    ) -> Bounds:  # fmt: skip
        """Quantiles of the errors over the deviations."""
        errors = error_of(actual, self.median, self.unit)
        return fit_bounds(self.unit, errors, self.deviations, dates, "past")


@dataclass(frozen=True)
class ModelQuantiles(QuantileForecast):
    """Quantiles of prices (n, horizon, k) at probabilities (k), ascending, by the model itself.

    `log_density` (n, horizon): at the actual prices, see `path_sampling.draw_paths`; NaN where not
    asked for. Only the outputs of the next row are known, since those after it differ by path.
    """

    probabilities: tuple[float, ...]
    prices: Float64Array
    log_density: Float64Array

    def at(self, probability: float) -> Float64Array:
        """The quantile (n, horizon) at one of the probabilities."""
        return self.prices[:, :, self.probabilities.index(probability)]

    def spread(self) -> Float64Array:
        """Half the distance between the quantiles of MIDDLE (n, horizon): of logs, or as it is."""
        low, high = self.at(MIDDLE[0]), self.at(MIDDLE[2])
        with np.errstate(invalid="ignore", divide="ignore"):
            half: Float64Array = np.log(high / low) / 2 if self.unit == "log" else (high - low) / 2
        return half

    def finite(self) -> BoolArray:
        """Whether the median is a number on every row ahead, (n)."""
        finite: BoolArray = np.all(np.isfinite(self.median), axis=1)
        return finite

    def subset(self, rows: BoolArray) -> "ModelQuantiles":
        """The forecasts from some of the origins."""
        return replace(
            self, median=self.median[rows], outputs=self.outputs[rows],
            deviations=self.deviations[rows], prices=self.prices[rows],
            log_density=self.log_density[rows],
        )  # fmt: skip

    def calibrated(self, bounds: Bounds) -> Quantiles:
        """Distances from the median, corrected by past errors, and never across the median."""
        spread = self.spread()
        shift = np.stack([bounds.correction(p, self.horizon) for p in self.probabilities], axis=-1)
        away = error_of(self.prices, self.median[..., None], bounds.unit)
        with np.errstate(invalid="ignore"):  # where prices are beyond the floating-point ones
            away += np.where(shift == 0, 0, shift * spread[..., None]) if np.any(shift) else 0.0
        probabilities = np.array(self.probabilities)
        middle = int(np.searchsorted(probabilities, MEDIAN))
        below, above = away[..., :middle], away[..., middle:]
        np.minimum(below, 0, out=below)
        np.maximum(above, 0, out=above)
        return Quantiles(probabilities, away)

    def bounds_at(
        self, bounds: Bounds, probabilities: Sequence[float],
        levels: Mapping[float, Float64Array],
    ) -> list[Float64Array]:  # fmt: skip
        """Prices at the calibrated distances from the median."""
        away = PerSeriesLevels(self.calibrated(bounds), dict(levels))
        return [apply_error(self.median, away.quantile(p), bounds.unit) for p in probabilities]

    def places(
        self, bounds: Bounds, actual: Float64Array, by_model: Callable[[], Float64Array]
    ) -> Float64Array:
        """By the model's distribution, moved as past errors have its mean."""
        place, shift = by_model(), np.array(bounds.shifts[0] if bounds.shifts else ())
        if len(shift) == 0:
            return place
        calibrated = np.array(bounds.quantiles[0])
        by_itself, inside = calibrated - shift, (place > GRID[0]) & (place < GRID[-1])
        with np.errstate(invalid="ignore", divide="ignore"):
            errors = error_of(actual[:, None], self.median, self.unit)
            scaled = (errors / self.spread())[:, 0]
        scaled = np.where(inside, np.interp(place, GRID, by_itself), scaled)
        moved = np.interp(scaled, calibrated, GRID, left=0.0, right=1.0)
        return np.where(np.isnan(place), np.nan, moved)

    def in_scores(
        self, score: Callable[[Float64Array], Float64Array], log_steps: Float64Array,
        _bounds: Quantiles | None,
    ) -> Quantiles:  # fmt: skip
        """Its quantiles in that unit, with the density at the actual values."""
        quantiles = np.moveaxis(score(np.moveaxis(self.prices, -1, 0)), 0, -1)
        density = self.log_density - log_steps[:, None]
        return SampledQuantiles(np.array(self.probabilities), quantiles, density)

    def fit_bounds(
        self, actual: Float64Array, dates: Dates, days: IntArray,
        distances: Callable[[], Float64Array],
    ) -> Bounds:  # fmt: skip
        """Quantiles of the errors over the spread, shrunk to the model's."""
        errors, spread = error_of(actual, self.median, self.unit), self.spread()
        bounds = fit_bounds(self.unit, errors, spread, dates, "model")
        if not bounds.quantiles:
            return bounds
        with np.errstate(invalid="ignore", divide="ignore"):
            return shrink_to_model(bounds, errors / spread, distances(), days)

    def mean_distances(self) -> Float64Array:
        """Distances of the quantiles at GRID over the spread (horizon, k), mean over origins."""
        spread, at = self.spread(), np.searchsorted(self.probabilities, GRID)
        mean = np.empty((self.horizon, len(at)))
        for ahead in range(self.horizon):  # new memory for all at once costs more than the work
            away = error_of(self.prices[:, ahead], self.median[:, ahead, None], self.unit)
            with np.errstate(invalid="ignore", divide="ignore"):
                away /= spread[:, ahead, None]
            known = np.isfinite(away)
            if known.all():  # the same sums: with a mask they take several times as long
                mean[ahead] = (np.sum(away, axis=0) / len(away))[at]
                continue
            total = np.sum(away, axis=0, where=known)
            with np.errstate(invalid="ignore"):
                mean[ahead] = (total / np.sum(known, axis=0))[at]
        return mean


def error_quantiles(bounds: Bounds, deviations: Float64Array, horizon: int) -> Quantiles | None:
    """Distances (n, horizon, k) of bounds from forecasts, for series of deviations (n).

    At each probability the bound that `predict` prints, for all rows ahead the same probabilities;
    None if fewer than two are known.
    """
    widths = np.stack([bounds.scaled_errors(float(p), horizon) for p in GRID], axis=-1)
    known = np.all(np.isfinite(widths), axis=0)
    if np.count_nonzero(known) < 2:
        return None
    return Quantiles(GRID[known], deviations[:, None, None] * widths[:, known])
