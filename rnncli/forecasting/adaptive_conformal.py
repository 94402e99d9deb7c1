"""Prediction intervals that follow their recent coverage: adaptive conformal inference.

Gibbs & Candès 2021 (arXiv:2106.00170): after every row the target miss rate moves by STEP
times the nominal miss rate less the miss (0 or 1), series by series. It is learnt on the next row,
whose outcome is known first, and is used for later rows too.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import GRID, tails_of
from rnncli.forecasting.places import places_of
from rnncli.models.model import Model
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset

STEP = 0.005  # the authors' choice
WINDOW = 250  # rows before an origin that are gone through
LEAST, MOST = float(2 * GRID[0]), 0.99  # miss rate: the range of the stored quantiles


def probabilities_at(
    model: Model, prices: Prices, dataset: Dataset, origins: Origins, levels: Sequence[float],
    threads: Threads,
) -> dict[float, Float64Array]:  # fmt: skip
    """For each end of the bounds of levels in percent: the probability to take instead, (n)."""
    if not model.bounds.quantiles and model.bounds.divided_by == "past":
        return {}
    windows = [
        (i, at, rows, np.arange(max(rows.min() - WINDOW, dataset.first_rows[i]), rows.max()))
        for i, at, rows in origins.by_series()
    ]
    before = Origins(
        np.concatenate([np.full(len(window), i) for i, _, _, window in windows]),
        np.concatenate([window for *_, window in windows]),
    )
    places = places_of(model, prices, dataset, before, threads)
    ends = np.cumsum([len(window) for *_, window in windows])[:-1]
    adapted: dict[float, Float64Array] = {}
    for level in levels:
        lower, upper = tails_of(level)
        tails = np.empty(len(origins))
        for (_, at, rows, window), seen in zip(windows, np.split(places, ends), strict=True):
            begin = window[0] if len(window) else rows.min()
            tails[at] = adapted_tails(seen, lower)[rows - begin]
        adapted |= {lower: tails, upper: 1 - tails}
    return adapted


def adapted_tails(places: Iterable[float], tail: float) -> Float64Array:
    """The tail before each of the outcomes (n), and after the last: (n + 1)."""
    aim = share = 2 * tail
    tails = [tail]
    for place in np.asarray(places, np.float64).tolist():
        if place == place:  # noqa: PLR0124 - not NaN
            missed = place < share / 2 or place > 1 - share / 2
            share = min(max(share + STEP * (aim - missed), LEAST), MOST)
        tails.append(share / 2)
    return np.array(tails)
