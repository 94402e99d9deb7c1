"""Defaults from a TOML file: the table of a command, its values checked as on the command line."""

import inspect
import os
from collections.abc import Iterator, Set
from difflib import get_close_matches
from typing import Annotated, Any

import typer

from rnncli.cli.definitions import PREFIX, source_of, variable_of
from rnncli.cli.toml_file import (
    TomlFile,
    as_toml,
    did_you_mean,
    option_of,
    read_toml,
    spelled,
    table_fault,
    with_keys,
    words_of,
)
from rnncli.errors import MissingInputError, RnncliError, UsageError

OF_JOBS = ("prices", "model", "forecast", "output", "log", "keep", "monitor")  # not commands
READ = "rnncli.config"  # where the context keeps the file


def _read_config(context: typer.Context, path: str | None) -> str | None:
    """Make the command's table of a TOML file its defaults; unknown keys are refused."""
    if path is None or context.resilient_parsing:
        return path
    try:
        file = read_toml(path)
    except MissingInputError as fault:  # the file is the value of an option: wrong usage
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
            from rnncli.cli.usage_faults import reason_of

            reason = in_keys(context, file, reason_of(fault))
            raise UsageError(f"{where} {key} = {as_toml(value)}: {reason}") from fault
        except ValueError as fault:
            raise UsageError(f"{where} {key}: {fault}") from fault
    return defaults


def _options(command: Any) -> Iterator[Any]:
    return (one for one in command.params if one.param_type_name == "option")


def sourced(context: typer.Context, fault: RnncliError) -> RnncliError:
    """The fault of an option, naming the line of the file or the variable that sets the option."""
    option, text = option_of(fault) or "", str(fault)
    if text.startswith(PREFIX):
        return fault
    source = source_of(context, option)
    if source == "ENVIRONMENT" and isinstance(fault, UsageError):
        return UsageError(f"{variable_of(context.info_name, option)}: {fault}")
    file = context.meta.get(READ)
    if file is None:
        return fault
    table = context.info_name or ""
    if source == "DEFAULT_MAP" and isinstance(fault, UsageError):
        where = f"{file.place(table, option)}: [{table}] "
        fault.args = (where + in_keys(context, file, text),)
    elif key := _key_of_path(context, file, text):
        where = f"{file.place(table, key)}: [{table}] {key} "
        fault.args = (where + in_keys(context, file, text),)
    else:
        fault.args = (in_keys(context, file, text, is_located=False),)
    return fault


def _key_of_path(context: typer.Context, file: TomlFile, text: str) -> str | None:
    """The key of the file whose value is the path at the beginning of a message."""
    for key, value in file.content.get(context.info_name or "", {}).items():
        if text.startswith(f"{value}: ") and source_of(context, key) == "DEFAULT_MAP":
            return str(key)
    return None


def in_keys(context: typer.Context, file: TomlFile, text: str, *, is_located: bool = True) -> str:
    """A message in which options are replaced by the keys of the file that set them.

    Options that were typed are left. Where the message does not begin with the line of the file,
    it is added to a key that the file has.
    """
    table = context.info_name or ""
    spellings = {spelled(key): key for key in file.content.get(table, {})}

    def key_of(name: str, value: str | None) -> str | None:
        if source_of(context, name) == "COMMANDLINE":
            return None
        if is_located:
            return str(spellings.get(name, name))
        is_set = name in spellings and value is None
        return f"{spellings[name]} ({file.place(table, name)})" if is_set else None

    return with_keys(text, key_of)


def idle_variables(context: typer.Context) -> Iterator[str]:
    """A warning for each variable of the environment that is meant for rnncli and sets nothing."""
    meant = [name for name in os.environ if name.startswith(PREFIX)]
    if not meant:
        return
    commands = getattr(context.parent and context.parent.command, "commands", {})
    known = {f"{PREFIX}CONFIG"} | {
        variable_of(name, option.name)
        for name, command in commands.items()
        for option in _options(command)
    }
    for name in sorted(set(meant) - known):
        near = _nearest(name[len(PREFIX) :], known, context.info_name)
        remedy = f"did you mean {near}?" if near else "write it as RNNCLI_TRAIN_EPOCHS"
        yield f"{name}: sets no option; {remedy}"


def _nearest(name: str, known: Set[str], command: str | None) -> str | None:
    """The variable that was probably meant: of the running command, or spelled like the `name`."""
    without_command = variable_of(command, name)
    if without_command in known:
        return without_command
    near = get_close_matches(name, sorted(one[len(PREFIX) :] for one in known), 1)
    return f"{PREFIX}{near[0]}" if near else None


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
