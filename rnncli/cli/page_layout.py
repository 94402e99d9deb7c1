"""How a page for a terminal is laid out: its width, headings, and lists in two columns."""

import os
import sys
from collections.abc import Iterable, Iterator
from textwrap import fill
from typing import TextIO

NARROWEST, WIDEST, LEFT = 50, 100, 28
NAMES, LISTED = 14, 19  # columns that a list of commands, or of guides, gives to names

Row = tuple[str, str]


def width_of_page() -> int:
    """Columns of the terminal, or of COLUMNS, as far as lines are still pleasant to read."""
    try:
        columns = int(os.environ.get("COLUMNS", "0"))
    except ValueError:
        columns = 0
    return min(max(columns if columns > 0 else columns_of(sys.__stdout__), NARROWEST), WIDEST)


def columns_of(stream: TextIO | None) -> int:
    """Columns of the terminal that a stream is; 80 if unknown."""
    # as shutil.get_terminal_size, which comes with modules of archives that take long to load
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, OSError, ValueError):  # none, none of a terminal, a closed one
        return 80


def section(title: str, rows: Iterable[Row], width: int, left: int = LEFT) -> Iterator[str]:
    """A heading and two columns below it, the left one of a width; nothing without rows."""
    rows = list(rows)
    if not rows:
        return
    yield ""
    yield heading(f"{title}:")
    for name, text in rows:
        head = f"  {name}"
        if len(head) > left - 2:
            yield head
            head = ""
        yield fill(
            text, width, initial_indent=head.ljust(left), subsequent_indent=" " * left,
            break_on_hyphens=False, break_long_words=False,
        )  # fmt: skip


def heading(text: str) -> str:
    """A heading, bold on a terminal that shows colours."""
    return f"\x1b[1m{text}\x1b[0m" if wants_style(sys.stdout) else text


def wants_style(stream: TextIO) -> bool:
    """Whether a stream is a terminal that shows colours and bold text."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain
