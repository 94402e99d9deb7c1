"""What `score` prints: scores of recorded forecasts by group, or every forecast."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncli.dates import format_date
from rnncli.evaluation.diebold_mariano import LEAST
from rnncli.evaluation.group_scores import row_columns
from rnncli.evaluation.metrics import level_name
from rnncli.evaluation.verdict import claims, words
from rnncli.ledger.matching import ABSENT, CAME, IN_SAMPLE, PENDING, REWRITTEN, STATES
from rnncli.ledger.score import LedgerScore
from rnncli.ledger.value_at_risk import RecordedRisk, recorded_risks, risk_sentences
from rnncli.report.evaluation import IN_WORDS, UNITS, unit_sign
from rnncli.report.output import Report, Row

if TYPE_CHECKING:
    from rich.console import RenderableType


def ledger_report(ledger: str, score: LedgerScore, drift_alpha: float) -> Report:
    """Report of the scores by group of the ledger file `ledger`."""
    evaluation, levels = score.evaluation, list(score.recorded.lower)
    risks = list(recorded_risks(score.recorded, score.matched))
    document = {
        "ledger": ledger,
        "forecasts": len(score.recorded.symbols) + score.recorded.older,
        **_counts(score),
        "models": [
            {"model": source.name, **asdict(source)} for source in score.recorded.sources.values()
        ],
        "unit": evaluation and UNITS[evaluation.unit],
        "levels": levels,
        "drift_alpha": drift_alpha,
        "by": list(score.by),
        "verdict": evaluation and words(evaluation),
        "claims": [asdict(claim) for claim in claims(evaluation)] if evaluation else [],
        "checks": [asdict(check) for check in score.checks],
        "values_at_risk": [asdict(one) for one in risks],
        "scores": score.rows,
    }
    columns = row_columns(score.by, levels)
    return Report("score", document, columns, lambda: score.rows, lambda: _tables(document, risks))


def _counts(score: LedgerScore) -> Row:
    states = {state: score.matched.count(state) for state in STATES}
    states[ABSENT] += score.recorded.older
    return {**states, "moved": int(np.count_nonzero(score.matched.factors != 1))}


def export_report(score: LedgerScore) -> Report:
    """Report of every forecast with its state and actual price, in the order of the ledger."""
    columns = [
        "run", "at", "model", "symbol", "cutoff", "ahead", "date", "forecast",
        *_bounds(score), "naive", "price", "state", "came", "factor", "actual",
    ]  # fmt: skip
    rows = list(_rows(score))
    return Report("scored-forecasts", None, columns, lambda: rows, list, piped="csv")


def _bounds(score: LedgerScore) -> dict[str, list[float]]:
    bounds = {}
    for level, lower in score.recorded.lower.items():
        bounds[f"lower_{level_name(level)}"] = lower.tolist()
        bounds[f"upper_{level_name(level)}"] = score.recorded.upper[level].tolist()
    return bounds


def _rows(score: LedgerScore) -> Iterator[Row]:
    recorded, matched, bounds = score.recorded, score.matched, _bounds(score)
    states, factors = matched.states.tolist(), matched.factors.tolist()
    for i, (run, model) in enumerate(zip(recorded.runs, recorded.models, strict=True)):
        date = matched.dates[i]
        yield {
            "run": int(run),
            "at": recorded.times.get(int(run)),
            "model": recorded.sources[int(model)].name,
            "symbol": recorded.symbols[i],
            "cutoff": recorded.cutoffs[i],
            "ahead": int(recorded.aheads[i]),
            "date": recorded.dates[i],
            "forecast": float(recorded.forecasts[i]),
            **{name: values[i] for name, values in bounds.items()},
            "naive": float(recorded.naive[i]),
            "price": float(recorded.prices[i]),
            "state": states[i],
            "came": None if np.isnat(date) else format_date(date),
            "factor": factors[i],
            "actual": float(matched.actual[i]),
        }


def _tables(document: dict[str, Any], risks: list[RecordedRisk]) -> Iterable["RenderableType"]:
    from rnncli.report.tables import counted, lines, table

    if document["scores"]:
        keys, sign = document["by"], unit_sign(document["unit"])
        yield table(
            f"Scores of {counted(document[CAME], 'forecast')}",
            [*_titles(keys), "forecasts", f"MAE{sign}", f"naive MAE{sign}", f"RMSE{sign}", "MASE"],
            [
                [*_keys(row, keys), row["forecasts"]]
                + [_number(row[name]) for name in ("mae", "mae_naive", "rmse", "mase")]
                for row in document["scores"]
            ],
            caption=f"Errors: {IN_WORDS[document['unit']]}.",
            keys=len(keys),
        )
    if document["scores"] and document["levels"]:
        yield _intervals(document)
    yield lines(*risk_sentences(risks), *_summary_lines(document))


def _intervals(document: dict[str, Any]) -> "RenderableType":
    from rnncli.report.tables import table

    keys, titles, rows = document["by"], [], document["scores"]
    names = [level_name(level) for level in document["levels"]]
    names = [n for n in names if any(not math.isnan(row[f"coverage_{n}"]) for row in rows)]
    for name in names:
        titles += [f"coverage {name} %", f"expected {name} %"]
        titles += [f"width {name} %", f"interval score {name} %"]
    return table(
        "Prediction intervals",
        [*_titles(keys), *titles],
        [
            [*_keys(row, keys), *(cell for name in names for cell in _range(row, name))]
            for row in rows
        ],
        caption=f"expected: {100 * (1 - document['drift_alpha']):g} % range of coverage if the"
        f" intervals are calibrated (-: fewer than {LEAST} cutoffs); !: outside it (drift).",
        keys=len(keys),
    )


def _range(row: Row, name: str) -> list[Any]:
    from rich.text import Text

    low, high = row[f"band_low_{name}"], row[f"band_high_{name}"]
    mark = "!" if row[f"drift_{name}"] else ""
    if math.isnan(row[f"coverage_{name}"]):
        return [Text("-")] * 4
    return [
        Text(f"{mark}{row[f'coverage_{name}']:.1%}"),
        Text("-" if math.isnan(low) else f"{100 * low:.1f}-{100 * high:.1f}"),
        _number(row[f"width_{name}"]),
        _number(row[f"interval_score_{name}"]),
    ]


def _titles(keys: list[str]) -> list[str]:
    """Headings of what the scores are grouped by."""
    return ["horizon" if key == "ahead" else key for key in keys]


def _keys(row: Row, keys: list[str]) -> list[Any]:
    return [row[key] or "-" for key in keys]


def _number(value: float) -> Any:
    from rich.text import Text

    return Text("-" if math.isnan(value) else f"{value:.4g}")


def _summary_lines(document: dict[str, Any]) -> Iterable[str]:
    """Counts of what is not scored, and the verdict."""
    descriptions = {
        PENDING: "whose date has not been reached",
        ABSENT: "whose symbol or cutoff is missing from these prices",
        REWRITTEN: "left out, since past prices were rewritten",
        IN_SAMPLE: "left out, since their model was fitted on days after the cutoff",
        "moved": "adjusted like the past prices",
    }
    parts = [f"; {document[key]} {text}" for key, text in descriptions.items() if document[key]]
    yield f"{document['forecasts']} forecasts recorded{''.join(parts)}"
    if document["verdict"]:
        yield f"{document['verdict'][0].upper()}{document['verdict'][1:]}."
