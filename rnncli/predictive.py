"""A model's forecasts as distributions, from every cutoff at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions import ByAhead, Distribution, Moved, Quantiles
from rnncli.heads import distribution
from rnncli.intervals import GRID, Bounds
from rnncli.modelfile import Model
from rnncli.outcomes import Cells, Outcome
from rnncli.outlook import draws_bounds, outlook
from rnncli.prepare import Prepared, prepare
from rnncli.prices import Prices
from rnncli.rollout import Cutoffs, outputs_ahead
from rnncli.threads import Threads


@dataclass(frozen=True)
class Predictive:
    """Forecasts (n, horizon) in prices; their distribution in the unit of scores, if there is one.

    The distribution is that of `Outcome.scored` of the price to come. `bounds`: what the bounds
    are quantiles of, where past errors have calibrated them: the density stays the model's own.
    """

    forecasts: Float64Array
    distribution: Distribution | None = None
    bounds: Distribution | None = None


Predictor = Callable[[Prices, Cells, Outcome], Predictive]


def predictive(
    model: Model, prices: Prices, cells: Cells, outcome: Outcome, threads: Threads
) -> Predictive:
    """What the model says after each cell: one pass over each series, states read off on the way.

    Nothing after a cell's row is seen, for the network runs forward in time.
    """
    prepared = prepare(prices, model.preparation, 0.0)
    shift = prices.lengths - prepared.lengths  # log returns begin one row later
    cutoffs = Cutoffs(cells.series, cells.row - shift[cells.series])
    if draws_bounds(model.network):
        return _drawn(model, prices, prepared, cutoffs, outcome, threads)
    outputs = outputs_ahead(model.network, prepared, cutoffs, outcome.horizon, threads)
    forecasts = np.empty(outputs.shape)
    for i, at, rows in cells.by_series():
        forecasts[at] = model.preparation.forecasts(
            prices.symbols[i], prices.series(i), rows, outputs[at]
        )
    deviations = outcome.deviation[:, None]
    return Predictive(forecasts, of_bounds(model.bounds, forecasts, deviations, outcome))


def _drawn(
    model: Model, prices: Prices, prepared: Prepared, cutoffs: Cutoffs, outcome: Outcome,
    threads: Threads,
) -> Predictive:  # fmt: skip
    """The model's own distribution, exact for the next row, then that of sampled paths."""
    look = outlook(
        model.network, model.preparation, prices, prepared, cutoffs, outcome.horizon,
        tuple(GRID.tolist()), threads,
    )  # fmt: skip
    scored = [outcome.scored(look.at(p)) for p in look.probabilities]
    sampled = Quantiles(np.array(look.probabilities), np.stack(scored, axis=-1))
    spread = look.spread(model.bounds.unit)
    bounds = of_bounds(model.bounds, look.centre(), spread, outcome)
    steps = _steps(model, prices, cutoffs, outcome)
    if steps is None:
        return Predictive(look.centre(), sampled, bounds)
    a = model.network.architecture
    following = Moved(distribution(a.head, look.outputs[:, None], a.levels), *steps)
    later = Quantiles(sampled.probabilities, sampled.values[:, 1:])
    return Predictive(look.centre(), ByAhead(following, later, 1), bounds)


def _steps(
    model: Model, prices: Prices, cutoffs: Cutoffs, outcome: Outcome
) -> tuple[Float64Array, Float64Array] | None:
    """What a value of 0 and a value of 1 more of the next row are in the unit of scores, (n, 1).

    None where the one does not follow from the other in a straight line.
    """
    if model.preparation.scale != "log-return" or outcome.unit != "log":
        return None
    ends = np.empty((2, len(cutoffs.series)))
    shift = model.preparation.season
    for i in np.unique(cutoffs.series).tolist():
        at = np.flatnonzero(cutoffs.series == i)
        for value, to in enumerate(ends):
            outputs = np.full((len(at), 1), float(value))
            to[at] = model.preparation.forecasts(
                prices.symbols[i], prices.series(i), cutoffs.day[at] + shift, outputs
            )[:, 0]
    zero, one = outcome.scored(ends[0][:, None]), outcome.scored(ends[1][:, None])
    return zero, one - zero


def of_bounds(
    bounds: Bounds, forecasts: Float64Array, deviations: Float64Array, outcome: Outcome
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
