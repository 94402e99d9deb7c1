"""Save and load a model: safetensors with one JSON entry, a digest over everything, no code.

    8 bytes header length | JSON header: tensors, {"__metadata__": {"rnncli": JSON}} | tensor bytes

The JSON entry holds the format number, the version, the architecture, the preparation, the
settings, the training record, and the SHA-256 of all of that and of the tensors.
"""

import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as decode_tensors
from safetensors.numpy import save as encode_tensors

from rnncli import __version__
from rnncli.arrays import FloatArray
from rnncli.bins import Bins
from rnncli.cells import CELLS
from rnncli.errors import MissingInputError, ModelFileError
from rnncli.features import input_size
from rnncli.files import write_atomically
from rnncli.forms import FORMS
from rnncli.heads import OUTPUTS
from rnncli.intervals import GRID, Bounds
from rnncli.network import Architecture, Network, named_views
from rnncli.prepare import Preparation
from rnncli.settings import PrepareSettings

FORMAT = 1
ENTRY = "rnncli"
SCALES = get_args(get_type_hints(PrepareSettings)["scale"])
UNITS = ("log", "absolute")
LARGEST_FILE = 1 << 30
LARGEST_HEADER = 64 << 20


@dataclass(frozen=True)
class Model:
    """A trained network with all that a forecast needs, and the record of how it was made."""

    network: Network
    preparation: Preparation
    bounds: Bounds
    settings: dict[str, dict[str, Any]]
    record: dict[str, Any]


def save_model(path: str, model: Model) -> None:
    """Write a model file, whole or not at all. Raises CannotCreateError, WriteError."""
    write_atomically(path, encode(model))


def encode(model: Model) -> bytes:
    """The bytes of a model file; the same model gives the same bytes."""
    tensors = {
        name: np.ascontiguousarray(view, dtype="<f4")
        for name, view in model.network.parameters.items()
    }
    content = {
        "format": FORMAT,
        "version": __version__,
        "architecture": model.network.architecture.as_dict(),
        "preparation": model.preparation.as_dict(),
        "bounds": model.bounds.as_dict(),
        "settings": model.settings,
        "record": model.record,
    }
    return _encode(tensors, content)


def _encode(tensors: dict[str, FloatArray], content: dict[str, Any]) -> bytes:
    signed = {**content, "sha256": _digest(content, tensors)}
    return encode_tensors(tensors, {ENTRY: _compact(signed)})


def _compact(content: dict[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _digest(content: dict[str, Any], tensors: dict[str, FloatArray]) -> str:
    digest = hashlib.sha256(_compact(content).encode())
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].shape} {tensors[name].dtype.str}".encode())
        digest.update(tensors[name].tobytes())
    return digest.hexdigest()


def load_model(path: str) -> Model:
    """Read a model file. Raises MissingInputError, or ModelFileError for any changed byte."""
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise MissingInputError(f"{path}: no such model; make one with rnncli train -o") from None
    except OSError as fault:
        raise MissingInputError(f"{path}: {fault.strerror}") from fault
    try:
        return decode(data)
    except ModelFileError as fault:
        raise ModelFileError(f"{path}: {fault}") from None


def decode(data: bytes) -> Model:
    """The model in the bytes of a file. Raises ModelFileError without naming a file."""
    content = _content(data)
    _check_version(content)
    try:
        tensors = decode_tensors(data)
        signature = content.pop("sha256", None)
        if signature != _digest(content, tensors) or _encode(tensors, content) != data:
            raise ModelFileError("damaged: its digest does not fit; train it again or copy it anew")
        architecture = Architecture.from_dict(content["architecture"])
        model = Model(
            network=Network(architecture, _flat(architecture, tensors)),
            preparation=Preparation.from_dict(content["preparation"]),
            bounds=Bounds.from_dict(content["bounds"]),
            settings=content["settings"],
            record=content["record"],
        )
    except (SafetensorError, LookupError, TypeError, ValueError, AttributeError) as fault:
        raise ModelFileError(f"damaged: {fault}; train it again or copy it anew") from fault
    if not _fits_together(model):
        raise ModelFileError("damaged: its parts do not fit together; train it again")
    return model


