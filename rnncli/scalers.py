"""What a scale needs of the prices of one series, and the fault where they do not have it."""

from typing import Protocol

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError


class Scaling(Protocol):
    """What settings and the fitted transform both tell of a scale."""

    @property
    def scale(self) -> str:
        """Its name."""

    @property
    def season(self) -> int:
        """Rows between the prices of a log return."""


def least_rows(scaling: Scaling) -> int:
    """The fewest rows of a series with a day whose next one is known, as the network sees them."""
    return 2 + scaling.season if scaling.scale == "log-return" else 2


def fit_series(symbol: str, scale: str, prices: Float64Array) -> tuple[float, float]:
    """Shift and size of minmax or standard; refuses a series without two distinct values.

    And one so large or so small that these are no numbers to divide by.
    """
    if len(prices) == 0:
        raise DataError(f"{symbol}: --scale {scale} needs two distinct prices, and there are none")
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


def refuse_short(symbol: str, prices: Float64Array, season: int) -> None:
    """Raise DataError for a series without a row a season before another one."""
    if season > 1 and len(prices) <= season:
        rows = "row" if len(prices) == 1 else "rows"
        raise DataError(
            f"{symbol} has {len(prices)} {rows}, and --season {season} needs {season + 1};"
            " leave it out or take a shorter season"
        )


def refuse_nonpositive(name: str, prices: Float64Array) -> None:
    """Raise DataError for the series called `name` if its log returns do not exist."""
    count = int(np.sum(prices <= 0))
    if count:
        values = "value" if count == 1 else "values"
        raise DataError(
            f"{name} has {count} {values} <= 0, and log returns need positive prices;"
            " train with --scale standard"
        )
