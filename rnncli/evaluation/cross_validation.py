"""Rolling origins: every series forecast from every cutoff, by a model and by each baseline."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions.composed import PerSeriesLevels
from rnncli.distributions.conformal import tails_of
from rnncli.distributions.families import Quantiles
from rnncli.errors import DataError
from rnncli.evaluation.baselines.simple import BASELINES
from rnncli.evaluation.metrics import score
from rnncli.evaluation.predictive import predictive
from rnncli.evaluation.result import MODEL, Evaluation, Plan, Predictive, Predictor, Scores
from rnncli.evaluation.splits import origins_at, past
from rnncli.forecasting.adaptive import probabilities_at
from rnncli.inference.actuals import Actuals, Origins, actuals_at
from rnncli.models import provenance
from rnncli.models.model import Model
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import faults, prepare
from rnncli.transforms.target_transform import fit_series, least_rows

BLOCK = 4096  # cells that are scored at once: distributions take memory
NOTHING = np.zeros(0)
LEAST_SERIES = 32  # side by side in a block: fewer leave lanes of the kernels empty


FitModel = Callable[[Prices], Model]  # the recipe, on what was known at a cutoff


def evaluate(
    model: Model, prices: Prices, plan: Plan, threads: Threads, refit: FitModel | None = None
) -> Evaluation:
    """Forecast every series from every cutoff of the plan and score what came.

    With `refit`, each group of folds has a model of its own, trained up to its first cutoff.
    Raises DataError where the model saw a day after a cutoff, or no series can be forecast.
    """
    unit = "log" if model.bounds.unit == "log" else "mase"
    rows = plan.calendar.last_rows(prices, plan.days)
    failed: dict[str, str] = {}
    pieces, models = [], []
    for first, end in plan.groups:
        known = past(prices, rows[first])
        own = refit(known) if refit else model
        cutoff = int(plan.days[first])
        if plan.calendar.dated:
            provenance.refuse_leakage(own.record, np.datetime64(cutoff, "s"))
        models.append((plan.calendar.shown(cutoff), own, refit is not None))
        fitted, faults = prepared_for(own, prices, known, unit)
        failed |= faults
        known = _without(known, failed)
        here = np.full_like(rows, -1)
        here[first:end] = rows[first:end]
        predictors = _predictors(fitted, known, plan, unit, threads)
        where = origins_at(prices, here, least_rows(fitted.preparation) - 1)
        pieces += [
            _scored(prices, block, predictors, plan, unit)
            for block in _blocks(prices, where, failed)
        ]
    if not pieces:
        raise DataError("no series has rows both before and after a cutoff")
    for piece in pieces:
        failed |= piece.failed
    joined = _joined_cells([piece.cells for piece in pieces])
    order = np.lexsort((joined.fold, joined.series))
    scores = _joined([piece.scores for piece in pieces], order)
    return Evaluation(
        plan=plan,
        symbols=prices.symbols,
        cells=Origins(joined.series[order], joined.row[order], joined.fold[order]),
        unit=unit,
        scores=scores,
        cutoffs=tuple(plan.calendar.shown(day) for day in plan.days.tolist()),
        models=tuple(models),
        failed=failed,
    )


def prepared_for(
    model: Model, prices: Prices, known: Prices, unit: str
) -> tuple[Model, dict[str, str]]:
    """The model with a scale for every symbol, fitted on what was known; the symbols it cannot fit.

    `predict` fits minmax and standard on all rows of a symbol it has not seen, which would be
    looking ahead here.
    """
    preparation, failed, pairs = model.preparation, {}, {}
    if preparation.scale in ("minmax", "standard"):
        before = {symbol: known.series(i) for i, symbol in enumerate(known.symbols)}
        for i, symbol in enumerate(prices.symbols):
            if symbol in preparation.fitted:
                continue
            try:
                pairs[symbol] = fit_series(symbol, preparation.scale, before.get(symbol, NOTHING))
            except DataError as fault:
                failed[symbol] = f"{prices.sources[i]}: {fault}"
        preparation = replace(preparation, fitted=preparation.fitted | pairs)
    unfit = {prices.symbols[i]: fault for i, fault in faults(prices, preparation)}
    if unit == "log":
        lowest = np.minimum.reduceat(prices.values, prices.offsets[:-1])
        for i in np.flatnonzero(lowest <= 0).tolist():
            said = f"{prices.sources[i]}: {prices.symbols[i]} has prices <= 0, and the model's"
            unfit.setdefault(prices.symbols[i], f"{said} bounds are of log errors")
    return replace(model, preparation=preparation), unfit | failed


def _predictors(
    model: Model, known: Prices, plan: Plan, unit: str, threads: Threads
) -> dict[str, Predictor]:
    """The model, and every baseline fitted on what was known."""
    tails = tuple(tail for level in plan.levels for tail in tails_of(level))

    def own(prices: Prices, cells: Origins, outcome: Actuals) -> Predictive:
        found = predictive(model, prices, cells, outcome, threads, tails)
        if not plan.adaptive or not isinstance(found.bounds, Quantiles):
            return found
        prepared = prepare(prices, model.preparation, 0.0)
        taken = probabilities_at(model, prices, prepared, cells, plan.levels, threads)
        return replace(found, bounds=PerSeriesLevels(found.bounds, taken))

    return {MODEL: own} | {
        name: BASELINES[name](known, unit, plan.horizon) for name in plan.baselines
    }


def _without(known: Prices, failed: dict[str, str]) -> Prices:
    """The series that have not failed; raises DataError where none is left."""
    kept = [i for i, symbol in enumerate(known.symbols) if symbol not in failed]
    if not kept:
        raise DataError(next(iter(failed.values())))
    return known.subset(kept)


def _blocks(prices: Prices, where: Origins, failed: dict[str, str]) -> Iterator[Origins]:
    """The cells of series that have not failed, in blocks of whole series and bounded size."""
    kept = [i for i in np.unique(where.series).tolist() if prices.symbols[i] not in failed]
    size = max(LEAST_SERIES, BLOCK * len(kept) // max(len(where.series), 1))
    for start in range(0, len(kept), size):
        own = np.isin(where.series, kept[start : start + size])
        yield Origins(where.series[own], where.row[own], where.fold[own])


@dataclass(frozen=True)
class _Piece:
    """Scores of a block of series by method."""

    cells: Origins
    scores: dict[str, Scores]
    failed: dict[str, str]


def _scored(
    prices: Prices, block: Origins, predictors: dict[str, Predictor], plan: Plan, unit: str
) -> _Piece:
    """Forecast a block by every method and score it where the model's forecast is a number."""
    each, numbers = np.unique(block.series, return_inverse=True)
    own, local = prices.subset(each.tolist()), replace(block, series=numbers)
    came = actuals_at(own, local, plan.horizon, unit)
    forecasts = {name: predict(own, local, came) for name, predict in predictors.items()}
    own_prices = forecasts[MODEL].forecasts
    usable = np.isfinite(own_prices) & ((own_prices > 0) | (unit != "log"))
    bad = ~np.all(usable, axis=1)
    came = replace(came, actual=np.where(bad[:, None], np.nan, came.actual))
    failed = {
        own.symbols[i]: f"{own.sources[i]}: {own.symbols[i]}: a forecast is no price"
        for i in np.unique(local.series[bad]).tolist()
    }
    return _Piece(
        cells=block,
        scores={name: score(came, found, plan.levels) for name, found in forecasts.items()},
        failed=failed,
    )


def _joined_cells(pieces: list[Origins]) -> Origins:
    return Origins(
        series=np.concatenate([piece.series for piece in pieces]),
        row=np.concatenate([piece.row for piece in pieces]),
        fold=np.concatenate([piece.fold for piece in pieces]),
    )


def _joined(pieces: list[dict[str, Scores]], order: IntArray) -> dict[str, Scores]:
    """Scores of all pieces, cells in `order`; a score that a piece lacks is not known there."""
    found: dict[str, Scores] = {}
    for method in pieces[0]:
        names = dict.fromkeys(name for piece in pieces for name in piece[method])
        found[method] = {
            name: np.concatenate(
                [piece[method].get(name, _unknown(piece[method])) for piece in pieces]
            )[order]
            for name in names
        }
    return found


def _unknown(scores: Scores) -> Float64Array:
    return np.full(scores["absolute"].shape, np.nan)
