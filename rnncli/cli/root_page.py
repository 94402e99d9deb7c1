"""The help page of the program, and names of commands in the shell: made without Typer.

Typer takes longer to import than the page to make.
"""

import os
import re
from collections.abc import Iterator, Sequence
from textwrap import fill, wrap

from rnncli.cli.commands import COMMANDS, TOPICS
from rnncli.cli.page_layout import NAMES, heading, section, width_of_page

SUMMARY = "Forecast price sequences with recurrent networks compiled to machine code."
OPTIONS = (
    ("-V, --version", "Show versions and exit."),
    ("--install-completion [SHELL]", "Install completion for bash, zsh, fish or powershell."),
    ("--show-completion [SHELL]", "Print the completion script of a shell."),
    ("-h, --help", "Show this message and exit."),
)  # as Typer has them, but for the name of a shell
EPILOG = (
    "Prices are CSV files, folders of them, or - for standard input. Options can also be set by"
    " environment variables (RNNCLI_TRAIN_EPOCHS=50) or in a TOML file (--config FILE)."
)
_COMPLETE = "_RNNCLI_COMPLETE"  # variable that the completion script of a shell sets
_FIRST_WORD = re.compile(r"[\w./~-]+\s+([a-z][a-z-]*)?\s*", re.ASCII)


def page_without_typer(arguments: Sequence[str]) -> str | None:
    """The help page or the completed names where these are asked for; None for any other run."""
    if os.environ.get(_COMPLETE):
        return _completed()
    return root_page() if list(arguments) in (["--help"], ["-h"]) else None


def _completed() -> str | None:
    """The commands that begin with what was typed, one a line, where bash completes the first word.

    None where another shell, or another word, is to be completed.
    """
    asked = (os.environ[_COMPLETE], os.environ.get("COMP_CWORD"))
    line = _FIRST_WORD.fullmatch(os.environ.get("COMP_WORDS", ""))
    if line is None or asked != ("complete_bash", "1"):
        return None
    return "\n".join(name for name in COMMANDS if name.startswith(line[1] or ""))


def root_page() -> str:
    """The whole page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    width = width_of_page()
    yield "Usage: rnncli COMMAND [OPTIONS] ..."
    yield ""
    yield f"  {SUMMARY}"
    yield ""
    yield heading("Start with:")
    yield "  $ rnncli predict prices.csv"
    commands = [(name, command.summary) for name, command in COMMANDS.items()]
    yield from section("Commands", commands, width, NAMES)
    yield from section("Options", OPTIONS, width)
    yield ""
    yield heading("Guides (rnncli help TOPIC):")
    yield fill(", ".join(TOPICS), width, initial_indent="  ", subsequent_indent="  ")
    yield ""
    yield from wrap(EPILOG, width)
