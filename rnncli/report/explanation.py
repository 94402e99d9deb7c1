"""What `explain` prints: what moved the range and the middle, by input and by row."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rnncli.report.explanation_rows import COLUMNS, explanation_rows, symbol_document
from rnncli.report.output import Report

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rnncli.gradients.explanation import Explanation


def explanation_report(explanation: "Explanation", charts: bool = False) -> Report:
    """Report of what moved the forecasts; CSV, JSON lines: one row per symbol, row and input.

    With `charts`, below the tables of each symbol a chart by lag.
    """
    document = {
        "ahead": explanation.ahead,
        "level": explanation.level,
        "weight_of_prior": explanation.weight,
        "symbols": [symbol_document(symbol) for symbol in explanation.symbols],
    }

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.explanation_tables import explanation_tables

        return explanation_tables(explanation, charts)

    return Report("explanation", document, COLUMNS, lambda: explanation_rows(explanation), tables)
