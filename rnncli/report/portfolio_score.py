"""What `score --portfolios` prints: tests of recorded risks of portfolios, or every night."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rnncli.evaluation.verdict import Check
from rnncli.ledger.matching import ABSENT, CAME, IN_SAMPLE, PENDING, REWRITTEN
from rnncli.ledger.portfolio_score import (
    OVERLAPPING,
    PORTFOLIO_STATES,
    PortfolioOutcome,
    PortfolioScore,
    TestedPortfolio,
    portfolio_sentences,
)  # fmt: skip
from rnncli.report.output import Report, Row

if TYPE_CHECKING:
    from rich.console import RenderableType

COLUMNS = (
    "portfolio", "ahead", "confidence", "rows", "hits", "expected", "kupiec_p", "independence_p",
    "conditional_p", "duration_p", "shortfall_z", "shortfall_p", "zone", "fz0", "quantile_loss",
    "first_cutoff", "last_cutoff",
)  # fmt: skip
NIGHT_COLUMNS = (
    "run", "at", "model", "portfolio", "cutoff", "ahead", "confidence", "value", "exposure", "var",
    "es", "state", "came", "gain", "beyond",
)  # fmt: skip
LEFT_OUT = {
    PENDING: "whose prices are not there yet",
    ABSENT: "with a position that is missing from these prices, or ended early",
    REWRITTEN: "left out, since past prices were rewritten",
    IN_SAMPLE: "left out, since the model was fitted on days after the cutoff",
    OVERLAPPING: "left out, since they overlap a night that is tested",
}


def portfolio_report(
    ledger: str, score: PortfolioScore, checks: Sequence[Check], alpha: float
) -> Report:
    """Report of the tests; a row a portfolio, row ahead and confidence level."""
    sentences = list(portfolio_sentences(score.tested, alpha))
    rows = tested_rows(score.tested)
    document = {
        "ledger": ledger,
        "nights": len(score.outcomes),
        **{state: score.count(state) for state in PORTFOLIO_STATES},
        "verdict": " ".join(sentences),
        "checks": [asdict(check) for check in checks],
        "tests": rows,
    }

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.tables import lines

        for (portfolio, ahead), group in groupby(
            rows, lambda row: (row["portfolio"], row["ahead"])
        ):
            yield _table(f"{portfolio}: values at risk {_ahead(ahead)}", list(group))
        yield lines(*sentences, _counts(document))

    return Report("portfolio-score", document, COLUMNS, lambda: rows, tables)


def tested_rows(tested: Sequence[TestedPortfolio]) -> list[Row]:
    """A row of each test."""
    rows = []
    for one in tested:
        row = asdict(one.tests) | asdict(one)
        row |= {"portfolio": one.tests.line, "expected": one.tests.expected}
        rows.append({name: row[name] for name in COLUMNS})
    return rows


def portfolio_export(score: PortfolioScore) -> Report:
    """Report of every recorded night with its gain; a row a row ahead and confidence level."""
    rows = [row for one in score.outcomes for row in _night_rows(score, one)]
    return Report("scored-portfolios", None, NIGHT_COLUMNS, lambda: rows, list, piped="csv")


def _night_rows(score: PortfolioScore, one: PortfolioOutcome) -> Iterator[Row]:
    record = one.record
    known = one.gain == one.gain  # not NaN
    for loss in record.risk.losses:
        if loss.ahead != one.ahead:
            continue
        yield {
            "run": record.run,
            "at": score.records.times.get(record.run),
            "model": score.records.sources[record.model].name,
            "portfolio": record.risk.portfolio,
            "cutoff": record.risk.cutoff,
            "ahead": one.ahead,
            "confidence": loss.confidence,
            "value": float(record.risk.values.sum()) + record.risk.cash,
            "exposure": one.exposure,
            "var": loss.value_at_risk,
            "es": loss.shortfall,
            "state": one.state,
            "came": one.came,
            "gain": one.gain,
            "beyond": -one.gain >= loss.value_at_risk if known else None,
        }


def _ahead(rows: int) -> str:
    return "one row ahead" if rows == 1 else f"{rows} rows ahead"


def _table(title: str, rows: Sequence[Row]) -> "RenderableType":
    from rich.text import Text

    from rnncli.report.tables import table

    def p(value: float | None) -> Text:
        return Text("-" if value is None else f"{value:.3f}")

    first, last = (rows[0][name] for name in ("first_cutoff", "last_cutoff"))
    return table(
        f"{title}, {first} to {last}",
        [
            "confidence", "beyond", "expected", "Kupiec p", "Christoffersen p", "duration p",
            "shortfall p", "zone", "FZ0",
        ],
        [
            [
                f"{row['confidence']:g} %", f"{row['hits']} of {row['rows']}",
                Text(f"{row['expected']:.1f}"), p(row["kupiec_p"]), p(row["conditional_p"]),
                p(row["duration_p"]), p(row["shortfall_p"]), row["zone"], p(row["fz0"]),
            ]
            for row in rows
        ],
    )  # fmt: skip


def _counts(document: dict[str, Any]) -> str:
    """How many nights there are, and why some are not tested."""
    nights = "1 night" if document["nights"] == 1 else f"{document['nights']} nights"
    parts = [f"; {document[state]} {why}" for state, why in LEFT_OUT.items() if document[state]]
    return f"{nights} of portfolios recorded, {document[CAME]} tested{''.join(parts)}."
