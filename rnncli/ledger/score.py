"""How good old forecasts were, put together by group."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import UsageError
from rnncli.evaluation.metrics import level_name
from rnncli.evaluation.result import MODEL, Evaluation, Plan
from rnncli.evaluation.score_tables import mean_of
from rnncli.evaluation.verdict import Check, checks, parse_coverage
from rnncli.ledger.coverage import check_coverage
from rnncli.ledger.evaluation import NAIVE, ScoreMatrix, evaluation, score_matrix
from rnncli.ledger.matching import REWRITTEN, MatchedForecasts, match_forecasts
from rnncli.ledger.reader import LedgerForecasts
from rnncli.prices.series import Prices
from rnncli.settings import ScoreSettings

Row = dict[str, Any]
NAMED = 5  # symbols in a warning


def score_groups(
    found: Evaluation, recorded: LedgerForecasts, settled: MatchedForecasts, laid: ScoreMatrix,
    by: Sequence[str], alpha: float,
) -> list[Row]:  # fmt: skip
    """A row a group of forecasts that has come: scores, naive's error, coverage and its band."""
    known = ~np.isnan(found.scores[MODEL]["absolute"])
    places = laid.places[known]
    keys = [_keys(name, recorded, settled)[places] for name in by]
    cell, ahead = np.nonzero(known)
    flat = _Flat(
        scores={name: values[known] for name, values in found.scores[MODEL].items()},
        naive=found.scores[NAIVE]["absolute"][known],
        fold=found.cells.fold[cell],
        ahead=ahead + 1,
    )
    return [
        {
            **dict(zip(by, key, strict=True)),
            "forecasts": len(own),
            **_of_group(flat.taken(own), found.plan, alpha),
        }
        for key, own in _groups(keys, len(places))
    ]


@dataclass(frozen=True)
class _Flat:
    """Scores of n forecasts, naive's absolute error, cutoffs and rows ahead."""

    scores: dict[str, Float64Array]
    naive: Float64Array
    fold: IntArray
    ahead: IntArray

    def taken(self, own: IntArray) -> "_Flat":
        """Return those of these numbers."""
        scores = {name: values[own] for name, values in self.scores.items()}
        return _Flat(scores, self.naive[own], self.fold[own], self.ahead[own])


def _keys(name: str, recorded: LedgerForecasts, settled: MatchedForecasts) -> np.ndarray:
    """What every forecast is grouped by; a month is that of the day that came."""
    if name == "ahead":
        return recorded.aheads
    if name == "symbol":
        return np.array(recorded.symbols, dtype=object)
    if name == "model":
        short = {number: source.digest[:12] for number, source in recorded.sources.items()}
        return np.array([short[number] for number in recorded.models.tolist()], dtype=object)
    months = settled.came.astype("datetime64[M]")
    shown = np.where(np.isnat(months), "", months.astype(str))
    return np.array(shown, dtype=object)


def _groups(keys: list[np.ndarray], count: int) -> Iterator[tuple[tuple[Any, ...], IntArray]]:
    """Each combination of keys that occurs, in order, and the numbers of those that have it."""
    codes, uniques = np.zeros(count, np.int64), []
    for key in keys:
        unique, code = np.unique(key, return_inverse=True)
        codes = codes * len(unique) + code.ravel()
        uniques.append(unique)
    order = np.argsort(codes, kind="stable")
    each, starts = np.unique(codes[order], return_index=True)
    for code, own in zip(each.tolist(), np.split(order, starts[1:]), strict=True):
        values, left = [], code
        for unique in reversed(uniques):
            left, place = divmod(left, len(unique))
            values.append(unique[place : place + 1].tolist()[0])
        yield tuple(reversed(values)), own


