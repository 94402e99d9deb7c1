"""A model's forecasts as distributions, from every cutoff at once."""

from dataclasses import replace

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.distributions.composed import Affine, ByHorizon, SampledQuantiles
from rnncli.distributions.conformal import GRID, Bounds
from rnncli.distributions.families import Distribution, Quantiles
from rnncli.evaluation.result import Predictive
from rnncli.inference.actuals import Actuals, Origins
from rnncli.inference.quantile_forecast import draws_bounds, forecast_quantiles
from rnncli.inference.rollout import Cutoffs, raw_outputs_ahead
from rnncli.models.model import Model
from rnncli.network.heads import POINT, distribution, median
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset, prepare


def predictive(
    model: Model, prices: Prices, cells: Origins, outcome: Actuals, threads: Threads,
    tails: tuple[float, ...] = (),
) -> Predictive:  # fmt: skip
    """What the model says after each cell: one pass over each series, states read off on the way.

    Nothing after a cell's row is seen, for the network runs forward in time. `tails`: further
    probabilities that bounds are wanted at, where the model has a distribution of its own.
    """
    prepared = prepare(prices, model.preparation, 0.0)
    shift = prices.lengths - prepared.lengths  # log returns begin one row later
    cutoffs = Cutoffs(cells.series, cells.row - shift[cells.series])
    if draws_bounds(model.network):
        return _drawn(model, prices, prepared, cells, cutoffs, outcome, threads, tails)
    raw = raw_outputs_ahead(model.network, prepared, cutoffs, outcome.horizon, threads)
    forecasts = _priced(model, prices, cells, median(model.network.architecture.head, raw))
    bounds = of_bounds(model.bounds, forecasts, outcome.deviation[:, None], outcome)
    following = _following(model, prices, cells, outcome, raw[:, 0])
    if following is None or bounds is None:
        return Predictive(forecasts, bounds, bounds)
    later = Quantiles(bounds.probabilities, bounds.values[:, 1:])
    return Predictive(forecasts, ByHorizon(following, later), bounds)


def _priced(model: Model, prices: Prices, cells: Origins, outputs: FloatArray) -> Float64Array:
    """Prices (n, h) that outputs (n, h) stand for."""
    found = np.empty(outputs.shape)
    for i, at, rows in cells.by_series():
        series, symbol = prices.series(i), prices.symbols[i]
        found[at] = model.preparation.forecasts(symbol, series, rows, outputs[at])
    return found


def _drawn(
    model: Model, prices: Prices, prepared: Dataset, cells: Origins, cutoffs: Cutoffs,
    outcome: Actuals, threads: Threads, tails: tuple[float, ...],
) -> Predictive:  # fmt: skip
    """The model's own distribution, exact for the next row, then that of sampled paths."""
    straight = _straight(model, outcome)
    look = forecast_quantiles(
        model.network, model.preparation, prices, prepared, cutoffs, outcome.horizon,
        (*GRID.tolist(), *tails), threads, came=outcome.actual if straight else None,
    )  # fmt: skip
    centre, probabilities = outcome.scored(look.centre()), np.array(look.probabilities)
    own = [outcome.scored(look.at(p)) for p in look.probabilities]
    sampled = Quantiles(probabilities, np.stack(own, axis=-1))
    away = look.calibrated(model.bounds).values * outcome.step()[:, None, None]
    bounds = Quantiles(probabilities, centre[:, :, None] + away)
    following = _following(model, prices, cells, outcome, look.outputs)
    if following is None:
        return Predictive(look.centre(), sampled, bounds)
    density = look.log_density - np.log(outcome.step())[:, None]
    later = SampledQuantiles(probabilities, sampled.values[:, 1:], density[:, 1:])
    return Predictive(look.centre(), ByHorizon(following, later), bounds)


def _straight(model: Model, outcome: Actuals) -> bool:
    """Whether the unit of scores is the network's own, but for its place and size."""
    return (outcome.unit == "log") == (model.preparation.scale == "log-return")


def _following(
    model: Model, prices: Prices, cells: Origins, outcome: Actuals, outputs: FloatArray
) -> Distribution | None:
    """The distribution (n, 1) of the next row, from outputs (n, O).

    None for a point, and where the unit of scores bends that of the network.
    """
    a = model.network.architecture
    if a.head == POINT.kind or not _straight(model, outcome):
        return None
    own = distribution(a.head, outputs[:, None], a.levels, model.preparation.bins)
    unbinned = replace(model, preparation=replace(model.preparation, bins=None))
    zero, one = (
        outcome.scored(_priced(unbinned, prices, cells, np.full((len(outputs), 1), value)))
        for value in (0.0, 1.0)
    )
    return Affine(own, zero, one - zero)


def of_bounds(
    bounds: Bounds, forecasts: Float64Array, deviations: Float64Array, outcome: Actuals
) -> Quantiles | None:
    """The distribution that bounds from past errors stand for; None where there are none.

    At each probability the bound that `predict` gives, for all aheads the same probabilities.
    """
    widths = np.stack([bounds.scaled_errors(float(p), outcome.horizon) for p in GRID], axis=-1)
    known = np.all(np.isfinite(widths), axis=0)
    if np.count_nonzero(known) < 2:
        return None
    away = deviations[:, :, None] * widths[:, known]  # (n, horizon, k)
    centre = outcome.scored(forecasts)
    return Quantiles(GRID[known], centre[:, :, None] + away * outcome.step()[:, None, None])
