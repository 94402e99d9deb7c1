"""Save and load a model: its weights as tensors, all else in one JSON entry; see `tensor_file`.

The entry holds the architecture, the preparation, the bounds, the settings and the record of the
training.
"""

import hashlib
from dataclasses import asdict, dataclass, field, replace
from typing import Any, get_args, get_type_hints

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.distributions.conformal import GRID, Bounds
from rnncli.distributions.shrinkage import FEW_DAYS
from rnncli.errors import MissingInputError, ModelFileError
from rnncli.kernels import CELLS
from rnncli.models.earlier import completed
from rnncli.models.plain_values import fits, misfit
from rnncli.models.pool import Pool
from rnncli.models.provenance import last_fitted
from rnncli.network.modes import FORMS
from rnncli.network.network import DIRECT, Architecture, Network, named_views
from rnncli.settings import NetworkSettings, PrepareSettings, ReadSettings, TrainSettings
from rnncli.storage.atomic import write_atomically
from rnncli.storage.near_path import path_remedy
from rnncli.storage.reading import read_whole
from rnncli.storage.tensor_file import LARGEST_FILE, seal, unseal
from rnncli.transforms.binning import Bins
from rnncli.transforms.features import columns_of_season, input_size
from rnncli.transforms.target_transform import TargetTransform

SCALES = get_args(get_type_hints(PrepareSettings)["scale"])
UNITS = ("log", "absolute")
OF_PRIOR = "prior."  # before the names of the tensors of a prior that a model is pooled with
STAGES = {
    "read": ReadSettings, "prepare": PrepareSettings, "network": NetworkSettings,
    "train": TrainSettings,
}  # fmt: skip # of the settings in a file
PARTS = {"architecture": Architecture, "preparation": TargetTransform, "bounds": Bounds}
REMEDIES = {"checkpoint": "end it by train --resume"}  # for files that are not a model


class Recorded:
    """The entries of a record that commands read."""

    symbols: tuple[str, ...]
    first_date: str | None
    last_date: str | None
    seen: dict[str, tuple[str | None, str | None]]
    epochs: tuple[dict[str, float | bool | None], ...]
    clip_rate: float | None
    steps: int
    validation: dict[str, Any] | None
    prior: dict[str, Any]
    went_on_from: dict[str, Any] | None


@dataclass(frozen=True)
class Model:
    """A trained network with all that a forecast needs, and the record of its training.

    `pool`: the prior that its forecasts are pooled with, or None; `digest`: SHA-256 of its file, as
    sha256sum prints it; empty if it was not loaded.
    """

    network: Network
    preparation: TargetTransform
    bounds: Bounds
    settings: dict[str, dict[str, Any]]
    record: dict[str, Any]
    pool: "Pool[Model] | None" = None
    digest: str = field(default="", compare=False)

    @property
    def is_untested(self) -> bool:
        """Whether the network had too few validation days to calibrate its intervals.

        The prior has been tested elsewhere, and so a pool with it.
        """
        record = self.record
        if "validation" not in record or "prior" in record or self.pool is not None:
            return False
        days = (record["validation"] or {"days": 0})["days"]
        return self.bounds.divided_by == "model" and days < FEW_DAYS


def save_model(path: str, model: Model) -> None:
    """Write a model file, whole or not at all. Raises CannotCreateError, WriteError."""
    write_atomically(path, encode(model))


def encode(model: Model) -> bytes:
    """The bytes of a model file; the same model gives the same bytes."""
    tensors, about = _tensors(model), _about(model)
    if model.pool is not None:
        prior = model.pool.prior
        tensors |= {OF_PRIOR + name: tensor for name, tensor in _tensors(prior).items()}
        about["pool"] = model.pool.as_dict() | {"prior": _about(prior)}
    return seal(tensors, about)


def _tensors(model: Model) -> dict[str, FloatArray]:
    return {name: view.astype(np.float32) for name, view in model.network.parameters.items()}


