"""The whole of `evaluate`: choose cutoffs, train again where it must be, forecast, score."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from rnncli.distributions.conformal import check_levels
from rnncli.errors import DataError, UsageError
from rnncli.evaluation.baselines.registry import HARX, names_of
from rnncli.evaluation.baselines.volatility_inputs import groups_known
from rnncli.evaluation.best_baseline import BEST
from rnncli.evaluation.cross_validation import cross_validate
from rnncli.evaluation.cutoffs import calendar, choose, cutoffs, past
from rnncli.evaluation.diebold_mariano import LEAST
from rnncli.evaluation.result import Evaluation, Plan
from rnncli.evaluation.verdict import parse_coverage
from rnncli.forecasting.predict import rows_ahead
from rnncli.models import provenance
from rnncli.models.model import Model, decode, encode
from rnncli.prices.series import Prices
from rnncli.runtime.task_pool import ALONE, Workers
from rnncli.runtime.threads import threads
from rnncli.runtime.timing import Stage, untimed
from rnncli.settings import (
    EvaluateSettings,
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.training.fit import fit_model, silent
from rnncli.training.state import Epoch
from rnncli.training.warm_start import BEFORE, recipe_of


def backtest(
    model: Model,
    prices: Prices,
    settings: EvaluateSettings,
    running: RunSettings,
    warn: Callable[[str], None] = silent,
    on_epoch: Callable[[Epoch], None] = silent,
    stage: Stage = untimed,
    workers: Workers | None = None,
    on_refit: Callable[[int, int], None] = silent,
) -> Evaluation:
    """Evaluate a model from rolling cutoffs, trained again if the settings or dates require it.

    With `workers`, the trainings for all folds run in parallel, before any is used; `on_refit` is
    called with how many are done, of how many. Raises UsageError for settings that do not fit,
    DataError, DivergedError, and what `Workers.in_order` does.
    """
    plan, again = make_plan(model, prices, settings)

    if again and BEFORE in model.record:
        warn("the model went on from another; trained again, it starts from random weights")
    made: Iterator[Model] | None = None
    if again and workers is not None:
        with stage("train again"):
            made = iter(_side_by_side(model, prices, plan, workers, warn, on_refit))

    def refit(known: Prices) -> Model:
        if made is not None:
            return next(made)  # they are asked for in order
        with stage("train again"):
            return fit_again(recipe_of(model), known, running, warn, on_epoch)

    with stage("forecast and score"), threads(running.threads) as pool:
        return cross_validate(model, prices, plan, pool, refit if again else None)


def _side_by_side(
    model: Model, prices: Prices, plan: Plan, workers: Workers, warn: Callable[[str], None],
    on_refit: Callable[[int, int], None],
) -> list[Model]:  # fmt: skip
    """The models of all groups of folds."""
    rows = plan.calendar.last_rows(prices, plan.days)
    known = (replace(past(prices, rows[first]), files=()) for first, _ in plan.groups)
    made = workers.in_order(
        partial(refit_alone, recipe_of(model)), known,
        lambda done: on_refit(done, len(plan.groups)),
    )  # fmt: skip
    for line in (line for _, lines in made for line in lines):
        warn(line)
    return [decode(content) for content, _ in made]


def refit_alone(recipe: dict[str, dict[str, Any]], known: Prices) -> tuple[bytes, list[str]]:
    """Result of `fit_again`, in any process: the bytes of its file, and its warnings."""
    warnings: list[str] = []
    return encode(fit_again(recipe, known, ALONE, warnings.append)), warnings


def make_plan(model: Model, prices: Prices, settings: EvaluateSettings) -> tuple[Plan, bool]:
    """What is to be evaluated, and whether the model is trained again for it."""
    check_levels(settings.level)
    required = [level for level, _, _ in parse_coverage(settings.require_coverage)]
    names = _baselines(prices, settings)
    horizon, days = rows_ahead(model, settings.horizon), calendar(prices)
    seen, saw_none = provenance.last_fitted(model.record), provenance.saw_no_prices(model.record)
    folds = choose(days, settings, horizon, seen, saw_none)
    plan = Plan(
        calendar=days,
        days=folds.days,
        horizon=horizon,
        stride=settings.stride or horizon,
        levels=tuple(dict.fromkeys((*settings.level, *required))),
        baselines=names,
        groups=folds.groups,
        adaptive=settings.adaptive,
    )
    return plan, folds.refit


def with_possible_folds(
    model: Model, prices: Prices, settings: EvaluateSettings
) -> EvaluateSettings:
    """The settings with as many cutoffs as they ask for, or as there are.

    Where fewer than a test needs follow what the model saw, it is to be trained again, on the first
    half of the rows at least. Raises UsageError as `make_plan` does, DataError where there is none.
    """
    horizon, days = rows_ahead(model, settings.horizon), calendar(prices)
    stride = settings.stride or horizon
    possible = len(cutoffs(days, horizon, stride, None))
    unseen, seen = possible, provenance.last_fitted(model.record)
    if not provenance.saw_no_prices(model.record):
        dated = seen is not None and days.dated
        after = int(seen.astype(np.int64)) if seen is not None else None
        unseen = len(cutoffs(days, horizon, stride, after)) if dated else 0
    folds = settings.folds or possible
    enough = unseen >= min(folds, LEAST) or settings.refit == "none"
    if provenance.saw_no_prices(model.record) or (settings.refit in (None, "none") and enough):
        folds, refit = min(folds, unseen), "none"
    else:
        folds, refit = min(folds, possible // 2), settings.refit or "once"
    if not folds:
        lack = f"possible cutoffs: {possible}, after what the model saw: {unseen}"
        raise DataError(f"{lack if possible else 'no cutoff fits the prices'}; give longer series")
    return replace(settings, folds=folds, refit=refit)


def _baselines(prices: Prices, settings: EvaluateSettings) -> tuple[str, ...]:
    """The baselines of the settings and those of the requirements. Raises UsageError.

    By default, the one that needs more than the price is left out without further columns.
    """
    names = names_of(settings.baselines)
    if HARX in names and not groups_known(prices):
        if settings.baselines != EvaluateSettings().baselines:
            raise UsageError(
                "needs high and low, or volume, and the model is fed neither",
                option="baselines", value=HARX, remedy="use har-t",
            )  # fmt: skip
        names.remove(HARX)
    names += [name for name in settings.require_skill if name != BEST]
    if BEST in settings.require_skill and not names:
        raise UsageError("there is no baseline to beat", option="require_skill", value=BEST)
    return tuple(dict.fromkeys(names))


def fit_again(
    recipe: dict[str, dict[str, Any]],
    known: Prices,
    running: RunSettings,
    warn: Callable[[str], None],
    on_epoch: Callable[[Epoch], None] = silent,
) -> Model:
    """A model made by the settings of another, on other prices; what does not fit is warned of."""
    return fit_model(
        known,
        ReadSettings(**recipe["read"]),
        PrepareSettings(**recipe["prepare"]),
        NetworkSettings(**recipe["network"]),
        TrainSettings(**recipe["train"]),
        running,
        warn=warn,
        fail=warn,
        on_epoch=on_epoch,
    ).model
