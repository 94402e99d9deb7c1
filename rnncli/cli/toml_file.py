"""A TOML file of options: its tables, and the line of each key."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rnncli.cli.toml_syntax import syntax_fault
from rnncli.errors import MissingInputError, RnncliError, UsageError
from rnncli.storage.near_path import path_remedy
from rnncli.storage.reading import read_whole

NUMBERS = r"[0-9.]+( ?, ?[0-9.]+)+"
KEY = r"(?:[\w-]+|\"[^\"]*\"|'[^']*')"
HEADER = rf"\s*\[\[?\s*({KEY}(?:\s*\.\s*{KEY})*)\s*\]"
ASSIGNMENT = rf"\s*({KEY}(?:\s*\.\s*{KEY})*)\s*=(.*)"
LARGEST = 1 << 20  # bytes of a file
OPTION = r"--([a-z][a-z-]*)(?: ([0-9][0-9.]*\b|\S+\.[a-z]+\b))?"  # and its value
ASSIGNED = r"( = \S+) (?=[\w-]+ = )"  # a key and its value, before another
FEW = 6  # names that are listed
QUOTES = ('"""', "'''")


@dataclass(frozen=True)
class Line:
    """A line that begins a table, or sets a key: its number, the names that lead to it, its text.

    `path`: the table's name, and that of the key unless the line begins the table.
    """

    number: int
    path: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class TomlFile:
    """A file that was read: its name, its text, what TOML makes of it."""

    path: str
    text: str
    content: dict[str, Any]

    @property
    def lines(self) -> list[Line]:
        """The lines that begin a table or set a key, in their order."""
        return list(_lines(self.text))

    def place(self, table: str, key: str | None = None) -> str:
        """The file, and the line of a key of a table, else of the table, if known.

        The key may be written with - or _. A name outside any table is a table here.
        """
        wanted = (table,) if key is None else (table, spelled(key))
        for line in self.lines:
            if tuple(map(spelled, line.path[: len(wanted)])) == tuple(map(spelled, wanted)):
                return f"{self.path}, line {line.number}"
        return self.path if key is None else self.place(table)


def read_toml(path: str, remedy: str = "check the path") -> TomlFile:
    """Read a file. Raises MissingInputError with the remedy, UsageError for what is not TOML."""
    import tomllib

    try:
        content = read_whole(path, LARGEST)
        if len(content) > LARGEST:
            raise UsageError(f"{path}: is larger than {LARGEST >> 20} MiB; {remedy}")
        text = content.decode("utf-8-sig")  # without the mark that some editors begin with
        return TomlFile(path, text, tomllib.loads(text))
    except IsADirectoryError:
        raise MissingInputError(f"{path}: is a folder, not a TOML file; {remedy}") from None
    except FileNotFoundError:
        raise MissingInputError(f"{path}: does not exist; {path_remedy(path, remedy)}") from None
    except OSError as fault:
        raise MissingInputError(f"{path}: {fault.strerror}; {remedy}") from fault
    except UnicodeDecodeError as fault:
        raise UsageError(f"{path}: is not a TOML file; {remedy}") from fault
    except RecursionError:
        raise UsageError(f"{path}: is nested too deeply; write tables and lists") from None
    except tomllib.TOMLDecodeError as fault:
        raise UsageError(syntax_fault(path, text, str(fault), remedy)) from None
    except ValueError as fault:  # a name with a NUL in it
        raise UsageError(f"{path}: {fault}") from fault


def spelled(key: str) -> str:
    """A key with - and not _, which mean the same in an option."""
    return key.replace("_", "-")


def did_you_mean(typed: str, names: Iterable[str]) -> str:
    """`; did you mean hidden-size?`, in the spelling that was typed, else the names if few."""
    known = sorted({spelled(name) for name in names})
    from rnncli.cli.unknown_options import meant_option

    near = meant_option(spelled(typed).strip("-").lower(), known)
    if near is None:
        return f"; it has {', '.join(known)}" if len(known) <= FEW else ""
    return f"; did you mean {near.replace('-', '_') if '_' in typed else near.split()[0]}?"


def table_fault(name: str, table: Any, names: Collection[str], example: str) -> str:
    """Why a name at the top level of a file is not one of the tables that it may have."""
    if name in names and isinstance(table, list):
        return f"[[{name}]] begins a list of tables; write [{name}], once"
    if name in names:
        return f"{name} is a table; write [{name}] and its options below"
    if not isinstance(table, dict):
        return f"{name} is outside any table; write it below one, such as [{example}]"
    from rnncli.cli.unknown_options import meant_option

    near = meant_option(name.lower(), list(names))
    remedy = f"did you mean [{near}]?" if near else f"the tables are {', '.join(names)}"
    return f"no table [{name}]; {remedy}"


def with_keys(text: str, key_of: Callable[[str, str | None], str | None]) -> str:
    """A message that writes options as a file does: `hidden-size = 32` for `--hidden-size 32`.

    `key_of`: name and value of an option -> its key, None for one that is left as it is. What
    follows the name of the program is a command to run, and is left.
    """

    def as_key(match: re.Match[str]) -> str:
        name, value = match[1], match[2]
        key = key_of(name, value)
        if key is None:
            return match[0]
        if value is None:
            return key
        return f"{key} = {value if value[0].isdigit() else as_toml(value)}"

    before, command, after = text.partition("rnncli ")
    return re.sub(ASSIGNED, r"\1 and ", re.sub(OPTION, as_key, before)) + command + after


def option_of(fault: RnncliError) -> str | None:
    """The name of the option of a fault, with -, if it has one."""
    if fault.option is not None:
        return spelled(fault.option)
    named = re.match(r"--([\w-]+)", str(fault))
    return named[1] if named else None


def _lines(text: str) -> Iterator[Line]:
    """Lines in which a table begins or a key is set; text of several lines is passed over."""
    inside: tuple[str, ...] = ()
    open_quote = None
    for number, text_line in enumerate(text.splitlines(), start=1):
        if open_quote is not None:
            open_quote = None if open_quote in text_line else open_quote
        elif header := re.match(HEADER, text_line):
            inside = _names(header[1])
            yield Line(number, inside, text_line)
        elif key := re.match(ASSIGNMENT, text_line):
            path = (*inside, *_names(key[1]))
            yield Line(number, path, text_line)
            for name in re.findall(rf"[{{,]\s*({KEY})\s*=", key[2]):  # of an inline table
                yield Line(number, (*path, *_names(name)), text_line)
            open_quote = next((q for q in QUOTES if key[2].count(q) == 1), None)


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip("\"'") for name in re.findall(KEY, dotted))


def words_of(parameter: Any, value: Any) -> bool | str | list[str]:
    """`value` as on the command line, where it is checked. Raises ValueError.

    A list is several values, or one text with commas for an option with one value.
    """
    if isinstance(value, bool) and getattr(parameter, "is_flag", False):
        return value
    words = [_word(item) for item in value] if isinstance(value, list) else [_word(value)]
    if getattr(parameter, "multiple", False) or parameter.nargs != 1:
        if isinstance(value, str) and re.fullmatch(NUMBERS, value):
            raise ValueError(f"write a list: [{value}]")
        return words
    if not isinstance(value, list):
        return words[0]
    if any("," in word for word in words):
        raise ValueError("an item contains a comma, which separates items")
    return ",".join(words)


def _word(value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise ValueError("needs a text or a number")
    return str(value)


def as_toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str) else str(value)
