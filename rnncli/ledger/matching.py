"""Match recorded forecasts with the prices that followed their cutoffs.

A forecast is of the price `ahead` rows after its cutoff, even if another date was forecast for it.
The prices around the cutoff may have changed since:

* The price at the cutoff and the one before it by the same factor: the past was adjusted (a split,
  a dividend), and the forecast is multiplied by that factor.
* The price at the cutoff by less than a usual change more than the one before: it was provisional,
  and the forecast is multiplied by the factor of the row before, which is mostly 1.
* Otherwise the past was rewritten, and the forecast cannot be scored.

A forecast whose model was fitted on days after the cutoff is in-sample, and never scored.
"""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import BoolArray, DateArray, Float64Array, IntArray, distinct
from rnncli.ledger.reader import LedgerForecasts
from rnncli.ledger.writer import storable
from rnncli.prices.series import Prices

CAME, PENDING, ABSENT, REWRITTEN = "came", "pending", "absent", "rewritten"
IN_SAMPLE = "in_sample"
STATES = (CAME, PENDING, ABSENT, REWRITTEN, IN_SAMPLE)
SAME = 1e-9  # relative difference of prices that count as equal
ALIKE, ROUNDED = 0.1, 0.02  # two factors may differ: fraction of the log factor, and at most


@dataclass(frozen=True)
class MatchedForecasts:
    """n recorded forecasts and the prices that they are of.

    `states` (n): one of STATES: the forecast row is in the prices; is not yet; its symbol or cutoff
    is not in the prices; the past was rewritten; it is in-sample. `series`, `rows` (n): of the
    cutoff in the prices, -1 where it is not there. `actual` (n): the price of the forecast row,
    else NaN; `dates` (n): its date, else NaT. `factors` (n): by which recorded prices are
    multiplied, 1 unless the past was adjusted.
    """

    states: np.ndarray
    series: IntArray
    rows: IntArray
    actual: Float64Array
    dates: DateArray
    factors: Float64Array

    def count(self, state: str) -> int:
        """How many forecasts are in a state."""
        return int(np.count_nonzero(self.states == state))


def match_forecasts(recorded: LedgerForecasts, prices: Prices) -> MatchedForecasts:
    """Find the row of every forecast in prices."""
    series, rows = _cutoff_rows(recorded, prices)
    factors = _factors(recorded, prices, series, rows)
    usable = (series >= 0) & ~np.isnan(factors)
    forecast_rows = rows + recorded.aheads
    scorable = usable & (forecast_rows < prices.lengths[series])
    states = np.full(len(series), ABSENT, dtype=object)
    states[series >= 0] = REWRITTEN
    states[usable] = PENDING
    states[scorable] = CAME
    states[_in_sample(recorded) & (series >= 0)] = IN_SAMPLE
    scorable = states == CAME
    actual = np.full(len(series), np.nan)
    dates = np.full(len(series), np.datetime64("NaT", "s"))
    places = (prices.offsets[:-1][series] + forecast_rows)[scorable]
    actual[scorable], dates[scorable] = prices.values[places], prices.dates[places]
    return MatchedForecasts(states, series, rows, actual, dates, np.where(usable, factors, 1.0))


def _in_sample(recorded: LedgerForecasts) -> BoolArray:
    """Whether the model of each forecast was fitted on days after its cutoff."""
    pairs = list(zip(recorded.models.tolist(), recorded.cutoffs, strict=True))
    leaky = {(m, cutoff): recorded.sources[m].saw_after(cutoff) for m, cutoff in set(pairs)}
    return np.array([leaky[pair] for pair in pairs], np.bool_)


def _cutoff_rows(recorded: LedgerForecasts, prices: Prices) -> tuple[IntArray, IntArray]:
    """Series and row of every cutoff, -1 where the prices do not have it."""
    numbers = {storable(symbol): i for i, symbol in enumerate(prices.symbols)}
    series = np.array([numbers.get(symbol, -1) for symbol in recorded.symbols], np.int64)
    dated = np.array([isinstance(cutoff, str) for cutoff in recorded.cutoffs], np.bool_)
    days = np.array(
        [cutoff if isinstance(cutoff, str) else "NaT" for cutoff in recorded.cutoffs],
        "datetime64[s]",
    )
    counts = np.array([c if isinstance(c, int) else 0 for c in recorded.cutoffs], np.int64)
    rows = np.full(len(series), -1)
    order = np.argsort(series, kind="stable")
    starts = np.searchsorted(series[order], np.arange(len(prices.symbols) + 1))
    for i in distinct(series[series >= 0]).tolist():
        of_series = order[starts[i] : starts[i + 1]]
        rows[of_series] = _rows_in_series(
            prices, i, days[of_series], counts[of_series], dated[of_series]
        )
    return np.where(rows >= 0, series, -1), rows


def _rows_in_series(
    prices: Prices, i: int, days: DateArray, counts: IntArray, dated: np.ndarray
) -> IntArray:
    """Row of each cutoff in one series: by its date, or by the number of rows up to it."""
    last = int(prices.lengths[i]) - 1
    if not prices.has_dates(i):
        return np.where(~dated & (counts - 1 <= last), counts - 1, -1)
    dates = prices.dates_of(i)
    rows = np.minimum(np.searchsorted(dates, days), last)
    return np.where(dated & (dates[rows] == days), rows, -1)


def _factors(
    recorded: LedgerForecasts, prices: Prices, series: IntArray, rows: IntArray
) -> Float64Array:
    """By what recorded prices are multiplied: 1, the factor of an adjusted past, NaN: rewritten."""
    places = prices.offsets[:-1][series] + rows
    price = prices.values[np.maximum(places, 0)]
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = price / recorded.prices
        before = prices.values[np.maximum(places - 1, 0)] / recorded.before
        factor_before = np.where(rows > 0, before, np.nan)
        positive = np.isfinite(factor) & (factor > 0)
        apart = np.abs(np.log(factor_before) - np.log(factor))
        adjusted = positive & (apart <= np.minimum(ALIKE * np.abs(np.log(factor)), ROUNDED))
    same = price == recorded.prices
    same |= np.abs(factor - 1) <= SAME
    with np.errstate(invalid="ignore", divide="ignore"):
        change = np.abs(factor / factor_before - 1) * np.abs(recorded.prices)
        provisional = np.isfinite(change) & (factor_before > 0) & (change <= recorded.divisors)
    return np.select([same, adjusted, provisional], [1.0, factor, factor_before], np.nan)