def _about(model: Model) -> dict[str, Any]:
    """All of a model but its weights and its pool, as plain values."""
    return {
        "architecture": model.network.architecture.as_dict(),
        "preparation": model.preparation.as_dict(),
        "bounds": model.bounds.as_dict(),
        "settings": model.settings,
        "record": model.record,
    }


def load_model(path: str) -> Model:
    """Read a model file. Raises MissingInputError, or ModelFileError for any changed byte."""
    try:
        data = read_whole(path, LARGEST_FILE)
    except FileNotFoundError:
        remedy = path_remedy(path, f"make one with rnncli train PRICES -o {path}")
        if path == "prior":
            remedy = "rnncli.prior() is the one that comes with rnncli"
        raise MissingInputError("no such model", place=path, remedy=remedy) from None
    except IsADirectoryError:
        raise MissingInputError(f"{path}: is a folder; name one model file") from None
    except OSError as fault:
        raise MissingInputError(f"{path}: {fault.strerror}") from fault
    try:
        return replace(decode(data), digest=hashlib.sha256(data).hexdigest())
    except ModelFileError as fault:
        raise ModelFileError(f"{path}: {fault}") from None


def decode(data: bytes) -> Model:
    """The model in the bytes of a file. Raises ModelFileError without naming a file.

    What is whole by its digest and yet no model was written by a program that is not this one.
    """
    content, tensors = unseal(data)
    if "kind" in content:
        remedy = REMEDIES.get(content["kind"], "name the file train wrote")
        raise ModelFileError(f"is a {content['kind']}, not a model; {remedy}")
    try:
        weights = {name: t for name, t in tensors.items() if not name.startswith(OF_PRIOR)}
        model = _model(content, weights)
        if content.get("pool"):
            pool = content["pool"]
            rest = {n.removeprefix(OF_PRIOR): t for n, t in tensors.items() if n not in weights}
            prior = _model(pool["prior"], rest)
            model = replace(model, pool=Pool.of_file(prior, pool))
        elif len(weights) < len(tensors):
            raise ValueError("tensors of a prior, and no pool")
        whole = _fits_together(model) and _pool_fits(model)
    except (LookupError, TypeError, ValueError, AttributeError) as fault:
        by = content.get("version")
        raise ModelFileError(
            f"of another build of rnncli ({by}): {fault}; train it again"
        ) from fault
    if not whole:
        raise ModelFileError("damaged: its parts do not fit together; train it again")
    return model


def _model(about: dict[str, Any], tensors: dict[str, FloatArray]) -> Model:
    """A model of plain values and tensors, without a pool."""
    about = completed(about)
    _check_plain(about["settings"], about["record"])
    for name, declared in PARTS.items():
        wrong = misfit(about[name], declared)
        if wrong is not None:
            raise ValueError(f"{wrong} of {name} is of another type")
    architecture = Architecture.from_dict(about["architecture"])
    return Model(
        network=Network(architecture, _flat(architecture, tensors)),
        preparation=TargetTransform.from_dict(about["preparation"]),
        bounds=Bounds.from_dict(about["bounds"]),
        settings=about["settings"],
        record=about["record"],
    )


def _check_plain(settings: Any, record: Any) -> None:
    """Raise ValueError for settings or a record that are not of the types that are written."""
    if not (fits(settings, dict[str, dict[str, Any]]) and fits(record, dict[str, Any])):
        raise ValueError("settings or record that are not named values")
    wrong = [misfit(settings.get(stage, {}), declared) for stage, declared in STAGES.items()]
    for name in (*wrong, misfit(record, Recorded)):
        if name is not None:
            raise ValueError(f"{name} is of another type")
    last_fitted(record)


def _pool_fits(model: Model) -> bool:
    """Whether a pool is of two that can be pooled."""
    pool = model.pool
    return pool is None or (_fits_together(pool.prior) and pool.in_range)


