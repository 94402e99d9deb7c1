"""What `evaluate --joint` prints: scores of joint forecasts beside independence and the past."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncli.report.output import Report, Row

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rnncli.risk.joint_evaluation import JointEvaluation

COLUMNS = ("method", "ahead", "cutoffs", "energy", "p_energy", "variogram", "p_variogram")
ALPHA = 0.05


def joint_report(model: str, evaluation: "JointEvaluation") -> Report:
    """Report of joint scores; a row a method and row ahead, ahead 0 being all rows."""
    rows, verdict = list(_rows(evaluation)), joint_verdict(evaluation)
    symbols = max(evaluation.symbols)
    document = {
        "model": model,
        "horizon": evaluation.horizon,
        "stride": evaluation.stride,
        "cutoffs": list(evaluation.cutoffs),
        "most_symbols": symbols,
        "verdict": verdict,
        "scores": rows,
    }

    def tables() -> Iterable["RenderableType"]:
        from rich.text import Text

        from rnncli.report.tables import counted, lines, table

        shown: list[list[Any]] = [
            [
                row["method"], "all" if row["ahead"] == 0 else str(row["ahead"]),
                *(Text("-" if row[name] is None else f"{row[name]:.4f}") for name in COLUMNS[3:]),
            ]
            for row in rows
        ]  # fmt: skip
        yield table(
            f"Joint forecasts of {counted(symbols, 'symbol')},"
            f" {counted(len(evaluation.cutoffs), 'cutoff')}",
            ["method", "horizon", "energy score", "p", "variogram score", "p"],
            shown,
            caption="Lower is better. p: Diebold-Mariano test of the joint forecasts against it.",
            keys=2,
        )
        yield lines(verdict)

    return Report("joint-evaluation", document, COLUMNS, lambda: rows, tables)


def _rows(evaluation: "JointEvaluation") -> Iterable[Row]:
    from rnncli.risk.joint_evaluation import METHODS

    aheads = [0, *range(1, evaluation.horizon + 1)] if evaluation.horizon > 1 else [1]
    for m, method in enumerate(METHODS):
        for ahead in aheads:
            some = slice(None) if ahead == 0 else slice(ahead - 1, ahead)
            row: Row = {"method": method, "ahead": ahead, "cutoffs": len(evaluation.cutoffs)}
            for name, values in evaluation.scores.items():
                row[name] = float(np.mean(values[m, :, some]))
                row[f"p_{name}"] = evaluation.test(name, method, ahead or None).p if m else None
            yield row


def joint_verdict(evaluation: "JointEvaluation") -> str:
    """Whether joint forecasts are better than independent ones, in words."""
    from rnncli.risk.joint_evaluation import INDEPENDENT

    parts = []
    for name in evaluation.scores:
        test = evaluation.test(name, INDEPENDENT)
        if test.p is None:
            parts.append(f"too few cutoffs to tell by the {name} score")
        elif test.p < ALPHA:
            better = "better" if test.difference < 0 else "worse"
            parts.append(f"{better} by the {name} score (p = {test.p:.2g})")
        else:
            parts.append(f"no different by the {name} score (p = {test.p:.2g})")
    return f"Joint forecasts are, beside independent ones, {' and '.join(parts)}."
