"""Rolling origins: every series forecast from every cutoff, by a model and by each baseline."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions.composed import PerSeriesLevels
from rnncli.distributions.conformal import tails_of
from rnncli.distributions.families import Quantiles
from rnncli.errors import DataError, setting
from rnncli.evaluation.baselines.registry import BASELINES
from rnncli.evaluation.cutoffs import origins_at, past
from rnncli.evaluation.metrics import score
from rnncli.evaluation.predictive import predictive
from rnncli.evaluation.result import MODEL, Evaluation, Plan, Predictive, Predictor, Scores
from rnncli.forecasting.adaptive_conformal import probabilities_at
from rnncli.inference.actuals import Actuals, actuals_at
from rnncli.models import provenance
from rnncli.models.model import Model
from rnncli.models.prior import needing
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import faults, prepare
from rnncli.transforms.target_transform import fit_series, least_rows

BLOCK = 4096  # origins that are scored at once: distributions take memory
NOTHING = np.zeros(0)
LEAST_SERIES = 32  # per block: fewer leave lanes of the kernels empty


FitModel = Callable[[Prices], Model]  # trains the recipe on prices up to a cutoff


def cross_validate(
    model: Model, prices: Prices, plan: Plan, threads: Threads, refit: FitModel | None = None
) -> Evaluation:
    """Forecast every series from every cutoff of the plan and score the forecasts.

    With `refit`, each group of folds has a separate model, trained up to its first cutoff.
    Raises DataError if the model saw a day after a cutoff, or no series can be forecast.
    """
    unit = "log" if model.bounds.unit == "log" else "mase"
    rows = plan.calendar.last_rows(prices, plan.days)
    failed: dict[str, str] = {}
    pieces, models = [], []
    for first, end in plan.groups:
        earlier = past(prices, rows[first])
        fitted = refit(earlier) if refit else model
        cutoff = int(plan.days[first])
        if plan.calendar.dated:
            provenance.refuse_leakage(fitted.record, np.datetime64(cutoff, "s"))
        models.append((plan.calendar.shown(cutoff), fitted, refit is not None))
        scaled, unfit = scaled_for(fitted, prices, earlier, unit)
        failed |= unfit
        earlier = _without(earlier, failed)
        of_group = np.full_like(rows, -1)
        of_group[first:end] = rows[first:end]
        predictors = _predictors(scaled, earlier, plan, unit, threads)
        origins = origins_at(prices, of_group, least_rows(scaled.preparation) - 1)
        pieces += [
            _scored(prices, block, predictors, plan, unit, threads)
            for block in _blocks(prices, origins, failed)
        ]
    if not pieces:
        raise DataError("no series has rows both before and after a cutoff")
    stand_ins: dict[str, dict[str, str]] = {}
    for piece in pieces:
        failed |= piece.failed
        for method, of_method in piece.stand_ins.items():
            stand_ins[method] = stand_ins.get(method, {}) | of_method
    joined = _joined_origins([piece.origins for piece in pieces])
    order = np.lexsort((joined.fold, joined.series))
    scores = _joined([piece.scores for piece in pieces], order)
    return Evaluation(
        plan=plan,
        symbols=prices.symbols,
        origins=Origins(joined.series[order], joined.row[order], joined.fold[order]),
        unit=unit,
        scores=scores,
        cutoffs=tuple(plan.calendar.shown(day) for day in plan.days.tolist()),
        models=tuple(models),
        failed=failed,
        stand_ins=stand_ins,
    )


def scaled_for(
    model: Model, prices: Prices, earlier: Prices, unit: str
) -> tuple[Model, dict[str, str]]:
    """The model with a scale for every symbol, fitted on earlier prices; the symbols it cannot fit.

    `predict` fits the scale of a symbol it has not seen on all of its rows, which would be looking
    ahead here.
    """
    transform, failed, pairs = model.preparation, {}, {}
    before = {symbol: earlier.series(i) for i, symbol in enumerate(earlier.symbols)}
    for i, symbol in enumerate(prices.symbols):
        if not transform.needs_pair(symbol):
            continue
        try:
            pairs[symbol] = fit_series(symbol, transform.scale, before.get(symbol, NOTHING))
        except DataError as fault:
            failed[symbol] = f"{prices.sources[i]}: {fault}"
    transform = replace(transform, fitted=transform.fitted | pairs)
    unfit = {prices.symbols[i]: fault for i, fault in faults(prices, transform, needing(model))}
    if unit == "log":
        lowest = np.minimum.reduceat(prices.values, prices.offsets[:-1])
        for i in np.flatnonzero(lowest <= 0).tolist():
            reason = (
                f"{prices.symbols[i]} has prices <= 0, and the model's bounds are of log errors;"
                f" train with {setting('scale', 'difference')}"
            )
            unfit.setdefault(prices.symbols[i], f"{prices.sources[i]}: {reason}")
    return replace(model, preparation=transform), unfit | failed


def _predictors(
    model: Model, earlier: Prices, plan: Plan, unit: str, threads: Threads
) -> dict[str, Predictor]:
    """The model, and every baseline fitted on earlier prices."""
    tails = tuple(tail for level in plan.levels for tail in tails_of(level))

    def by_model(prices: Prices, origins: Origins, actuals: Actuals) -> Predictive:
        forecasts = predictive(model, prices, origins, actuals, threads, tails)
        if not plan.adaptive or not isinstance(forecasts.bounds, Quantiles):
            return forecasts
        dataset = prepare(prices, model.preparation, 0.0)
        adapted = probabilities_at(model, prices, dataset, origins, plan.levels, threads)
        return replace(forecasts, bounds=PerSeriesLevels(forecasts.bounds, adapted))

    baselines = threads.map(
        lambda name: BASELINES[name](earlier, unit, plan.horizon), plan.baselines
    )
    return {MODEL: by_model, **dict(zip(plan.baselines, baselines, strict=True))}


def _without(prices: Prices, failed: dict[str, str]) -> Prices:
    """The series that have not failed; raises DataError if none is left."""
    indices_left = [i for i, symbol in enumerate(prices.symbols) if symbol not in failed]
    if not indices_left:
        raise DataError(next(iter(failed.values())))
    return prices.subset(indices_left)


def _blocks(prices: Prices, origins: Origins, failed: dict[str, str]) -> Iterator[Origins]:
    """The origins of series that have not failed, in blocks of whole series and bounded size."""
    series_left = [i for i in np.unique(origins.series).tolist() if prices.symbols[i] not in failed]
    size = max(LEAST_SERIES, BLOCK * len(series_left) // max(len(origins), 1))
    for start in range(0, len(series_left), size):
        some = np.isin(origins.series, series_left[start : start + size])
        yield Origins(origins.series[some], origins.row[some], origins.fold[some])


@dataclass(frozen=True)
class _Piece:
    """Scores of a block of series by method."""

    origins: Origins
    scores: dict[str, Scores]
    failed: dict[str, str]
    stand_ins: dict[str, dict[str, str]]


def _scored(
    prices: Prices, block: Origins, predictors: dict[str, Predictor], plan: Plan, unit: str,
    threads: Threads,
) -> _Piece:  # fmt: skip
    """Forecast a block by every method and score it where the model's forecast is a number.

    The model shares its work among the threads; then each baseline has one, and each score.
    """
    series, numbers = np.unique(block.series, return_inverse=True)
    some, origins = prices.subset(series.tolist()), replace(block, series=numbers)
    actuals = actuals_at(some, origins, plan.horizon, unit)
    baselines = [name for name in predictors if name != MODEL]
    forecasts = {MODEL: predictors[MODEL](some, origins, actuals)}
    by_baseline = threads.map(lambda name: predictors[name](some, origins, actuals), baselines)
    forecasts |= zip(baselines, by_baseline, strict=True)
    by_model = forecasts[MODEL].forecasts
    usable = np.isfinite(by_model) & ((by_model > 0) | (unit != "log"))
    bad = ~np.all(usable, axis=1)
    actuals = replace(actuals, actual=np.where(bad[:, None], np.nan, actuals.actual))
    failed = {
        some.symbols[i]: f"{some.sources[i]}: {some.symbols[i]}: a forecast is no price"
        for i in np.unique(origins.series[bad]).tolist()
    }
    scores = threads.map(lambda one: score(actuals, one, plan.levels), list(forecasts.values()))
    return _Piece(
        origins=block,
        scores=dict(zip(forecasts, scores, strict=True)),
        failed=failed,
        stand_ins={name: one.stand_ins for name, one in forecasts.items() if one.stand_ins},
    )


def _joined_origins(pieces: list[Origins]) -> Origins:
    return Origins(
        series=np.concatenate([piece.series for piece in pieces]),
        row=np.concatenate([piece.row for piece in pieces]),
        fold=np.concatenate([piece.fold for piece in pieces]),
    )


def _joined(pieces: list[dict[str, Scores]], order: IntArray) -> dict[str, Scores]:
    """Scores of all pieces, origins in `order`; a score that a piece lacks is NaN there."""
    joined: dict[str, Scores] = {}
    for method in pieces[0]:
        names = dict.fromkeys(name for piece in pieces for name in piece[method])
        joined[method] = {
            name: np.concatenate(
                [piece[method].get(name, _unknown(piece[method])) for piece in pieces]
            ).take(order, axis=0)
            for name in names
        }
    return joined


def _unknown(scores: Scores) -> Float64Array:
    return np.full(scores["absolute"].shape, np.nan)
