"""Defaults from a TOML file: the table of a command, its values read as on the command line."""

import inspect
from typing import Annotated, Any

import typer


def _read_config(context: typer.Context, path: str | None) -> str | None:
    """Make the command's table of a TOML file its defaults; unknown keys are refused."""
    if path is None or context.resilient_parsing:
        return path
    table = _tables(context, path).get(context.info_name or "", {})
    known = {parameter.name: parameter for parameter in context.command.params}
    defaults = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in known or name == "config":
            raise typer.BadParameter(f"{path}: [{context.info_name}] has no option {name!r}")
        try:
            defaults[name] = words_of(known[name], value)
        except ValueError as fault:
            raise typer.BadParameter(f"{path}: [{context.info_name}] {key}: {fault}") from fault
    context.default_map = {**(context.default_map or {}), **defaults}
    return path


def _tables(context: typer.Context, path: str) -> dict[str, dict[str, Any]]:
    """All tables of the file, each of which must be that of a command."""
    import tomllib

    try:
        with open(path, "rb") as file:
            content = tomllib.loads(decoded(file.read()))
    except OSError as fault:
        raise typer.BadParameter(f"{path}: {fault.strerror}") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise typer.BadParameter(f"{path}: {fault}") from fault
    commands = getattr(context.parent and context.parent.command, "commands", {})
    for name, table in content.items():
        if name not in commands or not isinstance(table, dict):
            raise typer.BadParameter(
                f"{path}: no command is called {name!r}, so it can have no table"
            )
    return content


def decoded(content: bytes) -> str:
    """The text of a TOML file, without the mark that some editors begin it with."""
    return content.decode("utf-8-sig")


def words_of(parameter: Any, value: Any) -> bool | str | list[str]:
    """`value` as it would stand on the command line, where it is checked. Raises ValueError.

    A list is several values, or one text with commas between for an option of one.
    """
    if isinstance(value, bool) and getattr(parameter, "is_flag", False):
        return value
    words = [_word(item) for item in value] if isinstance(value, list) else [_word(value)]
    if getattr(parameter, "multiple", False) or parameter.nargs != 1:
        return words
    if not isinstance(value, list):
        return words[0]
    if any("," in word for word in words):
        raise ValueError("an item holds a comma, which stands between items")
    return ",".join(words)


def _word(value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise ValueError("needs a text or a number")
    return str(value)


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
