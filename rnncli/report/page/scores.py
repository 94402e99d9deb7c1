"""The scores of a back-test that the page shows, put together once."""

from dataclasses import dataclass

from rnncli.evaluation import score_tables
from rnncli.evaluation.group_scores import Row, group_keys, score_groups
from rnncli.evaluation.many_symbols import SymbolScores
from rnncli.evaluation.result import Evaluation


@dataclass(frozen=True)
class Scores:
    """The scores of an evaluation: by method, row ahead, month and symbol."""

    overall: list[Row]
    ahead: list[Row]
    months: list[Row]
    symbols: SymbolScores


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
        symbols=SymbolScores(
            {row["symbol"]: row for row in rows["symbol"]}, sorted(evaluation.plan.levels)
        ),
    )
