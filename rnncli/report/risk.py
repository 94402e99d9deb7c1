"""What `risk` prints: losses by symbol or position, what each adds, probabilities of marks."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncli.report.output import Report, Row

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rnncli.risk.marks import Beyond
    from rnncli.risk.measure import Risk
    from rnncli.risk.stress import Stressed

COLUMNS = (
    "symbol", "cutoff", "date", "ahead", "confidence", "exposure", "var", "es", "var_percent",
    "es_percent",
)  # fmt: skip
OF_PORTFOLIO = ("var_contribution", "es_contribution", "diversified")
STRESS_COLUMNS = (
    "scenario", "symbol", "ahead", "given", "change_percent", "lower_percent", "upper_percent",
    "gain", "lower_gain", "upper_gain",
)  # fmt: skip
MARK_COLUMNS = ("symbol", "ahead", "side", "mark", "change_percent", "probability")


def risk_report(risk: "Risk", charts: bool = False) -> Report:
    """Report of values at risk and expected shortfalls; a row a line, row ahead and confidence."""
    columns = [*COLUMNS, *(OF_PORTFOLIO if risk.parts is not None else ())]
    rows = list(risk_rows(risk))
    document = {"portfolio": _portfolio(risk), "copula": _copula(risk), "rows": rows}

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.risk_tables import risk_tables

        return risk_tables(risk, charts)

    return Report("risk", document, columns, lambda: rows, tables, piped="csv")


def risk_rows(risk: "Risk") -> Iterator[Row]:
    """Plain values, line by line."""
    for i, line in enumerate(risk.lines):
        for h, ahead in enumerate(risk.aheads):
            for c, confidence in enumerate(risk.confidences):
                lost, short = risk.value_at_risk[i, h, c], risk.shortfall[i, h, c]
                row: Row = {
                    "symbol": line,
                    "cutoff": risk.cutoffs[i],
                    "date": risk.dates[i][h],
                    "ahead": ahead,
                    "confidence": confidence,
                    "exposure": float(risk.exposures[i]),
                    "var": float(lost),
                    "es": float(short),
                    "var_percent": float(100 * lost / risk.bases[i]),
                    "es_percent": float(100 * short / risk.bases[i]),
                }
                if risk.parts is not None:
                    row["var_contribution"] = float(risk.parts.value_at_risk[i, h, c])
                    row["es_contribution"] = float(risk.parts.shortfall[i, h, c])
                    row["diversified"] = _diversified(risk, i, h, c)
                yield row


def _diversified(risk: "Risk", i: int, h: int, c: int) -> float:
    """By how much diversification lowers the expected shortfall of a position, or of the whole."""
    assert risk.parts is not None
    if i == len(risk.lines) - 1:
        return float(risk.shortfall[:-1, h, c].sum() - risk.shortfall[-1, h, c])
    return float(risk.shortfall[i, h, c] - risk.parts.shortfall[i, h, c])


def _portfolio(risk: "Risk") -> dict[str, Any] | None:
    if risk.portfolio is None:
        return None
    positions = risk.exposures[:-1]
    return {
        "value": float(risk.exposures[-1]),
        "long": float(positions[positions > 0].sum()),
        "short": float(positions[positions < 0].sum()),
        "cash": risk.portfolio.cash,
        "positions": len(positions),
    }


def _copula(risk: "Risk") -> dict[str, Any] | None:
    """What ties the symbols: degrees of freedom, days, mean correlation."""
    copula = risk.copula
    if copula is None or len(copula.correlation) < 2:
        return None
    pairs = copula.correlation[np.triu_indices(len(copula.correlation), 1)]
    return {"dof": copula.dof, "days": copula.days, "mean_correlation": float(pairs.mean())}


def stress_report(stressed: list["Stressed"]) -> Report:
    """Report of stress scenarios; a row a scenario, row ahead and line."""
    rows: list[Row] = [
        {
            "scenario": one.scenario,
            "symbol": one.line,
            "ahead": one.ahead,
            "given": one.given,
            "change_percent": one.change,
            "lower_percent": one.lower,
            "upper_percent": one.upper,
            "gain": one.gain,
            "lower_gain": one.lower_gain,
            "upper_gain": one.upper_gain,
        }
        for one in stressed
    ]

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.risk_tables import stress_tables

        return stress_tables(rows)

    return Report("risk-stress", None, STRESS_COLUMNS, lambda: rows, tables, piped="csv")


def marks_report(beyond: list["Beyond"]) -> Report:
    """Report of probabilities beyond marks; a row a line, row ahead and mark."""
    rows: list[Row] = [
        {
            "symbol": one.line,
            "ahead": one.ahead,
            "side": one.side,
            "mark": float(one.level),
            "change_percent": float(one.change),
            "probability": one.probability,
        }
        for one in beyond
    ]

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.risk_tables import marks_table

        yield marks_table(rows)

    return Report("risk-marks", None, MARK_COLUMNS, lambda: rows, tables, piped="csv")
