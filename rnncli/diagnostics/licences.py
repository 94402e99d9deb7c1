"""The libraries that rnncli needs, with their licences and why each is needed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

NAME = "rnncli"
REASONS = {  # library -> its extra, and why it is needed; see pyproject.toml
    "numba": ("", "compiles the network, forward and backward, to machine code"),
    "numpy": ("", "arrays, random numbers and linear algebra"),
    "pandas": ("", "parses large price files, and gives results to notebooks"),
    "plotille": ("", "charts in a terminal"),
    "rich": ("", "tables in a terminal"),
    "safetensors": ("", "the format of model files, which cannot hold code"),
    "typer": ("", "commands, options and completion"),
    "backports.zstd": ("zst", "price files packed with Zstandard, before Python 3.14"),
    "pyarrow": ("parquet", "price files and results in Parquet"),
    "arch": ("baselines", "GARCH models to compare with"),
    "statsforecast": ("baselines", "statistical models to compare with"),
    "exchange_calendars": ("calendar", "sessions of exchanges"),
    "distributed": ("cluster", "training on other machines"),
    "jinja2": ("report", "pages of HTML"),
    "matplotlib": ("plot", "figures as files"),
}
LONGEST = 60  # characters of a licence; a longer one is the text of the licence itself
CLASSIFIER = "License :: OSI Approved :: "


@dataclass(frozen=True)
class Library:
    """A library: `version` and `licence` by its own metadata, None where it is not installed.

    `extra`: the extra of rnncli that needs it, empty for none; `why`: the reason.
    """

    library: str
    version: str | None
    licence: str | None
    extra: str
    why: str


def list_libraries() -> list[Library]:
    """The libraries that rnncli names, and those that they bring along, each once."""
    libraries = {_key(name): _library(name, extra, why) for name, (extra, why) in REASONS.items()}
    waiting = list(libraries.values())
    while waiting:
        user = waiting.pop(0)
        for name in _needs(user.library):
            if _key(name) not in libraries and _installed(name) is not None:
                library = _library(name, user.extra, f"needed by {user.library}")
                libraries[_key(name)] = library
                waiting.append(library)
    return list(libraries.values())


def _library(name: str, extra: str, why: str) -> Library:
    installed = _installed(name)
    if installed is None:
        return Library(name, None, None, extra, why)
    return Library(name, installed.version, _licence(installed), extra, why)


def _installed(name: str) -> metadata.Distribution | None:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None


def _needs(name: str) -> Iterator[str]:
    """Names of what a library needs, without its own extras."""
    installed = _installed(name)
    for requirement in (installed and installed.requires) or ():
        if not re.search(r";.*\bextra\b", requirement):
            yield re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def _licence(installed: metadata.Distribution) -> str:
    """The licence by an SPDX expression, else by a classifier, else by a short name."""
    about = installed.metadata
    expression = "".join(about.get_all("License-Expression") or ())
    named = "".join(about.get_all("License") or ())
    classified = [
        line.removeprefix(CLASSIFIER)
        for line in about.get_all("Classifier") or ()
        if line.startswith(CLASSIFIER)
    ]
    if classified and not expression:
        return ", ".join(classified)
    first = (expression or named).strip().partition("\n")[0]
    return first if 0 < len(first) <= LONGEST else "see its files"


def _key(name: str) -> str:
    """A name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
