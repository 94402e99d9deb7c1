"""Settings from keyword arguments: names, types and bounds checked as the command line does.

The classes of keywords are for editors and type checkers; defaults and bounds are in `settings`.
"""

import dataclasses
import difflib
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, Literal, TypedDict, TypeVar, get_args, get_origin, get_type_hints

from rnncli.errors import UsageError, setting
from rnncli.settings import Loss, Option, RunSettings
from rnncli.settings.option import Activation, Cell, Scale

Function = TypeVar("Function", bound=Callable[..., Any])


class ReadKeywords(TypedDict, total=False):
    """Which prices to read, and how to read what is ambiguous: see `ReadSettings`."""

    column: str | None
    symbols: str | None
    exclude: str | None
    since: str | None
    until: str | None
    date_format: str | None
    decimal: Literal[".", ","] | None
    delimiter: str | None
    encoding: str | None
    layout: Literal["single", "long", "wide"] | None
    symbol_column: str | None
    duplicates: Literal["refuse", "first", "last"]
    adjust_splits: bool
    drop_running: bool
    resample: Literal["W", "M"] | None
    tickers: str | None
    repair: bool
    strict: bool
    feature_file: str | Sequence[str]
    events: str | None
    limits: float


class TrainKeywords(TypedDict, total=False):
    """What the network sees, what it is, how it is trained: see `settings.training`."""

    scale: Scale
    bins: int | None
    labels: str | None
    edges: str | None
    season: int
    inputs: str
    feature: str | Sequence[str]
    feature_lag: int
    volatility_decay: float | None
    cell: Cell
    activation: Activation
    hidden_size: int
    layers: int
    dilations: str | None
    window: int
    init: str
    mode: Literal["seq2seq", "direct", "seq2vec", "vec2seq", "encoder-decoder"] | None
    horizon: int | None
    forget_bias: float
    linear: bool
    loss: Loss | None
    level: float | Sequence[float]
    bptt: int
    clip_norm: float
    dropout: float
    optimizer: Literal["adam", "sgd"]
    momentum: float
    learning_rate: float
    decay: float
    decays: int
    epochs: int
    batch_size: int
    validation: float
    patience: int
    patience_steps: int
    teacher_forcing: float
    teacher_forcing_end: float
    start: Literal["random", "prior"]
    pool: Literal["auto", "none"]
    average: float
    seed: int


class PredictKeywords(TypedDict, total=False):
    """How far ahead, and how sure: see `PredictSettings`."""

    horizon: int | None
    inputs: str | None
    level: float | Sequence[float]
    calendar: str | None
    adaptive: bool
    seed: int
    max_jump: float
    max_age: int | None


class EvaluateKeywords(TypedDict, total=False):
    """From where forecasts are made, and what they are compared with: see `EvaluateSettings`."""

    horizon: int | None
    inputs: str | None
    level: float | Sequence[float]
    folds: int
    stride: int | None
    refit: str | None
    baselines: str
    adaptive: bool


class ExplainKeywords(TypedDict, total=False):
    """What is explained, and how far back: see `ExplainSettings`."""

    rows: int
    ahead: int
    range_level: float | None
    inputs: str | None


class RiskKeywords(TypedDict, total=False):
    """Confidence, rows ahead and scenarios: see `RiskSettings`."""

    confidence: float | Sequence[float]
    horizons: str
    inputs: str | None
    calendar: str | None
    max_age: int | None
    draws: int
    seed: int


def settings_from(keywords: type, given: Mapping[str, Any], *stages: type) -> tuple[Any, ...]:
    """The settings of each stage, `given` in place of its defaults.

    Raises UsageError for a name that is not in `keywords`, a value of another type, or one out of
    bounds or without effect.
    """
    allowed = get_type_hints(keywords)
    for name, value in given.items():
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, 1, 0.5)
            remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(allowed)}"
            raise UsageError("is not a setting", option=name, value=value, remedy=remedy)
    result = []
    for stage in stages:
        hints = get_type_hints(stage, include_extras=True)
        here = {name: _checked(name, given[name], hints[name]) for name in hints if name in given}
        result.append(stage(**here))
    _refuse_idle(given, result)
    return tuple(result)


def checked_threads(threads: Any) -> int:
    """A number of threads within the bounds of its setting. Raises UsageError."""
    hint = get_type_hints(RunSettings, include_extras=True)["threads"]
    return int(_checked("threads", threads, hint))


def _checked(name: str, value: Any, hint: Any) -> Any:
    """A value in the type of its setting. Raises UsageError."""
    kind, option = get_args(hint)
    if get_origin(kind) is tuple:
        values = [value] if isinstance(value, str | Real) else list(value)
        return tuple(_typed(name, one, get_args(kind)[:1], option) for one in values)
    union = get_origin(kind) not in (None, Literal)
    return _typed(name, value, get_args(kind) if union else (kind,), option)


def _typed(name: str, value: Any, kinds: Sequence[Any], option: Option) -> Any:
    if value is None and type(None) in kinds:
        return None
    kind = next(kind for kind in kinds if kind is not type(None))
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            choices = ", ".join(get_args(kind))
            raise UsageError("is not a choice", option=name, value=value, remedy=f"use {choices}")
        return value
    if kind in (int, float):
        return _number(name, value, kind, option)
    if not isinstance(value, kind):
        raise UsageError(f"is not of type {kind.__name__}", option=name, value=value)
    return value


def _number(name: str, value: Any, kind: type, option: Option) -> int | float:
    """A whole or a finite number within the bounds of its setting."""
    if isinstance(value, bool) or not isinstance(value, Integral if kind is int else Real):
        what = "whole number" if kind is int else "number"
        raise UsageError(f"is not a {what}", option=name, value=value)
    number: int | float = kind(value)
    if not math.isfinite(number):
        raise UsageError("is not a finite number", option=name, value=value)
    low, high = option.minimum, option.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        bounds = f"from {low:g} to {high:g}" if high is not None else f"of at least {low:g}"
        raise UsageError("is out of range", option=name, value=value, remedy=f"use one {bounds}")
    return number


def _refuse_idle(given: Mapping[str, Any], stages: Sequence[Any]) -> None:
    """Raise UsageError for a setting of any stage that has no effect with the others."""
    values = {name: value for stage in stages for name, value in vars(stage).items()}
    hints: dict[str, Any] = {}
    for stage in stages:
        hints |= get_type_hints(type(stage), include_extras=True)
    for name in given:
        only = get_args(hints[name])[1].only
        if only is not None and values[only[0]] != only[1]:
            present = setting(only[0], values[only[0]])
            raise UsageError(
                f"does nothing with {present}", option=name, remedy=f"it is for {setting(*only)}"
            )


def takes(keywords: type, *stages: type) -> Callable[[Function], Function]:
    """Show the settings that a function takes, with their defaults, in its signature."""

    def shown(function: Function) -> Function:
        signature = inspect.signature(function)
        parameters = [
            parameter
            for parameter in signature.parameters.values()
            if parameter.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        hints = get_type_hints(keywords)
        fields = {field.name: field for stage in stages for field in dataclasses.fields(stage)}
        further = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=fields[name].default, annotation=hint
            )
            for name, hint in hints.items()
        ]
        function.__signature__ = signature.replace(parameters=[*parameters, *further])  # type: ignore[attr-defined] # read by `inspect`
        return function

    return shown
