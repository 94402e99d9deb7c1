"""Where something stands in the file of a nightly job, for the messages about it."""

import re

from rnncli.errors import UsageError
from rnncli.nightly.config import TABLES


def line_of(path: str, text: str, table: str, key: str) -> str:
    """The file, and the line of a key where it can be told; with no table, that of a table."""
    for number, inside, own, _ in _keys(text):
        if (inside, own) == (table, key) or (not table and own is None and inside == key):
            return f"{path}, line {number}"
    return path


def located(path: str, fault: UsageError) -> UsageError:
    """A fault of an option as one of the file that it must stand in, with its line.

    Of several tables with such an option it is the one that has the value.
    """
    named = re.match(r"--([\w-]+)(?: ([^:]*))?", str(fault))
    if named is None:
        return fault
    with open(path, encoding="utf-8-sig") as file:
        found = [one for one in _keys(file.read()) if one[1] in TABLES and one[2] == named[1]]
    number, inside, *_ = max(found, key=lambda one: _holds(one[3], named[2]), default=(0, ""))
    return UsageError(f"{path}, line {number}: [{inside}] {fault}") if number else fault


def _holds(line: str, value: str | None) -> bool:
    """Whether a line has a value, as far as that shows."""
    return value is not None and value.removesuffix(".0") in line


def _keys(text: str) -> list[tuple[int, str, str | None, str]]:
    """Number of a line, the table it is in, its key (None: it is the head of the table), itself."""
    found: list[tuple[int, str, str | None, str]] = []
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[?\s*[\"']?([^\]\"']*?)[\"']?\s*\]", line):
            inside = header[1]
            found.append((number, inside, None, line))
        elif own := re.match(r"\s*[\"']?([\w-]+)[\"']?\s*=", line):
            found.append((number, inside, own[1], line))
    return found
