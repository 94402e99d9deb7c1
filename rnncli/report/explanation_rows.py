"""What moved the range and the middle, by input and by row, in plain values for programs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.dates import format_date
from rnncli.report.output import Row

if TYPE_CHECKING:
    from rnncli.gradients.explanation import Effects, Explanation, SymbolExplanation

COLUMNS = ("symbol", "ahead", "date", "lag", "input", "fed", "range", "forecast")
FLAT = 1e-9  # of a log: nothing at all


def explanation_rows(explanation: "Explanation") -> Iterator[Row]:
    """A row a symbol, row of prices and input, oldest first; effects are logs, or in price."""
    for one in explanation.symbols:
        for t, date in enumerate(dates_of(one)):
            for j, name in enumerate(one.inputs):
                yield {
                    "symbol": one.symbol,
                    "ahead": explanation.ahead,
                    "date": date,
                    "lag": len(one.dates) - 1 - t,
                    "input": name,
                    "fed": float(one.fed[t, j]),
                    "range": None if one.width is None else float(one.width.by_row[t, j]),
                    "forecast": float(one.location.by_row[t, j]),
                }


def input_rows(explanation: "Explanation") -> Iterator[Row]:
    """One row per symbol and input: its effect over all rows, and its fraction of all effects."""
    for one in explanation.symbols:
        for row in symbol_document(one)["inputs"]:
            yield {"symbol": one.symbol, "ahead": explanation.ahead, **row}


def symbol_document(one: "SymbolExplanation") -> dict[str, Any]:
    """What moved one symbol's forecast, in plain values."""
    dates = dates_of(one)
    quantities = {"range": one.width, "forecast": one.location}
    inputs: list[dict[str, Any]] = [{"input": name} for name in one.inputs]
    for quantity, effects in quantities.items():
        for j, row in enumerate(inputs):
            row[quantity] = None if effects is None else float(effects.by_row[:, j].sum())
            row[f"{quantity}_share"] = None if effects is None else float(shares(effects)[j])
    rows = [
        {
            "date": date,
            "lag": len(dates) - 1 - t,
            "change": float(one.changes[t]),
            **{
                quantity: None if effects is None else float(effects.by_row[t].sum())
                for quantity, effects in quantities.items()
            },
        }
        for t, date in enumerate(dates)
    ]
    return {
        "symbol": one.symbol,
        "cutoff": dates[-1],
        "unit": one.unit,
        "log_width": one.width and one.width.value,
        "log_width_before": one.width and one.width.before,
        "forecast": one.location.value,
        "forecast_before": one.location.before,
        "gap": max(abs(e.gap) for e in quantities.values() if e is not None),
        "inputs": inputs,
        "rows": rows,
    }


def shares(effects: "Effects") -> Float64Array:
    """Share (J) of each input in the effects of all rows and inputs, signs aside."""
    sizes: Float64Array = np.abs(effects.by_row).sum(axis=0)
    total = float(sizes.sum())
    return sizes / total if total > FLAT else np.zeros(len(sizes))


def dates_of(one: "SymbolExplanation") -> list[Any]:
    """Date of each row as text, or its number."""
    if np.isnat(one.dates).any():
        return list(one.row_numbers.tolist())
    return [format_date(date) for date in one.dates]


def by_lag_of(one: "SymbolExplanation") -> dict[str, Float64Array]:
    """Effects by input (lags), lag 0 first: on the range, or on a point forecast.

    In percent for logarithms; in units of the price otherwise.
    """
    main = one.width or one.location
    factor = 1 if one.width is None and one.unit != "log" else 100
    return {name: factor * main.by_row[::-1, j] for j, name in enumerate(one.inputs)}
