"""Paths that cannot be prices: what they are, and what was probably meant."""

import os
import re
from collections.abc import Sequence

from rnncli.errors import MissingInputError, UsageError
from rnncli.storage.reading import read_start
from rnncli.storage.tensor_file import is_model

URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
LEDGER_AT, LEDGER = 68, b"rnnc"  # where SQLite has the application of a file, and ours
MODEL_ENDING = ".model"  # as the guides name models; any other is possible
BARE = re.compile(r"[^/.]+")  # a name without folder and ending, such as a symbol


def refuse_mistaken(paths: Sequence[str], symbols: str | None, usage: str) -> None:
    """Raise UsageError for a model, a ledger, a URL, or a symbol after --symbols.

    And MissingInputError for a model that does not exist.

    `usage`: what to do with a model, in which {} is its path.
    """
    for path in paths:
        if URL.match(path) and not os.path.exists(path):
            raise UsageError(f"{path}: is a URL; rnncli does not download, so fetch the file first")
        if os.path.isfile(path):
            _refuse_file(path, usage)
        elif path.endswith(MODEL_ENDING) and not os.path.lexists(path):
            raise MissingInputError(f"{path}: does not exist; {usage.format(path)}")
        elif symbols and path != "-" and BARE.fullmatch(path) and not os.path.lexists(path):
            several = f"{symbols.rstrip(', ')},{path}"
            raise UsageError(
                f"{path}: is not a file; for several symbols write --symbols {several}"
            )


def _refuse_file(path: str, usage: str) -> None:
    if is_model(path):
        raise UsageError(f"{path}: is a model, not prices; {usage.format(path)}")
    if _is_ledger(path):
        raise UsageError(f"{path}: is a ledger, not prices; usage: rnncli score {path} PRICES")


def _is_ledger(path: str) -> bool:
    """Whether a file is a ledger, by its first bytes; a file that cannot be opened is not."""
    try:
        return read_start(path, LEDGER_AT + len(LEDGER)).endswith(LEDGER)
    except OSError:
        return False
