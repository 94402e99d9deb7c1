"""How good old forecasts were, put together by group."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.binomial import band, independent
from rnncli.evaluation.metrics import level_name
from rnncli.evaluation.result import MODEL, Evaluation, Plan
from rnncli.evaluation.score_tables import mean_of
from rnncli.laidout import NAIVE, Grid
from rnncli.recorded import Recorded
from rnncli.settle import Settled

Row = dict[str, Any]


def standings(
    found: Evaluation, recorded: Recorded, settled: Settled, laid: Grid, by: Sequence[str],
    alpha: float,
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


def _keys(name: str, recorded: Recorded, settled: Settled) -> np.ndarray:
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
    held = held_up(inside, own.fold, level, alpha, overlap)
    return {
        f"coverage_{name}": held.share,
        f"independent_{name}": held.independent,
        f"band_low_{name}": held.low,
        f"band_high_{name}": held.high,
        f"drift_{name}": held.drifted,
        f"width_{name}": mean_of(own.scores[f"width_{name}"]),
        f"interval_score_{name}": mean_of(own.scores[f"interval_score_{name}"]),
    }


@dataclass(frozen=True)
class HeldUp:
    """Share of outcomes inside bounds, the band it may be in, of how many independent ones."""

    share: float
    independent: int
    low: float
    high: float

    @property
    def drifted(self) -> bool:
        """Whether it is outside the band."""
        return self.share < self.low or self.share > self.high


def held_up(
    inside: Float64Array, fold: IntArray, level: float, alpha: float, overlap: int
) -> HeldUp:
    """How bounds of a level did: outcomes (n) of 0, 1 or NaN, their cutoffs; see `independent`."""
    known = ~np.isnan(inside)
    if not known.any():
        return HeldUp(math.nan, 0, math.nan, math.nan)
    count = independent(inside[known], fold[known], overlap)
    low, high = (k / count for k in band(count, level / 100, alpha))
    return HeldUp(mean_of(inside), count, low, high)


def row_columns(by: Sequence[str], levels: Sequence[float]) -> list[str]:
    """Names of what a row of `standings` holds, in order."""
    kinds = (
        "coverage", "independent", "band_low", "band_high", "drift", "width", "interval_score",
    )  # fmt: skip
    ranges = [f"{kind}_{level_name(level)}" for level in levels for kind in kinds]
    return [*by, "forecasts", "mae", "mae_naive", "rmse", "mase", *ranges]
