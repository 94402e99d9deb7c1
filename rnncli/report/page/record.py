"""The record on the page: how recorded forecasts have done since, month by month."""

from typing import Any

import numpy as np

from rnncli.distributions.conformal import level_name
from rnncli.evaluation.group_scores import Row
from rnncli.evaluation.plain_verdict import plain_verdict
from rnncli.ledger.matching import ABSENT, CAME, PENDING, REWRITTEN
from rnncli.report.page.charts import Chart, chart, line
from rnncli.report.page.content import Record
from rnncli.report.page.formats import decimals, percent, thousands
from rnncli.report.page.months import with_latest
from rnncli.report.page.page_table import Cell, Column, PageTable, column, page_table
from rnncli.report.page.trust_charts import coverage_chart
from rnncli.report.page.trust_tables import band_text
from rnncli.report.text import safe

OTHERS = {
    PENDING: "whose date has not been reached",
    ABSENT: "whose symbol or cutoff is not in these prices",
    REWRITTEN: "left out, since past prices were rewritten",
}


def record_section(record: Record) -> dict[str, Any]:
    """The ledger: its counts, findings, and scores by group."""
    score = record.score
    levels = sorted(score.recorded.lower)
    rows = [_row(row, score.by, levels) for row in score.rows]
    counts = [
        f"{thousands(score.matched.count(state))} {text}"
        for state, text in OTHERS.items()
        if score.matched.count(state)
    ]
    return {
        "ledger": safe(record.ledger),
        "forecasts": thousands(len(score.recorded.symbols)),
        "scored": thousands(score.matched.count(CAME)),
        "counts": counts,
        "models": sorted({safe(source.name) for source in score.recorded.sources.values()}),
        "findings": with_latest(plain_verdict(score.evaluation), record.months, levels)
        if score.evaluation
        else [],
        "levels": [level_name(level) for level in levels],
        "rows": rows,
        "table": _table(rows, score.by, levels),
        "drifted": _drifted(score.rows, score.by, levels),
        "alpha": f"{100 * (1 - record.alpha):g} %",
    }


def _row(row: Row, by: tuple[str, ...], levels: list[float]) -> Row:
    """A group's scores as text."""
    names = [level_name(level) for level in levels]
    return {
        "keys": [safe(str(row[key])) for key in by],
        "forecasts": row["forecasts"],
        "mae": decimals(row["mae"], 3),
        "naive": decimals(row["mae_naive"], 3),
        "levels": [
            {
                "coverage": percent(row[f"coverage_{name}"]),
                "band": band_text(row, name),
                "drift": row[f"drift_{name}"],
                "score": decimals(row[f"interval_score_{name}"]),
            }
            for name in names
        ],
    }


def _table(rows: list[Row], by: tuple[str, ...], levels: list[float]) -> PageTable:
    """Scores of each group beside the last price, and coverage beside what chance explains."""
    ranges = list[Column]()
    for k, level in enumerate(map(level_name, levels)):
        of_level = [row["levels"][k] for row in rows]
        coverage = [Cell(one["coverage"], style="serious" if one["drift"] else "")
                    for one in of_level]  # fmt: skip
        ranges += [
            column("coverage", f"Coverage {level} %", coverage),
            column("band", f"By chance, {level} %", [one["band"] for one in of_level]),
            column("interval_score", f"Interval score {level} %",
                   [one["score"] for one in of_level]),
        ]  # fmt: skip
    return page_table(
        "Scores of recorded forecasts",
        [
            *(
                column("ahead" if key == "ahead" else "symbol", key.capitalize(),
                       [row["keys"][i] for row in rows], "name")
                for i, key in enumerate(by)
            ),
            column("outcomes", "Forecasts", [row["forecasts"] for row in rows]),
            column("mae", "MAE", [row["mae"] for row in rows]),
            column("mae", "MAE of last price", [row["naive"] for row in rows]),
            *ranges,
        ],
    )  # fmt: skip


def _drifted(rows: list[Row], by: tuple[str, ...], levels: list[float]) -> list[str]:
    """The groups and levels whose coverage chance does not explain."""
    return [
        f"{safe(' '.join(str(row[key]) for key in by))}: the {level_name(level)} % range held"
        f" {percent(row[f'coverage_{level_name(level)}'])}"
        for row in rows
        for level in levels
        if row[f"drift_{level_name(level)}"]
    ]


def record_charts(record: Record) -> dict[str, Chart]:
    """Coverage and error by month of the actual price."""
    rows = [row for row in record.months if row["month"]]
    if not rows:
        return {}
    charts = {}
    for level in sorted(record.score.recorded.lower):
        name = level_name(level)
        if any(np.isfinite(row[f"coverage_{name}"]) for row in rows):
            title = f"{name} % range of recorded forecasts, by month"
            charts[f"record-{name}"] = coverage_chart(title, rows, "month", level, "month")
    errors = [
        line("model", [row["mae"] for row in rows]),
        line("last price", [row["mae_naive"] for row in rows], "other", dashed=True),
    ]
    months = [row["month"] for row in rows]
    charts["record-mae"] = chart(
        "Mean absolute error by month", months, errors, x_label="month", y_label="MAE"
    )
    return charts
