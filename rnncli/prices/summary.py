"""Summary of each series, as `rnncli inspect` lists it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import DateArray, Float64Array, median
from rnncli.dates import format_date
from rnncli.errors import DataError, name_some, setting
from rnncli.prices.date_history import DAY
from rnncli.prices.series import Prices

GAP = 4  # a step longer than this many median steps is a gap
STALE_DAYS = 7
SHOWN = 5  # symbols named in a warning


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
        for repair in report.repairs:
            if repair.became is None:
                dropped[repair.symbol] = dropped.get(repair.symbol, 0) + 1
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
    return int(np.count_nonzero(steps > GAP * median(steps))) if steps.size else 0


def fresh(prices: Prices, max_age: int | None, warn: Callable[[str], None]) -> Prices:
    """The symbols to forecast, with a warning of those that end long before the newest.

    With `max_age` (days) older ones are left out; raises DataError if none is left.
    """
    age = _ages(prices)
    if max_age is not None:
        recent = [i for i in range(len(age)) if not age[i] > max_age]
        if not recent:
            raise DataError(
                "no symbol is that fresh", option="max_age", value=max_age,
                remedy="allow more days",
            )  # fmt: skip
        return prices.subset(recent) if len(recent) < len(age) else prices
    stale = np.flatnonzero(age > STALE_DAYS).tolist()
    for line in _stale_lines(prices, stale) if stale else ():
        warn(line)
    return prices


def _stale_lines(prices: Prices, stale: Sequence[int]) -> Iterator[str]:
    """A line for each file with symbols that end early; one for all where these are many files."""
    newest = format_date(np.nanmax(prices.dates))
    by_source: dict[str, list[str]] = {}
    for i in stale:
        ended = format_date(prices.dates_of(i)[-1])
        by_source.setdefault(prices.sources[i], []).append(f"{prices.symbols[i]} ({ended})")
    if len(by_source) > SHOWN:
        every = [name for names in by_source.values() for name in names]
        by_source = {f"{len(by_source)} files": every}
    for source, names in by_source.items():
        yield (
            f"{source}: {len(names)} of {'its' if source in prices.sources else 'their'} symbols"
            f" end more than {STALE_DAYS} days before {newest}: {name_some(names, SHOWN)};"
            f" {setting('max_age')} leaves such out"
        )


def _ages(prices: Prices) -> Float64Array:
    """Days that each series ends before the newest date of all; NaN for one without dates."""
    last = prices.dates[prices.offsets[1:] - 1]
    known = last[~np.isnat(last)]
    if len(known) == 0:
        return np.full(len(last), np.nan)
    age = (known.max() - last).astype("timedelta64[s]").astype(np.float64) / DAY
    return np.where(np.isnat(last), np.nan, age)
