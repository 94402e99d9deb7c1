"""Recorded forecasts, and their scores once the actual prices are known.

Forecasts go in when they are made; prices that have followed go in later, and scores come out.

    tables      its tables, and what is not among them
    database    the file: SQLite, whole runs or nothing
    migration   tables made, and those of earlier versions made new after a backup
    record_result  how much of it was new
    portfolio_risk  what portfolios might lose, and what they held
    writer      what was forecast, when, by which model
    reader      all forecasts of a ledger, read back
    upkeep      what is in a ledger, whether it is whole, older forecasts removed
    merge       forecasts of another ledger
    matching    recorded forecasts matched with the prices that followed
    renaming    forecasts under the current names of their series
    evaluation  recorded forecasts scored as those of an evaluation
    value_at_risk  recorded lower bounds as values at risk
    portfolio_score  gains and tests of recorded risks of portfolios
    score       the whole of `rnncli score`: scores by group
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.ledger.evaluation import ScoreMatrix, score_matrix
    from rnncli.ledger.matching import MatchedForecasts, match_forecasts
    from rnncli.ledger.reader import LedgerForecasts, read_ledger
    from rnncli.ledger.record_result import RecordResult
    from rnncli.ledger.score import LedgerScore, score_ledger
    from rnncli.ledger.writer import Source, record

__all__ = [
    "LedgerForecasts",
    "LedgerScore",
    "MatchedForecasts",
    "RecordResult",
    "ScoreMatrix",
    "Source",
    "match_forecasts",
    "read_ledger",
    "record",
    "score_ledger",
    "score_matrix",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "writer": ("Source", "record"),
        "record_result": ("RecordResult",),
        "reader": ("LedgerForecasts", "read_ledger"),
        "matching": ("MatchedForecasts", "match_forecasts"),
        "evaluation": ("ScoreMatrix", "score_matrix"),
        "score": ("LedgerScore", "score_ledger"),
    },
)
