"""The format of every rnncli file: tensors and one JSON entry, under a digest, without code.

    8 bytes header length | JSON header: tensors, {"__metadata__": {"rnncli": JSON}} | tensor bytes

It is safetensors. The JSON entry has the format number, the version, the content, and the SHA-256
of all of that and of the tensors.
"""

import hashlib
import json
import struct
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as decode_tensors
from safetensors.numpy import save as encode_tensors

from rnncli import __version__
from rnncli.arrays import FloatArray
from rnncli.errors import MissingInputError, ModelFileError
from rnncli.storage.reading import read_start, read_whole

FORMAT = 1
ENTRY = "rnncli"
START = b'{"__metadata__":{"rnncli":"'  # of the header of every file
LARGEST_FILE = 1 << 30
LARGEST_HEADER = 64 << 20


def seal(tensors: dict[str, FloatArray], about: dict[str, Any]) -> bytes:
    """The bytes of a file; the same content gives the same bytes."""
    little_endian = {
        name: np.ascontiguousarray(tensor, tensor.dtype.newbyteorder("<"))
        for name, tensor in tensors.items()
    }
    return _sealed(little_endian, {"format": FORMAT, "version": __version__, **about})


def _sealed(tensors: dict[str, FloatArray], content: dict[str, Any]) -> bytes:
    parts = {name: _compact(value) for name, value in content.items()}  # each is written once
    parts["sha256"] = _compact(_digest(_joined(parts), tensors))
    return encode_tensors(tensors, {ENTRY: _joined(parts)})


def unseal(data: bytes) -> tuple[dict[str, Any], dict[str, FloatArray]]:
    """The JSON entry and the tensors of a file. Raises ModelFileError for any changed byte."""
    content = _content(data)
    _check_version(content)
    try:
        tensors = decode_tensors(data)
        content.pop("sha256", None)
        if _sealed(tensors, content) != data:
            raise ModelFileError("damaged: its digest does not fit; train it again or copy it anew")
    except (SafetensorError, LookupError, TypeError, ValueError, AttributeError) as fault:
        raise ModelFileError(f"damaged: {fault}; train it again or copy it anew") from fault
    return content, tensors


def read_kind(path: str) -> tuple[str, int]:
    """What a file of ours is about, and the number of its format.

    Raises MissingInputError, and ModelFileError for any changed byte or a newer format.
    """
    try:
        data = read_whole(path, LARGEST_FILE)
    except OSError as fault:
        raise MissingInputError(f"{path}: {fault.strerror}") from fault
    try:
        content, _ = unseal(data)
    except ModelFileError as fault:
        raise ModelFileError(f"{path}: {fault}") from None
    return str(content.get("kind", "model")), int(content["format"])


def _compact(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _joined(parts: dict[str, str]) -> str:
    """The object of values that are written already."""
    return "{" + ",".join(f"{_compact(name)}:{parts[name]}" for name in sorted(parts)) + "}"


def _digest(content: str, tensors: dict[str, FloatArray]) -> str:
    digest = hashlib.sha256(content.encode())
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].shape} {tensors[name].dtype.str}".encode())
        digest.update(tensors[name].tobytes())
    return digest.hexdigest()


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
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key twice")
    return members


def _check_version(content: dict[str, Any]) -> None:
    number = content.get("format")
    if not isinstance(number, int):
        raise ModelFileError("damaged: no format number; train it again or copy it anew")
    if number > FORMAT:
        raise ModelFileError(
            f"written by rnncli {content.get('version')}, format {number}; this is rnncli"
            f" {__version__}, which reads format {FORMAT}: upgrade rnncli"
        )


def is_model(path: str) -> bool:
    """Whether a path is a file of ours, whole, damaged or cut off; an empty one is not."""
    try:
        return begins_as_ours(read_start(path, 8 + len(START)))
    except OSError:
        return False


def begins_as_ours(start: bytes) -> bool:
    """Whether a file begins as one of ours does, whole, damaged or cut off after the length."""
    length, header = start[:8], start[8 : 8 + len(START)]
    return len(length) > 4 and not any(length[4:]) and START.startswith(header)
