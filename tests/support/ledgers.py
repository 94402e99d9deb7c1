"""Forecasts made by hand, to be recorded."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from builders import prices_of, weekdays

from rnncli.dates import format_date
from rnncli.forecasting.forecast import Forecast
from rnncli.inference.actuals import mase_divisors
from rnncli.ledger.portfolio_risk import TAIL, HeldPosition, PortfolioRisk, RecordedLoss
from rnncli.ledger.record_result import RecordResult
from rnncli.ledger.tables import VERSION
from rnncli.ledger.writer import Source, record
from rnncli.prices.series import Prices

SOURCE = Source("d" * 64, "a.model", None)


BACK = {  # statements that bring a ledger back to a version from the next one
    3: [f"DROP TABLE portfolio_{name}" for name in ("loss", "position", "risk")],
    2: ["DROP TABLE origin", "ALTER TABLE model DROP COLUMN seen"],
}


def make_older(path: str | Path, version: int) -> None:
    """Bring a ledger back to an earlier version of its tables."""
    base = sqlite3.connect(path, isolation_level=None)
    for earlier in range(VERSION - 1, version - 1, -1):
        for statement in BACK[earlier]:
            base.execute(statement)
    base.execute(f"PRAGMA user_version = {version}")
    base.close()


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


def night_of(
    prices: Prices, held: Mapping[str, float], name: str = "main", loss: float = 2.0,
    rates: Mapping[str, str] | None = None, aheads: Sequence[int] = (1,),
) -> PortfolioRisk:  # fmt: skip
    """What quantities of symbols may lose from the last rows: `loss` at 95 %, twice that at 99 %.

    `rates`: symbols whose prices are the rates of others.
    """
    rates = rates or {}
    symbols = dict.fromkeys([*held, *rates.values()])
    positions = []
    for symbol in sorted(symbols):
        i = prices.symbols.index(symbol)
        dated = prices.has_dates(i)
        past = prices.series(i)
        positions.append(
            HeldPosition(
                symbol,
                format_date(prices.dates_of(i)[-1]) if dated else len(past),
                held.get(symbol, 0.0),
                None if symbol in rates else 1.0,
                rates.get(symbol),
                float(past[-1]),
                float(past[-2]) if len(past) > 1 else None,
                float(mase_divisors(past, np.array([len(past) - 1]))[0]),
            )
        )
    losses = [
        RecordedLoss(
            ahead, confidence, size, 1.25 * size,
            tuple(size * (1.5 - 0.5 * k / (TAIL - 1)) for k in range(TAIL)),
        )
        for ahead in aheads for confidence, size in ((95.0, loss), (99.0, 2 * loss))
    ]  # fmt: skip
    newest = max(one.cutoff for one in positions)
    return PortfolioRisk(name, newest, 0.0, tuple(positions), tuple(losses))
