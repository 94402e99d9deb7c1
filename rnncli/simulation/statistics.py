"""Statistics of a network's inputs, a few for each series, to compare simulated and real ones.

z is the return over the deviation before it, range and volume the inputs `high-low` and
`volume` (see `transforms.features`); |z| means log(|z| + 0.1), so that no single day dominates.
"""

from collections.abc import Callable

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.prices.series import Prices
from rnncli.transforms.features import features
from rnncli.transforms.inputs.days import DECAY
from rnncli.transforms.volatility import own_deviations

FEWEST_ROWS = 200  # of a series
FEWEST_SHARE = 0.9  # of its rows that have a range, or a volume
WARM_UP = 20  # rows that the running means begin with
LIMIT = 5.0  # of z, in its moments
NEAR_ZERO = 0.1

Columns = dict[str, Float64Array]  # z, size (its log), range, volume of the rows of a series


def _autocorrelation(name: str, lag: int) -> Callable[[Columns], float]:
    return lambda columns: correlation(columns[name][:-lag], columns[name][lag:])


def _same_day(one: str, other: str) -> Callable[[Columns], float]:
    return lambda columns: correlation(columns[one], columns[other])


def _next_day(one: str, other: str) -> Callable[[Columns], float]:
    return lambda columns: correlation(columns[one][:-1], columns[other][1:])


def _clipped(columns: Columns) -> Float64Array:
    return np.clip(columns["z"], -LIMIT, LIMIT)


def _kurtosis(columns: Columns) -> float:
    z = _clipped(columns)
    return float(np.mean(z**4) / np.mean(z**2) ** 2)


STATISTICS: dict[str, Callable[[Columns], float]] = {
    "z sd": lambda columns: float(np.std(_clipped(columns))),
    "z kurtosis": _kurtosis,
    "z zero": lambda columns: float(np.mean(columns["z"] == 0)),
    "z lag 1": lambda columns: correlation(_clipped(columns)[:-1], _clipped(columns)[1:]),
    "|z| lag 1": _autocorrelation("size", 1),
    "|z| lag 5": _autocorrelation("size", 5),
    "|z| lag 20": _autocorrelation("size", 20),
    "z, next |z|": _next_day("z", "size"),
    "range mean": lambda columns: float(np.nanmean(columns["range"])),
    "range sd": lambda columns: float(np.nanstd(columns["range"])),
    "range lag 1": _autocorrelation("range", 1),
    "range lag 5": _autocorrelation("range", 5),
    "range lag 20": _autocorrelation("range", 20),
    "volume sd": lambda columns: float(np.nanstd(columns["volume"])),
    "volume lag 1": _autocorrelation("volume", 1),
    "volume lag 5": _autocorrelation("volume", 5),
    "volume lag 20": _autocorrelation("volume", 20),
    "range, |z|": _same_day("range", "size"),
    "volume, |z|": _same_day("volume", "size"),
    "range, volume": _same_day("range", "volume"),
    "range, next |z|": _next_day("range", "size"),
    "volume, next |z|": _next_day("volume", "size"),
}


def correlation(one: Float64Array, other: Float64Array) -> float:
    """Correlation over the rows that both have; NaN where these are few or one is constant."""
    present = ~(np.isnan(one) | np.isnan(other))
    if np.count_nonzero(present) < FEWEST_ROWS / 2:
        return np.nan
    one, other = one[present], other[present]
    one, other = one - np.mean(one), other - np.mean(other)
    scale = np.sqrt(np.mean(one**2) * np.mean(other**2))
    return float(np.mean(one * other) / scale) if scale > 1e-12 else np.nan


def statistics_of(prices: Prices) -> dict[str, Float64Array]:
    """Each statistic of each series, (series,); NaN where its columns are missing.

    Series of fewer than 200 rows, and those with prices of zero or below, are left out.
    """
    rows = [
        _of_series(prices, i)
        for i in range(len(prices.symbols))
        if prices.lengths[i] >= FEWEST_ROWS and (prices.series(i) > 0).all()
    ]
    return {name: np.array([row[name] for row in rows]) for name in STATISTICS}


def _of_series(prices: Prices, i: int) -> dict[str, float]:
    columns = _columns(prices, i)
    values = {}
    for name, statistic in STATISTICS.items():
        complete = all(_is_complete(columns[part]) for part in columns if part in name)
        values[name] = statistic(columns) if complete else np.nan
    return values


def _is_complete(column: Float64Array) -> bool:
    return bool(np.mean(~np.isnan(column)) >= FEWEST_SHARE)


def _columns(prices: Prices, i: int) -> Columns:
    returns = 100 * np.diff(np.log(prices.series(i)))
    divisor = float(np.std(returns)) or 1.0
    changes = returns / divisor
    z = (changes / own_deviations(changes, DECAY)[:-1])[WARM_UP:]
    inputs = tuple(
        name
        for name, field in (("high-low", "high"), ("volume", "volume"))
        if field in prices.fields
    )
    columns = features(prices, i, inputs, divisor)[1 + WARM_UP :] if inputs else None
    empty = np.full(len(z), np.nan)
    by_name = dict(zip(inputs, columns.T, strict=True)) if columns is not None else {}
    return {
        "z": z,
        "size": np.log(np.abs(z) + NEAR_ZERO),
        "range": by_name.get("high-low", empty),
        "volume": by_name.get("volume", empty),
    }
