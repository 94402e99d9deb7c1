"""A linear model of volatility, pooled over all series: Student's t, its log scale linear in logs.

    har-t    from past root mean squares of the changes (see `volatility_inputs`)
    harx-t   also from those of the day's range, and the volume over its means, if the file has them

After the heterogeneous autoregression of Corsi 2009, doi:10.1093/jjfinec/nbp001, fitted by the
likelihood of the next changes. It is harder to beat than any GARCH fitted on one series, since it
learns from all series. Around the last price; fitted once, on the past.

Rows ahead: a fit for each of 1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120 ... and for the last one; in
between, the weights of log(scale/sqrt(ahead)) and 1/dof are linear in log(ahead). A horizon with
fewer than `LEAST` non-overlapping spans in the past of all series is not fitted: the scale grows
with the square root of the rows from the longest fitted one, with its dof. A past of fewer than
LEAST changes uses the guess that weights are shrunk to: the mean of the logs.
"""

from typing import NamedTuple

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions.families import StudentT
from rnncli.distributions.scale_regression import (
    Penalty,
    ScaleRegression,
    fit_scale_regression,
)
from rnncli.evaluation.baselines.simple import MOST_ROWS, pooled_deviation, root_mean_square
from rnncli.evaluation.baselines.volatility_inputs import (
    SPANS,
    groups_known,
    inputs,
    series_at,
)
from rnncli.evaluation.result import Predictive, Predictor
from rnncli.inference.actuals import Actuals, difference_unit
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.transforms.volatility import FLOOR, changes

LEAST = 30  # spans of an ahead that it is fitted on
DRAWN = 5.0  # days that the guess of a weight counts as: series of one day move together
DOF = 5.0  # of a guess
FIRST = (1, 2, 3, 5, 8)  # rows ahead that are fitted; then 12, 20, 30, 50, 80, ten times that ...
LATER = (12, 20, 30, 50, 80)
LARGEST = 300.0  # of a log scale: beyond it numbers overflow


