"""Old forecasts held against what came: each found in prices by the rows after its cutoff.

A forecast is of the price `ahead` rows after its cutoff, whatever date it was dated for. Where the
price at the cutoff is another one today, and that of the row before has changed by the same factor,
the past was adjusted (a split, a dividend) and the forecast moves along. Where the one at the
cutoff is less than a usual change from that, it was provisional: the forecast was made of it, and
moves as the row before, which mostly stays. Changed otherwise, it can be held against nothing.
"""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import DateArray, Float64Array, IntArray
from rnncli.ledger.reader import LedgerForecasts
from rnncli.ledger.writer import storable
from rnncli.prices.series import Prices

CAME, PENDING, ABSENT, REWRITTEN = "came", "pending", "absent", "rewritten"
STATES = (CAME, PENDING, ABSENT, REWRITTEN)
SAME = 1e-9  # relative; prices so close are one price
ALIKE, ROUNDED = 0.1, 0.02  # of its logarithm, and at most, may two factors differ: of cents


@dataclass(frozen=True)
class MatchedForecasts:
    """What became of n forecasts.

    `states` (n): of STATES: the day has come; has not; no such symbol or cutoff in the prices; the
    past was rewritten. `series`, `rows` (n): the cutoff's place in the prices, -1 where it has
    none. `actual` (n): the price that came, else NaN, on `came` (n), NaT without dates. `factors`
    (n): what the recorded prices are times, 1 unless the past was adjusted.
    """

    states: np.ndarray
    series: IntArray
    rows: IntArray
    actual: Float64Array
    came: DateArray
    factors: Float64Array

    def count(self, state: str) -> int:
        """How many forecasts are in a state."""
        return int(np.count_nonzero(self.states == state))


def match_forecasts(recorded: LedgerForecasts, prices: Prices) -> MatchedForecasts:
    """Find every forecast in prices, and what came."""
    series, rows = _places(recorded, prices)
    ends = prices.lengths
    factors = _factors(recorded, prices, series, rows)
    there = (series >= 0) & ~np.isnan(factors)
    after = rows + recorded.aheads
    came = there & (after < ends[series])
    states = np.full(len(series), ABSENT, dtype=object)
    states[series >= 0] = REWRITTEN
    states[there] = PENDING
    states[came] = CAME
    actual = np.full(len(series), np.nan)
    dates = np.full(len(series), np.datetime64("NaT", "s"))
    at = (prices.offsets[:-1][series] + after)[came]
    actual[came], dates[came] = prices.values[at], prices.dates[at]
    return MatchedForecasts(states, series, rows, actual, dates, np.where(there, factors, 1.0))


def _places(recorded: LedgerForecasts, prices: Prices) -> tuple[IntArray, IntArray]:
    """Series and row of every cutoff, -1 where the prices do not have it."""
    numbers = {storable(symbol): i for i, symbol in enumerate(prices.symbols)}
    series = np.array([numbers.get(symbol, -1) for symbol in recorded.symbols], np.int64)
    dated = np.array([isinstance(cutoff, str) for cutoff in recorded.cutoffs], np.bool_)
    days = np.array(
        [cutoff if isinstance(cutoff, str) else "NaT" for cutoff in recorded.cutoffs],
        "datetime64[s]",
    )
    counted = np.array([c if isinstance(c, int) else 0 for c in recorded.cutoffs], np.int64)
    rows = np.full(len(series), -1)
    order = np.argsort(series, kind="stable")
    starts = np.searchsorted(series[order], np.arange(len(prices.symbols) + 1))
    for i in np.unique(series[series >= 0]).tolist():
        own = order[starts[i] : starts[i + 1]]
        rows[own] = _rows_of(prices, i, days[own], counted[own], dated[own])
    return np.where(rows >= 0, series, -1), rows


def _rows_of(
    prices: Prices, i: int, days: DateArray, counted: IntArray, dated: np.ndarray
) -> IntArray:
    """Row of each cutoff in one series: by its date, or by the number of rows up to it."""
    last = int(prices.lengths[i]) - 1
    if not prices.has_dates(i):
        return np.where(~dated & (counted - 1 <= last), counted - 1, -1)
    own = prices.dates_of(i)
    found = np.minimum(np.searchsorted(own, days), last)
    return np.where(dated & (own[found] == days), found, -1)


def _factors(
    recorded: LedgerForecasts, prices: Prices, series: IntArray, rows: IntArray
) -> Float64Array:
    """What recorded prices are to be times: 1, the factor of an adjusted past, or NaN."""
    at = prices.offsets[:-1][series] + rows
    with np.errstate(invalid="ignore", divide="ignore"):
        now = prices.values[np.maximum(at, 0)] / recorded.prices
        before = np.where(rows > 0, prices.values[np.maximum(at - 1, 0)] / recorded.before, np.nan)
        usable = np.isfinite(now) & (now > 0)
        off = np.abs(np.log(before) - np.log(now))
        alike = usable & (off <= np.minimum(ALIKE * np.abs(np.log(now)), ROUNDED))
    same = prices.values[np.maximum(at, 0)] == recorded.prices
    same |= np.abs(now - 1) <= SAME
    with np.errstate(invalid="ignore", divide="ignore"):
        off = np.abs(now / before - 1) * np.abs(recorded.prices)
        provisional = np.isfinite(off) & (before > 0) & (off <= recorded.divisors)
    return np.select([same, alike, provisional], [1.0, now, before], np.nan)
