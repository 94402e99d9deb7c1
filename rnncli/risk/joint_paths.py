"""Paths of many symbols tied together by a copula; the distribution of each symbol stays the same.

On every row ahead, the prices of a symbol's paths are reordered: the path on which the copula's
random walk is highest gets the highest price, and so on (the Schaake shuffle:
Clark et al. 2004, doi:10.1175/1525-7541(2004)005<0243:TSSAMF>2.0.CO;2; ensemble copula coupling:
Schefzik, Thorarinsdottir & Gneiting 2013, doi:10.1214/13-STS443). So the set of prices of a symbol
on a row stays the same to the last bit. From row to row the walk grows as the spread of the
symbol's forecasts does.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.forecasting.forecast import Samples
from rnncli.forecasting.predict import sample
from rnncli.models.model import Model
from rnncli.prices.series import Prices
from rnncli.risk.copula import Copula
from rnncli.risk.margins import SMALLEST
from rnncli.risk.past_places import copula_of
from rnncli.runtime.threads import Threads
from rnncli.runtime.timing import Stage, untimed
from rnncli.settings import PredictSettings
from rnncli.transforms.dataset import Dataset

ALONE = Threads(None)
ONE_DEVIATION = (0.15865525393145707, 0.8413447460685429)
BLOCK = 16  # symbols whose paths are dealt out at once


def sample_together(
    model: Model, prices: Prices, settings: PredictSettings, threads: Threads,
    stage: Stage = untimed,
) -> Samples:  # fmt: skip
    """The paths of `sample`, tied by the copula of the symbols that have paths."""

    def tied(fitting: Prices, dataset: Dataset, paths: Float64Array) -> Float64Array:
        with stage("copula"):
            copula = copula_of(model, fitting, threads, dataset)
            return tie(paths, copula, settings.seed, threads)

    return sample(model, prices, settings, threads, stage, tied)


def tie(prices: Float64Array, copula: Copula, seed: int, threads: Threads = ALONE) -> Float64Array:
    """Paths (n, horizon, paths) with each row's prices reordered by the copula of n symbols."""
    blocks = [slice(start, start + BLOCK) for start in range(0, len(prices), BLOCK)]
    ordered, tied = np.empty_like(prices), np.empty_like(prices)

    def order(block: slice) -> None:
        ordered[block] = np.sort(prices[block], axis=2)

    threads.map(order, blocks)
    walks = walk_of(copula, growth_of(ordered), prices.shape[2], seed)
    for ahead, walk in enumerate(walks):

        def run(block: slice, ahead: int = ahead, walk: Float64Array = walk) -> None:
            deal(ordered[block, ahead], walk[block], tied[block, ahead])

        threads.map(run, blocks)
    return tied


def deal(ordered: Float64Array, walk: Float64Array, out: Float64Array) -> None:
    """Give each path (n, paths) the price of its walk's rank, from prices in ascending order."""
    for prices, values, of_symbol in zip(ordered, walk, out, strict=True):
        of_symbol[np.argsort(values)] = prices


def walk_of(
    copula: Copula, growth: Float64Array, paths: int, seed: int, rows: Sequence[int] | None = None
) -> Iterator[Float64Array]:
    """Random walks (n, paths) of the copula on each row ahead, or on some `rows` from 0.

    `growth` (n, horizon): of the variance from row to row.
    """
    walk = np.zeros((len(growth), paths))
    shocks = copula.shocks(paths, seed)
    for ahead in range(growth.shape[1]):
        walk += np.sqrt(growth[:, ahead, None]) * next(shocks)
        if rows is None or ahead in rows:
            yield walk


def growth_of(ordered: Float64Array) -> Float64Array:
    """What each row adds to the variance (n, horizon) of the logs of prices (n, horizon, k).

    The prices are in order; of prices that are not all above zero themselves.
    """
    low, high = (ordered[:, :, int(p * (ordered.shape[2] - 1))] for p in ONE_DEVIATION)
    if not np.any(ordered[:, :, 0] <= 0):
        low, high = (np.log(np.maximum(one, np.finfo(float).tiny)) for one in (low, high))
    squares = np.maximum.accumulate((high - low) ** 2, axis=1)
    added: Float64Array = np.maximum(np.diff(squares, axis=1, prepend=0), SMALLEST)
    return added
