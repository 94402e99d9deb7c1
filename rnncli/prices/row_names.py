"""What a row of prices is called: a trading day where prices are daily."""

import numpy as np

from rnncli.prices.series import Prices

ROW, TRADING_DAY = "row", "trading day"
DAY = np.timedelta64(1, "D")


def row_name(prices: Prices) -> str:
    """`TRADING_DAY` where all dates are whole days and mostly one day apart, else `ROW`."""
    dates = prices.dates
    if not len(dates) or np.isnat(dates).any() or (dates != dates.astype("datetime64[D]")).any():
        return ROW
    steps = np.diff(dates)
    is_within = np.ones(len(steps), bool)
    is_within[prices.offsets[1:-1] - 1] = False  # from the end of a series to the next one
    within = steps[is_within]
    return TRADING_DAY if len(within) and np.median(within / DAY) == 1 else ROW
