"""May I trust it? The scores of a back-test on the page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncli.evaluation import score_tables
from rnncli.evaluation.group_scores import Row, group_keys, score_groups
from rnncli.evaluation.metrics import level_name
from rnncli.evaluation.misses import worst_misses
from rnncli.evaluation.plain_verdict import plain_verdict
from rnncli.evaluation.result import MODEL, Evaluation
from rnncli.report.page.charts import Chart, area, bars, chart, dots, line, rule
from rnncli.report.page.content import Backtest
from rnncli.report.page.formats import DASH, decimals, percent, price, signed, thousands
from rnncli.report.page.page_table import Cell, Column, PageTable, column, page_table
from rnncli.report.text import safe

MISSES = 20
FLAT = 0.1  # fraction in each of ten bins of a calibrated PIT


@dataclass(frozen=True)
class Scores:
    """The scores of an evaluation, put together once: by method, row ahead, month and symbol."""

    overall: list[Row]
    ahead: list[Row]
    months: list[Row]
    symbols: dict[str, Row]


def scores_of(evaluation: Evaluation) -> Scores:
    """The scores that the page shows."""
    rows = {
        name: score_groups(evaluation, {name: group_keys(evaluation, name)})
        for name in ("ahead", "month", "symbol")
    }
    return Scores(
        overall=score_tables.overall(evaluation),
        ahead=rows["ahead"],
        months=rows["month"],
        symbols={row["symbol"]: row for row in rows["symbol"]},
    )


def trust_section(backtest: Backtest, scores: Scores) -> dict[str, Any]:
    """The verdict, the tables of methods, of symbols and of misses."""
    symbols = scores.symbols
    evaluation = backtest.evaluation
    levels = sorted(evaluation.plan.levels)
    cutoffs = evaluation.cutoffs
    methods = [_method(row, levels) for row in scores.overall]
    by_symbol = [_symbol(row, levels) for row in _worst_first(symbols, levels)]
    misses = [_miss(one) for one in worst_misses(evaluation, backtest.prices, levels[-1], MISSES)]
    return {
        "findings": plain_verdict(evaluation),
        "cutoffs": len(cutoffs),
        "first": _cutoff(cutoffs[0]),
        "last": _cutoff(cutoffs[-1]),
        "outcomes": thousands(int(np.isfinite(evaluation.scores[MODEL]["absolute"]).sum())),
        "horizon": evaluation.plan.horizon,
        "months": _best_and_worst(scores.months, levels[0]),
        "trained_again": any(again for _, _, again in evaluation.models),
        "levels": [level_name(level) for level in levels],
        "methods": methods,
        "methods_table": _methods_table(methods, levels),
        "symbols": by_symbol,
        "symbols_table": _symbols_table(by_symbol, levels),
        "by_chance": round(len(symbols) / 100),
        "flagged": sum(row[f"drift_{level_name(levels[0])}"] for row in symbols.values()),
        "misses": misses,
        "misses_table": _misses_table(misses),
        "miss_level": level_name(levels[-1]),
    }  # fmt: skip


def _best_and_worst(months: Sequence[Row], level: float) -> Row | None:
    """The months in which a range held least and most often; None without two that are known."""
    name = f"coverage_{level_name(level)}"
    known = [row for row in months if row["month"] and np.isfinite(row[name])]
    if len(known) < 2:
        return None
    known.sort(key=lambda row: (row[name], row["month"]))
    return {
        "level": level_name(level),
        "outside": _beyond_chance(sorted(known, key=lambda row: row["month"]), level_name(level)),
        "judged": any(np.isfinite(row[f"band_low_{level_name(level)}"]) for row in known),
        "worst": known[0]["month"], "least": percent(known[0][name]),
        "best": known[-1]["month"], "most": percent(known[-1][name]),
    }  # fmt: skip


def _beyond_chance(months: Sequence[Row], level: str) -> str:
    """In which months, oldest first, a range was too narrow or too wide for chance; or nothing."""
    outside: dict[str, list[str]] = {"too narrow": [], "wider than need be": []}
    for row in months:
        if row[f"drift_{level}"]:
            narrow = row[f"coverage_{level}"] < row[f"band_low_{level}"]
            latest = " (the latest)" if row is months[-1] else ""
            outside["too narrow" if narrow else "wider than need be"].append(row["month"] + latest)
    return ", ".join(f"{how} in {', '.join(names)}" for how, names in outside.items() if names)


def _cutoff(cutoff: str | int) -> str:
    """A date; of series without dates, the row counted from the end."""
    return cutoff if isinstance(cutoff, str) else f"row {-cutoff} from the end"


def _worst_first(symbols: dict[str, Row], levels: Sequence[float]) -> list[Row]:
    """Rows of symbols, those whose narrowest range held least first."""
    name = f"coverage_{level_name(levels[0])}"
    return sorted(symbols.values(), key=lambda row: np.nan_to_num(row[name], nan=2.0))


def _method(row: Row, levels: Sequence[float]) -> Row:
    """A method's scores over all rows ahead, as text."""
    names = [level_name(level) for level in levels]
    return {
        "method": row["method"],
        "own": row["method"] == MODEL,
        "mae": decimals(row["mae"], 3),
        "crps": decimals(row["crps"], 3),
        "log_score": decimals(row["log_score"], 3),
        "levels": [
            {
                "coverage": percent(row[f"coverage_{name}"]),
                "score": decimals(row[f"interval_score_{name}"]),
            }
            for name in names
        ],
        "p": _p(row["p_crps"] if row["p_crps"] is not None else row["p_mae"]),
    }


