"""The word lists of this package, read from the TOML files beside the code."""

import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

from rnncli.storage.packaged import packaged


@cache
def word_lists(name: str) -> dict[str, Any]:
    """Return the content of the TOML file `name` of this package; each file is read once."""
    return tomllib.loads(packaged(__package__, f"{name}.toml").decode())


def any_of(patterns: Iterable[str]) -> str:
    """Return the alternatives of a regular expression, the first that fits being taken."""
    return "|".join(patterns)
