"""How tables look: one frame, numbers on the right, a bar where a picture helps."""

import math
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from rnncli.report.text import safe

EIGHTHS = " ▏▎▍▌▋▊▉█"


def table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], caption: str = ""
) -> Table:
    """A table: text cells on the left, numbers on the right; no cell is read as markup."""
    frame = Table(
        title=safe(title), caption=safe(caption) or None, box=box.SIMPLE_HEAD, title_justify="left",
        caption_justify="left", title_style="bold", caption_style="dim", pad_edge=False,
    )  # fmt: skip
    for number, name in enumerate(columns):
        numeric = bool(rows) and not any(isinstance(row[number], str) for row in rows)
        frame.add_column(
            Text(name), justify="right" if numeric else "left", overflow="fold", no_wrap=numeric
        )
    for row in rows:
        frame.add_row(*[value if isinstance(value, Text) else Text(shown(value)) for value in row])
    return frame


def lines(*sentences: str) -> Text:
    """Plain sentences under a table."""
    return Text("\n".join(safe(sentence) for sentence in sentences if sentence))


def shown(value: Any) -> str:
    """A value for people: numbers short, nothing as a dash."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return " x ".join(shown(item) for item in value)
    return number(float(value))


def number(value: float) -> str:
    """Five significant digits or so; whole numbers in full; powers of ten at the extremes."""
    size = abs(value)
    if math.isnan(value):
        return "-"
    if value == int(value) if size < 1e22 else False:
        return f"{value:.0f}"
    if 1e-4 <= size < 1e9:
        return f"{value:.{max(0, 5 - len(str(int(size))) if size >= 1 else 5)}f}"
    return f"{value:.3g}"


def price(value: float) -> str:
    """A price to the cent, or to five significant digits where a cent says too little."""
    if math.isnan(value):
        return "-"
    return f"{value:,.2f}" if abs(value) >= 100 else f"{value:.5g}"


def bar(share: float, width: int = 24) -> Text:
    """A bar of `share` (0 to 1) of the width, in eighths."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    whole, rest = divmod(eighths, 8)
    return Text("█" * whole + (EIGHTHS[rest] if rest else ""), style="cyan")
