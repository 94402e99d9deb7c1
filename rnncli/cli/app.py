"""The Typer application: the options of the program itself, and its commands built on demand."""

import inspect
from collections import UserDict
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.main import get_command, get_group

from rnncli import __version__
from rnncli.cli.commands import COMMANDS
from rnncli.cli.root import RootGroup
from rnncli.cli.root_page import SUMMARY


def _version(wanted: bool) -> None:
    if wanted:
        from rnncli.diagnostics.doctor import computing

        typer.echo(f"rnncli {__version__}\n{computing()}")
        raise typer.Exit


def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Show versions and exit.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


class _Commands(UserDict[str, Any]):
    """Commands by name, each imported and built when it is first looked up."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(COMMANDS))

    def __getitem__(self, name: str) -> Any:
        if super().__getitem__(name) is None:
            self.data |= _built(COMMANDS[name].module)
        return super().__getitem__(name)


def _built(module: str) -> dict[str, Any]:
    """The commands that a module registers."""
    part = typer.Typer(rich_markup_mode=None)
    import_module(f"rnncli.cli.{module}").register(part)
    return dict(get_group(part).commands)


@cache
def program() -> RootGroup:
    """The whole command line, made once in a process."""
    app = typer.Typer(
        name="rnncli",
        help=SUMMARY,
        cls=RootGroup,
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_main)
    group = get_command(app)
    assert isinstance(group, RootGroup)
    group.commands = _Commands()
    return group


def options_by_command() -> dict[str, list[inspect.Parameter]]:
    """The options of every command that has settings, as parameters of Python."""
    from rnncli.cli.options import OPTIONS

    list(program().commands.values())  # which builds them all
    return {name: OPTIONS[name] for name in COMMANDS if name in OPTIONS}
