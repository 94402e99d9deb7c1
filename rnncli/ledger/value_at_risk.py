"""Recorded lower bounds as values at risk: how many prices of the next row were below them.

The lower bound of a prediction interval of 95 % is the value at risk of 97.5 %: a ledger that holds
intervals holds these, and the prices that followed score them.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import BoolArray, IntArray
from rnncli.evaluation.diebold_mariano import LEAST
from rnncli.ledger.matching import CAME, MatchedForecasts
from rnncli.ledger.reader import LedgerForecasts
from rnncli.risk.coverage_tests import christoffersen_conditional, kupiec, traffic_light

ALPHA = 0.05


@dataclass(frozen=True)
class RecordedRisk:
    """Losses of a symbol beyond recorded values at risk: `hits` of `rows`, oldest first.

    `confidence`: in percent. p-values are of Kupiec's and of Christoffersen's (conditional) test.
    """

    model: str
    symbol: str
    confidence: float
    rows: int
    hits: int
    expected: float
    kupiec_p: float | None
    conditional_p: float | None
    zone: str


def recorded_risks(recorded: LedgerForecasts, matched: MatchedForecasts) -> Iterator[RecordedRisk]:
    """Those of every model, symbol and level of the ledger, of the next row alone."""
    next_row = np.flatnonzero((matched.states == CAME) & (recorded.aheads == 1))
    groups: dict[tuple[int, str], list[int]] = {}
    for number in next_row[np.argsort(matched.dates[next_row], kind="stable")].tolist():
        key = (int(recorded.models[number]), recorded.symbols[number])
        groups.setdefault(key, []).append(number)
    for level in recorded.lower:
        for (model, symbol), numbers in groups.items():
            hits = _hits(recorded, matched, level, np.array(numbers))
            if len(hits):
                yield _of_symbol(recorded.sources[model].name, symbol, level, hits)


def _hits(
    recorded: LedgerForecasts, matched: MatchedForecasts, level: float, numbers: IntArray
) -> BoolArray:
    """Whether each price was at or below its bound; those without a bound are left out."""
    bounds = recorded.lower[level][numbers] * matched.factors[numbers]
    known = np.isfinite(bounds)
    hits: BoolArray = matched.actual[numbers][known] <= bounds[known]
    return hits


def _of_symbol(model: str, symbol: str, level: float, hits: BoolArray) -> RecordedRisk:
    tail, count, rows = (100 - level) / 200, int(np.count_nonzero(hits)), len(hits)
    return RecordedRisk(
        model=model,
        symbol=symbol,
        confidence=100 * (1 - tail),
        rows=rows,
        hits=count,
        expected=rows * tail,
        kupiec_p=kupiec(hits, tail).p,
        conditional_p=christoffersen_conditional(hits, tail).p,
        zone=traffic_light(count, rows, tail).zone,
    )


def risk_sentences(risks: list[RecordedRisk]) -> Iterator[str]:
    """A sentence a confidence level: losses beyond, and how many symbols a test rejects."""
    for confidence in dict.fromkeys(one.confidence for one in risks):
        some = [one for one in risks if one.confidence == confidence]
        hits, rows = sum(one.hits for one in some), sum(one.rows for one in some)
        yield (
            f"Value at risk {confidence:g} %, next row: {hits} of {rows} losses beyond it,"
            f" {sum(one.expected for one in some):.1f} expected; Kupiec's test {_tested(some)}."
        )


def _tested(risks: Sequence[RecordedRisk]) -> str:
    """How many symbols the test rejects, of those with enough rows for it."""
    least = _least_rows(risks[0].confidence)
    tested = [one for one in risks if one.rows >= least]
    if not tested:
        return f"needs {least} rows of a symbol"
    rejected = sum(one.kupiec_p is not None and one.kupiec_p < ALPHA for one in tested)
    some = "" if len(tested) == len(risks) else f" with {least} rows or more"
    return f"rejects {rejected} of {len(tested)} symbols{some} at {ALPHA:.0%}"


def _least_rows(confidence: float) -> int:
    """Rows from which the test says anything: one loss beyond is expected; as elsewhere, 10."""
    return max(LEAST, math.ceil(round(100 / (100 - confidence), 6)))
