"""How tables look: one frame, numbers on the right and whole, a bar where a picture helps."""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group
from rich.table import Table
from rich.text import Text

from rnncli.report.text import ascii_wanted, safe

BLOCKS, PLAIN_BLOCKS = "▁▂▃▄▅▆▇█", "_.-~=*^#"
EIGHTHS = " ▏▎▍▌▋▊▉█"
INEXACT = "Each bin is shown as the mean of its training values."
HUGE = 1e12  # a price from here on has a power of ten: with all its digits it fills a screen
LONGEST_TEXT = 1000  # characters of a cell; Rich takes minutes for columns far wider than that
LONG_TEXT = 30  # columns of the screen; longer texts are wrapped


def table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], caption: str = "",
    keys: int = 1, spare: Sequence[str] = (),
) -> "Grid":  # fmt: skip
    """A table: text cells on the left, numbers on the right; no cell is read as markup.

    Where the terminal is too narrow, columns that are `spare` are left out one by one; then it is
    split, with the first `keys` columns in every part.
    """
    cells = [[v if isinstance(v, Text) else Text(shown(v)) for v in row] for row in rows]
    numeric = [bool(rows) and not any(isinstance(row[n], str) for row in rows)
               for n in range(len(columns))]  # fmt: skip
    return Grid(title, columns, cells, numeric, caption, keys, spare)


@dataclass(frozen=True)
class Grid:
    """What `table` makes: no number is ever cut to a width, only long texts are folded."""

    title: str
    columns: Sequence[str]
    cells: Sequence[Sequence[Text]]
    numeric: Sequence[bool]
    caption: str
    keys: int
    spare: Sequence[str] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Table | Text]:
        """Yield the title, the table or its parts one below the other, the caption."""
        yield Text(safe(self.title), style="bold")
        left_out = self._left_out(options.max_width)
        for part in self._parts(options.max_width, left_out):
            yield self._frame(part)
        if self.caption:
            yield Text(safe(self.caption), style="dim")
        if left_out:
            names = ", ".join(self.columns[column] for column in left_out)
            yield Text(f"Not in a terminal this narrow: {names}.", style="dim")

    def _left_out(self, room: int) -> list[int]:
        """Numbers of the spare columns without room."""
        left_out: list[int] = []
        for name in self.spare:
            if self._needed(set(range(len(self.columns))).difference(left_out)) <= room:
                break
            left_out.append(self.columns.index(name))
        return left_out

    def _parts(self, room: int, left_out: Sequence[int]) -> list[list[int]]:
        """Column numbers of each part."""
        keys = list(range(self.keys))
        parts = [list(keys)]
        for column in range(self.keys, len(self.columns)):
            if column in left_out:
                continue
            if parts[-1] != keys and self._needed([*parts[-1], column]) > room:
                parts.append(list(keys))
            parts[-1].append(column)
        return parts

    def _needed(self, part: Collection[int]) -> int:
        """Width of a part: its columns, two spaces between, one at each end."""
        return sum(self._width(column) for column in part) + 2 * len(part)

    def _width(self, column: int) -> int:
        """Least width of a column: all of a number, the beginning of a long text."""
        widths = [cell_len(self.columns[column]), *(row[column].cell_len for row in self.cells)]
        return max(widths) if self.numeric[column] else min(max(widths), LONG_TEXT)

    def _frame(self, part: Sequence[int]) -> Table:
        frame = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        for column in part:
            frame.add_column(
                Text(safe(self.columns[column])), overflow="fold",
                justify="right" if self.numeric[column] else "left",
                 no_wrap=self.numeric[column], min_width=self._width(column),
            )  # fmt: skip
        for row in self.cells:
            frame.add_row(*(row[column] for column in part))
        return frame


def pairs(title: str, rows: Iterable[tuple[str, str]]) -> Group:
    """Names and values, one per line, a blank line after."""
    frame = Table(box=None, show_header=False, padding=(0, 0, 0, 2))
    frame.add_column(no_wrap=True)
    frame.add_column(overflow="fold")
    for name, value in rows:
        frame.add_row(Text(safe(name)), Text(safe(value)))
    return Group(Text(safe(title), style="bold"), frame, Text())


def counted(count: int, noun: str) -> str:
    """A number and its noun: 1 symbol, 2 symbols."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def lines(*sentences: str) -> Text:
    """Plain sentences under a table."""
    return Text("\n".join(safe(sentence) for sentence in sentences if sentence))


def shown(value: Any) -> str:
    """A value for people: numbers short, nothing as a dash."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return safe(value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}…")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return " x ".join(shown(item) for item in value)
    return number(float(value))


def number(value: float) -> str:
    """Whole and short numbers as they are, else five digits or so; powers of ten far out."""
    value += 0.0  # no negative zero
    size = abs(value)
    if math.isnan(value):
        return "-"
    if size < 1e22 and value == int(value):
        return f"{value:.0f}"
    if not 1e-4 <= size < 1e9:
        return f"{value:.3g}"
    if math.isclose(value, float(f"{value:.4g}"), rel_tol=1e-12):
        return f"{value:.4g}"
    if size < 1e-3:
        return f"{value:.6f}"
    return f"{value:.{max(0, 5 - len(str(int(size)))) if size >= 1 else 5}f}"


def price(value: float) -> str:
    """A price to the cent, to five digits if small; powers of ten for extreme prices."""
    value += 0.0  # no negative zero
    size = abs(value)
    if math.isnan(value):
        return "-"
    if size >= HUGE:
        return f"{value:.5e}"
    if size >= 100:
        return f"{value:,.2f}"
    if 0 < size < 1e-3:
        return f"{value:.5g}"
    return f"{value:.{3 if size >= 10 else 4 if size >= 1 else 5}f}"


def bar(share: float, width: int = 24) -> Text:
    """A bar of `share` (0 to 1) of the width, in eighths."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    whole, rest = divmod(eighths, 8)
    return Text("█" * whole + (EIGHTHS[rest] if rest else ""), "cyan", justify="left")


def sparkline(values: Sequence[float], width: int) -> Text:
    """Finite values as blocks from the lowest to the highest, each the mean of a part of them."""
    parts = min(width, len(values))
    ends = [len(values) * n // parts for n in range(parts + 1)] if parts else []
    means = [math.fsum(v / 2 / (b - a) for v in values[a:b]) for a, b in pairwise(ends)]  # halves
    low, high = min(means, default=0.0), max(means, default=0.0)  # so that none is too large
    blocks = PLAIN_BLOCKS if ascii_wanted() else BLOCKS
    top = len(blocks) - 1
    heights = [round(top * ((v - low) / (high - low))) if high > low else top // 2 for v in means]
    return Text("".join(blocks[height] for height in heights))
