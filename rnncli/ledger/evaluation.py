"""Old forecasts laid out and scored as those of an evaluation."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions.conformal import tails_of
from rnncli.evaluation.metrics import score
from rnncli.evaluation.result import MODEL, Evaluation, Plan, Predictive
from rnncli.evaluation.splits import calendar
from rnncli.inference.actuals import Actuals
from rnncli.ledger.matching import CAME, MatchedForecasts
from rnncli.ledger.reader import LedgerForecasts
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices

NAIVE = "naive"


@dataclass(frozen=True)
class ScoreMatrix:
    """Forecasts laid out for scoring: a row a model, symbol and cutoff, a column an ahead.

    `places` (n, horizon): the number of the forecast there whose day has come, -1 for none.
    """

    places: IntArray

    def of(self, values: Float64Array) -> Float64Array:
        """Values of forecasts (all) as (n, horizon), NaN where there is none."""
        found: Float64Array = np.where(self.places >= 0, values[self.places], np.nan)
        return found

    def first(self, values: np.ndarray) -> np.ndarray:
        """What all forecasts of a row share, (n)."""
        found: np.ndarray = values[self.places.max(axis=1)]
        return found


@dataclass(frozen=True)
class _Stated:
    """Bounds as they were recorded: nothing is known of any other probability."""

    bounds: dict[float, Float64Array]

    def quantile(self, probability: float) -> Float64Array:
        return self.bounds[probability]


def score_matrix(recorded: LedgerForecasts, settled: MatchedForecasts) -> ScoreMatrix:
    """Where each forecast whose day has come stands."""
    came = np.flatnonzero(settled.states == CAME)
    if not len(came):
        return ScoreMatrix(np.zeros((0, 0), np.int64))
    keys = np.stack([recorded.models[came], settled.series[came], settled.rows[came]])
    _, cell = np.unique(keys, axis=1, return_inverse=True)
    places = np.full((int(cell.max()) + 1, int(recorded.aheads[came].max())), -1)
    places[cell.ravel(), recorded.aheads[came] - 1] = came
    return ScoreMatrix(places)


def evaluation(
    recorded: LedgerForecasts,
    settled: MatchedForecasts,
    prices: Prices,
    laid: ScoreMatrix,
    unit: str | None = None,
) -> Evaluation | None:
    """Scores of all forecasts whose day has come, naive's beside; None where none has.

    `unit`: log or mase; left out, the one that fits.

    Raises DataError where only some of the series have dates.
    """
    if not len(laid.places):
        return None
    unit = unit or _unit(recorded, settled)
    scores = _scores(recorded, settled, laid, unit)
    series, rows = laid.first(settled.series), laid.first(settled.rows)
    days = calendar(prices)
    shared, fold = np.unique(days.rows[prices.offsets[series] + rows], return_inverse=True)
    steps = np.diff(np.searchsorted(days.days, shared))
    plan = Plan(
        calendar=days,
        days=shared,
        horizon=laid.places.shape[1],
        stride=int(steps.min(initial=laid.places.shape[1])),
        levels=tuple(recorded.lower),
        baselines=(NAIVE,),
        groups=(),
    )
    return Evaluation(
        plan=plan,
        symbols=prices.symbols,
        cells=Origins(series, rows, fold.ravel()),
        unit=unit,
        scores=scores,
        cutoffs=tuple(days.shown(day) for day in shared.tolist()),
        models=(),
        failed={},
    )


def _unit(recorded: LedgerForecasts, settled: MatchedForecasts) -> str:
    """Logarithms where all that came and was forecast allows them."""
    came = settled.states == CAME
    sides = (*recorded.lower.values(), *recorded.upper.values())
    known = (recorded.forecasts, recorded.naive, recorded.prices, settled.actual, *sides)
    return "mase" if any(np.any(values[came] <= 0) for values in known) else "log"


def _scores(
    recorded: LedgerForecasts, settled: MatchedForecasts, laid: ScoreMatrix, unit: str
) -> dict[str, dict[str, Float64Array]]:
    """Scores (n, horizon) of the model and of naive, in prices of today."""

    def today(values: Float64Array) -> Float64Array:
        return values * settled.factors

    came = Actuals(
        unit=unit,
        actual=laid.of(settled.actual),
        last=laid.first(today(recorded.prices)),
        divisor=laid.first(today(recorded.divisors)),
        deviation=np.full(len(laid.places), np.nan),
    )
    bounds = {}
    for level, lower in recorded.lower.items():
        for tail, bound in zip(tails_of(level), (lower, recorded.upper[level]), strict=True):
            bounds[tail] = came.scored(laid.of(today(bound)))
    own = Predictive(laid.of(today(recorded.forecasts)), bounds=_Stated(bounds))
    naive = Predictive(laid.of(today(recorded.naive)))
    levels = tuple(recorded.lower)
    return {MODEL: score(came, own, levels), NAIVE: score(came, naive, levels)}
