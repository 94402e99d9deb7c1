"""Completion of option values in the shell: symbols of the files named so far, known names.

Completion never fails or prints a message: without candidates, the shell offers files.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import get_args, get_type_hints

import typer

from rnncli.errors import RnncliError

MOST_BYTES = 20 << 20  # of price files that are read while somebody waits for a word
FILES = ("files", "model", "ledger", "prices")  # arguments that name files
APART = set(" \t\n'\"\\$`!&|;<>()*?[]{}")  # signs that the shell would interpret

Complete = Callable[[typer.Context, str], list[str]]


def listed(names: Callable[[typer.Context], Iterable[str]]) -> Complete:
    """Complete the last of several comma-separated names; a name is not repeated."""

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",")
        with contextlib.suppress(Exception):  # nobody would see the fault
            named = before.split(",")
            offered = [n for n in names(context) if n not in named and not APART.intersection(n)]
            return [before + comma + name for name in offered if name.startswith(last)]
        return []

    return complete


def _paths(context: typer.Context) -> Iterator[str]:
    """Words of the line that may be files; some others too, where an option lacks its value."""
    for name in FILES:
        value = context.params.get(name) or ()
        yield from [value] if isinstance(value, str) else value
    yield from context.args


def _symbols(context: typer.Context) -> list[str]:
    """Symbols of the first file that has any: a model, a folder of models, a ledger, prices."""
    paths = [path for path in _paths(context) if os.path.exists(path)]
    for path in paths:
        with contextlib.suppress(RnncliError):  # it is of another kind, or damaged
            if symbols := _symbols_of(path):
                return symbols
    return _symbols_in_prices(paths)


def _symbols_of(path: str) -> list[str]:
    """Symbols that a model, a folder of them or a ledger has."""
    from rnncli.models.model_folder import list_models, read_stored
    from rnncli.storage.tensor_file import is_model

    if os.path.isdir(path):
        return list(list_models(path))
    if is_model(path):
        return list(read_stored(path).record.get("symbols", ()))
    from rnncli.ledger.reader import recorded_symbols

    return recorded_symbols(path)


def _symbols_in_prices(paths: list[str]) -> list[str]:
    """Symbols of price files, unless they are too large to read while somebody waits."""
    files = [os.path.join(at, name) for path in paths for at, _, names in os.walk(path)
             for name in names] + [path for path in paths if os.path.isfile(path)]  # fmt: skip
    if not files or sum(map(os.path.getsize, files)) > MOST_BYTES:
        return []
    from rnncli.prices.reader import read_prices
    from rnncli.settings import ReadSettings

    return list(read_prices(paths, ReadSettings(), None, lambda _: None).symbols)


def _inputs(_: typer.Context) -> Iterable[str]:
    from rnncli.transforms.inputs.table import CLOSE, INPUTS

    return (CLOSE, *INPUTS)


def _cells(_: typer.Context) -> Iterable[str]:
    from rnncli.settings import NetworkSettings

    return get_args(get_type_hints(NetworkSettings)["cell"])


def _groups(_: typer.Context) -> Iterable[str]:
    from rnncli.settings.option import GROUPS

    return GROUPS


def _baselines(_: typer.Context) -> Iterable[str]:
    from rnncli.evaluation.baselines import BASELINES

    return BASELINES


COMPLETIONS: dict[str, Complete] = {  # option -> completion of its value, if it has no choices
    "symbols": listed(_symbols),
    "exclude": listed(_symbols),
    "inputs": listed(_inputs),
    "compare": listed(_cells),
    "baselines": listed(_baselines),
    "by": listed(_groups),
    "require_skill": listed(lambda _: ("naive", "ewma", "best")),
}
