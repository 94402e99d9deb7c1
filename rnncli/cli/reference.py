"""Reference of every command and option: the man page, and a guide.

Both are generated from the registered options only.
"""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from typer.models import ArgumentInfo, OptionInfo

from rnncli import __version__
from rnncli.cli.app import options_by_command, program
from rnncli.cli.root_page import OPTIONS
from rnncli.errors import ExitStatus

SHARED = 3  # commands with an option that make it one of the common ones
SUMMARY = "forecast price sequences with recurrent networks compiled to machine code"
STATUSES = {
    ExitStatus.OK: "Done.",
    ExitStatus.SOME_FAILED: "Some series or files failed, at least one is done.",
    ExitStatus.USAGE: "Wrong usage.",
    ExitStatus.DIVERGED: "Training diverged; no model was written.",
    ExitStatus.CHECK_FAILED: "A required check was not met.",
    ExitStatus.BAD_DATA: "Bad data or model file.",
    ExitStatus.NO_INPUT: "No such input.",
    ExitStatus.BUG: "A bug in rnncli.",
    ExitStatus.NO_RESOURCE: "No memory, processes, threads or open files are left.",
    ExitStatus.CANNOT_CREATE: "The output cannot be created.",
    ExitStatus.WRITE_FAILED: "Writing failed; what was there is unchanged.",
    ExitStatus.LOCKED: "In use by another process, or no cluster answers; try later.",
    ExitStatus.STALE: "The newest price is older than max-data-age of a nightly job allows.",
}
VARIABLES = {
    "RNNCLI_CONFIG": "File of --config.",
    "RNNCLI_COMMAND_OPTION": "Default of an option, such as RNNCLI_TRAIN_EPOCHS=50.",
    "XDG_CACHE_HOME": "Folder in which compiled kernels are kept, ~/.cache without it.",
    "NO_COLOR": "Any value: no colours.",
}
EXAMPLES = (
    "rnncli predict prices/",
    "rnncli train prices/ -o my.model",
    "rnncli evaluate my.model prices/ --horizon 5",
    "rnncli batch --init > nightly.toml",
)


@dataclass(frozen=True)
class Entry:
    """An option or an argument: its names, the name of its value, its help and default."""

    names: tuple[str, ...]
    value: str
    help: str
    default: str

    @property
    def text(self) -> str:
        """The help, with the default."""
        return f"{self.help} Default: {self.default}." if self.default else self.help


@dataclass(frozen=True)
class Command:
    """A command with its arguments, its options, and those that all commands share."""

    name: str
    help: str
    arguments: list[Entry]
    options: list[Entry]
    shared: list[Entry]

    @property
    def usage(self) -> str:
        """The line that it is typed as."""
        return " ".join(["rnncli", self.name, "[OPTIONS]", *(a.names[0] for a in self.arguments)])


def commands() -> list[Command]:
    """All commands in the order of `rnncli --help`."""
    options = options_by_command()
    entries = {name: [_entry(one) for one in options[name]] for name in options}
    uses: dict[Entry, int] = {}
    for one in (entry for listed in entries.values() for entry in listed):
        uses[one] = uses.get(one, 0) + 1
    described = []
    for name, command in program().commands.items():
        listed = entries.get(name) or _entries_of(command.callback)
        typed = [entry for entry in listed if entry.names[0].startswith("-")]
        described.append(
            Command(
                name,
                command.help or "",
                [entry for entry in listed if entry not in typed],
                [entry for entry in typed if uses[entry] < SHARED],
                [entry for entry in typed if uses[entry] >= SHARED],
            )
        )
    return described


def _entries_of(callback: Any) -> list[Entry]:
    """The arguments of a command that has no settings."""
    parameters = inspect.signature(callback).parameters.values()
    return [_entry(one) for one in parameters if one.name != "context"]


def common_options(described: list[Command]) -> list[Entry]:
    """The options that commands share, each once."""
    return list(dict.fromkeys(entry for command in described for entry in command.shared))


def _entry(parameter: inspect.Parameter) -> Entry:
    kind, info = get_args(parameter.annotation)[:2]
    if isinstance(info, ArgumentInfo):
        return Entry((info.metavar or parameter.name.upper(),), "", info.help or "", "")
    assert isinstance(info, OptionInfo)
    first = [info.default] if isinstance(info.default, str) else []  # where Typer keeps a name
    names = [name for given in (*first, *(info.param_decls or ())) for name in given.split("/")]
    if not any(name.startswith("--") for name in names):
        names = [f"--{parameter.name.replace('_', '-')}", *names]
    names.sort(key=lambda name: (name.startswith("--no-"), not name.startswith("--")))
    value = _value(parameter.name, kind)
    flag = bool in (kind, *get_args(kind))
    if flag or "|" not in value:  # choices are named here, a word for a value elsewhere
        value = "" if flag else info.metavar or value
    return Entry(tuple(names), value, info.help or "", _default(parameter.default))


