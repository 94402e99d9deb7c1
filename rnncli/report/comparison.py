"""What `gradients` prints of several networks: gradient by lag side by side, and each verdict."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from rnncli.gradients.report import GradientReport
from rnncli.report.gradients import LAG_COLUMNS, gradient_document, page_of
from rnncli.report.output import Report, Row
from rnncli.report.style import bar, lines, number, table

BAR = 10  # columns: three networks fit on 80


def comparison_report(reports: Mapping[str, GradientReport]) -> Report:
    """Report of several networks; CSV and JSON lines hold the lags of one after the other."""
    networks = [{"network": name, **gradient_document(report)} for name, report in reports.items()]

    def rows() -> Iterable[Row]:
        return ({"network": one["network"], **lag} for one in networks for lag in one["lags"])

    columns = ("network", *LAG_COLUMNS)
    return Report({"networks": networks}, columns, rows, lambda: _tables(networks), piped="json")


def _tables(networks: list[dict[str, Any]]) -> Iterable[RenderableType]:
    longest = max((one["lags"] for one in networks), key=len)
    yield table(
        "Gradient of the last day's loss by lag, relative to lag 0",
        ("lag", *(one["network"] for one in networks)),
        [
            (row["lag"], *(_cell(one["lags"], row["lag"]) for one in networks))
            for row in page_of(longest)
        ],
    )
    names = ("half_life", "memory", "memory_at_start", "verdict")
    yield table(
        "Side by side",
        ("network", "half-life", "memory", "at the start", "verdict"),
        [(one["network"], *(one[name] for name in names)) for one in networks],
    )
    yield lines(*(f"{one['network']}: {one['reason']}." for one in networks))


def _cell(lags: list[dict[str, Any]], lag: int) -> Text:
    """A number and its bar, as wide in every row."""
    if lag >= len(lags):
        return Text("-".rjust(9), justify="left")
    relative = lags[lag]["relative"]
    drawn = bar(relative, BAR)
    drawn.pad_right(BAR - len(drawn))
    return Text.assemble(number(relative).rjust(9), " ", drawn, justify="left")