class _Past(NamedTuple):
    """Rows of the past: their inputs (m, k), and the following prices."""

    x: Float64Array
    paths: list[Float64Array]  # of each series, prices or their logs in units of its size
    rows: list[IntArray]  # of each series in `x`
    lengths: IntArray  # changes of each series

    def after(self, ahead: int) -> Float64Array:
        """The change over `ahead` rows, over the square root of that: (m), NaN past an end."""
        pairs = zip(self.paths, self.rows, strict=True)
        moved = [np.append(path, np.full(ahead, np.nan))[rows + ahead] - path[rows]
                 for path, rows in pairs]  # fmt: skip
        result: Float64Array = np.concatenate(moved) / np.sqrt(ahead)
        return result

    def spans(self, ahead: int) -> int:
        """How many non-overlapping spans of that many rows there are, over all series."""
        return int(np.sum(self.lengths // ahead))


class _Sizes(NamedTuple):
    """The usual deviation of each series, the divisor of its changes.

    Log returns have one size for all. Absolute changes differ with the level of the prices: each
    series has its size, from its past or, for a new one, from the rows before its first origin.
    """

    unit: str
    pooled: float
    of_symbols: dict[str, float]

    def of(self, symbol: str, prices: Float64Array) -> float:
        """Size of a series; that of a new one follows from these prices."""
        if self.unit == "log":
            return self.pooled
        return self.of_symbols.get(symbol) or root_mean_square(changes(prices, self.unit))


def har_t(past: Prices, unit: str, horizon: int) -> Predictor:
    """The baseline of the changes alone."""
    return _har(past, unit, horizon, ())


def harx_t(past: Prices, unit: str, horizon: int) -> Predictor:
    """The baseline with the range and volume that the past has; without either, `har_t`."""
    return _har(past, unit, horizon, groups_known(past))


def _har(past: Prices, unit: str, horizon: int, groups: tuple[str, ...]) -> Predictor:
    differences = difference_unit(unit)
    sizes = _sizes(past, differences)
    weights, dof = _by_ahead(_past_rows(past, sizes, groups), horizon)

    def forecast(prices: Prices, origins: Origins, actuals: Actuals) -> Predictive:
        log_scale = np.empty((len(origins), horizon))
        for i, at, rows in origins.by_series():
            size = sizes.of(prices.symbols[i], prices.series(i)[: rows[0] + 1])
            series = series_at(prices, i, int(rows.max()) + 1, size, differences)
            log_scale[at] = inputs(series, groups)[rows] @ weights + np.log(size)
        root = np.sqrt(np.arange(1, horizon + 1))
        scale = np.exp(np.clip(log_scale, -LARGEST, LARGEST)) * root * actuals.step()[:, None]
        last = np.repeat(actuals.last[:, None], horizon, axis=1)
        return Predictive(
            last, StudentT(np.zeros_like(scale), scale, np.broadcast_to(dof, scale.shape))
        )

    return forecast


def _sizes(past: Prices, unit: str) -> _Sizes:
    if unit == "log":
        return _Sizes(unit, pooled_deviation(past, unit), {})
    of_symbols = {
        symbol: root_mean_square(changes(past.series(i), unit))
        for i, symbol in enumerate(past.symbols)
    }
    return _Sizes(unit, 1.0, of_symbols)


def _past_rows(past: Prices, sizes: _Sizes, groups: tuple[str, ...]) -> _Past:
    """Rows of all series from the first change on, evenly spread where there are too many."""
    stride = max(1, len(past.values) // MOST_ROWS)
    x, paths, sampled = [], [], []
    for i, symbol in enumerate(past.symbols):
        prices = past.series(i)
        size = sizes.of(symbol, prices)
        rows = np.arange(1 + (-past.offsets[i]) % stride, len(prices), stride)
        series = series_at(past, i, len(prices), size, sizes.unit)
        x.append(inputs(series, groups)[rows])
        paths.append((np.log(prices) if sizes.unit == "log" else prices) / size)
        sampled.append(rows)
    return _Past(np.concatenate(x), paths, sampled, past.lengths - 1)


def _by_ahead(past: _Past, horizon: int) -> tuple[Float64Array, Float64Array]:
    """Weights (k, horizon) and degrees of freedom (horizon)."""
    aheads = [ahead for ahead in _aheads(horizon) if past.spans(ahead) >= LEAST]
    fitted = _fits(past, aheads) or [_guess(past.x.shape[1])]
    known, wanted = np.log(aheads or [1]), np.log(np.arange(1, horizon + 1))
    inverse = np.interp(wanted, known, [1 / one.dof for one in fitted])
    each = np.stack([one.weights for one in fitted], axis=1)
    return np.stack([np.interp(wanted, known, row) for row in each]), 1 / inverse


def _fits(past: _Past, aheads: list[int]) -> list[ScaleRegression]:
    """The fit of each ahead, each from where the one before ended.

    What counts against the guess of the weights is how many spans the longest series has.
    """
    guess = _guess(past.x.shape[1])
    strength = np.full(len(guess.weights), DRAWN)
    strength[0] = 0.0
    days = int(past.lengths.max(initial=1))
    fits, start = [], guess
    for ahead in aheads:
        moved = past.after(ahead)
        known = np.isfinite(moved)
        y = np.maximum(np.abs(moved[known]), FLOOR)  # a price that stood still moved by less
        penalty = Penalty(guess.weights, strength * len(y) * ahead / days)
        start = fit_scale_regression(past.x[known], y, penalty, start)
        fits.append(start)
    return fits


def _guess(size: int) -> ScaleRegression:
    """The mean of the logs of the past deviations, as the deviation of a t."""
    weights = np.zeros(size)
    weights[0] = np.log((DOF - 2) / DOF) / 2
    weights[1 : 1 + len(SPANS)] = 1 / len(SPANS)
    return ScaleRegression(weights, DOF)


def _aheads(horizon: int) -> list[int]:
    """The rows ahead that are fitted, up to the horizon and with it."""
    aheads, tens = [ahead for ahead in FIRST if ahead < horizon], 1
    while LATER[0] * tens < horizon:
        aheads += [ahead * tens for ahead in LATER if ahead * tens < horizon]
        tens *= 10
    return [*aheads, horizon]
