"""The program without a command: its help page, and names that users of other tools try."""

import os
import re
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from rnncli.cli.commands import COMMANDS
from rnncli.cli.help_page import page_of
from rnncli.cli.mistyped import WORDS, refuse_signs
from rnncli.cli.plain_arguments import ConvertsPlainValues
from rnncli.cli.root_page import root_page
from rnncli.errors import UsageError

SYNONYMS = {
    "forecast": "predict", "fit": "train", "learn": "train", "backtest": "evaluate",
    "test": "evaluate", "validate": "evaluate", "cross-validate": "evaluate", "nightly": "batch",
    "run": "batch", "job": "batch", "info": "inspect", "show": "inspect", "describe": "inspect",
    "generate": "simulate", "version": "--version", "check": "doctor",
    "completion": "--install-completion", "var": "risk", "value-at-risk": "risk",
    "docs": "help", "doc": "help", "man": "help", "guide": "help", "guides": "help",
    "manual": "help", "topics": "help", "tutorial": "help start", "examples": "help start",
    "models": "help models", "plot": "predict --chart", "chart": "predict --chart",
    "init": "batch --init", "config": "help environment", "configure": "help environment",
    "install": "--install-completion", "list": "inspect", "ls": "inspect", "compile": "warmup",
    "env": "doctor", "update": "upgrade", "migrate": "upgrade", "html": "report",
    "dashboard": "report", "finetune": "train --init MODEL", "resume": "train --resume",
    "benchmark": "help performance", "bench": "help performance", "export": "ledger",
    "serve": "predict --follow", "watch": "predict --follow",
}  # fmt: skip
PATH = r"/|\.(csv|txt|tsv|gz|zip|parquet|xlsx?|model|db|toml)$"


class RootGroup(ConvertsPlainValues, TyperGroup):
    """All commands; an unknown one is answered with the one that was meant."""

    def get_help(self, ctx: Any) -> str:  # noqa: ARG002 - the page is the same in any context
        """The whole page."""
        return root_page()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Show the page of a command at once where nothing else is asked: parsing is slow."""
        if args == ["--"]:  # nothing follows
            args = []
        if args and not ctx.resilient_parsing:
            ctx.meta[WORDS] = tuple(args)
            refuse_signs(args[0], {"--version": None})
        if len(args) == 2 and args[0] in COMMANDS and args[1] in ctx.help_option_names:
            typer.echo(page_of(self.commands[args[0]], ctx))
            raise typer.Exit
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Candidates for the first word, from the list of commands, without building a command."""
        commands: dict[str, Any] = {
            name: TyperCommand(name, help=command.summary) for name, command in COMMANDS.items()
        }
        listed = TyperGroup(commands=commands, params=self.params)
        context = typer.Context(listed, info_name=ctx.info_name, **self.context_settings)
        return listed.shell_complete(context, incomplete)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The command that the first argument names. Raises UsageError."""
        name = args[0]
        if name.startswith("-") or name in COMMANDS or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        raise UsageError(f"no command {name!r}", remedy=_meant(name, args[1:]))


def _meant(name: str, words: list[str]) -> str:
    """What to type in place of a first word that is not a command."""
    if name == "rnncli":
        return f"type rnncli once: {' '.join(['rnncli', *words])}"
    if os.path.exists(name) or re.search(PATH, name):
        return f"name one before the files: rnncli {_command_for(name, words)}"
    close = get_close_matches(name.lower(), [*COMMANDS, *SYNONYMS], 1)
    if not close:
        return "rnncli help lists the commands"
    return f"did you mean rnncli {SYNONYMS.get(close[0], close[0])}?"


def _command_for(path: str, words: list[str]) -> str:
    """The command that was probably meant where the first word is a path."""
    if path.endswith(".toml"):
        return f"batch {path}"
    if path.endswith(".db"):
        return f"score {path} {' '.join(words) or 'PRICES'}"
    prices = " PRICES" if path.endswith(".model") and not words else ""
    return f"predict {' '.join([path, *words])}{prices}"
