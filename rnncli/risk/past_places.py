"""Past places (probability integral transforms) of many symbols by day, for the copula."""

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.evaluation.cutoffs import calendar
from rnncli.forecasting.places import places_of
from rnncli.models.model import Model
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.risk.copula import Copula, fit_copula, independent
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset, prepare
from rnncli.transforms.target_transform import least_rows

WINDOW = 750  # rows of a symbol that are used


def past_places(
    model: Model, prices: Prices, threads: Threads, window: int = WINDOW,
    dataset: Dataset | None = None,
) -> tuple[Float64Array, IntArray]:  # fmt: skip
    """Places (days, n) of the last `window` rows of each symbol, and their days, ascending.

    A day is one of `evaluation.cutoffs.Calendar`. NaN where a symbol has no row on a day. Raises
    DataError where only some symbols have dates. `dataset`: that of the prices, if it is known.
    """
    days = calendar(prices)
    dataset = dataset or prepare(prices, model.preparation, 0.0)
    origins = _origins(prices, least_rows(model.preparation) - 1, window)
    places = np.full((len(days.days), len(prices.symbols)), np.nan)
    if len(origins):
        next_rows = prices.offsets[origins.series] + origins.row + 1
        at = np.searchsorted(days.days, days.rows[next_rows])
        places[at, origins.series] = places_of(model, prices, dataset, origins, threads)
    has_places = np.isfinite(places).any(axis=1)
    return places[has_places], days.days[has_places]


def copula_of(
    model: Model, prices: Prices, threads: Threads, dataset: Dataset | None = None
) -> Copula:
    """The copula of the symbols' past places; `dataset`: that of the prices, if it is known."""
    if len(prices.symbols) == 1:
        return independent(1)
    places, _ = past_places(model, prices, threads, dataset=dataset)
    return fit_copula(places)


def _origins(prices: Prices, least: int, window: int) -> Origins:
    """The last `window` rows of each symbol that have a row after them."""
    rows = [
        np.arange(max(least, length - 1 - window), length - 1) for length in prices.lengths.tolist()
    ]
    series = np.repeat(np.arange(len(rows)), [len(of_symbol) for of_symbol in rows])
    return Origins(series, np.concatenate(rows))
