"""`rnncli help`: the guides, the long help page of a command, and a search in both."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnncli.cli.help_page import LISTED, PageCommand, page_of, section, width_of_page
from rnncli.errors import UsageError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

TOPICS = (
    "start", "prices", "features", "models", "forecasts", "prior", "evaluation", "report", "risk",
    "ledger", "nightly", "operations", "explain", "gradients", "cells", "python", "formats",
    "environment", "exit-codes", "reproducibility", "security", "performance", "upgrading",
    "glossary", "reference",
)  # fmt: skip # in the order in which they are best read
MOST = 12  # lines that a search shows
STARTS = ("- ", "#", "|")  # of an item, a heading, a row
NUMBERS = tuple(f"{number}." for number in range(1, 10))
LONG_ENOUGH = 3  # letters of a word to search for alone


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("help", cls=PageCommand)(show_help)


def show_help(
    context: typer.Context,
    topic: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TOPIC", help="A guide, a command, or words to search for.", show_default=False
        ),
    ] = None,
) -> None:
    """Show a guide, all details of a command, or search for a word."""
    words = " ".join(topic or []).strip().lower()
    commands = _commands(context)
    if not words:
        text = "\n".join(_index(commands))
    elif words in TOPICS:
        _show_guide(guide(words))
        return
    elif words in commands:
        text = page_of(commands[words], context.parent, long=True)
    else:
        text = "\n".join(_search(context, words))
    from rnncli.report.guide import show

    show(text)


def guide(topic: str) -> str:
    """The Markdown of a guide."""
    return _folder().joinpath(f"{topic}.md").read_text(encoding="utf-8")


def _folder() -> "Traversable":
    return files("rnncli").joinpath("guides")


def _show_guide(text: str) -> None:
    from rnncli.report.guide import show_markdown

    show_markdown(text)


def _commands(context: typer.Context) -> dict[str, Any]:
    assert context.parent is not None
    return getattr(context.parent.command, "commands", {})


def _index(commands: dict[str, Any]) -> Iterator[str]:
    """What there is to read."""
    width = width_of_page()
    yield "Usage: rnncli help [TOPIC]"
    yield from section("Guides", [(name, _title(name)) for name in TOPICS], width, LISTED)
    yield from section("Commands", [(n, c.help) for n, c in commands.items()], width, LISTED)
    yield ""
    yield "Any other word is searched for in all guides and commands: rnncli help cron"


def _title(topic: str) -> str:
    """The heading of a guide, without its mark."""
    return guide(topic).partition("\n")[0].removeprefix("# ")


def _search(context: typer.Context, words: str) -> Iterator[str]:
    """Lines of guides and options with all words. Raises UsageError without any."""
    lines = list(_lines(context))
    hits = [(where, line) for where, line in lines if _holds(line, words)]
    if not hits:  # some of the words are better than an error
        hits = [hit for hit in lines if any(map(partial(_holds, hit[1]), _long(words)))]
    if not hits:
        names = [*TOPICS, *_commands(context)]
        close = get_close_matches(words, names, 1)
        remedy = f"did you mean {close[0]}? " if close else ""
        raise UsageError(
            f"help {words}: no guide, command or explanation of that name",
            remedy=f"{remedy}rnncli help lists the topics",
        )
    width = width_of_page()
    best = sorted(hits, key=lambda hit: _weight(hit[1], words))  # stable: guides before commands
    yield from section(f"Where {words!r} is explained", best[:MOST], width, LISTED)
    if len(hits) > MOST:
        yield f"and {len(hits) - MOST} more lines"
    yield ""
    yield "Read on with rnncli help TOPIC."


def _holds(line: str, words: str) -> bool:
    return all(word in line.lower() for word in words.split())


def _long(words: str) -> list[str]:
    """The longer words, without a plural's s."""
    return [word.rstrip("s") for word in words.split() if len(word) > LONG_ENOUGH]


def _weight(line: str, words: str) -> int:
    """Headings and definitions before what merely mentions a word."""
    first = line.lower().lstrip("#-*` ")
    return 0 if line.startswith("#") or first.startswith(words) else 1


def _lines(context: typer.Context) -> Iterator[tuple[str, str]]:
    """Each paragraph, item or row of every guide, and each option of every command."""
    for topic in TOPICS:
        for line in _paragraphs(guide(topic)):
            yield topic, line
    yield from _options(context)


def _options(context: typer.Context) -> Iterator[tuple[str, str]]:
    """Each option once, with the first command that has it, and how many more have it."""
    commands: dict[str, list[str]] = {}
    for name, command in _commands(context).items():
        for parameter in command.params:
            line = f"{max(parameter.opts, key=len)}: {parameter.help}"
            commands.setdefault(line, []).append(name)
    for line, names in commands.items():
        more = f" (also of {', '.join(names[1:])})" if names[1:] else ""
        yield names[0], f"{line}{more}"


def _paragraphs(text: str) -> Iterator[str]:
    """Text of a guide without its blocks of commands, an item or a paragraph at a time."""
    part: list[str] = []
    block = False
    for line in [*text.splitlines(), ""]:
        fence = line.startswith("```")
        starts = fence or not line.strip() or line.startswith(STARTS) or line[:2] in NUMBERS
        if starts and part:
            yield " ".join(part)
            part = []
        if fence:
            block = not block
        elif line.strip() and not block:
            part.append(line.strip())
