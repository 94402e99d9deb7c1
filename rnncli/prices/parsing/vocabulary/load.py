"""The word lists of this package, read from the TOML files beside the code."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def word_lists(name: str) -> dict[str, Any]:
    """Return the content of the TOML file `name` of this package; each file is read once."""
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def any_of(patterns: Iterable[str]) -> str:
    """Return the alternatives of a regular expression, the first that fits being taken."""
    return "|".join(patterns)
