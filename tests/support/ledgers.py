"""Forecasts made by hand, to be recorded."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from builders import prices_of, weekdays

from rnncli.forecasting.forecast import Forecast
from rnncli.inference.actuals import mase_divisors
from rnncli.ledger.writer import RecordResult, Source, record
from rnncli.prices.series import Prices

SOURCE = Source("d" * 64, "a.model", None)


def record_by(path: str, source: Source, *forecasts: Forecast) -> RecordResult:
    """Record forecasts of one model."""
    return record(path, [(source, forecast) for forecast in forecasts])


def forecast_of(
    prices: Prices, ahead: float = 1.0, width: float = 2.0, horizon: int = 2,
    levels: Sequence[float] = (80.0,),
) -> Forecast:  # fmt: skip
    """The last price and `ahead` more a row, in bounds of `width` to either side."""
    n = len(prices.symbols)
    last = prices.values[prices.offsets[1:] - 1]
    forecasts = last[:, None] + ahead * np.arange(1, horizon + 1)
    dates: Any = np.full((n, horizon), np.datetime64("NaT", "s"))
    for i in range(n):
        if prices.has_dates(i):
            dates[i] = weekdays(str(prices.dates_of(i)[-1])[:10], horizon + 1)[1:]
    return Forecast(
        symbols=prices.symbols,
        cutoffs=prices.dates[prices.offsets[1:] - 1],
        rows=tuple(prices.lengths.tolist()),
        dates=dates,
        forecasts=forecasts,
        lower=dict.fromkeys(levels, forecasts - width),
        upper=dict.fromkeys(levels, forecasts + width),
        naive=last,
        labels=None,
        shares={},
        failed={},
        prices=prices,
        divisors=np.array(
            [mase_divisors(prices.series(i), prices.lengths[i : i + 1] - 1)[0] for i in range(n)]
        ),
        untested=np.zeros(n, dtype=np.bool_),
    )


def rising(days: int, symbols: str = "AB", first: str | None = "2024-01-01") -> Prices:
    """Series that rise by one a day, from 10, 20, …"""
    return prices_of({s: np.arange(days) + 10.0 * (k + 1) for k, s in enumerate(symbols)}, first)
