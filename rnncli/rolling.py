"""The whole of `evaluate`: choose cutoffs, train again where it must be, forecast, score."""

from collections.abc import Callable

from rnncli import audit
from rnncli.baselines import names_of
from rnncli.epochs import Epoch
from rnncli.evaluate import Evaluation, Plan, evaluate
from rnncli.fit import fit_model
from rnncli.folds import choose
from rnncli.intervals import check_levels
from rnncli.modelfile import Model
from rnncli.origins import calendar
from rnncli.predict import rows_ahead
from rnncli.prices import Prices
from rnncli.settings import (
    EvaluateSettings,
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.stages import Stage, untimed
from rnncli.threads import threads
from rnncli.verdict import parse_coverage


def roll(
    model: Model,
    prices: Prices,
    settings: EvaluateSettings,
    running: RunSettings,
    warn: Callable[[str], None],
    on_epoch: Callable[[Epoch], None],
    stage: Stage = untimed,
) -> Evaluation:
    """Evaluate a model from rolling cutoffs, trained again where the settings or the dates want it.

    Raises UsageError for settings that do not fit, DataError, DivergedError.
    """
    plan, again = make_plan(model, prices, settings)

    def refit(known: Prices) -> Model:
        with stage("train again"):
            return fit_again(model, known, running, warn, on_epoch)

    with stage("forecast and score"), threads(running.threads) as pool:
        return evaluate(model, prices, plan, pool, refit if again else None)


def make_plan(model: Model, prices: Prices, settings: EvaluateSettings) -> tuple[Plan, bool]:
    """What is to be evaluated, and whether the model is trained again for it."""
    check_levels(settings.level)
    required = [level for level, _, _ in parse_coverage(settings.require_coverage)]
    names = [*names_of(settings.baselines), *settings.require_skill]
    horizon, days = rows_ahead(model, settings.horizon), calendar(prices)
    folds = choose(days, settings, horizon, audit.last_seen(model.record))
    plan = Plan(
        calendar=days,
        days=folds.days,
        horizon=horizon,
        stride=settings.stride or horizon,
        levels=tuple(dict.fromkeys((*settings.level, *required))),
        baselines=tuple(dict.fromkeys(names)),
        groups=folds.groups,
        adaptive=settings.adaptive,
    )
    return plan, folds.refit


def fit_again(
    model: Model,
    known: Prices,
    running: RunSettings,
    warn: Callable[[str], None],
    on_epoch: Callable[[Epoch], None],
) -> Model:
    """A model made by the recipe of another, on other prices; what does not fit is warned of."""
    recipe = model.settings
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
