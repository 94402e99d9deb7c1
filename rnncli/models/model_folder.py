"""A folder of models, one a symbol, each in a file named after it (see `file_name`)."""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from rnncli import __version__
from rnncli.errors import CannotCreateError, MissingInputError, ModelFileError, UsageError
from rnncli.models.provenance import DIGEST
from rnncli.prices.parsing.source.paths import is_read
from rnncli.storage.atomic import remove_temporary
from rnncli.storage.locks import take_lock
from rnncli.storage.reading import read_whole
from rnncli.storage.tensor_file import LARGEST_FILE, is_model, unseal

ENDING = ".model"
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789^=+_-.")
RESERVED = r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?=\.|$)"
PART = "%"  # ends the folders that a long name is split into
LONGEST = 180  # of the 255 bytes that a name may have, so that endings fit


@dataclass(frozen=True)
class StoredModel:
    """The settings and record of a model in a folder, without its weights."""

    settings: dict[str, dict[str, Any]]
    record: dict[str, Any]
    version: str


def model_path(folder: str, symbol: str) -> str:
    """Where the model of a symbol is."""
    return os.path.join(folder, file_name(symbol) + ENDING)


def list_models(folder: str) -> dict[str, str]:
    """Symbol -> path of every model in a folder, in the order of the symbols.

    Folders in it are looked into only where they are part of a long name, see `file_name`.
    """
    models = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if one.endswith(PART)]
        for name in names:
            path = os.path.join(place, name)
            if name.endswith(ENDING) and is_model(path):
                models[symbol_of(os.path.relpath(path, folder).removesuffix(ENDING))] = path
    return dict(sorted(models.items()))


def is_model_folder(path: str) -> bool:
    """Whether a path is a folder with a model of a symbol in it, and without price files."""
    return os.path.isdir(path) and not price_files(path) and bool(list_models(path))


def refuse_mixed(folder: str) -> None:
    """Refuse a folder of price files and models where either is meant. Raises UsageError."""
    files = price_files(folder) if os.path.isdir(folder) else []
    if files and (models := list_models(folder)):
        model = next(iter(models.values()))
        raise UsageError(
            f"{folder}: holds the model {model} beside prices such as {files[0]}; name the CSV"
            " files, or before them the model"
        )


def price_files(folder: str) -> list[str]:
    """Names of the files in a folder that are read as prices; empty where it cannot be opened."""
    with contextlib.suppress(OSError):  # the reader reports the fault
        return sorted(name for name in os.listdir(folder) if is_read(name))
    return []


def read_stored(path: str) -> StoredModel:
    """The settings and record of a model file. Raises MissingInputError, ModelFileError."""
    try:
        content, _ = unseal(read_whole(path, LARGEST_FILE))
        return StoredModel(content["settings"], content["record"], content["version"])
    except OSError as fault:
        raise MissingInputError(f"{path}: {fault.strerror}") from fault
    except LookupError:
        raise ModelFileError(f"{path}: is not a model; train it again") from None
    except ModelFileError as fault:
        raise ModelFileError(f"{path}: {fault}") from None


def matching_model(path: str, settings: dict[str, dict[str, Any]], data: str) -> StoredModel | None:
    """The model at a path, if it is whole and of these settings, prices and this version."""
    with contextlib.suppress(MissingInputError, ModelFileError):
        stored = read_stored(path)
        same = stored.settings == settings and stored.record.get(DIGEST) == data
        return stored if same and stored.version == __version__ else None
    return None


def settings_of(folder: str) -> dict[str, dict[str, Any]]:
    """Settings of the models in a folder: those of its first intact one.

    Raises MissingInputError if there is no model, ModelFileError if none is intact.
    """
    models = list_models(folder)
    if not models:
        raise MissingInputError(
            f"{folder}: has no model in it; make them with rnncli train --per-series -o {folder}"
        )
    faults: list[Exception] = []
    for path in models.values():
        try:
            return read_stored(path).settings
        except (MissingInputError, ModelFileError) as fault:
            faults.append(fault)
    raise faults[0]


def check_folder(folder: str, symbols: Iterable[str]) -> None:
    """Refuse a folder that cannot be one, or with a file in it that a model would replace.

    Raises CannotCreateError.
    """
    above = os.path.dirname(os.path.abspath(folder))
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise CannotCreateError(f"{folder}: is not a folder; name another for the models")
    if not os.path.isdir(above):
        raise CannotCreateError(f"{folder}: no such folder {above}; create it first")
    if not os.access(folder if os.path.isdir(folder) else above, os.W_OK | os.X_OK):
        raise CannotCreateError(f"{folder}: no permission to write there")
    for symbol in symbols:
        path = model_path(folder, symbol)
        with contextlib.suppress(OSError):
            if os.path.getsize(path) and not is_model(path):
                raise CannotCreateError(f"{path}: exists and is not a model; remove it")


@contextlib.contextmanager
def locked_folder(folder: str) -> Iterator[None]:
    """Lock a folder, created if missing, and remove temporary files of killed runs.

    The lock is on the folder itself, so that no lock file remains; the operating system frees that
    of a killed process. An empty folder is removed. Raises CannotCreateError,
    LockedError.
    """
    try:
        os.makedirs(folder, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as fault:
        raise CannotCreateError(f"{folder}: {fault.strerror}; name another folder") from fault
    try:
        # without locks on folders, as for single files, other runs are not stopped
        take_lock(handle, f"{folder}: another training writes there")
        for place, _, _ in os.walk(folder):
            remove_temporary(place, ENDING)
        yield
    finally:
        with contextlib.suppress(OSError):
            os.rmdir(folder)
        os.close(handle)


def file_name(symbol: str) -> str:
    """Return a relative path for a symbol, without an ending; a path has one part as a rule."""
    name = "".join(sign if sign in PLAIN else _escaped(sign) for sign in symbol)
    if name[:1] in {".", ""} or re.match(RESERVED, name, re.IGNORECASE):
        name = (_escaped(name[0]) if name else "%") + name[1:]
    if name.endswith("."):
        name = name[:-1] + _escaped(".")
    name += _case_of(symbol)
    if len(name) > LONGEST:
        name = name.replace(".", _escaped("."))  # no part may begin or end with one
    parts = [name[i : i + LONGEST] for i in range(0, len(name), LONGEST)]
    return f"{PART}/".join(parts)


def symbol_of(name: str) -> str:
    """Return the symbol that `file_name` made a path of."""
    joined = name.replace(f"{PART}/", "").partition("~")[0]
    return "" if joined == "%" else unquote(joined, errors="surrogatepass")


def _escaped(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode(errors="surrogatepass"))


def _case_of(symbol: str) -> str:
    """Return `~` and which letters are lower case, as the bits of a number; "" if none are."""
    letters = [sign for sign in symbol if sign.isascii() and sign.isalpha()]
    bits = sum(1 << i for i, sign in enumerate(letters) if sign.islower())
    return f"~{bits:X}" if bits else ""
