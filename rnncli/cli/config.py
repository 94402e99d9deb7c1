"""Defaults from a TOML file: the table of a command, its values checked as on the command line."""

import inspect
import os
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any

import typer

from rnncli.cli.toml_file import (
    TomlFile,
    as_toml,
    did_you_mean,
    option_of,
    read_toml,
    table_fault,
    words_of,
)
from rnncli.cli.usage_faults import reason_of
from rnncli.errors import MissingInputError, UsageError

PREFIX = "RNNCLI_"  # of variables of the environment
OF_JOBS = ("prices", "model", "forecast", "output", "log", "keep", "monitor")  # not commands
READ = "rnncli.config"  # where the context keeps the file


def _read_config(context: typer.Context, path: str | None) -> str | None:
    """Make the command's table of a TOML file its defaults; unknown keys are refused."""
    if path is None or context.resilient_parsing:
        return path
    try:
        file = read_toml(path)
    except MissingInputError as fault:  # of an option, so it is the command that is wrong
        raise UsageError(str(fault)) from fault
    commands = getattr(context.parent and context.parent.command, "commands", {})
    _check_tables(file, commands)
    context.default_map = {**(context.default_map or {}), **_defaults(context, file)}
    context.meta[READ] = file
    return path


def _check_tables(file: TomlFile, commands: dict[str, Any]) -> None:
    """Raise UsageError for a table of no command, or a value outside the tables."""
    for name, table in file.content.items():
        if name in commands and isinstance(table, dict):
            continue
        said = table_fault(name, table, commands, "train")
        if name in OF_JOBS:
            said = f"[{name}] is of a nightly job; run it by rnncli batch {file.path}"
        raise UsageError(f"{file.place(name)}: {said}")


def _defaults(context: typer.Context, file: TomlFile) -> dict[str, Any]:
    """The values of the command's table, in the words of the command line. Raises UsageError."""
    table = context.info_name or ""
    options = {option.name: option for option in _options(context.command) if option.name}
    del options["config"]
    defaults = {}
    for key, value in file.content.get(table, {}).items():
        name, where = key.replace("-", "_"), f"{file.place(table, key)}: [{table}]"
        if name not in options:
            raise UsageError(f"{where} has no option {key}{did_you_mean(key, options)}")
        try:
            defaults[name] = words_of(options[name], value)
            options[name].process_value(context, defaults[name])
        except typer.BadParameter as fault:
            raise UsageError(f"{where} {key} = {as_toml(value)}: {reason_of(fault)}") from fault
        except ValueError as fault:
            raise UsageError(f"{where} {key}: {fault}") from fault
    return defaults


def _options(command: Any) -> Iterator[Any]:
    return (one for one in command.params if one.param_type_name == "option")


def sourced(context: typer.Context, fault: UsageError) -> UsageError:
    """A fault of an option, as one of the line of the file, or of the variable, that sets it."""
    option = option_of(fault) or ""
    source = context.get_parameter_source(option.replace("-", "_"))
    file = context.meta.get(READ)
    if source is None or str(fault).startswith(PREFIX):
        return fault
    if source.name == "DEFAULT_MAP" and file is not None:
        table = context.info_name or ""
        return UsageError(f"{file.place(table, option)}: [{table}] {fault}")
    if source.name == "ENVIRONMENT":
        return UsageError(f"{_variable(context.info_name, option)}: {fault}")
    return fault


def idle_variables(context: typer.Context) -> Iterator[str]:
    """A warning for each variable of the environment that is meant for rnncli and sets nothing."""
    meant = [name for name in os.environ if name.startswith(PREFIX)]
    if not meant:
        return
    commands = getattr(context.parent and context.parent.command, "commands", {})
    known = {f"{PREFIX}CONFIG"} | {
        _variable(name, option.name)
        for name, command in commands.items()
        for option in _options(command)
    }
    for name in sorted(set(meant) - known):
        near = get_close_matches(name[len(PREFIX) :], [one[len(PREFIX) :] for one in known], 1)
        remedy = f"did you mean {PREFIX}{near[0]}?" if near else "write it as RNNCLI_TRAIN_EPOCHS"
        yield f"{name}: sets no option; {remedy}"


def _variable(command: str | None, option: str) -> str:
    return f"{PREFIX}{command}_{option}".upper().replace("-", "_")


CONFIG = inspect.Parameter(
    "config",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        str | None,
        typer.Option(
            "--config",
            help="TOML file with default options, one table per command.",
            rich_help_panel="Run",
            envvar="RNNCLI_CONFIG",
            metavar="FILE",
            is_eager=True,
            callback=_read_config,
        ),
    ],
)
