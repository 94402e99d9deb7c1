"""The whole of `gradients`: trained models, or untrained cells of one seed, on the same prices."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

from rnncli.errors import UsageError, setting
from rnncli.gradients.report import GradientReport, gradient_report
from rnncli.kernels import CELLS
from rnncli.models.model import Model
from rnncli.models.prior import load_prior, reading_for
from rnncli.network.from_settings import start_network
from rnncli.network.network import Network
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.settings import (
    CompareSettings,
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    TrainSettings,
)
from rnncli.settings.option import parse_list
from rnncli.training.checkpoints import at_epoch, networks_by_epoch
from rnncli.training.fit import usable
from rnncli.training.state import clip_rate
from rnncli.training.warm_start import BEFORE
from rnncli.transforms.dataset import Dataset, faults, fit, prepare, unfit
from rnncli.transforms.target_transform import TargetTransform

EPOCHS = "epochs"  # weights of all kept checkpoints, one after the other
OF_NETWORK = (
    "activation",
    "hidden_size",
    "layers",
    "dilations",
    "window",
    "init",
    "forget_bias",
    "scale",
    "seed",
)
Say = Callable[[str], None]


@dataclass(frozen=True)
class GradientSubject:
    """A network to report on: its start, the prices as it sees them, the loss it is sent back."""

    network: Network
    start: Network
    prepared: Dataset
    loss: str
    clip_rate: float | None

    def report(self, threads: Threads) -> GradientReport:
        """What flows back through it."""
        return gradient_report(
            self.network, self.start, self.prepared, self.loss, self.clip_rate, threads
        )


def same_reading(models: Collection[Model], reading: ReadSettings, warn: Say) -> ReadSettings:
    """How to read prices; warns of rows that a model was not trained on.

    Raises UsageError where the models learnt from different ones.
    """
    every = [model.settings.get("read", {}) for model in models]
    for name in ("column", "resample"):
        trained = {settings.get(name) for settings in every}
        if getattr(reading, name) is None and len(trained) > 1:
            raise UsageError(
                "the models were trained on different ones", option=name,
                remedy="name the one to use",
            )  # fmt: skip
    as_read = [reading_for(model, reading, warn) for model in models]
    return as_read[0] if as_read else reading


def of_typed(settings: CompareSettings, typed: frozenset[str]) -> CompareSettings:
    """Options for a model: those typed, and --at from any source.

    The environment and the file apply to the cells of --compare.
    """
    given = {name: value for name, value in asdict(settings).items() if name in {*typed, "at"}}
    return CompareSettings(**given)


def check(settings: CompareSettings, models: bool, typed: frozenset[str]) -> None:
    """Raise UsageError for settings that do not go with models, or with untrained cells."""
    if settings.compare is not None:
        if models:
            raise UsageError(
                "starts cells, and trains none", option="compare", remedy="leave out the models"
            )
        if settings.at not in (None, "init"):
            raise UsageError(
                f"{setting('compare')} trains nothing, so there is the start alone", option="at",
                value=settings.at,
            )  # fmt: skip
        for cell, name in (("lstm", "forget_bias"), ("attention", "window")):
            if cell not in cells_of(settings.compare) and name in typed:
                raise UsageError(
                    f"is for {cell}; {setting('compare')} does not name it", option=name
                )
        return
    if settings.at not in (None, "init", "final", EPOCHS):
        epoch_of(settings.at)
    for name in OF_NETWORK:
        if getattr(settings, name) is not None:
            raise UsageError(
                f"a model has its own; it goes with {setting('compare')} alone", option=name
            )


def cells_of(names: str) -> list[str]:
    """Cells of a list with commas. Raises UsageError for one that is not known or named twice."""
    return parse_list("compare", names, CELLS)


def subjects_from_models(
    models: Mapping[str, Model], at: str | None, prices: Prices, warn: Say, fail: Say
) -> dict[str, GradientSubject]:
    """The models by their shortest names, with final weights or `at` others of their training.

    Raises UsageError if those were not stored.
    """
    subjects = {}
    warn, fail = _once(warn), _once(fail)
    for name, path in zip(_short(list(models)), models, strict=True):
        model = models[path]
        training = model.settings["train"]
        shape = NetworkSettings(**model.settings["network"])
        a = model.network.architecture
        start = start_network(
            shape, training["seed"], a.input_size, model.network.head,
            each_row=len(a.rows_ahead) == a.horizon,
        )  # fmt: skip
        if training.get("start") == "prior":
            start = load_prior(a.cell).network
        network, clip_rate = _network_at(at, path, model, start)
        subjects[name] = GradientSubject(
            network=network,
            start=start,
            prepared=_prepared(prices, model.preparation, a.rows_ahead, warn, fail),
            loss=training["loss"],
            clip_rate=clip_rate,
        )
    return subjects


def subjects_of_epochs(
    models: Mapping[str, Model], prices: Prices, warn: Say, fail: Say
) -> dict[str, GradientSubject]:
    """A model after each epoch that has a checkpoint, by the number of the epoch.

    Raises UsageError for several models, and for one without checkpoints.
    """
    if len(models) != 1:
        raise UsageError("shows one model; name one alone", option="at", value=EPOCHS)
    ((path, model),) = models.items()
    networks = networks_by_epoch(path, model, EPOCHS)
    (final,) = subjects_from_models(models, None, prices, warn, fail).values()
    return {str(epoch): one for epoch, one in after_epochs(final, model, networks).items()}


def after_epochs(
    final: GradientSubject, model: Model, networks: Mapping[int, Network]
) -> dict[int, GradientSubject]:
    """The subject of a trained model, with the networks that it was after some epochs instead."""
    record = model.record["epochs"]
    return {
        epoch: replace(final, network=network, clip_rate=clip_rate(record[:epoch]))
        for epoch, network in networks.items()
    }


def epoch_of(at: str) -> int:
    """N of epoch:N. Raises UsageError for what names no weights."""
    match = re.fullmatch("epoch:([1-9][0-9]{0,8})", at, re.ASCII)
    if match is None:
        raise UsageError(
            "names no weights", option="at", value=at,
            remedy="use init, final, epochs or epoch:N, such as epoch:5",
        )  # fmt: skip
    return int(match[1])


def _network_at(
    at: str | None, path: str, model: Model, start: Network
) -> tuple[Network, float | None]:
    """The weights, and the fraction of clipped steps up to them."""
    if at == "init":
        if BEFORE in model.record:
            raise UsageError(
                "of a model that went on from another are that one's weights", option="at",
                value=at, remedy="name that one in its place",
            )  # fmt: skip
        return start, None
    if at in (None, "final"):
        return model.network, model.record["clip_rate"]
    epoch = epoch_of(at)
    return at_epoch(path, model, epoch), clip_rate(model.record["epochs"][:epoch])


def _once(say: Say) -> Say:
    """Report a fault of a series once, not for each model."""
    said: set[str] = set()

    def say_once(message: str) -> None:
        if message not in said:
            said.add(message)
            say(message)

    return say_once


def _short(paths: list[str]) -> list[str]:
    """File names, if they are distinct."""
    names = [Path(path).name for path in paths]
    return names if len(set(names)) == len(names) else paths


def _prepared(
    prices: Prices, preparation: TargetTransform, rows_ahead: tuple[int, ...], warn: Say, fail: Say
) -> Dataset:
    usable_prices = usable(prices, faults(prices, preparation), preparation, warn, fail)
    return prepare(usable_prices, preparation, 0.0, rows_ahead)


def subjects_from_cells(
    settings: CompareSettings, prices: Prices, warn: Say, fail: Say
) -> dict[str, GradientSubject]:
    """The cells to compare, each as `train` would start it on these prices."""
    given = {name: value for name, value in asdict(settings).items() if value is not None}
    preparing = PrepareSettings(**_of(PrepareSettings, given))
    training = TrainSettings(**_of(TrainSettings, given))
    usable_prices = usable(
        prices, unfit(prices, preparing, training.validation), preparing, warn, fail
    )
    prepared = prepare(usable_prices, fit(usable_prices, preparing, training.validation), 0.0)
    subjects = {}
    for cell, shape in shapes_of(cells_of(settings.compare or ""), given).items():
        start = start_network(shape, training.seed)
        subjects[cell] = GradientSubject(start, start, prepared, training.cost, None)
    return subjects


def shapes_of(cells: list[str], given: dict[str, Any]) -> dict[str, NetworkSettings]:
    """Settings of each cell; an activation, or an init, is for the cells that have it."""
    activation = given.get("activation")
    if activation and not any(activation in CELLS[cell].activations for cell in cells):
        raise UsageError(
            f"is for rnn; {setting('compare')} does not name it", option="activation",
            value=activation,
        )  # fmt: skip
    with_matrix = [cell for cell in cells if CELLS[cell].has_matrix]
    recurrent = any(not CELLS[cell].windowed for cell in cells)
    shapes = {}
    for cell in cells:
        settings = _of(NetworkSettings, given)
        if activation not in CELLS[cell].activations:
            settings.pop("activation", None)
        if with_matrix and cell not in with_matrix:
            settings.pop("init", None)
        if recurrent and CELLS[cell].windowed:
            settings.pop("dilations", None)
        shapes[cell] = NetworkSettings(cell=cast(Any, cell), **settings)
    return shapes


def _of(stage: Any, given: dict[str, Any]) -> dict[str, Any]:
    """What was given of the settings of a stage."""
    return {field.name: given[field.name] for field in fields(stage) if field.name in given}
