"""What `risk --backtest` prints: tests by line, method and confidence, and the verdict."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rnncli.report.output import Report, Row

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rnncli.risk.tail_tests import RiskCheck, TailTests

COLUMNS = (
    "symbol", "method", "confidence", "rows", "hits", "expected", "kupiec_p", "independence_p",
    "conditional_p", "duration_p", "shortfall_z", "shortfall_p", "zone", "fz0", "quantile_loss",
    "fz0_p",
)  # fmt: skip
MOST = 10  # symbols of a table


def risk_backtest_report(
    model: str, results: Sequence["TailTests"], verdict: Sequence[str],
    checks: Sequence["RiskCheck"], cutoffs: tuple[Any, Any],
) -> Report:  # fmt: skip
    """Report of tests; a row a line, method and confidence. `cutoffs`: the first and the last."""
    rows = list(_rows(results))
    document = {
        "model": model,
        "first_cutoff": cutoffs[0],
        "last_cutoff": cutoffs[1],
        "verdict": " ".join(verdict),
        "checks": [asdict(check) for check in checks],
        "tests": rows,
    }

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.tables import lines

        symbols = dict.fromkeys(row["symbol"] for row in rows)
        for symbol in list(symbols)[:MOST]:
            yield _table(symbol, [row for row in rows if row["symbol"] == symbol], cutoffs)
        if len(symbols) > MOST:
            yield lines(f"{len(symbols) - MOST} more symbols not shown; --format csv has all")
        yield lines(*verdict, *(f"{one.required}: {one.said}" for one in checks))

    return Report("risk-backtest", document, COLUMNS, lambda: rows, tables)


def _rows(results: Sequence["TailTests"]) -> Iterator[Row]:
    for one in results:
        row = asdict(one) | {"symbol": one.line, "expected": one.expected}
        yield {name: row[name] for name in COLUMNS}


def _table(symbol: str, rows: Sequence[Row], cutoffs: tuple[Any, Any]) -> "RenderableType":
    from rich.text import Text

    from rnncli.report.tables import table

    def p(value: float | None) -> Text:
        return Text("-" if value is None else f"{value:.3f}")

    return table(
        f"{symbol}: values at risk one row ahead, {cutoffs[0]} to {cutoffs[1]}",
        [
            "confidence", "method", "beyond", "expected", "Kupiec p", "Christoffersen p",
            "duration p", "shortfall p", "zone", "FZ0", "p",
        ],
        [
            [
                f"{row['confidence']:g} %", row["method"], f"{row['hits']} of {row['rows']}",
                Text(f"{row['expected']:.1f}"), p(row["kupiec_p"]), p(row["conditional_p"]),
                p(row["duration_p"]), p(row["shortfall_p"]), row["zone"],
                Text(f"{row['fz0']:.4f}"), p(row["fz0_p"]),
            ]
            for row in rows
        ],
        caption="p < 0.05 speaks against a method; the last p: its FZ0 loss beside the model's.",
        keys=2,
    )  # fmt: skip