def _value(name: str, kind: Any) -> str:
    """The name of a value: N, X, the choices, or the last word of the option."""
    if get_origin(kind) in (Union, UnionType):
        return _value(name, next(part for part in get_args(kind) if part is not type(None)))
    if get_origin(kind) is Literal:
        return "|".join(get_args(kind))
    if get_origin(kind) is list:
        return _value(name, get_args(kind)[0])
    return {int: "N", float: "X"}.get(kind, name.rpartition("_")[2].upper())


def _default(default: Any) -> str:
    """A default as it would be typed; empty if there is none to show."""
    if any(default is nothing for nothing in (None, inspect.Parameter.empty, False)):
        return ""
    if default is True:
        return "on"
    if isinstance(default, list | tuple):
        return ", ".join(map(_default, default))
    return f"{default:g}" if isinstance(default, float) else str(default)


def markdown() -> str:
    """The reference as Markdown."""
    return "\n".join(_markdown()) + "\n"


def _markdown() -> Iterator[str]:
    described = commands()
    yield from ("# Reference", "", "Every command and option. Made from the code; do not edit.")
    for command in described:
        yield from ("", f"## rnncli {command.name}", "", command.help, "")
        yield f"    {command.usage}"
        yield from _list(command.arguments + command.options)
        if command.shared:
            names = ", ".join(f"`{entry.names[0]}`" for entry in command.shared)
            yield from ("", f"Common options: {names}.")
    yield from ("", "## Common options", "", "Of several commands, with one meaning in all.")
    yield from _list(common_options(described))
    yield from ("", "## Without a command", "")
    yield from (f"- `{name}`: {text}" for name, text in OPTIONS)
    yield from ("", "## Exit status", "")
    yield from (f"- `{int(status)}`: {text}" for status, text in STATUSES.items())
    yield from ("", "## Environment", "")
    yield from (f"- `{name}`: {text}" for name, text in VARIABLES.items())


def _list(entries: list[Entry]) -> Iterator[str]:
    if entries:
        yield ""
    for entry in entries:
        value = f" {entry.value}" if entry.value else ""
        yield f"- `{', '.join(entry.names)}{value}`: {entry.text}"


def man_page() -> str:
    """The page rnncli(1), in the man macros of roff."""
    return "\n".join(_man_page()) + "\n"


def _man_page() -> Iterator[str]:
    described = commands()
    yield '.\\" Made from the code; do not edit.'
    yield f'.TH RNNCLI 1 "" "rnncli {__version__}" "User Commands"'
    yield from (".SH NAME", _roff(f"rnncli - {SUMMARY}"))
    yield from (".SH SYNOPSIS", ".B rnncli", "\\fICOMMAND\\fR [\\fIOPTIONS\\fR] \\fIFILES\\fR")
    yield from (".SH DESCRIPTION", _roff(f"{program().help}"))
    yield _roff("Prices are CSV or Parquet files, folders of them, or - for standard input.")
    yield _roff("Every option has a default in the environment or in a file; see ENVIRONMENT.")
    yield ".SH COMMANDS"
    for command in described:
        yield from (f'.SS "{_roff(command.usage)}"', _roff(" ".join(command.help.split())))
        yield from _man_list(command.arguments + command.options)
        if command.shared:
            names = ", ".join(entry.names[0] for entry in command.shared)
            yield from (".PP", _roff(f"Common options: {names}."))
    yield ".SH COMMON OPTIONS"
    yield from _man_list(common_options(described))
    for name, text in OPTIONS:
        yield from (".TP", f".B {_roff(name)}", _roff(text))
    yield ".SH EXIT STATUS"
    for status, text in STATUSES.items():
        yield from (".TP", f".B {int(status)}", _roff(text))
    yield ".SH ENVIRONMENT"
    for name, text in VARIABLES.items():
        yield from (".TP", f".B {name}", _roff(text))
    yield from (".SH EXAMPLES", ".nf", *map(_roff, EXAMPLES), ".fi")


def _man_list(entries: list[Entry]) -> Iterator[str]:
    for entry in entries:
        names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in entry.names)
        value = f" \\fI{_roff(entry.value)}\\fR" if entry.value else ""
        yield from (".TP", f"{names}{value}", _roff(entry.text))


def _roff(text: str) -> str:
    """Text without anything that roff takes for a request, and with hyphens that can be copied."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
