"""Inputs of the linear models of volatility: logs of past deviations.

    close   root mean squares of the changes, exponentially weighted over some rows, and over all
    range   the same of Parkinson's deviation of a day, log(high/low) / sqrt(4 log 2)
    volume  log of the volume over its running means

Corsi 2009, doi:10.1093/jjfinec/nbp001, with decaying weights in place of windows; Parkinson 1980,
doi:10.1086/296071.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.prices.series import Prices
from rnncli.transforms.inputs.level import PARKINSON, RunningMeans, log_deviations
from rnncli.transforms.volatility import START, changes

SPANS = (2, 5, 10, 22, 66, 0)  # rows, 0: all; a weight is 1/span, or equal weights of fewer rows
RANGE_SPANS = (1, 2, 5, 22, 66)
VOLUME_SPANS = (5, 17, 66)
LIMIT = 5.0  # limit of a log of volumes: of a volume of 1
FIELDS = {"range": ("high", "low"), "volume": ("volume",)}


class Series(NamedTuple):
    """Prices of one series, the divisor of its changes, and its further columns."""

    prices: Float64Array  # (rows,)
    size: float
    unit: str  # of its changes: log or absolute
    fields: dict[str, Float64Array]

    def field(self, name: str) -> Float64Array:
        """A column (rows), NaN where it is missing."""
        return self.fields.get(name, np.full(len(self.prices), np.nan))


def series_at(prices: Prices, i: int, rows: int, size: float, unit: str) -> Series:
    """The first `rows` rows of series i."""
    at = slice(prices.offsets[i], prices.offsets[i] + rows)
    fields = {name: values[at] for name, values in prices.fields.items()}
    return Series(prices.values[at], size, unit, fields)


def groups_known(prices: Prices) -> tuple[str, ...]:
    """The groups of further inputs that prices have the columns of, on some row."""
    return tuple(
        group for group, names in FIELDS.items()
        if all(name in prices.fields and np.any(np.isfinite(prices.fields[name])) for name in names)
    )  # fmt: skip


def inputs(series: Series, groups: tuple[str, ...]) -> Float64Array:
    """Inputs of each row at its close: (rows, k), the first column all ones."""
    squares = (changes(series.prices, series.unit) / series.size) ** 2
    squares = np.concatenate([[math.nan], squares])  # the first row has no change
    further = [GROUPS[group](series, squares) for group in groups]
    return np.hstack([np.ones((len(squares), 1)), _past(squares, SPANS), *further])


def _past(squares: Float64Array, spans: tuple[int, ...]) -> Float64Array:
    """Logs of the root of the running means of the squares (rows; NaN is missing): (rows, k)."""
    return log_deviations(RunningMeans(spans, START).of_days(squares))


def ranges(series: Series, squares: Float64Array) -> Float64Array:
    """Logs of the past root mean squares of the days' ranges.

    For a day without a range, or with a single price, that of the change.
    """
    high, low = (series.field(name) for name in FIELDS["range"])
    with np.errstate(invalid="ignore", divide="ignore"):
        spans = np.log(high / low) if series.unit == "log" else high - low
    known = np.isfinite(spans) & (spans > 0)
    return _past(np.where(known, (spans / series.size) ** 2 / PARKINSON, squares), RANGE_SPANS)


def volumes(series: Series, _squares: Float64Array) -> Float64Array:
    """Logs of the volume over its running means: (rows, 3); a row without one has that of before.

    Over 17 rows before the row, over 66 with it, and that over 5 over that over 66.
    """
    volume = series.field("volume")
    with np.errstate(invalid="ignore"):
        logs = np.log1p(np.where(volume >= 0, volume, math.nan))
    known = np.flatnonzero(np.isfinite(logs))
    if not len(known):
        return np.zeros((len(logs), 3))
    logs[: known[0]] = logs[known[0]]  # what is not known yet is as usual
    means = RunningMeans(VOLUME_SPANS, float(logs[0])).of_days(logs)
    short, usual, long = means.T
    latest = logs[np.maximum.accumulate(np.where(np.isfinite(logs), np.arange(len(logs)), 0))]
    before = np.concatenate([latest[:1], usual[:-1]])
    over = np.column_stack([latest - before, latest - long, short - long])
    limited: Float64Array = np.clip(over, -LIMIT, LIMIT)
    return limited


GROUPS: dict[str, Callable[[Series, Float64Array], Float64Array]] = {
    "range": ranges, "volume": volumes,
}  # fmt: skip
