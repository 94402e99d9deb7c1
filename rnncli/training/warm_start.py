"""Continue training a model with new rows: its settings, its preparation, its weights.

The model's settings apply; only those of the optimisation may be changed.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, replace
from itertools import chain
from typing import Any, get_args

from rnncli.errors import MissingInputError, UsageError, setting
from rnncli.models.model import Model, load_model
from rnncli.models.prior import NAME, is_prior
from rnncli.models.provenance import PARTS, Span
from rnncli.prices.series import Prices
from rnncli.settings import NetworkSettings, PrepareSettings, TrainSettings
from rnncli.settings.option import AUTO, WINDOW, Init
from rnncli.storage.near_path import path_remedy
from rnncli.transforms.dataset import faults, training_prices, unfit
from rnncli.transforms.features import parse_inputs
from rnncli.transforms.target_transform import TargetTransform, fit_series

BEFORE = "went_on_from"  # of the record of a model: the digest and the recipe's rate of the one
SLOWER = 0.1  # of the learning rate: more forgets what the model knows
OF_HEAD = ("loss", "level")  # settings of a training that the weights depend on
KEPT = PARTS[:3]  # records of what the previous model saw


def initial_model(shape: NetworkSettings) -> Model | None:
    """The model to continue from; None for random weights.

    Raises UsageError for other values, ModelFileError for a file that is not a model.
    """
    if shape.init in get_args(Init):
        return None
    if shape.init == NAME:
        remedy = f"use {setting('start', 'prior')}"
        raise UsageError("is not a model of yours", option="init", value=NAME, remedy=remedy)
    try:
        model = load_model(shape.init)
    except MissingInputError as fault:
        remedy = path_remedy(shape.init, f"choose {', '.join(get_args(Init))}, or name a model")
        raise UsageError("no such model", option="init", value=shape.init, remedy=remedy) from fault
    if is_prior(model):
        remedy = f"use {setting('start', 'prior')}"
        raise UsageError("is a prior", option="init", value=shape.init, remedy=remedy)
    return model


def recipe_of(model: Model) -> dict[str, dict[str, Any]]:
    """The settings for training a model from the start, without those of continuing one."""
    settings = model.settings
    if BEFORE not in model.record:
        return settings
    rate = model.record[BEFORE]["learning_rate"]
    return {**settings, "train": {**settings["train"], "learning_rate": rate}}


def settings_of(
    model: Model, preparing: PrepareSettings, shape: NetworkSettings, training: TrainSettings,
    given: Collection[str] = (),
) -> tuple[PrepareSettings, NetworkSettings, TrainSettings]:  # fmt: skip
    """The settings of a continued training: the model's, except those given.

    `given`: names of settings that were given explicitly. Raises UsageError for one that differs
    from the model's and that its weights or inputs depend on.
    """
    stored = {stage: _from_json(values) for stage, values in model.settings.items()}
    fixed = [
        *_chosen(preparing, PrepareSettings(), given),
        *((name, value) for name, value in _chosen(shape, NetworkSettings(), given)),
    ]
    chosen = dict(_chosen(training, TrainSettings(), given))
    if "start" in chosen:
        remedy = f"leave out that or {setting('init')}"
        raise UsageError(
            f"begins with other weights than {setting('init')} {shape.init}", option="start",
            value=training.start, remedy=remedy,
        )  # fmt: skip
    fixed += [(name, chosen[name]) for name in OF_HEAD if name in chosen]
    defaults = {"dilations": None, "window": WINDOW}  # where an earlier file lacks them
    everything = {**defaults, **stored["prepare"], **stored["network"], **stored["train"]}
    for name, value in fixed:
        if name != "init" and value != everything[name] and not _is_inputs(name, value, model):
            raise UsageError(
                f"is not that of the model, which is {_shown(everything[name])}",
                option=name, value=_shown(value),
                remedy=f"leave it out, or train anew without {setting('init')}",
            )  # fmt: skip
    slower = {"learning_rate": _rate(model)}
    return (
        PrepareSettings(**stored["prepare"]),
        NetworkSettings(**stored["network"]),
        TrainSettings(**{**stored["train"], **slower, **chosen}),
    )


def _chosen(stage: Any, default: Any, given: Collection[str]) -> Iterator[tuple[str, Any]]:
    for field in fields(stage):
        value = getattr(stage, field.name)
        if field.name in given or value != getattr(default, field.name):
            yield field.name, value


def _is_inputs(name: str, value: Any, model: Model) -> bool:
    """Whether the named inputs are those that the model uses, however it was told."""
    return name == "inputs" and value != AUTO and parse_inputs(value) == model.preparation.inputs


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(_shown, value))
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _from_json(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}


def _rate(model: Model) -> float:
    """A tenth of the learning rate; of a model that was itself continued, its rate."""
    training = recipe_of(model)["train"]
    rate = float(training["learning_rate"])
    return rate if training.get("start") == "prior" else SLOWER * rate


def unfit_to_go_on(
    model: Model, prices: Prices, preparing: PrepareSettings, validation: float
) -> Iterator[tuple[int, str]]:
    """The series that the preparation of a model does not fit, and why."""
    new = (
        (i, fault)
        for i, fault in unfit(prices, preparing, validation)
        if model.preparation.needs_pair(prices.symbols[i])
    )
    return chain(new, faults(prices, model.preparation))


def preparation_of(
    model: Model, prices: Prices, preparing: PrepareSettings, validation: float
) -> TargetTransform:
    """The preparation of a model, with a scale for the symbols that it was not trained on.

    Fitted on the training part of each, and on nothing after it.
    """
    transform = model.preparation
    pairs = {
        symbol: fit_series(
            symbol, transform.scale,
            prices.series(i)[: training_prices(int(prices.lengths[i]), preparing, validation)],
        )
        for i, symbol in enumerate(prices.symbols)
        if transform.needs_pair(symbol)
    }  # fmt: skip
    return replace(transform, fitted=transform.fitted | pairs) if pairs else transform


def record_of(model: Model) -> dict[str, Any]:
    """What a model remembers of the one that it went on from."""
    rate = recipe_of(model)["train"]["learning_rate"]
    return {BEFORE: {"digest": model.digest, "learning_rate": rate}}


def joined_spans(model: Model, seen: dict[str, Span]) -> dict[str, Span]:
    """The dates that each part of a model saw, with those that the one before it saw."""
    before: dict[str, Sequence[str | None]] = model.record["seen"]
    return {
        part: _joined(span, before[part]) if part in KEPT else span for part, span in seen.items()
    }


def _joined(one: Sequence[str | None], other: Sequence[str | None]) -> Span:
    first = [span[0] for span in (one, other) if span[0] is not None]
    last = [span[1] for span in (one, other) if span[1] is not None]
    return (min(first) if first else None, max(last) if last else None)


def held_back_before(model: Model, seen: dict[str, Span]) -> str | None:
    """A warning if validation days were trained on before; None otherwise."""
    trained_to, held_from = model.record["seen"]["weights"][1], seen["early stop"][0]
    if trained_to is None or held_from is None or trained_to < held_from:
        return None
    return (
        f"the model that training continues from was trained on days up to {trained_to}, and those"
        f" held back begin on {held_from}: what is said of them flatters"
    )
