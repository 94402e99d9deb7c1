"""What a model says after the last row of every series, and what it says too wildly to pass on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.distributions.composed import PerSeriesLevels
from rnncli.distributions.conformal import Bounds, apply_error, error_of
from rnncli.distributions.families import Quantiles
from rnncli.errors import setting
from rnncli.inference.path_sampling import Sampling
from rnncli.inference.quantile_forecast import PATHS, draws_bounds, quantiles_from_state
from rnncli.inference.rollout import (
    NetworkStates,
    at_start,
    raw_outputs_from,
    reader,
    reads,
    resume,
)
from rnncli.models.model import Model
from rnncli.network.heads import median
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.runtime.timing import Stage, untimed
from rnncli.transforms.dataset import Dataset, prepare
from rnncli.transforms.inverse import InverseContext, inverse_context
from rnncli.transforms.volatility import last_deviations

ENOUGH_ROWS = 20  # that tell how far a series moves, or that it stands still
LEAST_MOVE = 1e-3  # of its price: the deviation that one which stands still is given


@dataclass(frozen=True)
class RawForecast:
    """What the network says after the last row of each of n series.

    `raw` (n, horizon, O): outputs; `deviations` (n): what past errors were over; `own`: of a model
    that has a distribution, its calibrated quantiles as distances from the forecasts; `taken`:
    probability -> the one that each series takes instead (n), see `adaptive`.
    """

    forecasts: Float64Array
    raw: Float64Array
    deviations: Float64Array
    own: Quantiles | None = None
    taken: dict[float, Float64Array] = field(default_factory=dict)

    def finite(self) -> BoolArray:
        """Whether a forecast is a number on every row ahead, (n)."""
        every: BoolArray = np.all(np.isfinite(self.raw), axis=(1, 2))
        return np.logical_and(every, np.all(np.isfinite(self.forecasts), axis=1))

    def subset(self, kept: BoolArray) -> "RawForecast":
        """Some of the series."""
        own = self.own and Quantiles(self.own.probabilities, self.own.values[kept])
        taken = {p: probability[kept] for p, probability in self.taken.items()}
        return RawForecast(self.forecasts[kept], self.raw[kept], self.deviations[kept], own, taken)

    def bound(self, bounds: Bounds, probability: float) -> Float64Array:
        """Price below which that much of the mass lies, as past errors have it (n, horizon)."""
        if self.own is None:
            wanted = self.taken.get(probability, probability)
            return bounds.apply(self.forecasts, self.deviations, wanted)
        away = PerSeriesLevels(self.own, self.taken).quantile(probability)
        return apply_error(self.forecasts, away, bounds.unit)


@dataclass(frozen=True)
class SeriesState:
    """Where n series stand after their last rows: all that a forecast follows from.

    `reached`: where they leave the network that reads them; `inputs` (n, I): what it was fed last;
    `deviations` (n): of the changes of each series so far.
    """

    footing: InverseContext
    reached: NetworkStates
    inputs: Float64Array
    deviations: Float64Array


StateSource = Callable[[Prices], SeriesState]


def from_start(model: Model, threads: Threads, stage: Stage = untimed) -> StateSource:
    """Where series stand, found by going through all of their rows."""

    def stands(prices: Prices) -> SeriesState:
        with stage("prepare"):
            prepared = prepare(prices, model.preparation, 0.0)
        each = np.arange(len(prices.symbols))
        return SeriesState(
            inverse_context(model.preparation, prices, each, prices.lengths - 1),
            run_through(model, prepared, threads),
            prepared.inputs[prepared.offsets[1:] - 1],
            last_deviations(prices, model.bounds.unit),
        )

    return stands


def run_through(model: Model, prepared: Dataset, threads: Threads) -> NetworkStates:
    """Run every series from its start to its end."""
    network, count = reader(model.network), len(prepared.symbols)
    start = at_start(network, count)
    if not reads(model.network):
        return start
    return resume(network, prepared, np.zeros(count, np.int64), start, threads)


def forecast_raw(
    model: Model, at: SeriesState, horizon: int, probabilities: tuple[float, ...], threads: Threads,
    seed: int = 0,
) -> RawForecast:  # fmt: skip
    """Median of sampled paths, exact for the first row; else the output fed back, or all at once.

    `probabilities`: of the quantiles wanted of a model that has a distribution of its own.
    """
    network, preparation = model.network, model.preparation
    if draws_bounds(network):
        sampling = Sampling(network, preparation, horizon, PATHS, seed)
        look = quantiles_from_state(sampling, at.footing, at.reached, probabilities, threads)
        raw = np.zeros((len(at.deviations), horizon, 0))
        return RawForecast(look.centre(), raw, at.deviations, look.calibrated(model.bounds))
    raw = raw_outputs_from(network, at.reached, at.inputs, horizon, threads).astype(np.float64)
    forecasts = at.footing.priced(preparation, median(network.architecture.head, raw))
    return RawForecast(forecasts, raw, at.deviations)


def unfit_forecasts(
    model: Model, begin: InverseContext, sources: Sequence[str], found: RawForecast, max_jump: float
) -> dict[str, str]:
    """The symbols whose forecast is no number, or a jump that nothing in their past is like.

    A jump: more than `max_jump` (0: whatever) deviations of the series' own changes, times the
    square root of the rows ahead, from the last price.
    """
    refused = {}
    finite, jumps = found.finite(), _jumps(model, begin, found)
    for i in np.flatnonzero(~finite | (jumps > (max_jump or np.inf))).tolist():
        said = "the forecast is not finite"
        if finite[i]:
            said = (
                f"the forecast jumps {jumps[i]:.1f} deviations from the last price, more than"
                f" {setting('max_jump')} {max_jump:g}; look at its last rows, or allow more"
            )
        refused[begin.symbols[i]] = f"{sources[i]}: {begin.symbols[i]}: {said}"
    return refused


def _jumps(model: Model, begin: InverseContext, found: RawForecast) -> Float64Array:
    """Deviations that each forecast is from the last price at most, (n); 0 where there are none.

    A young series is not held to the few changes it had, should they be small, but to those of all
    that the model was trained on, where it knows them.
    """
    unit, preparation = model.bounds.unit, model.preparation
    last = begin.last[:, -1:]
    root = np.sqrt(np.arange(1, found.forecasts.shape[1] + 1))
    known = begin.rows + 1 >= ENOUGH_ROWS
    still = (found.deviations == 0) & known
    least = LEAST_MOVE * (1.0 if unit == "log" else np.abs(last[:, 0]))
    pooled = preparation.divisor / 100 if preparation.scale == "log-return" else np.inf
    deviations = np.maximum(np.where(still, least, found.deviations), np.where(known, 0, pooled))
    with np.errstate(invalid="ignore", divide="ignore"):
        away = error_of(found.forecasts, last, unit)
        jumps = np.max(np.abs(away) / root, axis=1) / deviations
    return np.where(np.isfinite(jumps), jumps, 0.0)
