"""Output of `rnncli simulate`: prices, one row per day, and statistics against real ones."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from rnncli.dates import format_date
from rnncli.prices.series import Prices
from rnncli.report.output import Report, Row
from rnncli.simulation.comparison import StatisticComparison

FIELDS = ("open", "high", "low", "close", "volume")
COMPARISON_COLUMNS = tuple(field.name for field in fields(StatisticComparison))
HEADINGS = (
    "statistic", "series", "real mean", "sd", "simulated mean", "sd", "1 %", "99 %", "inside",
)  # fmt: skip


def simulation_report(prices: Prices) -> Report:
    """Report of simulated prices; its rows are made as they are written."""
    columns = ("symbol", "date", *(name for name in FIELDS if name in (*prices.fields, "close")))

    def rows() -> Iterator[Row]:
        return _rows(prices, columns)

    def tables() -> list[Any]:
        from rnncli.report.tables import table

        cells = [tuple(row.values()) for row in rows()]
        return [table("Simulated market", columns, cells, keys=2)]

    return Report("simulation", None, columns, rows, tables, piped="csv")


def _rows(prices: Prices, columns: tuple[str, ...]) -> Iterator[Row]:
    for i, symbol in enumerate(prices.symbols):
        place = slice(prices.offsets[i], prices.offsets[i + 1])
        dates = [format_date(date) for date in prices.dates[place]]
        values = [
            (prices.values if name == "close" else prices.fields[name])[place].tolist()
            for name in columns[2:]
        ]
        if columns[-1] == "volume":
            values[-1] = [int(count) if count >= 0 else None for count in values[-1]]
        for date, *numbers in zip(dates, *values, strict=True):
            yield dict(zip(columns, (symbol, date, *numbers), strict=True))


def statistics_report(comparisons: list[StatisticComparison]) -> Report:
    """Report of statistics of real and simulated series."""
    rows = [asdict(comparison) for comparison in comparisons]

    def tables() -> list[Any]:
        from rnncli.report.tables import lines, table

        cells = [[_rounded(value) for value in row.values()] for row in rows]
        return [
            table("Real series and simulated ones", HEADINGS, cells),
            lines("inside: fraction of the real series between 1 % and 99 % of the simulated ones"),
        ]

    return Report("statistics", None, COMPARISON_COLUMNS, lambda: rows, tables)


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
