"""Score recorded forecasts as those of an evaluation."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions.conformal import tails_of
from rnncli.evaluation.cutoffs import calendar
from rnncli.evaluation.metrics import score
from rnncli.evaluation.result import MODEL, NAIVE, Evaluation, Plan, Predictive
from rnncli.inference.actuals import Actuals
from rnncli.ledger.matching import CAME, MatchedForecasts
from rnncli.ledger.reader import LedgerForecasts
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices


@dataclass(frozen=True)
class ScoreMatrix:
    """Which forecasts are scored: one row per model, symbol and cutoff, one column per horizon.

    `numbers` (n, horizon): of the forecast, -1 if it cannot be scored.
    """

    numbers: IntArray

    def spread(self, values: Float64Array) -> Float64Array:
        """Values of all forecasts as (n, horizon), NaN if missing."""
        matrix: Float64Array = np.where(self.numbers >= 0, values[self.numbers], np.nan)
        return matrix

    def of_rows(self, values: np.ndarray) -> np.ndarray:
        """Values that all forecasts of a row share, as (n)."""
        column: np.ndarray = values[self.numbers.max(axis=1)]
        return column


@dataclass(frozen=True)
class _RecordedBounds:
    """Bounds as they were recorded, by probability; other quantiles are unknown."""

    bounds: dict[float, Float64Array]

    def quantile(self, probability: float) -> Float64Array:
        return self.bounds[probability]


def score_matrix(recorded: LedgerForecasts, matched: MatchedForecasts) -> ScoreMatrix:
    """Arrange the forecasts whose actual prices are known."""
    scorable = np.flatnonzero(matched.states == CAME)
    if not len(scorable):
        return ScoreMatrix(np.zeros((0, 0), np.int64))
    columns = (recorded.models, matched.series, matched.rows)
    keys = np.stack([column[scorable] for column in columns])
    _, row = np.unique(keys, axis=1, return_inverse=True)
    numbers = np.full((int(row.max()) + 1, int(recorded.aheads[scorable].max())), -1)
    numbers[row.ravel(), recorded.aheads[scorable] - 1] = scorable
    return ScoreMatrix(numbers)


def evaluate_recorded(
    recorded: LedgerForecasts,
    matched: MatchedForecasts,
    prices: Prices,
    matrix: ScoreMatrix,
    unit: str | None = None,
) -> Evaluation | None:
    """Scores of the forecasts whose actual prices are known, and naive's; None without any.

    `unit`: log or mase; by default the one that fits.

    Raises DataError if only some of the series have dates.
    """
    if not len(matrix.numbers):
        return None
    unit = unit or _unit(recorded, matched)
    scores = _scores(recorded, matched, matrix, unit)
    series, rows = matrix.of_rows(matched.series), matrix.of_rows(matched.rows)
    days = calendar(prices)
    shared, fold = np.unique(days.rows[prices.offsets[series] + rows], return_inverse=True)
    steps = np.diff(np.searchsorted(days.days, shared))
    plan = Plan(
        calendar=days,
        days=shared,
        horizon=matrix.numbers.shape[1],
        stride=int(steps.min(initial=matrix.numbers.shape[1])),
        levels=tuple(recorded.lower),
        baselines=(NAIVE,),
        groups=(),
    )
    return Evaluation(
        plan=plan,
        symbols=prices.symbols,
        origins=Origins(series, rows, fold.ravel()),
        unit=unit,
        scores=scores,
        cutoffs=tuple(days.shown(day) for day in shared.tolist()),
        models=(),
        failed={},
    )


def _unit(recorded: LedgerForecasts, matched: MatchedForecasts) -> str:
    """Logarithms where all actual and forecast prices are positive."""
    scorable = matched.states == CAME
    bounds = (*recorded.lower.values(), *recorded.upper.values())
    prices = (recorded.forecasts, recorded.naive, recorded.prices, matched.actual, *bounds)
    return "mase" if any(np.any(values[scorable] <= 0) for values in prices) else "log"


def _scores(
    recorded: LedgerForecasts, matched: MatchedForecasts, matrix: ScoreMatrix, unit: str
) -> dict[str, dict[str, Float64Array]]:
    """Scores (n, horizon) of the model and of naive, in prices of today."""

    def adjusted(values: Float64Array) -> Float64Array:
        return values * matched.factors

    actuals = Actuals(
        unit=unit,
        actual=matrix.spread(matched.actual),
        last=matrix.of_rows(adjusted(recorded.prices)),
        divisor=matrix.of_rows(adjusted(recorded.divisors)),
        deviation=np.full(len(matrix.numbers), np.nan),
    )
    bounds = {}
    for level, lower in recorded.lower.items():
        for tail, bound in zip(tails_of(level), (lower, recorded.upper[level]), strict=True):
            bounds[tail] = actuals.scored(matrix.spread(adjusted(bound)))
    model = Predictive(matrix.spread(adjusted(recorded.forecasts)), bounds=_RecordedBounds(bounds))
    naive = Predictive(matrix.spread(adjusted(recorded.naive)))
    levels = tuple(recorded.lower)
    return {MODEL: score(actuals, model, levels), NAIVE: score(actuals, naive, levels)}
