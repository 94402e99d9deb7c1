"""Score a ledger: its forecasts against the prices that followed, summarised by group."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import UsageError, name_some, setting
from rnncli.evaluation.metrics import level_name
from rnncli.evaluation.result import MODEL, Evaluation, Plan
from rnncli.evaluation.score_tables import mean_of
from rnncli.evaluation.verdict import Check, checks, parse_coverage
from rnncli.ledger.coverage import check_coverage
from rnncli.ledger.evaluation import NAIVE, ScoreMatrix, evaluate_recorded, score_matrix
from rnncli.ledger.matching import REWRITTEN, MatchedForecasts, match_forecasts
from rnncli.ledger.reader import LedgerForecasts
from rnncli.prices.series import Prices
from rnncli.settings import ScoreSettings

Row = dict[str, Any]
NAMED = 5  # symbols in a warning


def score_groups(
    evaluation: Evaluation, recorded: LedgerForecasts, matched: MatchedForecasts,
    matrix: ScoreMatrix, by: Sequence[str], alpha: float,
) -> list[Row]:  # fmt: skip
    """A row for each group of scored forecasts: scores, naive's error, coverage and its band."""
    scored = ~np.isnan(evaluation.scores[MODEL]["absolute"])
    numbers = matrix.numbers[scored]
    keys = [_keys(name, recorded, matched)[numbers] for name in by]
    row, ahead = np.nonzero(scored)
    scores = _ForecastScores(
        scores={name: values[scored] for name, values in evaluation.scores[MODEL].items()},
        naive=evaluation.scores[NAIVE]["absolute"][scored],
        fold=evaluation.origins.fold[row],
        ahead=ahead + 1,
    )
    return [
        {
            **dict(zip(by, key, strict=True)),
            "forecasts": len(members),
            **_summary(scores.subset(members), evaluation.plan, alpha),
        }
        for key, members in _groups(keys, len(numbers))
    ]


@dataclass(frozen=True)
class _ForecastScores:
    """Scores of n forecasts, naive's absolute error, cutoffs and rows ahead: (n) each."""

    scores: dict[str, Float64Array]
    naive: Float64Array
    fold: IntArray
    ahead: IntArray

    def subset(self, members: IntArray) -> "_ForecastScores":
        """The scores of some of the forecasts, by number."""
        scores = {name: values[members] for name, values in self.scores.items()}
        return _ForecastScores(scores, self.naive[members], self.fold[members], self.ahead[members])


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


def _groups(keys: list[np.ndarray], count: int) -> Iterator[tuple[tuple[Any, ...], IntArray]]:
    """Each combination of keys that occurs, in order, and the numbers of its forecasts."""
    codes, uniques = np.zeros(count, np.int64), []
    for key in keys:
        unique, code = np.unique(key, return_inverse=True)
        codes = codes * len(unique) + code.ravel()
        uniques.append(unique)
    order = np.argsort(codes, kind="stable")
    occurring, starts = np.unique(codes[order], return_index=True)
    for code, members in zip(occurring.tolist(), np.split(order, starts[1:]), strict=True):
        values, rest = [], code
        for unique in reversed(uniques):
            rest, place = divmod(rest, len(unique))
            values.append(unique[place : place + 1].tolist()[0])
        yield tuple(reversed(values)), members


def _summary(scores: _ForecastScores, plan: Plan, alpha: float) -> Row:
    """Mean scores of a group of forecasts."""
    row: Row = {
        "mae": float(scores.scores["absolute"].mean()),
        "mae_naive": float(scores.naive.mean()),
        "rmse": math.sqrt(float(scores.scores["square"].mean())),
        "mase": mean_of(scores.scores["mase"]),
    }
    overlap = -(-int(scores.ahead.max()) // plan.stride) - 1
    for level in plan.levels:
        row |= _level_summary(scores, level, alpha, overlap)
    return row


def _level_summary(scores: _ForecastScores, level: float, alpha: float, overlap: int) -> Row:
    """Coverage of a level, its binomial band, whether it is outside; width and interval score."""
    name = level_name(level)
    inside = scores.scores[f"coverage_{name}"]
    coverage = check_coverage(inside, scores.fold, level, alpha, overlap)
    return {
        f"coverage_{name}": coverage.share,
        f"independent_{name}": coverage.independent,
        f"band_low_{name}": coverage.low,
        f"band_high_{name}": coverage.high,
        f"drift_{name}": coverage.drifted,
        f"width_{name}": mean_of(scores.scores[f"width_{name}"]),
        f"interval_score_{name}": mean_of(scores.scores[f"interval_score_{name}"]),
    }


def row_columns(by: Sequence[str], levels: Sequence[float]) -> list[str]:
    """Names of the columns of `score_groups`, in order."""
    kinds = (
        "coverage", "independent", "band_low", "band_high", "drift", "width", "interval_score",
    )  # fmt: skip
    ranges = [f"{kind}_{level_name(level)}" for level in levels for kind in kinds]
    return [*by, "forecasts", "mae", "mae_naive", "rmse", "mase", *ranges]


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
    rows = score_groups(evaluation, recorded, matched, matrix, by, settings.drift_alpha)
    return LedgerScore(recorded, matched, evaluation, by, rows, checks(evaluation, settings))


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
    moved: Sequence[str], left_out: Sequence[str], warn: Callable[[str], None]
) -> None:
    """Warn of forecasts whose past was adjusted, or rewritten; given the symbol of each."""
    if len(moved):
        names = name_some(sorted(set(moved)), NAMED)
        warn(
            f"{names}: {len(moved)} forecasts were made before the past was"
            " adjusted (a split, a dividend), and are moved by the same factor"
        )
    if len(left_out):
        names = name_some(sorted(set(left_out)), NAMED)
        warn(
            f"{names}: left out {len(left_out)} forecasts, since the price at"
            " their cutoff is another one now"
        )
