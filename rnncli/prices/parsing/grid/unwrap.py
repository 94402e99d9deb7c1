"""What is wrapped round lines or cells: the bars of a drawn table, quotes of other kinds."""

import csv
import re
from collections.abc import Sequence
from dataclasses import replace

from rnncli.prices.parsing.source.text import Text

_HEAD = 60  # lines that show how all are wrapped
_MARKS = ",;\t|"
_RULE = re.compile(
    rb"^[ \t]*[|+]*[ \t]*(?:-{2,}|={2,}|:-+|-+:)[-=:]*[ \t|+]+[-=:][-=+|: \t]*$", re.MULTILINE
)
_UNFRAMED = re.compile(rb"^[ \t]*[^| \t\n]|[^| \t\n][ \t]*$", re.MULTILINE)
_BARS = re.compile(rb"^[ \t]*\||\|[ \t]*$", re.MULTILINE)
_QUOTED = re.compile(rb'^[ \t]*"(.*)"[ \t]*$', re.MULTILINE)
_PAIRS = (("'", "'"), ("\u201c", "\u201d"), ("\u201e", "\u201c"), ("\u00ab", "\u00bb"), ("`", "`"))


def unwrapped(text: Text) -> tuple[Text, str]:
    """Return the text without what is round its lines, and what that was; lines keep their place.

    A table may be drawn with bars and rules, as in Markdown; every line may be one quoted cell that
    holds the real ones; single quotes may stand for double ones.
    """
    head = [line for line in text.data[: 1 << 16].split(b"\n")[:_HEAD] if line.strip()]
    if any(map(_RULE.fullmatch, head[:4])):
        data = _without_bars(_RULE.sub(b"", text.data))
        return (
            (replace(text, data=data), "a table drawn with rules") if data.strip() else (text, "")
        )
    lines = [line.decode(errors="replace") for line in head]
    for left, right in _PAIRS if b'"' not in text.data else ():
        if left in "".join(lines[1:3]) and _frames_cells(lines, left, right):
            data = text.data.replace(left.encode(), b'"').replace(right.encode(), b'"')
            return replace(text, data=data), f"quotes {left}{right}"
    if len(lines) > 1 and lines[1].startswith('"') and _are_quoted(lines):
        return replace(text, data=_QUOTED.sub(_inside, text.data)), "quotes round each"
    return text, ""


def _without_bars(data: bytes) -> bytes:
    """Take the bars off both ends of every line, if all have them."""
    return data if _UNFRAMED.search(data) else _BARS.sub(b"", data)


def _frames_cells(lines: Sequence[str], left: str, right: str) -> bool:
    """Whether every such quote begins or ends a cell, in most lines."""
    cell = re.compile(rf"(?:^|(?<=[,;\t|]))\s*{left}[^{left}{right}]*{right}\s*(?=[,;\t|]|$)")
    framed = [line for line in lines if left in line]
    fits = all(
        2 * len(cell.findall(line)) == sum(map(line.count, {left, right})) for line in framed
    )
    return fits and len(framed) > len(lines) // 2


def _are_quoted(lines: Sequence[str]) -> bool:
    """Whether lines are single quoted cells, and as many cells in each once these are opened."""
    inner = [_QUOTED.sub(_inside, line.encode()).decode() for line in lines]
    if sum(a != b for a, b in zip(lines, inner, strict=True)) <= len(lines) // 2:
        return False
    try:
        widths = [{len(next(csv.reader([line], delimiter=mark))) for line in inner}
                  for mark in _MARKS]  # fmt: skip
    except (csv.Error, StopIteration):
        return False
    return any(len(width) == 1 and width != {1} for width in widths)


def _inside(line: re.Match[bytes]) -> bytes:
    """Return what a line in quotes holds, if it is one cell; else the line as it is."""
    several = b'"' in line[1].replace(b'""', b"")
    return line[0] if several else line[1].replace(b'""', b'"')
