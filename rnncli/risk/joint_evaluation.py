"""`evaluate --joint`: joint forecasts compared with independent ones and historical simulation."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError, UsageError
from rnncli.evaluation.cutoffs import Calendar, calendar
from rnncli.evaluation.diebold_mariano import TestResult, diebold_mariano
from rnncli.forecasting.predict import rows_ahead
from rnncli.models.model import Model
from rnncli.prices.series import Prices
from rnncli.risk.days import days_unseen
from rnncli.risk.history import past_moves
from rnncli.risk.rolling import Cutoff, cutoffs_of
from rnncli.risk.scores import energy_score, variogram_score
from rnncli.runtime.threads import Threads
from rnncli.settings import EvaluateSettings

DRAWS = 4000  # scenarios that are scored, of every method
OF_VARIOGRAM = 1000  # of them, for the variogram score
SHIFTS = 2  # pairs of scenarios for each, that the energy score is of
JOINT, INDEPENDENT, HISTORY = "joint", "independence", "historical simulation"
METHODS = (JOINT, INDEPENDENT, HISTORY)


def _energy(drawn: Float64Array, actual: Float64Array) -> float:
    return energy_score(drawn, actual, SHIFTS)


def _variogram(drawn: Float64Array, actual: Float64Array) -> float:
    return variogram_score(drawn[:, :OF_VARIOGRAM], actual)


SCORES = {"energy": _energy, "variogram": _variogram}


@dataclass(frozen=True)
class JointEvaluation:
    """Scores (methods, cutoffs, horizon) by name, in 100 log(price/last).

    `cutoffs`: the dates; `symbols` (cutoffs): their number; `stride`: rows between cutoffs.
    """

    scores: dict[str, Float64Array]
    cutoffs: tuple[str | int, ...]
    symbols: tuple[int, ...]
    horizon: int
    stride: int

    def test(self, score: str, method: str, ahead: int | None = None) -> TestResult:
        """Diebold & Mariano's test of the joint forecasts against a method; None: all rows."""
        rows = slice(None) if ahead is None else slice(ahead - 1, ahead)
        values = self.scores[score][:, :, rows].mean(axis=2)
        differences = values[0] - values[METHODS.index(method)]
        return diebold_mariano(differences, -(-self.horizon // self.stride) - 1)


def evaluate_joint(
    model: Model, prices: Prices, settings: EvaluateSettings, threads: Threads
) -> JointEvaluation:
    """Score joint forecasts from rolling cutoffs; the model is never trained again.

    Raises UsageError for one symbol or cutoffs that the model saw, DataError for prices at or
    below zero.
    """
    if len(prices.symbols) < 2:
        raise UsageError("needs two symbols or more; there is one", option="joint")
    if np.any(prices.values <= 0):
        raise DataError("joint scores need prices above zero, and some prices are zero or below")
    horizon = rows_ahead(model, settings.horizon)
    stride = settings.stride or horizon
    days = calendar(prices)
    chosen = days_unseen(model, days, settings.folds, horizon, stride)
    cutoffs, symbols = [], []
    by_score: dict[str, list[Float64Array]] = {name: [] for name in SCORES}
    for cutoff in cutoffs_of(model, prices, days, chosen, horizon, (), threads):
        if len(cutoff.series) < 2:
            continue
        for name, values in _scored(prices, days, cutoff, horizon).items():
            by_score[name].append(values)
        cutoffs.append(days.shown(cutoff.day))
        symbols.append(len(cutoff.series))
    if not cutoffs:
        raise DataError("no cutoff has two symbols with rows before and after it")
    scores = {name: np.stack(values, axis=1) for name, values in by_score.items()}
    return JointEvaluation(scores, tuple(cutoffs), tuple(symbols), horizon, stride)


def _scored(
    prices: Prices, days: Calendar, cutoff: Cutoff, horizon: int
) -> dict[str, Float64Array]:
    """Scores (methods, horizon) of a cutoff by name."""
    ends = prices.offsets[cutoff.series] + cutoff.rows
    last = prices.values[ends]
    seed = cutoff.day % 2**31
    scenarios = (
        _moves(cutoff.scenarios(cutoff.copula, horizon, DRAWS, seed), last),
        _moves(cutoff.scenarios(cutoff.alone, horizon, DRAWS, seed), last),
        past_moves(prices, days, cutoff.series, cutoff.day, horizon, DRAWS),
    )
    scores = {name: np.empty((len(METHODS), horizon)) for name in SCORES}
    for m, of_method in enumerate(scenarios):
        for ahead, drawn in enumerate(of_method):
            actual = 100 * np.log(prices.values[ends + ahead + 1] / last)
            for name, score in SCORES.items():
                scores[name][m, ahead] = score(drawn, actual)
    return scores


def _moves(scenarios: Iterator[Float64Array], last: Float64Array) -> Iterator[Float64Array]:
    """Scenarios as 100 log(price/last)."""
    for drawn in scenarios:
        yield 100 * np.log(drawn / last[:, None])
