"""Bounds that follow how often they failed of late: adaptive conformal inference.

Gibbs & Candès 2021 (arXiv:2106.00170): after every row the share of misses that bounds aim at moves
by STEP times what they should miss less what they did, series by series. It is learnt on the next
row, whose outcome is known first, and holds for the rows after it.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions.conformal import GRID, columns, error_of, tails_of
from rnncli.inference.actuals import Origins
from rnncli.inference.cutoff_forecasts import forecast_at_cutoffs
from rnncli.inference.quantile_forecast import draws_bounds, forecast_quantiles
from rnncli.inference.rollout import Cutoffs
from rnncli.models.model import Model
from rnncli.network.heads import distribution
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset

STEP = 0.005  # the authors' own choice
WINDOW = 250  # rows before a cutoff that are gone through
LEAST, MOST = float(2 * GRID[0]), 0.99  # share of misses: what the kept quantiles reach


def probabilities_at(
    model: Model, prices: Prices, prepared: Dataset, cells: Origins, levels: Sequence[float],
    threads: Threads,
) -> dict[float, Float64Array]:  # fmt: skip
    """For each end of the bounds of levels in percent: the probability to take instead, (n)."""
    if not model.bounds.quantiles:
        return {}
    shift = prices.lengths - prepared.lengths
    runs = [
        (i, at, rows, np.arange(max(rows.min() - WINDOW, shift[i]), rows.max()))
        for i, at, rows in cells.by_series()
    ]
    series = np.concatenate([np.full(len(before), i) for i, _, _, before in runs])
    rows = np.concatenate([before for *_, before in runs])
    places = _places(model, prices, prepared, series, rows, threads)
    ends = np.cumsum([len(before) for *_, before in runs])[:-1]
    found: dict[float, Float64Array] = {}
    for level in levels:
        tail, upper = tails_of(level)
        taken = np.empty(len(cells.series))
        for (_, at, own, before), gone in zip(runs, np.split(places, ends), strict=True):
            begin = before[0] if len(before) else own.min()
            taken[at] = followed(gone, tail)[own - begin]
        found |= {tail: taken, upper: 1 - taken}
    return found


def _places(
    model: Model, prices: Prices, prepared: Dataset, series: IntArray, rows: IntArray,
    threads: Threads,
) -> Float64Array:  # fmt: skip
    """Where in its calibrated distribution each next price came to lie, 0 to 1; NaN: unknown."""
    shift, unit = prices.lengths - prepared.lengths, model.bounds.unit
    cutoffs = Cutoffs(series, rows - shift[series])
    actual = prices.values[prices.offsets[series] + rows + 1]
    if draws_bounds(model.network):
        return _own_places(model, prices, prepared, cutoffs, actual, threads)
    forecasts, deviations = forecast_at_cutoffs(
        model.network, prices, prepared, cutoffs, 1, unit, threads
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = error_of(actual, forecasts[:, 0], unit) / columns(deviations)[:, 0]
    place = np.interp(scaled, model.bounds.quantiles[0], GRID, left=0.0, right=1.0)
    return np.where(np.isnan(scaled), np.nan, place)


def _own_places(
    model: Model, prices: Prices, prepared: Dataset, cutoffs: Cutoffs, actual: Float64Array,
    threads: Threads,
) -> Float64Array:  # fmt: skip
    """The same for a model with a distribution: by that, moved as past errors have its mean."""
    a, unit = model.network.architecture, model.bounds.unit
    look = forecast_quantiles(
        model.network, model.preparation, prices, prepared, cutoffs, 1, (), threads
    )
    came = prepared.values[prepared.offsets[cutoffs.series] + cutoffs.day + 1]
    place = distribution(a.head, look.outputs, a.levels).cdf(came)
    shift = np.array(model.bounds.shifts[0])
    if len(shift) == 0:
        return place
    calibrated = np.array(model.bounds.quantiles[0])
    own, inside = calibrated - shift, (place > GRID[0]) & (place < GRID[-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = (error_of(actual[:, None], look.centre(), unit) / look.spread(unit))[:, 0]
    scaled = np.where(inside, np.interp(place, GRID, own), scaled)
    found = np.interp(scaled, calibrated, GRID, left=0.0, right=1.0)
    return np.where(np.isnan(place), np.nan, found)


def followed(places: Iterable[float], tail: float) -> Float64Array:
    """The tail before each of the outcomes (n), and after the last: (n + 1)."""
    aim = share = 2 * tail
    found = [tail]
    for place in np.asarray(places, np.float64).tolist():
        if place == place:  # noqa: PLR0124 - not NaN
            missed = place < share / 2 or place > 1 - share / 2
            share = min(max(share + STEP * (aim - missed), LEAST), MOST)
        found.append(share / 2)
    return np.array(found)
