"""What is usually made of prices is found by its numbers, whichever way the rows go."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from rnncli.prices.parsing.columns.derived_values import Source, is_made_of

PRICE = np.round(150 * np.exp(np.cumsum(np.random.default_rng(4).normal(0, 0.013, 120))), 2)
OTHER = np.round(90 * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.013, 120))), 2)


def rolling(window: int, function) -> np.ndarray:
    made = function(sliding_window_view(PRICE, window), axis=1)
    return np.append(np.full(window - 1, np.nan), made)


def relative_strength(window: int = 14) -> np.ndarray:
    """Wilder's index, without a number before the first whole window."""
    gains, losses = (np.maximum(sign * np.diff(PRICE), 0) for sign in (1, -1))
    up, down = gains[:window].mean(), losses[:window].mean()
    made = [np.nan] * window + [100 * up / (up + down)]
    for gain, loss in zip(gains[window:], losses[window:], strict=True):
        up, down = (((window - 1) * x + y) / window for x, y in ((up, gain), (down, loss)))
        made.append(100 * up / (up + down))
    return np.array(made)


RETURNS = np.append(np.nan, np.diff(np.log(PRICE)))
VOLATILITY = np.append(
    np.full(20, np.nan), 16 * sliding_window_view(RETURNS[1:], 20).std(axis=1, ddof=1)
)
MADE = {
    "mean": (rolling(20, np.mean), 2),
    "envelope": (1.05 * rolling(20, np.mean), 2),
    "upper band": (rolling(20, np.mean) + 2 * rolling(20, np.std), 2),
    "lower band": (rolling(20, np.mean) - 1.5 * rolling(20, np.std), 2),
    "highest so far": (np.maximum.accumulate(PRICE), 2),
    "lowest of ten": (rolling(10, np.min), 2),
    "drawdown": (PRICE / np.maximum.accumulate(PRICE) - 1, 4),
    "volatility": (VOLATILITY, 4),
    "relative strength": (relative_strength(), 2),
    "lag": (np.append(np.nan, PRICE[:-1]), 2),
}


@pytest.mark.parametrize("step", [1, -1], ids=["oldest first", "newest first"])
@pytest.mark.parametrize("name", MADE)
def test_what_is_made_of_a_price_is_found(name, step):
    """It is made of this price, and not of another one."""
    values, decimals = MADE[name]
    values = np.round(values, decimals)[::step]
    if name != "relative strength" or step == 1:  # its steps follow the price in order of time
        assert is_made_of(values, decimals, Source(PRICE[::step], 2))
    assert not is_made_of(values, decimals, Source(OTHER[::step], 2))


def test_a_fund_that_multiplies_the_returns_is_a_price():
    """Its steps are large and like those of the price, but their pattern is the same."""
    simple = np.diff(PRICE) / PRICE[:-1]
    noise = np.random.default_rng(6).normal(0, 0.002, simple.size)
    fund = np.round(30 * np.cumprod(np.append(1, 1 + 5 * simple + noise)), 2)
    assert not is_made_of(fund, 2, Source(PRICE, 2))
    assert not is_made_of(OTHER, 2, Source(PRICE, 2))
