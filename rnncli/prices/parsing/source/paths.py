"""Which files a command line names, and what a file is called."""

import os
from collections.abc import Collection
from pathlib import Path

from rnncli.errors import MissingInputError

ENDINGS = (".csv", ".txt", ".tsv", ".parquet")
PACKED = ("", ".gz", ".xz", ".bz2", ".zip", ".zst")


def inputs(path: str, beside: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return every file to read, with the name it is called by; a folder is opened.

    Files of a folder that are read `beside` those of prices are left out.

    Raises MissingInputError for a folder without price files.
    """
    if path == "-":
        return [(path, "stdin")]
    if os.path.isdir(path):
        others = {os.path.realpath(file) for file in beside}
        files = [file for file in _price_files(path) if os.path.realpath(file) not in others]
        return [(file, file) for file in files]
    return [(path, path)]


def is_read(name: str) -> bool:
    """Whether a file of this name is read where a folder is named."""
    endings = tuple(ending + packed for ending in ENDINGS for packed in PACKED)
    return name.lower().endswith(endings) and not name.startswith(".")


def _price_files(folder: str) -> list[str]:
    """Return the files of a folder that are read; a link to nowhere is one, and fails later."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise MissingInputError(
            f"{folder}: cannot be read ({error.strerror}); check its permissions"
        ) from error
    paths = [os.path.join(folder, name) for name in names if is_read(name)]
    files = [path for path in paths if not os.path.isdir(path)]
    if not files:
        raise MissingInputError(
            f"{folder}: no price files in this folder; they end in .csv, .txt, .tsv or .csv.gz"
        )
    return files


def default_symbol(name: str) -> str:
    r"""Return the symbol of a file without a symbol column: its name without folder and endings.

    Bytes of a name that are no text in UTF-8 are written as in Python: ``\xff``.
    """
    stem = os.fsencode(Path(name).name).decode("utf-8", "backslashreplace")
    for endings in (PACKED[1:], ENDINGS):
        ending = next((ending for ending in endings if stem.lower().endswith(ending)), "")
        stem = stem[: -len(ending)] if ending and len(stem) > len(ending) else stem
    return stem