def _fits_together(model: Model) -> bool:
    """Whether the parts of a model fit together."""
    architecture, preparation, bounds = model.network.architecture, model.preparation, model.bounds
    bins = preparation.bins
    return (
        all(fits(part, type(part)) for part in (architecture, preparation, bounds))
        and _in_range(preparation)
        and _rows_fit(bounds)
        and architecture.spans_fit
        and architecture.activation in CELLS[architecture.cell].activations
        and architecture.mode in ("seq2seq", DIRECT, *FORMS)
        and architecture.input_size == input_size(preparation.inputs)
        and (architecture.horizon == 0) == _rolls_out(architecture)
        and architecture.head_fits(len(bins.labels) if bins else None)
        and preparation.scale in SCALES
        and preparation.divisor > 0
        and isinstance(bins, Bins | None)
        and bounds.unit in UNITS
        and [len(row) for row in bounds.quantiles] == [len(GRID)] * len(bounds.counts)
        and isinstance(model.settings, dict)
        and isinstance(model.record, dict)
    )


def _in_range(preparation: TargetTransform) -> bool:
    """Whether the numbers of a preparation can be divided by, and counted with."""
    bins = preparation.bins
    deviations = [deviation for _, deviation in preparation.spread]
    return (
        min([preparation.divisor, *deviations, *(pair[1] for pair in preparation.fitted.values())])
        > 0
        and len(deviations) + 1 == input_size(preparation.inputs)
        and _season_fits(preparation)
        and preparation.season >= 1
        and 0 <= preparation.decay < 1
        and preparation.start_weight >= 0
        and preparation.input_limit >= 0
        and (bins is None or len(bins.edges) + 1 == len(bins.labels) == len(bins.centers) > 1)
        and (bins is None or list(bins.edges) == sorted(bins.edges))
    )


def _season_fits(preparation: TargetTransform) -> bool:
    """Whether the functions of a season are of its inputs, if it has rows ahead."""
    functions, columns = preparation.season_functions, columns_of_season(preparation.inputs)
    if columns is None:
        return functions is None
    if functions is None:
        return False
    of_season, ahead = columns
    return functions.fit(of_season.stop - of_season.start, ahead.stop - ahead.start)


def _rows_fit(bounds: Bounds) -> bool:
    """Whether every row ahead of bounds that has quantiles has the number of errors behind them."""
    rows = bounds.shifts
    return (
        all(count >= 0 for count in bounds.counts)
        and {len(row) for row in rows} <= {0, len(GRID)}
        and len(rows) <= len(bounds.counts)
        and all(count > 0 for count, row in zip(bounds.counts, rows, strict=False) if row)
        and (not bounds.weights or len(bounds.weights) >= len(rows))
    )


def _rolls_out(architecture: Architecture) -> bool:
    """Whether its output alone goes back in, so that it forecasts as far as one likes."""
    return architecture.mode == "seq2seq" and architecture.input_size == 1


def _flat(architecture: Architecture, tensors: dict[str, FloatArray]) -> FloatArray:
    """The tensors as one flat vector, if they are exactly the finite ones the architecture has."""
    layers = sum("weight_ih" in name for name in tensors)
    fits = architecture.layers * len(architecture.parts) == layers
    shapes = architecture.shapes() if fits else None
    fitting = {name: t.shape for name, t in tensors.items() if t.dtype == np.float32}
    if fitting != shapes or len(fitting) < len(tensors):
        raise ModelFileError("damaged: its tensors do not fit its architecture; train it again")
    flat = np.zeros(architecture.size, np.float32)
    for name, view in named_views(architecture, flat).items():
        view[:] = tensors[name]
    if not np.all(np.isfinite(flat)):
        raise ModelFileError("damaged: a weight is not a finite number; train it again")
    return flat


def as_trained(reading: ReadSettings, settings: dict[str, dict[str, Any]]) -> ReadSettings:
    """The price column and the period of rows the model was trained on, unless others are named."""
    trained = settings.get("read", {})
    named = {
        name: trained[name]
        for name in ("column", "resample")
        if getattr(reading, name) is None and trained.get(name) is not None
    }
    return ReadSettings(**{**asdict(reading), **named})
