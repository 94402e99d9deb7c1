"""What `statland --chart` shows: the blue and the red company, and what their rules expect next."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rnncli.arrays import Float64Array
from rnncli.report.charts import FORECAST, POINTS, PRICE, TICK, Chart, Sheet, ahead_step, whole
from rnncli.report.output import Report
from rnncli.report.tables import counted, lines, table
from rnncli.simulation.statland import HIGH, LOW, MEDIUM, RULES

if TYPE_CHECKING:
    from rich.console import RenderableType

DRAWN = ("blue", "red")
NAMES = {LOW: "low", MEDIUM: "medium", HIGH: "high"}


def companies_report(companies: Mapping[str, Float64Array]) -> Report:
    """Report of a StatLand market as a table and charts of the first two companies."""
    return Report("statland", None, (), lambda: (), lambda: _tables(companies))


def _tables(companies: Mapping[str, Float64Array]) -> Iterable["RenderableType"]:
    drawn = {name: companies[name] for name in DRAWN}
    last = max(map(len, drawn.values()))
    yield table(
        "StatLand: two companies, one network for both",
        ("company", "first day", "days", "last two days", f"rule for day {last + 1}"),
        [
            (
                name,
                last - len(prices) + 1,
                len(prices),
                ", ".join(_last_names(prices)),
                _rule(prices),
            )
            for name, prices in drawn.items()
        ],
    )
    for name, prices in drawn.items():
        yield _chart(name, prices, last)
    rest = len(companies) - len(drawn)
    if rest:
        noun = "more company" if rest == 1 else "more companies"
        yield lines(f"{rest} {noun} without a chart; --format csv prints all.")


def _last_names(prices: Float64Array) -> list[str]:
    return [NAMES[price] for price in prices[-2:].tolist()]


def _rule(prices: Float64Array) -> str:
    expected = RULES.get((float(prices[-2]), float(prices[-1])))
    return "none" if expected is None else NAMES[expected]


def _chart(name: str, prices: Float64Array, last: int) -> Chart:
    """The prices of a company that was listed late enough to end on the `last` day."""
    days = [float(day) for day in range(last - len(prices) + 1, last + 1)]
    expected = RULES.get((float(prices[-2]), float(prices[-1])))

    def draw(columns: int, ascii_only: bool) -> str:
        right = 1 + columns * ahead_step(last + 1, columns) / TICK
        sheet = Sheet(columns, (1.0, right), [LOW, HIGH], ascii_only)
        sheet.path(PRICE, days, prices.tolist())
        sheet.points(POINTS[1], days, prices.tolist())
        if expected is not None:
            sheet.points(FORECAST, [last + 1.0], [expected])
        return sheet.drawn(("day", "price"), whole, lambda y: f"{y:.2f}")

    inks = [
        (POINTS[1], "price"),
        *([(FORECAST, "what the rule expects")] if expected is not None else []),
    ]
    return Chart(f"{name}: {counted(len(prices), 'day')}", inks, draw)
