"""What a model says after the last row of every series, and what it says too wildly to pass on."""

from dataclasses import dataclass, field

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.distributions import Levelled, Quantiles
from rnncli.heads import median
from rnncli.intervals import Bounds, apart, last_deviations, moved
from rnncli.modelfile import Model
from rnncli.outlook import draws_bounds, outlook
from rnncli.prepare import Prepared
from rnncli.prices import Prices
from rnncli.rollout import Cutoffs, raw_outputs_ahead
from rnncli.threads import Threads

STILL_ROWS = 20  # of one price, after which a series is taken to stand still
LEAST_MOVE = 1e-3  # of its price: the deviation that such a one is given


@dataclass(frozen=True)
class Answer:
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

    def subset(self, kept: BoolArray) -> "Answer":
        """Some of the series."""
        own = self.own and Quantiles(self.own.probabilities, self.own.values[kept])
        taken = {p: probability[kept] for p, probability in self.taken.items()}
        return Answer(self.forecasts[kept], self.raw[kept], self.deviations[kept], own, taken)

    def bound(self, bounds: Bounds, probability: float) -> Float64Array:
        """Price below which that much of the mass lies, as past errors have it (n, horizon)."""
        if self.own is None:
            wanted = self.taken.get(probability, probability)
            return bounds.apply(self.forecasts, self.deviations, wanted)
        away = Levelled(self.own, self.taken).quantile(probability)
        return moved(self.forecasts, away, bounds.unit)


def answer(
    model: Model, prices: Prices, prepared: Prepared, horizon: int,
    probabilities: tuple[float, ...], threads: Threads, seed: int = 0,
) -> Answer:  # fmt: skip
    """Median of sampled paths, exact for the first row; else the output fed back, or all at once.

    `probabilities`: of the quantiles wanted of a model that has a distribution of its own.
    """
    last = Cutoffs(np.arange(len(prepared.symbols)), prepared.lengths - 1)
    deviations = last_deviations(prices, model.bounds.unit)
    if draws_bounds(model.network):
        look = outlook(
            model.network, model.preparation, prices, prepared, last, horizon, probabilities,
            threads, seed=seed,
        )  # fmt: skip
        raw = np.zeros((len(prices.symbols), horizon, 0))
        return Answer(look.centre(), raw, deviations, look.calibrated(model.bounds))
    raw = raw_outputs_ahead(model.network, prepared, last, horizon, threads).astype(np.float64)
    outputs = median(model.network.architecture.head, raw)
    forecasts = model.preparation.last_forecasts(prices, outputs)
    return Answer(forecasts, raw, deviations)


def unfit_forecasts(model: Model, prices: Prices, found: Answer, max_jump: float) -> dict[str, str]:
    """The symbols whose forecast is no number, or a jump that nothing in their past is like.

    A jump: more than `max_jump` (0: whatever) deviations of the series' own changes, times the
    square root of the rows ahead, from the last price.
    """
    refused = {}
    finite, jumps = found.finite(), _jumps(prices, found, model.bounds.unit)
    for i in np.flatnonzero(~finite | (jumps > (max_jump or np.inf))).tolist():
        said = "the forecast is not finite"
        if finite[i]:
            said = (
                f"the forecast jumps {jumps[i]:.1f} deviations from the last price, more than"
                f" --max-jump {max_jump:g}; look at its last rows, or allow more"
            )
        refused[prices.symbols[i]] = f"{prices.sources[i]}: {prices.symbols[i]}: {said}"
    return refused


def _jumps(prices: Prices, found: Answer, unit: str) -> Float64Array:
    """Deviations that each forecast is from the last price at most, (n); 0 where there are none."""
    last = prices.values[prices.offsets[1:] - 1][:, None]
    root = np.sqrt(np.arange(1, found.forecasts.shape[1] + 1))
    still = (found.deviations == 0) & (prices.lengths >= STILL_ROWS)
    least = LEAST_MOVE * (1.0 if unit == "log" else np.abs(last[:, 0]))
    deviations = np.where(still, least, found.deviations)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = apart(found.forecasts, last, unit)
        jumps = np.max(np.abs(away) / root, axis=1) / deviations
    return np.where(np.isfinite(jumps), jumps, 0.0)
