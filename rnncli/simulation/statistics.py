"""Statistics of a network's inputs, a few for each series, to compare simulated and real ones.

z is the return over the deviation before it; range, volume and gap are the inputs `high-low`,
`volume` and `gap` (see `transforms.features`); |z| means log(|z| + 0.1), so that no single day
dominates.
"""

from collections.abc import Callable

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.prices.series import Prices
from rnncli.transforms.features import features
from rnncli.transforms.inputs.days import DECAY
from rnncli.transforms.inputs.table import input_of
from rnncli.transforms.volatility import running_deviations

FEWEST_ROWS = 200  # of a series
FEWEST_SHARE = 0.9  # of its rows that have a number, of each input
WARM_UP = 20  # rows that the running means begin with
LIMIT = 5.0  # of z, in its moments
NEAR_ZERO = 0.1
FED = {"range": "high-low", "volume": "volume", "gap": "gap"}  # inputs

Columns = dict[str, Float64Array]  # z, size (its log), and the inputs of the rows of a series


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
    "gap mean": lambda columns: float(np.nanmean(columns["gap"])),
    "gap sd": lambda columns: float(np.nanstd(columns["gap"])),
    "gap lag 1": _autocorrelation("gap", 1),
    "range, |z|": _same_day("range", "size"),
    "volume, |z|": _same_day("volume", "size"),
    "range, volume": _same_day("range", "volume"),
    "range, gap": _same_day("range", "gap"),
    "volume, gap": _same_day("volume", "gap"),
    "range, next |z|": _next_day("range", "size"),
    "volume, next |z|": _next_day("volume", "size"),
    "gap, next |z|": _next_day("gap", "size"),
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
    z = (changes / running_deviations(changes, DECAY)[:-1])[WARM_UP:]
    present = [name for name in FED if set(input_of(FED[name]).fields) <= prices.fields.keys()]
    inputs = tuple(FED[name] for name in present)
    columns = features(prices, i, inputs, divisor)[1 + WARM_UP :].T if inputs else ()
    empty = dict.fromkeys(FED, np.full(len(z), np.nan))
    by_name = empty | dict(zip(present, columns, strict=True))
    return {"z": z, "size": np.log(np.abs(z) + NEAR_ZERO), **by_name}