def _of_group(own: _Flat, plan: Plan, alpha: float) -> Row:
    """Scores of some forecasts."""
    row: Row = {
        "mae": float(own.scores["absolute"].mean()),
        "mae_naive": float(own.naive.mean()),
        "rmse": math.sqrt(float(own.scores["square"].mean())),
        "mase": mean_of(own.scores["mase"]),
    }
    overlap = -(-int(own.ahead.max()) // plan.stride) - 1
    for level in plan.levels:
        row |= _of_level(own, level, alpha, overlap)
    return row


def _of_level(own: _Flat, level: float, alpha: float, overlap: int) -> Row:
    """Coverage of a level, its binomial band, whether it is outside; width and interval score."""
    name = level_name(level)
    inside = own.scores[f"coverage_{name}"]
    held = check_coverage(inside, own.fold, level, alpha, overlap)
    return {
        f"coverage_{name}": held.share,
        f"independent_{name}": held.independent,
        f"band_low_{name}": held.low,
        f"band_high_{name}": held.high,
        f"drift_{name}": held.drifted,
        f"width_{name}": mean_of(own.scores[f"width_{name}"]),
        f"interval_score_{name}": mean_of(own.scores[f"interval_score_{name}"]),
    }


def row_columns(by: Sequence[str], levels: Sequence[float]) -> list[str]:
    """Names of what a row of `standings` holds, in order."""
    kinds = (
        "coverage", "independent", "band_low", "band_high", "drift", "width", "interval_score",
    )  # fmt: skip
    ranges = [f"{kind}_{level_name(level)}" for level in levels for kind in kinds]
    return [*by, "forecasts", "mae", "mae_naive", "rmse", "mase", *ranges]


@dataclass(frozen=True)
class LedgerScore:
    """What a ledger comes to: its forecasts, what became of each, scores by group, requirements.

    `evaluation` is None where the day of no forecast has come.
    """

    recorded: LedgerForecasts
    settled: MatchedForecasts
    evaluation: Evaluation | None
    by: tuple[str, ...]
    rows: list[Row]
    checks: list[Check]


def score_ledger(
    recorded: LedgerForecasts, prices: Prices, settings: ScoreSettings, warn: Callable[[str], None]
) -> LedgerScore:
    """Score every forecast of a ledger whose day has come. Raises UsageError, DataError."""
    parse_coverage(settings.require_coverage)
    by = tuple(dict.fromkeys(settings.by))
    settled = match_forecasts(recorded, prices)
    _warn(recorded, settled, warn)
    laid = score_matrix(recorded, settled)
    found = evaluation(recorded, settled, prices, laid)
    if found is None:
        return LedgerScore(recorded, settled, None, by, [], _nothing(settings))
    rows = score_groups(found, recorded, settled, laid, by, settings.drift_alpha)
    return LedgerScore(recorded, settled, found, by, rows, checks(found, settings))


def column_of(recorded: LedgerForecasts, wanted: str | None) -> str | None:
    """The price column to read: what is wanted, else the one that the models read.

    Raises UsageError where they read several.
    """
    columns = {source.column for source in recorded.sources.values()}
    if wanted is not None or not columns:
        return wanted
    if len(columns) > 1:
        names = ", ".join(sorted(column or "close" for column in columns))
        raise UsageError(f"--column: the models of this ledger read several: {names}; name one")
    return columns.pop()


def _nothing(settings: ScoreSettings) -> list[Check]:
    """Requirements on nothing: none holds."""
    required = [f"--require-coverage {text}" for text in settings.require_coverage]
    required += [f"--require-skill {against}" for against in settings.require_skill]
    return [Check(one, False, "the day of no forecast has come yet") for one in required]


def _warn(
    recorded: LedgerForecasts, settled: MatchedForecasts, warn: Callable[[str], None]
) -> None:
    """Tell of forecasts whose past is another one today."""
    symbols = np.array(recorded.symbols, dtype=object)
    warn_of_changed_past(symbols[settled.factors != 1], symbols[settled.states == REWRITTEN], warn)


def warn_of_changed_past(
    moved: Sequence[str], left_out: Sequence[str], warn: Callable[[str], None]
) -> None:
    """Tell of forecasts whose past was adjusted, and was rewritten, by the symbol of each."""
    if len(moved):
        warn(
            f"{_named(moved)}: {len(moved)} forecasts were made before the past was"
            " adjusted (a split, a dividend), and are moved by the same factor"
        )
    if len(left_out):
        warn(
            f"{_named(left_out)}: left out {len(left_out)} forecasts, since the price at"
            " their cutoff is another one now"
        )


def _named(symbols: Sequence[str]) -> str:
    """The first few symbols of some forecasts."""
    names = sorted(set(symbols))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
