"""What `score` prints: scores of recorded forecasts by group, or every forecast."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncli.dates import format_date
from rnncli.distributions.conformal import level_name
from rnncli.evaluation.group_scores import row_columns
from rnncli.evaluation.verdict import claims, words
from rnncli.ledger.matching import ABSENT, CAME, IN_SAMPLE, PENDING, REWRITTEN, STATES
from rnncli.ledger.portfolio_score import TestedPortfolio, portfolio_sentences
from rnncli.ledger.score import LedgerScore
from rnncli.ledger.value_at_risk import recorded_risks, risk_sentences
from rnncli.report.group_tables import group_tables
from rnncli.report.output import Report, Row
from rnncli.report.portfolio_score import tested_rows
from rnncli.report.units import UNITS

if TYPE_CHECKING:
    from rich.console import RenderableType


def ledger_report(
    ledger: str, score: LedgerScore, drift_alpha: float,
    portfolios: Sequence[TestedPortfolio] = (), alpha: float = 0.05,
) -> Report:  # fmt: skip
    """Report of the scores by group of the ledger file `ledger`, and of tested `portfolios`."""
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
        "portfolios": tested_rows(portfolios),
        "scores": score.rows,
    }
    columns = row_columns(score.by, levels)
    sentences = [*risk_sentences(risks), *portfolio_sentences(portfolios, alpha)]
    return Report(
        "score", document, columns, lambda: score.rows, lambda: _tables(document, sentences)
    )


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


def _tables(document: dict[str, Any], sentences: list[str]) -> Iterable["RenderableType"]:
    from rnncli.report.tables import counted, lines

    yield from group_tables(
        f"Scores of {counted(document[CAME], 'forecast')}", document["scores"], document["by"],
        document["levels"], document["unit"], document["drift_alpha"],
    )  # fmt: skip
    yield lines(*sentences, *_summary_lines(document))


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
