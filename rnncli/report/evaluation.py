"""What `evaluate` prints: scores by method and ahead, calibration, what was seen, the verdict."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import level_name
from rnncli.evaluation import score_tables
from rnncli.evaluation.group_scores import GROUP_LEVEL, group_keys, row_columns, score_groups
from rnncli.evaluation.plain_verdict import in_short
from rnncli.evaluation.result import MODEL, Evaluation, FalseClaims
from rnncli.evaluation.verdict import Check, claims, claims_against_best, words
from rnncli.models import provenance
from rnncli.report.group_tables import group_tables
from rnncli.report.output import Report, Row
from rnncli.report.units import IN_WORDS, UNITS, unit_sign

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_AHEADS = 5  # shown in the tables
FULL = 0.2  # fraction in a tenth that fills a block: twice the calibrated one


def evaluation_report(
    model: str, evaluation: Evaluation, checks: Sequence[Check], chart: bool = False,
    by: Sequence[str] = (),
) -> Report:  # fmt: skip
    """Report of an evaluation of the model file `model`; with `chart` its coverage is drawn.

    `by`: what the model's scores are grouped by too (ahead, symbol, month); rows are of the groups
    then, and the JSON has both.
    """
    rows = score_tables.table(evaluation)
    keys = {name: group_keys(evaluation, name) for name in dict.fromkeys(by)}
    groups = score_groups(evaluation, keys) if keys else []
    document = {
        "model": model,
        "horizon": evaluation.plan.horizon,
        "stride": evaluation.plan.stride,
        "levels": list(evaluation.plan.levels),
        "unit": UNITS[evaluation.unit],
        "cutoffs": list(evaluation.cutoffs),
        "symbols": len({*evaluation.origins.series.tolist()}),
        "forecasts": len(evaluation.origins.series),
        "trained_again": any(again for _, _, again in evaluation.models),
        "in_short": in_short(evaluation),
        "verdict": words(evaluation),
        "claims": [asdict(one) for one in claims(evaluation)],
        "best_baselines": [asdict(one) for one in claims_against_best(evaluation)],
        "stand_ins": list(_stand_ins(evaluation)),
        "checks": [asdict(one) for one in checks],
        "scores": rows,
        "overall": score_tables.overall(evaluation),
        "by_symbol": score_tables.by_symbol(evaluation),
        "by": list(keys),
        "groups": groups,
        "seen": list(_seen(evaluation)),
    }
    levels = evaluation.plan.levels
    columns = ["method", "ahead", "forecasts", *score_tables.columns(levels)]
    if keys:
        columns, rows = row_columns(list(keys), levels), groups
    return Report("evaluation", document, columns, lambda: rows, lambda: _tables(document, chart))


def _seen(evaluation: Evaluation) -> Iterable[Row]:
    """The leak audit: for every fit, the dates that each part of it saw, and its first cutoff."""
    for cutoff, model, _ in evaluation.models:
        for one in provenance.fitted_spans(model.record):
            yield {"first_cutoff": cutoff, **asdict(one)}


def _stand_ins(evaluation: Evaluation) -> Iterable[Row]:
    """The symbols that a baseline could not forecast, by the method that stood in for it."""
    for method, by_symbol in evaluation.stand_ins.items():
        for used in sorted(set(by_symbol.values())):
            symbols = sorted(symbol for symbol, one in by_symbol.items() if one == used)
            yield {"method": method, "by": used, "symbols": symbols}


def audit_lines(evaluation: Evaluation) -> Iterable[str]:
    """The leak audit as lines, for -v."""
    for one in _seen(evaluation):
        yield (
            f"first cutoff {_named(one['first_cutoff'])}: {one['part']} saw"
            f" {one['first_date'] or 'rows without dates'} to {one['last_date'] or 'the cutoff'}"
        )


def _tables(document: dict[str, Any], chart: bool) -> Iterable["RenderableType"]:
    from rnncli.report.tables import counted, lines, table

    yield lines(document["in_short"])
    yield lines("")
    aheads = _shown(document["horizon"])
    rows = [row for row in document["scores"] if row["ahead"] in aheads]
    rows.sort(key=lambda row: row["ahead"])
    cutoffs = document["cutoffs"]
    methods = _methods_shown(document["overall"])
    sign = unit_sign(document["unit"])
    yield table(
        f"Point forecasts: {counted(document['symbols'], 'symbol')},"
        f" {counted(len(cutoffs), 'cutoff')} from {_named(cutoffs[0])} to {_named(cutoffs[-1])}",
        [
            "horizon",
            "method",
            f"MAE{sign}",
            f"RMSE{sign}",
            "sMAPE %",
            "MASE",
            "direction hits",
            "p MAE",
        ],
        [
            _cells(row, "mae", "rmse", "smape", "mase", "direction", "p_mae")
            for row in rows
            if row["method"] in methods
        ],
        caption=f"Errors: {IN_WORDS[document['unit']]}. p: Diebold-Mariano test against the model.",
        keys=2,
        spare=("sMAPE %", f"RMSE{sign}"),
    )
    ranged = [row for row in rows if not math.isnan(row["crps"])]
    if ranged:
        yield _intervals(document["levels"], ranged, sign)
        if chart:
            yield _coverage(document)
    yield from group_tables(
        f"Scores of the model by {' and '.join(document['by'])}", document["groups"],
        document["by"], document["levels"], document["unit"], GROUP_LEVEL,
    )  # fmt: skip
    yield lines(*_pits(document["overall"]))
    if document["trained_again"]:
        several = len({one["first_cutoff"] for one in document["seen"]}) > 1
        yield lines(
            f"The model was trained again, with the same settings, on these prices up to"
            f" {_named(cutoffs[0])}{', then anew for later cutoffs' if several else ''}."
        )
    if document["stand_ins"]:
        yield lines(*map(_stand_in_line, document["stand_ins"]))
    verdict = document["verdict"]
    yield lines(f"{verdict[0].upper()}{verdict[1:]}.")


def _stand_in_line(one: Row) -> str:
    from rnncli.report.tables import counted

    symbols = counted(len(one["symbols"]), "symbol")
    why = "for too short a past or a fit that is of no use"
    return f"{one['method']}: {symbols} by {one['by']} in its place, {why}."


def _named(cutoff: str | int) -> str:
    """A date, or a row of series without dates, which is counted from the end."""
    return cutoff if isinstance(cutoff, str) else f"row {cutoff} (-1: the last)"


def coverage(rows: Iterable[Row], levels: Sequence[float]) -> dict[str, Float64Array]:
    """Coverage (levels, horizon) in percent by row ahead, of each method that has bounds."""
    cells: dict[str, list[list[float]]] = {}
    for row in rows:
        shares = [100 * row[f"coverage_{level_name(level)}"] for level in levels]
        cells.setdefault(row["method"], []).append(shares)
    named = ((method, np.array(shares).T) for method, shares in cells.items())
    return {method: shares for method, shares in named if not np.isnan(shares).all()}


def _coverage(document: dict[str, Any]) -> "RenderableType":
    """Chart of the model's coverage by row ahead."""
    from rnncli.report.charts import coverage_chart

    levels = document["levels"]
    return coverage_chart(levels, coverage(document["scores"], levels)[MODEL])


