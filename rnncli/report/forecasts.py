"""What `predict` prints: one row per symbol and day ahead, with the last price."""

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.dates import format_date
from rnncli.distributions.conformal import level_name
from rnncli.errors import setting
from rnncli.forecasting.forecast import Forecast, Samples
from rnncli.report.forecast_summary import Summary, summary_tables
from rnncli.report.output import Report, Row

if TYPE_CHECKING:
    from rich.console import RenderableType

LOOKED_AT = 5  # symbols whose dates tell whether holidays are known


def forecast_report(
    forecast: Forecast, charts: bool = False, names: Literal["rnncli", "nixtla"] = "rnncli",
    summary: Summary | None = None,
) -> Report:  # fmt: skip
    """Report of forecasts; dates of series without dates are row numbers.

    With `charts`, the first few symbols are drawn below the tables. `summary`: shown in place of
    the table of every row ahead. `names`: of the columns for programs; under Nixtla's names,
    columns that those libraries would take for models are left out.
    """
    columns = ["symbol", "cutoff", "date", "ahead", *_columns(forecast), "naive"]
    columns += ["label"] if forecast.labels else []
    columns += list(_shares(forecast))
    rows = list(forecast_rows(forecast))
    renamed = nixtla_names(forecast) if names == "nixtla" else {}

    def tables() -> Iterable["RenderableType"]:
        yield from summary_tables(forecast, summary) if summary else _tables(forecast, rows)
        if charts:
            yield from _charts(summary.shown(forecast) if summary else forecast)

    if renamed:
        named = [{new: row[old] for old, new in renamed.items()} for row in rows]
        return Report("forecast-nixtla", None, list(renamed.values()), lambda: named, tables, "csv")
    return Report("forecast", None, columns, lambda: rows, tables, piped="csv")


def nixtla_names(forecast: Forecast) -> dict[str, str]:
    """Columns that the libraries of Nixtla have too, with their names there."""
    names = {"symbol": "unique_id", "date": "ds", "forecast": "y_hat"}
    for level in map(level_name, sorted(forecast.lower)):
        names |= {f"lower_{level}": f"y_hat-lo-{level}", f"upper_{level}": f"y_hat-hi-{level}"}
    return names


def _charts(forecast: Forecast) -> Iterable["RenderableType"]:
    """The charts of the first symbols; the drawing library is loaded here, when it is needed."""
    from rnncli.report.charts import MOST, forecast_charts
    from rnncli.report.fan_chart import fans

    return forecast_charts(fans(forecast, MOST), len(forecast.symbols))


def forecast_rows(forecast: Forecast) -> Iterator[Row]:
    """A row a symbol and row ahead."""
    horizon = forecast.forecasts.shape[1]
    columns, shares = _columns(forecast), _shares(forecast)
    for i, symbol in enumerate(forecast.symbols):
        cutoff, dates = forecast.days(i)
        columns_of_symbol = [(name, values[i].tolist()) for name, values in columns.items()]
        naive = float(forecast.naive[i])
        for k in range(horizon):
            row: Row = {"symbol": symbol, "cutoff": cutoff, "date": dates[k], "ahead": k + 1}
            for name, values in columns_of_symbol:
                row[name] = values[k]
            row["naive"] = naive
            if forecast.labels:
                row["label"] = forecast.labels[i][k]
            for name, values in shares.items():
                row[name] = float(values[i, k])
            yield row


def _columns(forecast: Forecast) -> dict[str, Float64Array]:
    """The columns with a number (n, horizon) a row."""
    columns = {"forecast": forecast.forecasts}
    for level in sorted(forecast.lower):
        columns[f"lower_{level_name(level)}"] = forecast.lower[level]
        columns[f"upper_{level_name(level)}"] = forecast.upper[level]
    return columns


def _shares(forecast: Forecast) -> dict[str, Float64Array]:
    """The columns of the probabilities of classes (n, horizon)."""
    return {f"p_{label}": share for label, share in forecast.shares.items()}


def _tables(forecast: Forecast, rows: list[Row]) -> Iterable["RenderableType"]:
    from rnncli.report.tables import INEXACT, counted, lines, table

    levels = sorted(forecast.lower)
    cutoffs = {row["cutoff"] for row in rows}
    names = ["symbol", "date", "forecast", *[f"{level_name(level)} %" for level in levels], "naive"]
    names += ["label"] if forecast.labels else []
    names += list(_shares(forecast))
    names[1:1] = ["cutoff"] if len(cutoffs) > 1 else []
    titles = ["last price" if name == "naive" else name for name in names]
    of = f" ({next(iter(cutoffs))})" if len(cutoffs) == 1 else ""
    bounds = " and ".join(f"{level_name(level)} %" for level in levels)
    caption = f"Prediction intervals: {bounds}. " if levels else ""
    caption += f"Last price{of}: the naive forecast, a baseline."
    if forecast.skips_weekends_only(LOOKED_AT):
        caption += f" Dates skip weekends only; {setting('calendar', 'XNYS')} knows holidays."
    yield table(
        f"Forecast of {counted(len(forecast.symbols), 'symbol')}",
        titles,
        [[_cell(row, name) for name in names] for row in rows],
        caption=caption,
        keys=names.index("forecast"),
    )
    if forecast.labels:
        yield lines(INEXACT)


def _cell(row: Row, name: str) -> Any:
    from rich.text import Text

    from rnncli.report.tables import price

    if name.endswith(" %"):
        level = name[:-2]
        low, high = row[f"lower_{level}"], row[f"upper_{level}"]
        return Text("-" if math.isnan(low) else f"{price(low)} … {price(high)}")
    if name.startswith("p_"):
        return Text(f"{row[name]:.1%}")
    if name in ("forecast", "naive"):
        return Text(price(row[name]))
    return row[name]


def samples_report(samples: Samples) -> Report:
    """Report of paths, which are for programs: without a table."""
    columns = ["symbol", "cutoff", "path", *_names(samples)]
    return Report("paths", None, columns, lambda: _rows(samples), list, piped="csv")


def _names(samples: Samples) -> list[str]:
    return [f"price_{ahead}" for ahead in range(1, samples.prices.shape[1] + 1)]


def _rows(samples: Samples) -> Iterator[Row]:
    names = _names(samples)
    for i, symbol in enumerate(samples.symbols):
        dated = not np.isnat(samples.cutoffs[i])
        cutoff = format_date(samples.cutoffs[i]) if dated else samples.rows[i]
        for number, path in enumerate(samples.prices[i].T.tolist(), start=1):
            yield {"symbol": symbol, "cutoff": cutoff, "path": number} | dict(
                zip(names, path, strict=True)
            )
