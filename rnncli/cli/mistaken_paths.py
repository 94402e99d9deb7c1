"""Paths that cannot be prices: what they are, and what was probably meant."""

import os
import re
from collections.abc import Sequence

from rnncli.errors import DataError, MissingInputError, RnncliError, UsageError
from rnncli.storage.near_path import path_remedy
from rnncli.storage.reading import read_start
from rnncli.storage.tensor_file import is_model

URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
LEDGER_AT, LEDGER = 68, b"rnnc"  # where SQLite has the application of a file, and ours
OTHER_ENDINGS = {  # hardly of prices; a file that can be read as prices is read all the same
    ".md", ".rst", ".py", ".sh", ".toml", ".yaml", ".yml", ".ini", ".cfg", ".ipynb", ".conf",
}  # fmt: skip
MODEL_ENDING = ".model"  # as the guides name models; any other is possible


def refuse_mistaken(paths: Sequence[str], usage: str) -> None:
    """Raise UsageError for a model, a ledger or a URL.

    And MissingInputError for a model that does not exist.

    `usage`: what to do with a model, in which {} is its path.
    """
    for path in paths:
        if URL.match(path) and not os.path.exists(path):
            raise UsageError(f"{path}: is a URL; rnncli does not download, so fetch the file first")
        if os.path.isfile(path):
            _refuse_file(path, usage)
        elif path.endswith(MODEL_ENDING) and not os.path.lexists(path):
            remedy = path_remedy(path)
            further = "" if remedy.endswith("?") else f"; {usage.format(path)}"
            raise MissingInputError(f"{path}: does not exist; {remedy}{further}")


def _refuse_file(path: str, usage: str) -> None:
    if is_model(path):
        raise UsageError(f"{path}: is a model, not prices; {usage.format(path)}")
    if is_ledger(path):
        raise UsageError(f"{path}: is a ledger, not prices; usage: rnncli score {path} PRICES")


def in_plain_words(fault: RnncliError, paths: Sequence[str]) -> RnncliError:
    """The fault of reading a file, or that it is not prices where its ending says so."""
    for path in paths:
        ending = os.path.splitext(path)[1].lower()
        if ending in OTHER_ENDINGS and isinstance(fault, DataError) and _is_of(fault, path):
            return DataError(f"{path}: is not a price file; {_instead(path, ending)}")
    return fault


def _is_of(fault: RnncliError, path: str) -> bool:
    return str(fault).startswith((f"{path}:", f"{path},"))


def _instead(path: str, ending: str) -> str:
    if ending == ".toml":
        return f"a nightly job is run by rnncli batch {path}"
    return "name CSV files, or folders of them"


def refuse_without_ledger(ledger: str, prices: Sequence[str]) -> None:
    """Raise UsageError where the ledger is named after the prices."""
    later = next((path for path in prices if is_ledger(path)), None)
    if later is not None and not is_ledger(ledger):
        import shlex

        others = shlex.join(path for path in (ledger, *prices) if path != later)
        raise UsageError(
            f"{ledger}: is not a ledger, which comes first: rnncli score {later} {others}"
        )


def is_ledger(path: str) -> bool:
    """Whether a file is a ledger, by its first bytes; one that cannot be opened is not."""
    try:
        return read_start(path, LEDGER_AT + len(LEDGER)).endswith(LEDGER)
    except OSError:
        return False