def _methods_shown(overall: list[Row]) -> set[str]:
    """The model, naive, and the methods whose point forecast is not simply naive's."""
    naive = next((row["mae"] for row in overall if row["method"] == "naive"), None)
    return {MODEL, "naive"} | {row["method"] for row in overall if row["mae"] != naive}


def _shown(horizon: int) -> set[int]:
    """The first aheads and the last."""
    return {*range(1, min(horizon, MOST_AHEADS) + 1), horizon}


def _cells(row: Row, *names: str) -> list[Any]:
    return [row["ahead"], row["method"], *(_cell(name, row[name]) for name in names)]


def _cell(name: str, value: float | None) -> Any:
    from rich.text import Text

    if value is None or math.isnan(value):
        return Text("-")
    if name.startswith(("coverage", "direction")):
        return Text(f"{value:.1%}")
    if name.startswith("p_"):
        return Text("<0.001" if value < 0.001 else f"{value:.3f}")
    return Text(f"{value:.4g}")


def _intervals(levels: Sequence[float], rows: list[Row], sign: str) -> "RenderableType":
    from rnncli.report.tables import table

    names, titles = ["crps", "log_score", "p_crps"], [f"CRPS{sign}", "log score", "p CRPS"]
    for level in map(level_name, sorted(levels)):
        names += [f"{kind}_{level}" for kind in ("coverage", "width", "interval_score")]
        titles += [f"coverage {level} %", f"width {level} %", f"interval score {level} %"]
    return table(
        "Prediction intervals",
        ["horizon", "method", *titles],
        [_cells(row, *names) for row in rows],
        caption="CRPS, log score (negative log-likelihood), interval score: lower is better.",
        keys=2,
    )


def _pits(overall: list[Row]) -> Iterable[str]:
    """The PIT histogram of each method as a sparkline: flat where it is calibrated."""
    known = [row for row in overall if row["pit"]]
    width = max((len(row["method"]) for row in known), default=0)
    if known:
        yield "PIT histogram in ten bins (flat: calibrated):"
    for row in known:
        drawn = "".join(_block(share) for share in row["pit"])
        name = f"{row['method']:{width}}"
        yield f"{name}  {drawn}{'' if row['method'] != MODEL else '  the model'}"


def _block(share: float) -> str:
    from rnncli.report.tables import BLOCKS

    return BLOCKS[min(int(share / FULL * len(BLOCKS)), len(BLOCKS) - 1)]


def placebo_report(model: str, tallies: Sequence[FalseClaims], alpha: float) -> Report:
    """Report of the trials with the recipe of the model file `model`."""
    rows = [{**asdict(tally), "alpha": alpha} for tally in tallies]

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.tables import table

        yield table(
            "Placebo test: claims of skill on prices without any to find",
            ["prices", "claim", "false claims", "trials", "expected"],
            [
                (
                    row["made"],
                    row["claim"],
                    row["false_claims"],
                    row["trials"],
                    alpha * row["trials"],
                )
                for row in rows
            ],
            caption=f"one-sided tests at {alpha:g}, losses averaged over the rows ahead",
        )

    columns = ["made", "claim", "false_claims", "trials", "alpha"]
    return Report("placebo", {"model": model, "placebo": rows}, columns, lambda: rows, tables)
