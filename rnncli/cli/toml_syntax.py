"""Faults of the syntax of a TOML file: the line, and how it is written."""

import re

from rnncli.cli.mistyped import QUOTES

_PLACE = r"(.*) \(at line (\d+), column \d+\)"
_KEY = r"^[\w.-]+\s*"
_TEXT = rf"({_KEY})=\s*([^\"'\[{{\s][^#]*)"  # a value without quotes
_OPEN_TABLE = "Expected ']"  # begins what the parser says of a table without its bracket
_TABLE = r"(\[{1,2})\s*([\w.-]+)"
WRITTEN = {  # what TOML calls a value that other files write so
    "true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false",
}  # fmt: skip


def syntax_fault(path: str, text: str, said: str, remedy: str) -> str:
    """What is wrong with a file that is not TOML, given the parser's message.

    `remedy`: what to do where another kind of file was named.
    """
    lines = text.splitlines()
    if said.startswith(_OPEN_TABLE):  # its place may be the end of the file
        said = said.replace("at end of document", f"at line {len(lines)}, column 1")
    place = re.fullmatch(_PLACE, said)
    if not path.endswith(".toml"):
        return f"{path}: is not a TOML file; {remedy}"
    if place is None:
        return f"{path}: is not complete ({said[:1].lower()}{said[1:]}); look at its last line"
    number = int(place[2])
    line = lines[number - 1].strip()
    return f"{path}, line {number}: {line}: {_remedy(place[1], line)}"


def _remedy(said: str, line: str) -> str:
    """How a line is written, by what it seems to be."""
    if said.startswith(_OPEN_TABLE) and (table := re.match(_TABLE, line)):
        return f"close the bracket: {table[1]}{table[2]}{']' * len(table[1])}"
    by_sign = _by_sign(said, line)
    if by_sign is not None:
        return by_sign
    if text := re.match(_TEXT, line):
        name, value = text[1].strip(), text[2].strip()
        written = WRITTEN.get(value.lower(), f'"{value}"')
        kind = "" if value.lower() in WRITTEN else " text in quotes:"
        return f"write{kind} {name} = {written}"
    if "[" in line:
        return 'write text in quotes, as in paths = ["prices"]'
    return f"{said[:1].lower()}{said[1:]}; write name = value"


def _by_sign(said: str, line: str) -> str | None:
    """The remedy for a line with a sign that gives the mistake away, or for what TOML says."""
    if set(line) & set(QUOTES):
        return 'has typographic quotation marks; type "'
    if re.match(rf"{_KEY}:", line):
        return f"write {re.sub(r'[ ]*:', ' =', line, count=1)}"
    if "verwrite" in said or "twice" in said:
        return "is in the file twice; remove one of them"
    if "\\" in line:
        return "in double quotes a \\ is an escape; write / or single quotes"
    if "nclosed array" in said:
        return "the list before is not closed; add ]"
    return None
