"""Text to read: on a terminal in a pager, a guide as Rich Markdown; elsewhere as it is."""

import os
import pydoc
import sys
from io import StringIO

WIDEST = 100  # columns of text at most, for easy reading


def show_markdown(text: str) -> None:
    """Show a guide: rendered on a terminal, its Markdown elsewhere."""
    show(_rendered(text) if sys.stdout.isatty() else text)


def show(text: str) -> None:
    """Show lines; those that do not fit a terminal in its pager."""
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        sys.stdout.write(f"{text.rstrip()}\n")
        return
    if "LESS" not in os.environ:
        os.environ["LESS"] = "FRX"  # colours; and no pager for what fits the screen
    pydoc.pager(f"{text.rstrip()}\n")


def _rendered(text: str) -> str:
    """Markdown as text with the styles that the terminal shows."""
    from rich.console import Console
    from rich.markdown import Markdown

    width = min(Console(file=sys.stdout).width, WIDEST)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    lines = StringIO()
    console = Console(
        file=lines, width=width, force_terminal=not plain, no_color=plain, highlight=False
    )
    console.print(Markdown(text, code_theme="ansi_light", hyperlinks=False))
    return lines.getvalue()
