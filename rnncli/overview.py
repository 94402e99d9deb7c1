"""What each series holds, as `rnncli inspect` lists it."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import DateArray
from rnncli.dates import format_date
from rnncli.prices import Prices

GAP = 4  # a step longer than so many median steps is a gap


@dataclass(frozen=True)
class SeriesSummary:
    """One series as `rnncli inspect` lists it."""

    symbol: str
    rows: int
    first_date: str | None
    last_date: str | None
    first_close: float
    last_close: float
    gaps: int
    duplicates: int
    dropped: int


def summarise(prices: Prices) -> list[SeriesSummary]:
    """One summary per series, in the order of `prices.symbols`."""
    duplicates: dict[str, int] = {}
    dropped: dict[str, int] = {}
    for report in prices.files:
        for symbol, count in report.duplicates_by_symbol.items():
            duplicates[symbol] = duplicates.get(symbol, 0) + count
        for symbol, count in report.dropped_by_symbol.items():
            dropped[symbol] = dropped.get(symbol, 0) + count
    return [
        _summary(prices, i, duplicates.get(symbol, 0), dropped.get(symbol, 0))
        for i, symbol in enumerate(prices.symbols)
    ]


def _summary(prices: Prices, i: int, duplicates: int, dropped: int) -> SeriesSummary:
    values, dates, dated = prices.series(i), prices.dates_of(i), prices.has_dates(i)
    return SeriesSummary(
        symbol=prices.symbols[i],
        rows=int(values.size),
        first_date=format_date(dates[0]) if dated else None,
        last_date=format_date(dates[-1]) if dated else None,
        first_close=float(values[0]),
        last_close=float(values[-1]),
        gaps=count_gaps(dates) if dated else 0,
        duplicates=duplicates,
        dropped=dropped,
    )


def count_gaps(dates: DateArray) -> int:
    """How many steps are longer than four times the median step."""
    steps = np.diff(dates).astype(np.int64)
    return int(np.count_nonzero(steps > GAP * np.median(steps))) if steps.size else 0
