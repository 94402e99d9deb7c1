"""A model's forecasts as distributions, from every cutoff at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions import Distribution, Quantiles
from rnncli.intervals import GRID, Bounds
from rnncli.modelfile import Model
from rnncli.outcomes import Cells, Outcome
from rnncli.prepare import prepare
from rnncli.prices import Prices
from rnncli.rollout import Cutoffs, outputs_ahead
from rnncli.threads import Threads


@dataclass(frozen=True)
class Predictive:
    """Forecasts (n, horizon) in prices; their distribution in the unit of scores, if there is one.

    The distribution is that of `Outcome.scored` of the price to come.
    """

    forecasts: Float64Array
    distribution: Distribution | None = None


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
    outputs = outputs_ahead(model.network, prepared, cutoffs, outcome.horizon, threads)
    forecasts = np.empty(outputs.shape)
    for i, at, rows in cells.by_series():
        forecasts[at] = model.preparation.forecasts(
            prices.symbols[i], prices.series(i), rows, outputs[at]
        )
    return Predictive(forecasts, of_bounds(model.bounds, forecasts, outcome))


def of_bounds(bounds: Bounds, forecasts: Float64Array, outcome: Outcome) -> Quantiles | None:
    """The distribution that bounds from past errors stand for; None where there are none.

    At each probability the bound that `predict` gives, for all aheads the same probabilities.
    """
    widths = np.stack([bounds.scaled_errors(float(p), outcome.horizon) for p in GRID], axis=-1)
    known = np.all(np.isfinite(widths), axis=0)
    if np.count_nonzero(known) < 2:
        return None
    away = outcome.deviation[:, None, None] * widths[:, known]  # (n, horizon, k)
    centre = outcome.scored(forecasts)
    return Quantiles(GRID[known], centre[:, :, None] + away * outcome.step()[:, None, None])
