"""What `statland` prints: one price a line, oldest first."""

from collections.abc import Iterable

from rnncli.arrays import Float64Array
from rnncli.report.output import Report
from rnncli.report.style import table


def market_report(companies: Iterable[tuple[str, Float64Array]]) -> Report:
    """Report of a market: symbol and price, a row a day."""
    rows = [
        {"symbol": name, "price": int(price) if price == int(price) else price}
        for name, prices in companies
        for price in prices.tolist()
    ]
    cells = [(row["symbol"], row["price"]) for row in rows]
    return Report(
        rows, ("symbol", "price"), lambda: rows,
        lambda: [table("StatLand", ("symbol", "price"), cells)], piped="csv",
    )  # fmt: skip