def _p(value: float | None) -> str:
    if value is None or not np.isfinite(value):
        return DASH
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _symbol(row: Row, levels: Sequence[float]) -> Row:
    names = [level_name(level) for level in levels]
    first = names[0]
    state = ""
    if row[f"drift_{first}"]:
        narrow = row[f"coverage_{first}"] < row[f"band_low_{first}"]
        state = "too narrow" if narrow else "too wide"
    return {
        "symbol": safe(row["symbol"]),
        "forecasts": row["forecasts"],
        "levels": [
            {
                "coverage": percent(row[f"coverage_{name}"]),
                "score": decimals(row[f"interval_score_{name}"]),
            }
            for name in names
        ],
        "band": band_text(row, first),
        "state": state,
    }


def band_text(row: Row, name: str) -> str:
    """The coverage that chance explains, in percent."""
    low, high = row[f"band_low_{name}"], row[f"band_high_{name}"]
    return DASH if np.isnan(low) else f"{100 * low:.0f} … {100 * high:.0f} %"


def _methods_table(rows: Sequence[Row], levels: Sequence[float]) -> PageTable:
    """Scores of the model and of each baseline."""
    return page_table(
        "Scores of methods",
        [
            column("baseline", "Method", [row["method"] for row in rows], "name"),
            column("mae", "MAE", [row["mae"] for row in rows]),
            column("crps", "CRPS", [row["crps"] for row in rows]),
            column("log_score", "Log score", [row["log_score"] for row in rows]),
            *_level_columns(rows, levels),
            column("p", "p against the model", [row["p"] for row in rows]),
        ],
        [{"class": "own"} if row["own"] else {} for row in rows],
    )


def _level_columns(rows: Sequence[Row], levels: Sequence[float]) -> Iterator[Column]:
    """Coverage and interval score of each level."""
    for k, level in enumerate(map(level_name, levels)):
        coverage = [row["levels"][k]["coverage"] for row in rows]
        yield column("coverage", f"Coverage {level} %", coverage)
        scores = [row["levels"][k]["score"] for row in rows]
        yield column("interval_score", f"Interval score {level} %", scores)


def _symbols_table(rows: Sequence[Row], levels: Sequence[float]) -> PageTable:
    """Scores by symbol, and whether chance explains them."""
    return page_table(
        "Scores of symbols",
        [
            column("symbol", "Symbol", [row["symbol"] for row in rows], "name"),
            column("outcomes", "Outcomes", [row["forecasts"] for row in rows]),
            *_level_columns(rows, levels),
            column("band", f"By chance, {level_name(levels[0])} %", [row["band"] for row in rows]),
            column("band", "The range was", [row["state"] for row in rows], "text"),
        ],
    )


def _misses_table(rows: Sequence[Row]) -> PageTable:
    """Prices far outside their range, the furthest first."""

    def cells(name: str) -> list[str]:
        return [row[name] for row in rows]

    return page_table(
        "Worst misses",
        [
            column("symbol", "Symbol", cells("symbol"), "name"),
            column("cutoff", "Cutoff", [Cell(text, style="date") for text in cells("cutoff")],
                   "text"),
            column("ahead", "Rows ahead", cells("ahead")),
            column("last", "Last price", cells("last")),
            column("limit", "Limit passed", cells("limit")),
            column("actual", "Actual price", cells("actual")),
            column("actual", "Move", cells("move")),
            column("miss", "Widths outside", cells("widths")),
        ],
    )  # fmt: skip


def _miss(miss: Any) -> Row:
    """A miss as text."""
    return {
        "symbol": safe(miss.symbol),
        "cutoff": _cutoff(miss.cutoff),
        "ahead": miss.ahead,
        "last": price(miss.last),
        "limit": price(miss.limit),
        "actual": price(miss.actual),
        "move": signed((miss.actual - miss.last) / abs(miss.last)) if miss.last else DASH,
        "widths": decimals(miss.widths),
    }


def trust_charts(evaluation: Evaluation, scores: Scores) -> dict[str, Chart]:
    """Coverage by row ahead and by month with its band, and the PIT histogram."""
    charts: dict[str, Chart] = {}
    ahead, months = scores.ahead, scores.months
    for level in sorted(evaluation.plan.levels):
        name = level_name(level)
        if not np.isfinite(ahead[0][f"coverage_{name}"]):
            continue
        others = _coverages(evaluation, name)
        charts[f"ahead-{name}"] = coverage_chart(
            f"{name} % range, by rows ahead", ahead, "ahead", level, "rows ahead", others
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
        method: score_tables.mean_of(own[f"interval_score_{name}"])
        for method, own in scores.items()
        if method != MODEL and f"interval_score_{name}" in own
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
