"""How much of its season each series keeps: its inputs are multiplied by the shares of their parts.

One linear function of a season's inputs forecasts all series. By how much a series drifts, goes on
as before, and repeats the last season differs. Its shares are those of the parts of that function
by which its past is forecast best, drawn to one as if by ROWS rows more, and to no less than zero.
"""

from collections.abc import Sequence

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.runtime.blas import one_blas_thread
from rnncli.transforms.features import parts_of_columns, standardised
from rnncli.transforms.robust_regression import robust_regression, robust_weights
from rnncli.transforms.target_transform import TargetTransform

AHEAD = (1, 2, 3, 5, 8, 13, 20, 32, 48)  # rows whose returns are forecast
ROWS = 30.0  # chosen on the rows before the last of M4's weekly training series
RIDGE = 1.0
WARM_UP = 5  # first rows of a series
FEWEST = 10  # rows of a series from which shares are learnt
MOST_ROWS = 100_000  # that the common function is fitted on
LARGEST = 8.0  # deviations of a return that count

Shares = dict[str, tuple[float, ...]]


def fit_shares(
    transform: TargetTransform, parts: Sequence[tuple[str, Float64Array]],
    further: Sequence[Float64Array],
) -> Shares:  # fmt: skip
    """The shares of each series, from its training prices and unscaled inputs (rows, columns).

    Empty without inputs of a season.
    """
    of_part = parts_of_columns(transform.inputs)
    if not np.any(of_part >= 0):
        return {}
    inputs = [_inputs_of(transform, one) for one in further]
    returns = [_returns_of(transform, prices) for _, prices in parts]
    weights = [_common_weights(inputs, returns, k) for k in range(len(AHEAD))]
    each = of_part[of_part >= 0]
    size = _size_of_parts(inputs, weights, each)
    return {
        symbol: _shares_of(x, y, weights, each, size)
        for (symbol, _), x, y in zip(parts, inputs, returns, strict=True)
    }


def _inputs_of(transform: TargetTransform, further: Float64Array) -> Float64Array:
    """A season's inputs (values, columns), scaled, of the rows that have a value."""
    scaled = standardised(further, transform.spread, transform.inputs)
    return scaled[min(1, len(scaled) - 1) :, parts_of_columns(transform.inputs) >= 0]


def _returns_of(transform: TargetTransform, prices: Float64Array) -> Float64Array:
    returns = transform.returns_ahead(prices, AHEAD)
    returns[:WARM_UP] = np.nan
    limited: Float64Array = np.clip(returns, -LARGEST, LARGEST)
    return limited


def _common_weights(
    inputs: Sequence[Float64Array], returns: Sequence[Float64Array], k: int
) -> Float64Array:
    """Weights (columns) of one function for all series, each of which counts the same."""
    rows = [np.flatnonzero(np.isfinite(one[:, k])) for one in returns]
    every = max(1, -(-sum(map(len, rows)) // MOST_ROWS))
    rows = [one[::every] for one in rows]
    if not any(map(len, rows)):
        return np.zeros(inputs[0].shape[1])
    weights = np.concatenate([np.full(len(one), 1 / max(len(one), 1)) for one in rows])
    x = np.concatenate([one[at] for one, at in zip(inputs, rows, strict=True)])
    y = np.concatenate([one[at, k] for one, at in zip(returns, rows, strict=True)])
    return robust_regression(x, y, weights, RIDGE)


def _parts_forecast(x: Float64Array, weights: Float64Array, of_part: IntArray) -> Float64Array:
    """The sum of each part of a forecast, (rows, parts)."""
    terms = x * weights
    return np.stack([terms[:, of_part == part].sum(axis=1) for part in distinct_parts(of_part)], 1)


def distinct_parts(of_part: IntArray) -> range:
    """The numbers of parts."""
    return range(int(of_part.max()) + 1)


def _size_of_parts(
    inputs: Sequence[Float64Array], weights: Sequence[Float64Array], of_part: IntArray
) -> Float64Array:
    """Mean square of each part of the forecasts, (parts), over rows and horizons."""
    every = max(1, sum(map(len, inputs)) // MOST_ROWS)
    x = np.concatenate(inputs)[::every]
    squares = [np.mean(_parts_forecast(x, one, of_part) ** 2, axis=0) for one in weights]
    size: Float64Array = np.mean(squares, axis=0)
    return size


def _shares_of(
    x: Float64Array, y: Float64Array, weights: Sequence[Float64Array], of_part: IntArray,
    size: Float64Array,
) -> tuple[float, ...]:  # fmt: skip
    """The shares of one series: ridge regression of what the common forecasts miss."""
    count = len(distinct_parts(of_part))
    squares, products = np.diag(ROWS * size + 1e-12), np.zeros(count)
    with one_blas_thread():
        for k, of_horizon in enumerate(weights):
            known = np.isfinite(y[:, k])
            if np.count_nonzero(known) < FEWEST:
                continue
            forecast = _parts_forecast(x[known], of_horizon, of_part)
            missed = y[known, k] - forecast.sum(axis=1)
            weighted = forecast * robust_weights(missed)[:, None]
            squares += weighted.T @ forecast / len(AHEAD)
            products += weighted.T @ missed / len(AHEAD)
        shares = 1 + np.linalg.solve(squares, products)
    return tuple(np.clip(shares, 0.0, 2.0).tolist())
