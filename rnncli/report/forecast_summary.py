"""The summary of `predict`: a row for each symbol, of the last row ahead."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rnncli.distributions.conformal import level_name
from rnncli.forecasting.forecast import Forecast
from rnncli.forecasting.outlook import Moves, moves
from rnncli.report.output import Row

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

PAST, SPARK = 60, 12  # rows of a sparkline, and its columns
SPARKLINE, RANGE, WORST = f"last {PAST} rows", "% range", "worst 5 %"
SPARE = (WORST, "last date", SPARKLINE, "label")  # after all ranges but the narrowest
LONGEST = 12  # columns of a price, so that seven columns fit a terminal of 80


@dataclass(frozen=True)
class Summary:
    """What a summary shows: the ranges of some levels, and whether sparklines.

    `order`: the symbols by number, as they are shown; those left out are only counted.
    """

    levels: Sequence[float]
    order: Sequence[int]
    spark: bool = False

    def shown(self, forecast: Forecast) -> Forecast:
        """The symbols in their order, with the intervals of the levels."""
        return forecast.subset(list(self.order)).at_levels(self.levels)


def ordered(forecast: Forecast, levels: Sequence[float], by: str | None) -> list[int]:
    """Symbols by number in the order of the prices, by name, or by what `Moves.order` knows."""
    if by is None:
        return list(range(len(forecast.symbols)))
    if by == "symbol":
        return sorted(range(len(forecast.symbols)), key=forecast.symbols.__getitem__)
    return moves(forecast, levels).order(by)


def summary_tables(forecast: Forecast, summary: Summary) -> Iterable["RenderableType"]:
    """The table, and how many symbols are not in it."""
    from rnncli.report.tables import INEXACT, counted, lines, table

    shown = forecast.subset(list(summary.order))
    rows = list(_rows(shown, moves(shown, summary.levels), summary))
    columns = list(rows[0])
    spare = [name for name in reversed(columns) if name.endswith(RANGE)][:-1]
    horizon, count = forecast.forecasts.shape[1], len(forecast.symbols)
    more = count - len(shown.symbols)
    yield table(
        f"Forecast of {counted(count, 'symbol')}, {counted(horizon, 'row')} ahead"
        f" ({_span(shown)}){f': the first {len(rows)}' if more else ''}",
        columns,
        [list(row.values()) for row in rows],
        caption=_caption(summary),
        spare=[*spare, *(name for name in SPARE if name in columns)],
    )
    if forecast.labels:
        yield lines(INEXACT)


def _rows(forecast: Forecast, moves: Moves, summary: Summary) -> Iterable[Row]:
    """The cells of each symbol by the headings of their columns."""
    from rnncli.report.tables import sparkline

    several = len({str(forecast.days(i)[0]) for i in range(len(forecast.symbols))}) > 1
    for i, symbol in enumerate(forecast.symbols):
        row: Row = {"symbol": symbol}
        if several:
            row["last date"] = forecast.days(i)[0]
        row["last price"] = _price(float(forecast.naive[i]))
        row["move %"] = _percent(moves.median[i], signed=True)
        for level, (lower, upper) in moves.ranges.items():
            row[f"{level_name(level)} {RANGE}"] = _range(lower[i], upper[i])
        row["fall %"] = _percent(moves.fall[i], decimals=0)
        row[WORST] = _percent(moves.worst[i])
        if forecast.labels:
            row["label"] = forecast.labels[i][-1]
        if summary.spark:
            past = forecast.prices.series(i)[-PAST:]
            row[SPARKLINE] = sparkline(past[np.isfinite(past)].tolist(), SPARK)
        yield row


def _caption(summary: Summary) -> str:
    """What the columns are."""
    ranges = " and ".join(f"{level_name(level)} %" for level in sorted(set(summary.levels)))
    return (
        "In percent of the last price. move: the median forecast."
        f" {ranges} range: prediction intervals."
        " fall: probability of a price that is not above the last."
        " worst 5 %: five in a hundred prices are lower."
        " Every row ahead: --no-summary."
    )


def _span(forecast: Forecast) -> str:
    """The dates of the last row ahead."""
    dates = sorted({forecast.days(i)[1][-1] for i in range(len(forecast.symbols))}, key=str)
    ends = [str(date) for date in dates]
    return ends[0] if len(ends) == 1 else f"{ends[0]} to {ends[-1]}"


def _price(value: float) -> "Text":
    """A price, without decimals or with a power of ten where it is long."""
    from rich.text import Text

    from rnncli.report.tables import price

    text = price(value)
    if len(text) > LONGEST:
        text = f"{value:,.0f}" if abs(value) < 1e9 else f"{value:.5e}"
    return Text(text)


def _range(lower: float, upper: float) -> "Text":
    from rich.text import Text

    if math.isnan(lower) or math.isnan(upper):
        return Text("-")
    return Text(f"{_number(lower)} … {_number(upper)}")


def _percent(value: float, decimals: int | None = None, signed: bool = False) -> "Text":
    from rich.text import Text

    if math.isnan(value):
        return Text("-")
    return Text(_number(value, decimals, "+" if signed else "-"))


def _number(value: float, decimals: int | None = None, sign: str = "-") -> str:
    """A percentage in six columns or so."""
    if abs(value) >= 1e5:
        return f"{value:{sign}.1e}"
    places = decimals if decimals is not None else 2 if abs(round(value, 2)) < 10 else 1
    text = f"{value:{sign}.{places}f}"
    return text.replace("-", "").replace("+", "") if not float(text) else text
