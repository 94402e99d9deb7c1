"""What a scale needs of the prices of one series, and the fault where they do not have it."""

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError


def least_rows(scale: str) -> int:
    """The fewest rows of a series with a day whose next one is known, as the network sees them."""
    return 3 if scale == "log-return" else 2


def fit_series(symbol: str, scale: str, prices: Float64Array) -> tuple[float, float]:
    """Shift and size of minmax or standard; refuses a series without two distinct values.

    And one so large or so small that these are no numbers to divide by.
    """
    low, high = float(prices.min()), float(prices.max())
    if low == high:
        raise DataError(
            f"{symbol}: --scale {scale} needs two distinct prices, and there is only {low:g}"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        shift, size = (low, high - low) if scale == "minmax" else (prices.mean(), prices.std())
    if not (np.isfinite(shift) and 0 < size < np.inf):
        raise DataError(
            f"{symbol}: --scale {scale} leaves the floating-point numbers for prices from {low:g}"
            f" to {high:g}; give prices in another unit"
        )
    return float(shift), float(size)


def refuse_nonpositive(name: str, prices: Float64Array) -> None:
    """Raise DataError for the series called `name` if its log returns do not exist."""
    count = int(np.sum(prices <= 0))
    if count:
        values = "value" if count == 1 else "values"
        raise DataError(
            f"{name} has {count} {values} <= 0, and log returns need positive prices;"
            " train with --scale standard"
        )
