"""Values at risk of past cutoffs, with the returns that followed: `rnncli risk --backtest`.

A line is a symbol, or a portfolio with the quantities of today. Returns are in percent of the price
or of the sum of the sizes of the positions.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import DataError
from rnncli.evaluation.cutoffs import Calendar, calendar
from rnncli.models.model import Model
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.risk.days import days_unseen
from rnncli.risk.holdings import PORTFOLIO, Portfolio, values_at
from rnncli.risk.margins import bands_at
from rnncli.risk.rivals import TailForecast, parse_rivals
from rnncli.risk.rolling import cutoffs_of
from rnncli.risk.tails import measures, tail_of
from rnncli.runtime.threads import Threads
from rnncli.settings import RiskSettings, RiskTestSettings

MODEL = "model"
BLOCK = 8192  # forecasts made at once
DRAWS = 5000  # joint scenarios of a portfolio on a day


@dataclass(frozen=True)
class Line:
    """A line's returns (T) after its cutoffs, in percent, and what each method forecast of them.

    `dates`: the cutoffs, as text or row numbers.
    """

    name: str
    dates: tuple[str | int, ...]
    returns: Float64Array
    methods: dict[str, TailForecast]


def backtest_lines(
    model: Model, prices: Prices, portfolio: Portfolio | None, measuring: RiskSettings,
    testing: RiskTestSettings, threads: Threads,
) -> Iterator[Line]:  # fmt: skip
    """Every symbol, or the portfolio alone, from the cutoffs of the settings.

    Raises UsageError for unknown rivals and for cutoffs that the model saw, DataError for prices at
    or below zero, and without a cutoff.
    """
    rivals = parse_rivals(testing.against)
    if np.any(prices.values <= 0):
        raise DataError("returns need prices above zero, and some prices are zero or below")
    days = calendar(prices)
    chosen = days_unseen(model, days, testing.folds)
    lines = (
        _symbols(model, prices, days, chosen, measuring.confidence, threads)
        if portfolio is None
        else _portfolio(model, prices, portfolio, days, chosen, measuring, threads)
    )
    tails = [tail_of(confidence) for confidence in measuring.confidence]
    for line, past, at in lines:
        others = {name: rival(past, at, tails) for name, rival in rivals.items()}
        yield Line(line.name, line.dates, line.returns, line.methods | others)


def _symbols(
    model: Model, prices: Prices, days: Calendar, chosen: IntArray,
    confidences: tuple[float, ...], threads: Threads,
) -> Iterator[tuple[Line, Float64Array, IntArray]]:  # fmt: skip
    """Each symbol with the returns of all its rows, and the places of those after the cutoffs."""
    rows = [_rows_on(prices, days, chosen, i) for i in range(len(prices.symbols))]
    if not any(len(numbers) for numbers in rows):
        raise DataError("no symbol has rows before and after a cutoff")
    size = max(1, BLOCK // max(len(chosen), 1))
    for start in range(0, len(rows), size):
        numbers = [i for i in range(start, min(start + size, len(rows))) if len(rows[i])]
        if not numbers:
            continue
        series = np.repeat(numbers, [len(rows[i]) for i in numbers])
        origins = Origins(series, np.concatenate([rows[i] for i in numbers]))
        bands = bands_at(model, prices, origins, 1, confidences, threads)
        last = prices.values[prices.offsets[series] + origins.row]
        forecast = [bands.lower_tail(tail_of(confidence)) for confidence in confidences]
        quantiles = np.stack([100 * (q / last - 1) for q, _ in forecast], axis=1)
        tails = [100 * (tail / last[:, None] - 1) for _, tail in forecast]
        shortfalls = np.stack([tail.mean(axis=1) for tail in tails], axis=1)
        for i in numbers:
            at = np.flatnonzero(series == i)
            of_line = TailForecast(quantiles[at], shortfalls[at], tuple(tail[at] for tail in tails))
            past = 100 * (prices.series(i)[1:] / prices.series(i)[:-1] - 1)
            shown = days.rows[prices.offsets[i] + rows[i]].tolist()
            dates = tuple(days.shown(day) for day in shown)
            line = Line(prices.symbols[i], dates, past[rows[i]], {MODEL: of_line})
            yield line, past, rows[i]


def _rows_on(prices: Prices, days: Calendar, chosen: IntArray, i: int) -> IntArray:
    """Rows of a symbol on the chosen days, with one row before and one after."""
    symbol_days = days.rows[prices.offsets[i] : prices.offsets[i + 1]]
    rows = np.flatnonzero(np.isin(symbol_days, chosen))
    inside: IntArray = rows[(rows >= 1) & (rows + 1 < len(symbol_days))]
    return inside


def _portfolio(
    model: Model, prices: Prices, portfolio: Portfolio, days: Calendar, chosen: IntArray,
    measuring: RiskSettings, threads: Threads,
) -> Iterator[tuple[Line, Float64Array, IntArray]]:  # fmt: skip
    """The portfolio on the days on which all its symbols have a row and a next one."""
    tails = [tail_of(confidence) for confidence in measuring.confidence]
    draws = min(measuring.draws, DRAWS)
    cutoffs, forecasts = [], []
    for cutoff in cutoffs_of(model, prices, days, chosen, 1, measuring.confidence, threads):
        if len(cutoff.series) < len(prices.symbols):
            continue
        last = dict(zip(prices.symbols, prices.values[prices.offsets[:-1] + cutoff.rows],
                        strict=True))  # fmt: skip
        now = values_at(portfolio, last)
        (drawn,) = cutoff.scenarios(cutoff.copula, 1, draws, measuring.seed)
        then = values_at(portfolio, dict(zip(prices.symbols, drawn, strict=True)))
        gains = (then - now[:, None]).sum(axis=0)
        forecasts.append(100 * np.sort(gains) / np.abs(now).sum())
        cutoffs.append(cutoff.day)
    if not cutoffs:
        raise DataError("no cutoff is a day on which all symbols held have a row and a next one")
    of_days, past = _past_of(prices, portfolio, days)
    at = np.searchsorted(of_days, cutoffs)
    tail_measures = [measures(np.array(forecasts), tail) for tail in tails]
    lower = tuple(np.array(forecasts)[:, : max(1, int(tail * draws))] for tail in tails)
    of_line = TailForecast(
        -np.stack([one.value_at_risk for one in tail_measures], axis=1),
        -np.stack([one.shortfall for one in tail_measures], axis=1),
        lower,
    )
    dates = tuple(days.shown(day) for day in cutoffs)
    yield Line(PORTFOLIO, dates, past[at], {MODEL: of_line}), past, at


def _past_of(prices: Prices, portfolio: Portfolio, days: Calendar) -> tuple[IntArray, Float64Array]:
    """Days, and the return in percent from each to the next, of the quantities of today.

    A symbol without a row keeps its last price; before its first row it has the first price.
    """
    rows = np.maximum(days.last_rows(prices, days.days), 0)
    by_symbol = {symbol: prices.series(i)[rows[:, i]] for i, symbol in enumerate(prices.symbols)}
    values = values_at(portfolio, by_symbol)
    sizes = np.abs(values).sum(axis=0)
    returns: Float64Array = 100 * np.diff(values.sum(axis=0)) / sizes[:-1]
    return days.days[:-1], returns
