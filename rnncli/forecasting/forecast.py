"""What `predict` gives: forecasts of symbols, parts of them and many joined; sampled paths."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np

from rnncli.arrays import BoolArray, DateArray, Float64Array
from rnncli.dates import format_date
from rnncli.errors import DataError, RnncliError, UsageError
from rnncli.prices.future_dates import skip_weekends_only
from rnncli.prices.series import Prices

Name = TypeVar("Name", float, str)


class NoForecastError(DataError):
    """No symbol could be forecast; `failed`: symbol -> why."""

    def __init__(self, failed: dict[str, str]) -> None:
        super().__init__(next(iter(failed.values())))
        self.failed = failed


@dataclass(frozen=True)
class Forecast:
    """Forecasts (n, horizon) for n symbols, in their files' unit; NaN for unknown bounds.

    `cutoffs` (n): date of the last row used, NaT without dates; `rows` (n): number of rows
    used; `dates` (n, horizon); `lower`, `upper`: level in percent -> (n, horizon); `labels` with
    bins only, and with cross-entropy `shares`: label -> its probability (n, horizon), given the
    previous medians; `failed`: symbol -> why it has no forecast; `prices`: the series of
    `symbols` up to the cutoffs; `divisors` (n): of MASE at the cutoffs; `calendar`: the exchange
    that was named, whose trading days `dates` are; `untested` (n): whether there were too few
    validation days to calibrate the intervals.
    """

    symbols: tuple[str, ...]
    cutoffs: DateArray
    rows: tuple[int, ...]
    dates: DateArray
    forecasts: Float64Array
    lower: dict[float, Float64Array]
    upper: dict[float, Float64Array]
    naive: Float64Array
    labels: list[list[str]] | None
    shares: dict[str, Float64Array]
    failed: dict[str, str]
    prices: Prices
    divisors: Float64Array
    untested: BoolArray
    calendar: str | None = None

    def days(self, i: int) -> tuple[str | int, list[str] | list[int]]:
        """Cutoff and dates ahead of a symbol: ISO dates, or row numbers without dates."""
        horizon = self.forecasts.shape[1]
        if np.isnat(self.cutoffs[i]):
            last = self.rows[i]
            return last, list(range(last + 1, last + horizon + 1))
        return format_date(self.cutoffs[i]), [format_date(date) for date in self.dates[i]]

    def skips_weekends_only(self, most: int) -> bool:
        """Whether dates of the first few symbols leave out weekends, and no holiday is known."""
        series = range(min(most, len(self.symbols))) if self.calendar is None else ()
        dated = (self.prices.dates_of(i) for i in series if self.prices.has_dates(i))
        return any(skip_weekends_only(dates) for dates in dated)

    def at_levels(self, levels: Sequence[float]) -> "Forecast":
        """Those with the intervals of some of the levels."""
        return replace(
            self,
            lower={level: self.lower[level] for level in self.lower if level in levels},
            upper={level: self.upper[level] for level in self.upper if level in levels},
        )

    def subset(self, numbers: Sequence[int]) -> "Forecast":
        """Those of some of the symbols, by position."""
        return replace(
            self,
            symbols=tuple(self.symbols[i] for i in numbers),
            cutoffs=self.cutoffs[numbers],
            rows=tuple(self.rows[i] for i in numbers),
            dates=self.dates[numbers],
            forecasts=self.forecasts[numbers],
            lower={level: values[numbers] for level, values in self.lower.items()},
            upper={level: values[numbers] for level, values in self.upper.items()},
            naive=self.naive[numbers],
            labels=self.labels and [self.labels[i] for i in numbers],
            shares={label: share[numbers] for label, share in self.shares.items()},
            prices=self.prices.subset(numbers),
            divisors=self.divisors[numbers],
            untested=self.untested[numbers],
        )


@dataclass(frozen=True)
class Samples:
    """Paths of n symbols: prices (n, horizon, paths) in their files' unit.

    `cutoffs` (n): date of the last row used, NaT without dates; `rows` (n): number of rows used;
    `failed`: symbol -> why it has no forecast.
    """

    symbols: tuple[str, ...]
    cutoffs: DateArray
    rows: tuple[int, ...]
    prices: Float64Array
    failed: dict[str, str]


def joined(
    prices: Prices, forecasts: Sequence[Forecast], failed: dict[str, RnncliError]
) -> Forecast:
    """Many forecasts joined into one; `prices`: those of all.

    Raises UsageError for different horizons, the first fault if there is no forecast.
    """
    if not forecasts:
        raise next(iter(failed.values()))
    if len({one.forecasts.shape[1] for one in forecasts}) > 1:
        raise UsageError(
            "these models were made for different ones", option="horizon", remedy="give one"
        )
    symbols = tuple(symbol for one in forecasts for symbol in one.symbols)
    numbers = {symbol: i for i, symbol in enumerate(prices.symbols)}
    first = forecasts[0]
    arrays: dict[str, Any] = {
        field.name: np.concatenate([getattr(one, field.name) for one in forecasts])
        for field in fields(Forecast)
        if isinstance(getattr(first, field.name), np.ndarray)
    }
    return replace(
        first,
        **arrays,
        symbols=symbols,
        rows=tuple(rows for one in forecasts for rows in one.rows),
        lower=_sides([one.lower for one in forecasts], forecasts),
        upper=_sides([one.upper for one in forecasts], forecasts),
        labels=_labels(forecasts) if any(one.labels for one in forecasts) else None,
        shares=_sides([one.shares for one in forecasts], forecasts),
        failed={symbol: str(fault) for symbol, fault in failed.items()},
        prices=prices.subset([numbers[symbol] for symbol in symbols]),
    )


def _labels(forecasts: Sequence[Forecast]) -> list[list[str]]:
    """Labels of all; None for a model without classes."""
    return [
        row
        for one in forecasts
        for row in (one.labels or [[""] * one.forecasts.shape[1]] * len(one.symbols))
    ]


def _sides(
    sides: Sequence[dict[Name, Float64Array]], forecasts: Sequence[Forecast]
) -> dict[Name, Float64Array]:
    """Numbers by level or label, stacked; NaN for a model without them."""
    names = dict.fromkeys(name for one in sides for name in one)
    return {
        name: np.concatenate(
            [
                side.get(name, np.full(one.forecasts.shape, np.nan))
                for side, one in zip(sides, forecasts, strict=True)
            ]
        )
        for name in names
    }
