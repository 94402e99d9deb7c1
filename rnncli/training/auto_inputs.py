"""The inputs of `--inputs auto`: all whose columns nearly every symbol has.

Nearly: among hundreds of symbols one may be a week old or hardly trade; its missing inputs are
replaced by their mean.
"""

from dataclasses import replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.prices.series import Prices
from rnncli.settings import NetworkSettings, PrepareSettings
from rnncli.settings.option import AUTO
from rnncli.transforms.inputs.days import Days
from rnncli.transforms.inputs.gap import gaps
from rnncli.transforms.inputs.table import MARKET
from rnncli.transforms.market_medians import is_market

CLOSE = "close"
RETURNS = "close,level,leverage,rhythm"
RANGES = "close,high-low,level,range-level,leverage,rhythm"
RANGES_AND_VOLUME = "close,high-low,volume,level,range-level,leverage,volume-rhythm"
WITH_OPEN = ",gap-level", ",gap-rhythm"  # to those of ranges, and of ranges and volume
LEAST_SYMBOLS = 0.95  # fraction of the symbols that have a column
LEAST_KNOWN = 0.9  # fraction of the rows of such a symbol that have a value
LEAST_GAPS = 0.75  # that have a gap: of thin stocks, a tenth of the opens are the close before
LEAST_ALIVE = 0.5  # and is more than a filler: a range above nothing, a volume above zero


def with_inputs_of(
    prices: Prices, preparing: PrepareSettings, shape: NetworkSettings
) -> PrepareSettings:
    """The settings with auto inputs resolved.

    Only for modes that forecast every horizon at once: future inputs are not known.
    """
    if preparing.inputs != AUTO:
        return preparing
    inputs = _of_columns(prices) if shape.mode == "direct" else CLOSE
    if inputs != CLOSE and shape.linear and is_market(prices):
        inputs = f"{inputs},{MARKET}"
    return replace(preparing, inputs=inputs)


def _of_columns(prices: Prices) -> str:
    if not np.all(prices.values > 0):
        return CLOSE
    high, low, volume = (prices.fields.get(name) for name in ("high", "low", "volume"))
    if high is None or low is None or not _of_most(prices, high - low):
        return RETURNS
    of_gaps, of_gaps_and_volume = WITH_OPEN if _has_gaps(prices) else ("", "")
    if volume is None or not _of_most(prices, volume):
        return RANGES + of_gaps
    return RANGES_AND_VOLUME + of_gaps + of_gaps_and_volume


def _has_gaps(prices: Prices) -> bool:
    """Whether most symbols have, on most rows, an open that is not the close before."""
    if "open" not in prices.fields:
        return False
    each = [np.isfinite(gaps(Days(prices, i, 1.0))) for i in range(len(prices.symbols))]
    have = _shares(prices, np.concatenate(each)) >= LEAST_GAPS
    return bool(np.mean(have) >= LEAST_SYMBOLS)


def _of_most(prices: Prices, column: Float64Array) -> bool:
    """Whether most symbols have a column, which is not negative."""
    with np.errstate(invalid="ignore"):
        known, alive = _shares(prices, column >= 0), _shares(prices, column > 0)
    have = (known >= LEAST_KNOWN) & (alive >= LEAST_ALIVE)
    return bool(np.mean(have) >= LEAST_SYMBOLS)


def _shares(prices: Prices, holds: BoolArray) -> Float64Array:
    """Fraction of the rows of each symbol that are true."""
    counts = np.add.reduceat(holds.astype(np.int64), prices.offsets[:-1])
    shares: Float64Array = counts / prices.lengths
    return shares
