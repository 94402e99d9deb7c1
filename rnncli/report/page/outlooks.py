"""Forecasts on the page: a row for each symbol, and what its fan chart is drawn from."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import level_name
from rnncli.evaluation.doubts import Doubt, doubts, usual_widths
from rnncli.evaluation.group_scores import Row
from rnncli.evaluation.many_symbols import SymbolScores
from rnncli.forecasting.outlook import widths
from rnncli.prices.row_names import ROW
from rnncli.report.page.content import Backtest, SymbolForecasts
from rnncli.report.page.formats import DASH, TIMES, decimals, percent, price, rounded, signed
from rnncli.report.page.page_table import (
    Cell,
    Column,
    Kind,
    PageTable,
    column,
    page_table,
)
from rnncli.report.page.trust_tables import band_text
from rnncli.report.text import safe

PAST = 90  # rows of the past in a chart, or three times the rows ahead
ALL_PAST = 125_000  # rows of the past in all charts: what keeps a page of 500 symbols small
LEAST_PAST = 20
DIGITS = 6
SHOWN = 8  # doubtful symbols in the summary
LEAST = 3  # symbols whose range held least often
DAY = 86_400


def forecast_section(
    content: SymbolForecasts,
    backtest: Backtest | None,
    scores: SymbolScores | None,
    row: str = ROW,
) -> dict[str, Any]:
    """The table of forecasts; `scores`: of the back-test by symbol, None where there is none.

    The rows are of the last row ahead, the widest range first.
    """
    forecast = content.forecast
    level = min(content.levels)
    concerns = doubts(forecast, scores, row)
    usual = _against_usual(content, backtest, level)
    rows = [_row(content, i, usual, concerns[i]) for i in range(len(forecast.symbols))]
    rows.sort(key=lambda row: -row["width"])
    names = [level_name(one) for one in sorted(content.levels)]
    return {
        "horizon": forecast.forecasts.shape[1],
        "levels": names,
        "level": level_name(level),
        "until": _common({row["until"] for row in rows}),
        "rows": rows,
        "table": _table(rows, names),
        "sideless": bool(np.all(forecast.forecasts[:, -1] == forecast.naive)),
        "widest": rows[:5],
        "shown": SHOWN,
        "doubtful": [row for row in rows if row["serious"]],
        "least": _held_least(rows, scores.rows if scores else {}, level_name(level)),
        "changed": _most_changed(rows),
    }


def _common(dates: set[Any]) -> Any:
    """The date of all symbols; nothing where they differ."""
    return next(iter(dates)) if len(dates) == 1 else ""


def _held_least(rows: Sequence[Row], scores: Mapping[str, Row], name: str) -> list[Row]:
    """The symbols without a serious doubt whose range held least often in the back-test."""
    by_name = {safe(symbol): row for symbol, row in scores.items()}
    calm = [row for row in rows if row["symbol"] in by_name and not row["serious"]]
    pairs = [(row, by_name[row["symbol"]]) for row in calm]
    known = [(row, score) for row, score in pairs if np.isfinite(score[f"band_low_{name}"])]
    known.sort(key=lambda pair: float(pair[1][f"coverage_{name}"]))
    return [
        {
            "number": row["number"],
            "symbol": row["symbol"],
            "coverage": percent(score[f"coverage_{name}"]),
            "band": band_text(score, name),
        }
        for row, score in known[:LEAST]
    ]


def _most_changed(rows: Sequence[Row]) -> list[Row]:
    """The symbols whose range differs most from their usual one, wider or narrower, by factor."""
    known = [row for row in rows if row["usual"] is not None]
    return sorted(known, key=lambda row: -_factor(row["usual"]))[:5]


def _factor(ratio: float) -> float:
    return max(ratio, 1 / ratio) if ratio else float("inf")


def _against_usual(
    content: SymbolForecasts, backtest: Backtest | None, level: float
) -> Float64Array | None:
    """Width (n) of the last row ahead over that symbol's mean in the back-test; NaN if unknown."""
    if backtest is None:
        return None
    past = usual_widths(backtest.evaluation, level)
    forecast, last = content.forecast, content.forecast.forecasts.shape[1] - 1
    now = widths(forecast, level, backtest.evaluation.unit)[:, -1]
    usual = [
        past[symbol][last] if symbol in past and last < len(past[symbol]) else np.nan
        for symbol in forecast.symbols
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Float64Array = now / np.array(usual)
    return ratio if np.isfinite(ratio).any() else None


def _row(
    content: SymbolForecasts, i: int, usual: Float64Array | None, concerns: Sequence[Doubt]
) -> Row:
    """One symbol: what the table shows of its last row ahead, as text, and what it sorts by."""
    forecast = content.forecast
    last, median = float(forecast.naive[i]), float(forecast.forecasts[i, -1])
    ranges = [
        _range(float(forecast.lower[level][i, -1]), float(forecast.upper[level][i, -1]), last)
        for level in sorted(content.levels)
    ]
    rise = float(content.rise[i, -1])
    ratio = None if usual is None or not np.isfinite(usual[i]) else float(usual[i])
    cutoff, dates = forecast.days(i)
    return {
        "number": i,
        "symbol": safe(forecast.symbols[i]),
        "cutoff": cutoff,
        "until": dates[-1],
        "last": price(last),
        "median": price(median),
        "move": signed((median - last) / abs(last) if last else np.nan, 2),
        "ranges": ranges,
        "width": ranges[0]["sort"] if ranges else 0.0,
        "rise": percent(rise, 0),
        "usual": ratio,
        "usual_text": DASH if ratio is None else f"{decimals(ratio)} {TIMES}",
        "concerns": list(dict.fromkeys(doubt.label for doubt in concerns)),
        "reasons": [doubt.reason for doubt in concerns],
        "serious": any(doubt.serious for doubt in concerns),
        "label": forecast.labels[i][-1] if forecast.labels else "",
    }


def _table(rows: Sequence[Row], levels: Sequence[str]) -> PageTable:
    """A row for each symbol; the most important columns first, since a telephone shows no more."""

    def shown(key: str, title: str, field: str, kind: Kind = "num") -> Column:
        return column(key, title, [row[field] for row in rows], kind)

    first, *others = _range_columns(rows, levels)
    return page_table(
        "Table of forecasts",
        [
            shown("symbol", "Symbol", "symbol", "opens"),
            shown("last", "Last price", "last"),
            *first,
            column("care", "Careful", [_care_cell(row) for row in rows], "text"),
            shown("median", "Median", "median"),
            shown("change", "Change", "move"),
            *(one for columns in others for one in columns),
            shown("rise", "Chance of a rise", "rise"),
            shown("usual", "Against usual", "usual_text"),
            shown("class", "Class", "label", "text"),
        ],
        [
            {"data-number": row["number"], **({"data-careful": ""} if row["concerns"] else {})}
            for row in rows
        ],
    )


def _range_columns(rows: Sequence[Row], levels: Sequence[str]) -> list[list[Column]]:
    """The interval of each level, and its width; no level, none."""
    made = []
    for k, level in enumerate(levels):
        ranges = [row["ranges"][k] for row in rows]
        made.append(
            [
                column(key, f"{level} % {key}", [Cell(one[field], one["sort"]) for one in ranges])
                for key, field in (("range", "text"), ("width", "width"))
            ]
        )
    return made or [[]]


def _care_cell(row: Row) -> Cell:
    """Why to be careful with a symbol: in a word or two, and in whole."""
    order = 2 if row["serious"] else 1 if row["concerns"] else 0
    return Cell(
        ", ".join(row["concerns"]), order, "serious" if row["serious"] else "",
        "; ".join(row["reasons"]),
    )  # fmt: skip


def _range(lower: float, upper: float, last: float) -> Row:
    """An interval as prices, as changes of the last price, and its width over that price."""
    if not (np.isfinite(lower) and np.isfinite(upper)):
        return {"text": DASH, "moves": DASH, "width": DASH, "sort": -1.0}
    width = (upper - lower) / abs(last) if last else float("inf")
    moves = [signed((bound - last) / abs(last) if last else np.nan) for bound in (lower, upper)]
    return {
        "text": f"{price(lower)} … {price(upper)}",
        "moves": " … ".join(moves),
        "width": percent(width),
        "sort": round(width, 8),
    }


def fan_data(content: SymbolForecasts) -> dict[str, Any]:
    """What the script draws fan charts from: for each symbol its past, median and intervals.

    Times are days since 1970 (seconds where some have a time of day), the past as steps back from
    the cutoff, once for all symbols that traded on the same days; without dates, row numbers.
    """
    forecast = content.forecast
    count, horizon = len(forecast.symbols), forecast.forecasts.shape[1]
    past = min(max(PAST, 3 * horizon), max(ALL_PAST // max(count, 1), LEAST_PAST))
    unit = _time_unit(forecast.prices.dates, forecast.dates)
    calendars: dict[tuple[int, ...], int] = {}
    symbols = []
    for i in range(count):
        dates = forecast.prices.dates_of(i)[-past:]
        steps = () if np.isnat(dates[:1]).any() else tuple((np.diff(_ticks(dates, unit))).tolist())
        number = calendars.setdefault(steps, len(calendars))
        ahead = _ticks(forecast.dates[i], unit)
        dated = not np.isnat(forecast.cutoffs[i])
        symbols.append(
            [
                safe(forecast.symbols[i]),
                number,
                int(_ticks(forecast.cutoffs[i : i + 1], unit)[0]) if dated else forecast.rows[i],
                rounded(forecast.prices.series(i)[-past:], DIGITS),
                ahead.tolist() if dated else forecast.days(i)[1],
                rounded(forecast.forecasts[i], DIGITS),
                [
                    rounded([forecast.lower[level][i], forecast.upper[level][i]], DIGITS)
                    for level in sorted(content.levels, reverse=True)
                ],
                rounded(content.rise[i], 3),
                0 if dated else 1,
            ]
        )
    levels = [level_name(level) for level in sorted(content.levels, reverse=True)]
    return {"unit": unit, "levels": levels, "steps": [list(s) for s in calendars],
            "symbols": symbols}  # fmt: skip


def _time_unit(*dates: Any) -> int:
    """Seconds of a tick: those of a day where every date is a whole day."""
    seconds = np.concatenate([d.astype("datetime64[s]").ravel() for d in dates])
    known = seconds[~np.isnat(seconds)].astype(np.int64)
    return DAY if not (known % DAY).any() else 1


def _ticks(dates: Any, unit: int) -> Any:
    return dates.astype("datetime64[s]").astype(np.int64) // unit