def _fits_together(model: Model) -> bool:
    """Whether the parts of a model can be what they say."""
    architecture, preparation, bounds = model.network.architecture, model.preparation, model.bounds
    return (
        architecture.activation in CELLS[architecture.cell].activations
        and architecture.mode in ("seq2seq", *FORMS)
        and architecture.input_size == input_size(preparation.inputs)
        and (architecture.horizon == 0) == _rolls_out(architecture)
        and _head_fits(architecture, preparation.bins)
        and preparation.scale in SCALES
        and preparation.divisor > 0
        and isinstance(preparation.bins, Bins | None)
        and bounds.unit in UNITS
        and [len(row) for row in bounds.quantiles] == [len(GRID)] * len(bounds.counts)
        and isinstance(model.settings, dict)
        and isinstance(model.record, dict)
    )


def _rolls_out(architecture: Architecture) -> bool:
    """Whether its output alone goes back in, so that it forecasts as far as one likes."""
    return architecture.mode == "seq2seq" and architecture.input_size == 1


def _head_fits(architecture: Architecture, bins: Bins | None) -> bool:
    """Whether its outputs are as many as they mean; those of seq2vec hold all days ahead."""
    a, levels = architecture, np.array(architecture.levels)
    if a.head == "point":
        return a.output_size == (a.horizon if a.mode == "seq2vec" else 1) and not len(levels)
    outputs = OUTPUTS | {"quantile": len(levels), "cross-entropy": len(bins.labels) if bins else 0}
    return (
        a.mode == "seq2seq"
        and a.output_size == outputs.get(a.head)
        and (bins is not None) == (a.head == "cross-entropy")
        and (len(levels) > 0) == (a.head == "quantile")
        and bool(np.all((levels > 0) & (levels < 1)) and np.all(np.diff(levels) > 0))
    )


def _content(data: bytes) -> dict[str, Any]:
    """The JSON entry of the header; sizes are checked before anything is parsed."""
    if len(data) > LARGEST_FILE:
        raise ModelFileError(f"larger than {LARGEST_FILE >> 20} MiB; not a model of rnncli")
    length = struct.unpack("<Q", data[:8])[0] if len(data) >= 8 else 0
    if not 2 <= length <= min(LARGEST_HEADER, len(data) - 8) or data[8:9] != b"{":
        raise ModelFileError("not a model of rnncli, or cut off; name the file train wrote")
    try:
        header = json.loads(data[8 : 8 + length], object_pairs_hook=_no_duplicates)
        content = json.loads(header["__metadata__"][ENTRY], object_pairs_hook=_no_duplicates)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ModelFileError(
            "not a model of rnncli, or damaged; name the file train wrote"
        ) from None
    if not isinstance(content, dict):
        raise ModelFileError("not a model of rnncli, or damaged; name the file train wrote")
    return content


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _check_version(content: dict[str, Any]) -> None:
    number = content.get("format")
    if not isinstance(number, int):
        raise ModelFileError("damaged: no format number; train it again or copy it anew")
    if number > FORMAT:
        raise ModelFileError(
            f"written by rnncli {content.get('version')}, format {number}; this is rnncli"
            f" {__version__}, which reads format {FORMAT}: upgrade rnncli"
        )


def _flat(architecture: Architecture, tensors: dict[str, FloatArray]) -> FloatArray:
    """The tensors as one flat vector, if they are exactly the finite ones the architecture has."""
    layers = sum("weight_hh" in name for name in tensors)
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


def is_model(path: str) -> bool:
    """Whether a path looks like a model file rather than prices: by its first bytes."""
    try:
        if not Path(path).is_file():
            return False
        with open(path, "rb") as file:
            start = file.read(9)
    except OSError:
        return False
    return len(start) == 9 and start[8:9] == b"{" and start[4:8] == b"\0\0\0\0"
