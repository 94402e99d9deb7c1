"""A TOML file of options: its tables, and the line of each key."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from rnncli.errors import MissingInputError, RnncliError, UsageError
from rnncli.storage.reading import read_whole

KEY = r"(?:[\w-]+|\"[^\"]*\"|'[^']*')"
HEADER = re.compile(rf"\s*\[\[?\s*({KEY}(?:\s*\.\s*{KEY})*)\s*\]")
ASSIGNMENT = re.compile(rf"\s*({KEY}(?:\s*\.\s*{KEY})*)\s*=(.*)")
LARGEST = 1 << 20  # bytes of a file
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
    except OSError as fault:
        raise MissingInputError(f"{path}: {fault.strerror}; {remedy}") from fault
    except UnicodeDecodeError as fault:
        raise UsageError(f"{path}: is not a TOML file; {remedy}") from fault
    except RecursionError:
        raise UsageError(f"{path}: is nested too deeply; write tables and lists") from None
    except ValueError as fault:  # not TOML, not UTF-8, or a name with a NUL in it
        raise UsageError(f"{path}: {fault}") from fault


def spelled(key: str) -> str:
    """A key with - and not _, which mean the same in an option."""
    return key.replace("_", "-")


def did_you_mean(typed: str, names: Iterable[str]) -> str:
    """`; did you mean hidden-size?`, in the spelling that was typed; empty without a near name."""
    near = get_close_matches(spelled(typed), {spelled(name) for name in names}, 1)
    if not near:
        return ""
    return f"; did you mean {near[0].replace('-', '_') if '_' in typed else near[0]}?"


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
        elif header := HEADER.match(text_line):
            inside = _names(header[1])
            yield Line(number, inside, text_line)
        elif key := ASSIGNMENT.match(text_line):
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
