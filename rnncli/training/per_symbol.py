"""Train one model per symbol, in parallel, into a folder."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from rnncli.errors import (
    CannotCreateError,
    ExitStatus,
    MissingInputError,
    ModelFileError,
    RnncliError,
    setting,
)
from rnncli.models.model_folder import list_models, matching_model, model_path, read_stored
from rnncli.models.provenance import digest
from rnncli.prices.series import Prices
from rnncli.runtime.task_pool import ALONE, Workers
from rnncli.settings import (
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    TrainSettings,
)
from rnncli.storage.atomic import write_atomically
from rnncli.training.prior_start import resolved


@dataclass(frozen=True)
class Recipe:
    """The settings of every stage, the same for all symbols."""

    reading: ReadSettings
    preparing: PrepareSettings
    shape: NetworkSettings
    training: TrainSettings

    def of(self, symbol: str) -> "Recipe":
        """What `train --symbols SYMBOL` alone would have."""
        return replace(self, reading=replace(self.reading, symbols=symbol))

    def as_stored(self) -> dict[str, dict[str, Any]]:
        """As a model stores it: with all defaults filled in, in types of JSON."""
        preparing, shape, training = resolved(self.preparing, self.shape, self.training)
        stages: dict[str, Any] = {
            "read": self.reading, "prepare": preparing, "network": shape, "train": training,
        }  # fmt: skip
        return _as_json({name: asdict(stage) for name, stage in stages.items()})


def _as_json(value: dict[str, Any]) -> dict[str, Any]:
    """As a model file brings it back."""
    decoded: dict[str, Any] = json.loads(json.dumps(value))
    return decoded


@dataclass(frozen=True)
class Trained:
    """The model of a symbol: where it is, and the record of its training."""

    symbol: str
    path: str
    record: dict[str, Any]


@dataclass(frozen=True)
class Failed:
    """Why a symbol has no model, and its exit status."""

    symbol: str
    fault: str
    status: ExitStatus


SymbolOutcome = Trained | Failed


@dataclass(frozen=True)
class _Made:
    """The bytes of a model file, and its record."""

    content: bytes
    record: dict[str, Any]


def train_each(
    prices: Prices,
    recipe: Recipe,
    folder: str,
    workers: Workers,
    resume: bool,
    on_outcome: Callable[[SymbolOutcome, int], None],
) -> list[SymbolOutcome]:
    """Train every series alone; a model is written as soon as it is trained.

    With `resume`, models in the folder of the same settings and prices are reused.
    `on_outcome` is called with each outcome and their number. Returns them in the order of the
    symbols. Raises CannotCreateError, WriteError.
    """
    outcomes = dict(_stored_outcomes(prices, recipe, folder)) if resume else {}
    left = [i for i in range(len(prices.symbols)) if i not in outcomes]
    items = (replace(prices.subset([i]), files=()) for i in left)
    for number, made in workers.results(partial(train_one, recipe), items):
        i = left[number]
        outcomes[i] = _outcome(folder, prices.symbols[i], made)
        on_outcome(outcomes[i], len(outcomes))
    return [outcomes[i] for i in sorted(outcomes)]


def _stored_outcomes(
    prices: Prices, recipe: Recipe, folder: str
) -> Iterator[tuple[int, SymbolOutcome]]:
    """The series that need no training, and their models."""
    for i, symbol in enumerate(prices.symbols):
        path = model_path(folder, symbol)
        if os.path.exists(path):
            stored = matching_model(path, recipe.of(symbol).as_stored(), digest(prices.subset([i])))
            if stored is not None:
                yield i, Trained(symbol, path, stored.record)


def load_models(folder: str, fail: Callable[[str], None]) -> list[SymbolOutcome]:
    """The models of a folder; damaged ones are passed to `fail`.

    Raises the fault of the first one if all are damaged.
    """
    models: list[SymbolOutcome] = []
    faults: list[RnncliError] = []
    for symbol, path in list_models(folder).items():
        try:
            models.append(Trained(symbol, path, read_stored(path).record))
        except (MissingInputError, ModelFileError) as fault:
            faults.append(fault)
    if faults and not models:
        raise faults[0]
    for left_out in faults:
        fail(str(left_out))
    return models


def _outcome(folder: str, symbol: str, made: "_Made | Failed | RnncliError") -> SymbolOutcome:
    """Write a model; a worker that was lost is a failure like others."""
    if isinstance(made, Failed):
        return made
    if isinstance(made, RnncliError):
        return Failed(symbol, f"{symbol}: {made}", made.status)
    path = model_path(folder, symbol)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except OSError as fault:
        raise CannotCreateError(f"{os.path.dirname(path)}: {fault.strerror}") from fault
    write_atomically(path, made.content)
    return Trained(symbol, path, made.record)


def train_one(recipe: Recipe, prices: Prices) -> _Made | Failed:
    """Train the one series of `prices`, in any process; a fault fails this symbol only."""
    from rnncli.models.model import encode  # noqa: PLC0415
    from rnncli.training.fit import fit_model  # noqa: PLC0415 - who only hands out work needs no kernels

    symbol = prices.symbols[0]
    settings = recipe.of(symbol)
    try:
        fitted = fit_model(
            prices, settings.reading, settings.preparing, settings.shape, settings.training, ALONE
        )
    except RnncliError as fault:
        reason = str(fault)
        return Failed(symbol, reason if symbol in reason else f"{symbol}: {reason}", fault.status)
    except MemoryError:
        return Failed(
            symbol, f"{symbol}: not enough memory; use fewer {setting('jobs')}", ExitStatus.BUG
        )
    except Exception as fault:
        reason = " ".join(f"{type(fault).__name__}: {fault}".split())
        remedy = f"train it alone with {setting('debug')} and report it"
        return Failed(symbol, f"{symbol}: a bug in rnncli ({reason}); {remedy}", ExitStatus.BUG)
    return _Made(encode(fitted.model), _as_json(fitted.model.record))
