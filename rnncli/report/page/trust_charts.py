"""Charts of a back-test: coverage by row ahead and by month, and the PIT histogram."""

from collections.abc import Sequence

import numpy as np

from rnncli.distributions.conformal import level_name
from rnncli.evaluation import score_tables
from rnncli.evaluation.group_scores import Row
from rnncli.evaluation.result import MODEL, Evaluation
from rnncli.prices.row_names import ROW
from rnncli.report.page.charts import Chart, area, bars, chart, dots, line, rule
from rnncli.report.page.scores import Scores

FLAT = 0.1  # fraction in each of ten bins of a calibrated PIT


def trust_charts(evaluation: Evaluation, scores: Scores, row: str = ROW) -> dict[str, Chart]:
    """Coverage by row ahead and by month with its band, and the PIT histogram."""
    charts: dict[str, Chart] = {}
    ahead, months = scores.ahead, scores.months
    for level in sorted(evaluation.plan.levels):
        name = level_name(level)
        if not np.isfinite(ahead[0][f"coverage_{name}"]):
            continue
        others = _coverages(evaluation, name)
        charts[f"ahead-{name}"] = coverage_chart(
            f"{name} % range, by {row}s ahead", ahead, "ahead", level, f"{row}s ahead", others
        )
        if months[0]["month"]:
            charts[f"month-{name}"] = coverage_chart(
                f"{name} % range, by month of the cutoff", months, "month", level, "month"
            )
    pit = next(r["pit"] for r in scores.overall if r["method"] == MODEL)
    if pit:
        bins = [f"{10 * k} to {10 * k + 10} %" for k in range(len(pit))]
        charts["pit"] = chart(
            "PIT histogram", bins,
            [bars("share of outcomes", [100 * share for share in pit]),
             rule("calibrated", 100 * FLAT)],
            x_label="place in the forecast distribution", y_label="% of outcomes",
        )  # fmt: skip
    return charts


def _coverages(evaluation: Evaluation, name: str) -> dict[str, list[float]]:
    """Coverage by row ahead of the baseline with the best interval score of a level."""
    scores = evaluation.scores
    rivals = {
        method: score_tables.mean_of(of_method[f"interval_score_{name}"])
        for method, of_method in scores.items()
        if method != MODEL and f"interval_score_{name}" in of_method
    }
    if not rivals:
        return {}
    best = min(rivals, key=rivals.__getitem__)
    inside = scores[best][f"coverage_{name}"]
    return {
        f"{best}, the best simple method": [
            score_tables.mean_of(inside[:, k]) for k in range(inside.shape[1])
        ]
    }


def coverage_chart(
    title: str, rows: Sequence[Row], key: str, level: float, x_label: str,
    others: dict[str, list[float]] | None = None,
) -> Chart:  # fmt: skip
    """Coverage of groups in percent, the band that chance explains, and the level promised."""
    name = level_name(level)
    shares = [100 * row[f"coverage_{name}"] for row in rows]
    low, high = ([100 * row[f"band_{end}_{name}"] for row in rows] for end in ("low", "high"))
    outside = [share if row[f"drift_{name}"] else np.nan
               for share, row in zip(shares, rows, strict=True)]  # fmt: skip
    marks = [
        *([area("by chance", low, high)] if np.isfinite(low).any() else []),
        rule("promised", level),
        *(line(other, [100 * s for s in values], "other", dashed=True)
          for other, values in (others or {}).items()),
        line("model", shares),
        dots("model", shares),
        *([dots("not by chance", outside, ink="warn")] if np.isfinite(outside).any() else []),
    ]  # fmt: skip
    return chart(title, [row[key] for row in rows], marks, x_label=x_label, y_label="% inside")
