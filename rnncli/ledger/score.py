"""Score a ledger: its forecasts against the prices that followed, summarised by group."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.errors import UsageError, name_some, setting
from rnncli.evaluation.group_scores import Row, score_groups
from rnncli.evaluation.result import Evaluation
from rnncli.evaluation.verdict import Check, checks, parse_coverage
from rnncli.ledger.evaluation import ScoreMatrix, evaluate_recorded, score_matrix
from rnncli.ledger.matching import REWRITTEN, MatchedForecasts, match_forecasts
from rnncli.ledger.reader import LedgerForecasts
from rnncli.prices.series import Prices
from rnncli.settings import ScoreSettings

NAMED = 5  # symbols in a warning


def ledger_keys(
    recorded: LedgerForecasts, matched: MatchedForecasts, matrix: ScoreMatrix, by: Sequence[str]
) -> dict[str, np.ndarray]:
    """What the forecasts (n, horizon) of a matrix are grouped by; any value where there is none."""
    return {name: _keys(name, recorded, matched)[matrix.numbers] for name in by}


def _keys(name: str, recorded: LedgerForecasts, matched: MatchedForecasts) -> np.ndarray:
    """What every forecast is grouped by; a month is that of the actual price."""
    if name == "ahead":
        return recorded.aheads
    if name == "symbol":
        return np.array(recorded.symbols, dtype=object)
    if name == "model":
        short = {number: source.name for number, source in recorded.sources.items()}
        return np.array([short[number] for number in recorded.models.tolist()], dtype=object)
    months = matched.dates.astype("datetime64[M]")
    shown = np.where(np.isnat(months), "", months.astype(str))
    return np.array(shown, dtype=object)


@dataclass(frozen=True)
class LedgerScore:
    """The score of a ledger: its forecasts, their actual prices, scores by group, required checks.

    `evaluation` is None if no forecast can be scored yet.
    """

    recorded: LedgerForecasts
    matched: MatchedForecasts
    evaluation: Evaluation | None
    by: tuple[str, ...]
    rows: list[Row]
    checks: list[Check]


def score_ledger(
    recorded: LedgerForecasts, prices: Prices, settings: ScoreSettings, warn: Callable[[str], None]
) -> LedgerScore:
    """Score the forecasts of a ledger that have actual prices. Raises UsageError, DataError."""
    parse_coverage(settings.require_coverage)
    by = tuple(dict.fromkeys(settings.by))
    matched = match_forecasts(recorded, prices)
    symbols = np.array(recorded.symbols, dtype=object)
    moved, left_out = symbols[matched.factors != 1], symbols[matched.states == REWRITTEN]
    warn_of_changed_past(moved, left_out, warn)
    matrix = score_matrix(recorded, matched)
    evaluation = evaluate_recorded(recorded, matched, prices, matrix)
    if evaluation is None:
        return LedgerScore(recorded, matched, None, by, [], _unmet(settings))
    keys = ledger_keys(recorded, matched, matrix, by)
    rows = score_groups(evaluation, keys, settings.drift_alpha)
    return LedgerScore(recorded, matched, evaluation, by, rows, checks(evaluation, settings))


def regrouped(score: LedgerScore, by: Sequence[str], alpha: float) -> list[Row]:
    """The rows of other groups of the same scores; none where no forecast can be scored yet."""
    if score.evaluation is None:
        return []
    matrix = score_matrix(score.recorded, score.matched)
    return score_groups(
        score.evaluation, ledger_keys(score.recorded, score.matched, matrix, by), alpha
    )


def column_of(recorded: LedgerForecasts, wanted: str | None) -> str | None:
    """The price column to read: `wanted`, else the one that the models of the ledger read.

    Raises UsageError where they read several.
    """
    columns = {source.column for source in recorded.sources.values()}
    if wanted is not None or not columns:
        return wanted
    if len(columns) > 1:
        names = ", ".join(sorted(column or "close" for column in columns))
        raise UsageError(
            f"{setting('column')}: the models of this ledger read several: {names}; name one"
        )
    return columns.pop()


def _unmet(settings: ScoreSettings) -> list[Check]:
    """The required checks where no forecast can be scored: all fail."""
    required = [f"{setting('require_coverage')} {text}" for text in settings.require_coverage]
    required += [f"{setting('require_skill')} {against}" for against in settings.require_skill]
    return [Check(text, False, "no forecast date has been reached yet") for text in required]


def warn_of_changed_past(
    moved: Sequence[str], left_out: Sequence[str], warn: Callable[[str], None],
    what: str = "forecasts",
) -> None:  # fmt: skip
    """Warn of forecasts whose past was adjusted, or rewritten; given the symbol of each."""
    if len(moved):
        names = name_some(sorted(set(moved)), NAMED)
        warn(
            f"{names}: {len(moved)} {what} were made before the past was"
            " adjusted (a split, a dividend), and are moved by the same factor"
        )
    if len(left_out):
        names = name_some(sorted(set(left_out)), NAMED)
        warn(
            f"{names}: left out {len(left_out)} {what}, since the price at"
            " their cutoff is another one now"
        )
