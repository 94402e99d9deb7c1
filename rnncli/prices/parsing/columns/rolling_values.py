"""Whether numbers are a mean, a band, an extreme or a deviation of prices over a moving window."""

from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rnncli.arrays import Float64Array, IntArray
from rnncli.prices.parsing.columns.agreement import ENOUGH, agree, enough

_WINDOWS = (
    5,
    7,
    8,
    9,
    10,
    12,
    14,
    15,
    20,
    21,
    22,
    25,
    26,
    28,
    30,
    40,
    50,
    60,
    63,
    75,
    90,
    100,
    120,
    150,
    200,
)
_SEEN = 0.9  # the share of extremes that are among the prices
_FEW = 5  # rows that are extremes to the last digit
_SCREEN = 5  # rows that all windows are tried on
_LIKE = 0.85  # correlation of steps with those of a price: an oscillator at least
_SAME = 0.99  # correlation of returns: a fund that multiplies those of the price
_LARGER = 3.5  # times the steps of the price, as shares of the number: an oscillator at least
_PERCENT = 100.0


class Windows:
    """What is usually made of the last numbers of one column, oldest first; each is made once.

    `made` and `more`: (kinds, rows), of which the first with any multiple of the second, one for
    all rows, is a column. `blur`: how far the rounding of the prices takes the second.
    """

    def __init__(self, source: Float64Array, finest: float):
        self.source, self.finest = source, finest

    @cached_property
    def means(self) -> Float64Array:
        """The moving means of windows from two rows on, (windows, rows)."""
        size = self.source.size
        sums = np.append(0.0, np.cumsum(self.source))
        means = np.full((max(size - ENOUGH - 1, 0), size), np.nan)
        for window in range(2, size - ENOUGH + 1):
            means[window - 2, window - 1 :] = (sums[window:] - sums[:-window]) / window
        return means

    @cached_property
    def multiples(self) -> tuple[Float64Array, Float64Array, Float64Array]:
        """`made`, `more` and `blur` of envelopes, of Bollinger's bands and of volatilities."""
        size = self.source.size
        returns = np.append(np.nan, np.diff(np.log(self.source)))
        made, more, blur = [np.empty((0, size))], [np.empty((0, size))], [0.0]
        for window in (w for w in _WINDOWS if w <= size - 2 * ENOUGH):
            mean = self.means[window - 2]
            missing = np.full(window - 1, np.nan)
            deviation = np.append(missing, sliding_window_view(self.source, window).std(axis=1))
            volatility = np.append(missing, sliding_window_view(returns, window).std(axis=1))
            zeros = np.zeros(size)
            made.append(np.stack([zeros, mean, zeros]))
            more.append(np.stack([mean, deviation, volatility]))
            share = self.finest / float(np.median(self.source))
            blur += [self.finest, self.finest, 1.5 * share]
        return np.concatenate(made), np.concatenate(more), np.array(blur[1:])


def is_rolling(values: Float64Array, windows: Windows, rounding: float) -> bool:
    """Whether `values`, (rows,) to `rounding`, are made of the last numbers of a source."""
    slack = np.full(values.size, rounding + windows.finest)
    if is_extreme(values, windows.source, slack):
        return True
    if np.any(np.isnan(windows.source)):
        return False
    rows = np.flatnonzero(~np.isnan(values))[-_SCREEN:]
    near = np.abs(windows.means[:, rows] - values[rows]) <= slack[rows]
    likely = np.flatnonzero(near.all(axis=1))
    if any(agree(values, windows.means[i], slack) for i in likely):
        return True
    return _is_multiple(values, windows, rounding, rows)


def _is_multiple(values: Float64Array, windows: Windows, rounding: float, rows: IntArray) -> bool:
    made, more, blur = windows.multiples
    off = rounding + np.where(made[:, -1:] == 0, 0, windows.finest)
    with np.errstate(all="ignore"):
        factors = (values[rows] - made[:, rows]) / more[:, rows]
        factor = np.median(factors, axis=1)
        slack = off + np.abs(factor * blur)[:, None]
        near = np.abs(values[rows] - made[:, rows] - factor[:, None] * more[:, rows]) <= 2 * slack
    for kind in np.flatnonzero(near.all(axis=1)):
        with np.errstate(all="ignore"):
            exact = float(np.nanmedian((values - made[kind]) / more[kind]))
        whole = np.full(values.size, slack[kind, 0])
        if agree(values, made[kind] + exact * more[kind], whole):
            return True
    return False


def is_extreme(values: Float64Array, source: Float64Array, slack: Float64Array) -> bool:
    """Whether numbers are the highest or lowest so far, or of the last rows."""
    given = ~np.isnan(values)
    if not enough(given) or np.isin(values[given], source).mean() < _SEEN:
        return False
    if np.array_equal(values, source, equal_nan=True):
        return False  # a copy
    for accumulate, of_window in ((np.fmax.accumulate, np.max), (np.fmin.accumulate, np.min)):
        if agree(values, accumulate(source), slack):
            return True
        for window in range(2, source.size // 2 + 1):
            made = of_window(sliding_window_view(source, window), axis=1)
            if agree(values, np.append(np.full(window - 1, np.nan), made), slack):
                return True
    return False


def is_exact_extreme(values: Float64Array, source: Float64Array) -> bool:
    """Whether numbers are the highest or lowest so far, to the last digit: few rows prove it."""
    rows = ~np.isnan(values)
    if np.count_nonzero(rows) < _FEW or np.unique(values[rows]).size == 1:
        return False
    if np.array_equal(values[rows], source[rows]):
        return False  # a copy
    extremes = (bound.accumulate(source)[rows] for bound in (np.fmax, np.fmin))
    return any(np.array_equal(values[rows], made) for made in extremes)


def is_oscillator(values: Float64Array, source: Float64Array) -> bool:
    """Whether numbers from 0 to 100 go up and down with a price by far more than it, as RSI does.

    A fund that multiplies the returns of the price has their pattern.
    """
    rows = ~np.isnan(values + source)
    ours, theirs = values[rows], source[rows]
    if not enough(rows) or ours.min() <= 0 or ours.max() > _PERCENT or theirs.min() <= 0:
        return False
    steps, ratios, returns = np.diff(ours), np.diff(np.log(ours)), np.diff(np.log(theirs))
    if not (np.std(steps) and np.std(returns)):
        return False
    likeness = float(np.corrcoef(steps, returns)[0, 1])
    is_fund = float(np.corrcoef(ratios, returns)[0, 1]) > _SAME
    larger = np.median(np.abs(ratios)) > _LARGER * np.median(np.abs(returns))
    return bool(likeness > _LIKE and larger and not is_fund)
