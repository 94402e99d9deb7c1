"""`rnncli help`: the guides, the long help page of a command, and a search in both."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rnncli.cli.commands import COMMANDS, TOPICS
from rnncli.cli.completion import listed
from rnncli.cli.help_page import PageCommand, page_of
from rnncli.cli.page_layout import LISTED, section, width_of_page
from rnncli.errors import UsageError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

COMMENT = re.compile(r"\n(\n?)<!-- .*? -->\n(\n?)")  # a line of it, and blank lines around
MOST = 8  # lines that a search shows
PAGES = 3  # guides that it names
STARTS = ("- ", "#", "|")  # of an item, a heading, a row
NUMBERS = tuple(f"{number}." for number in range(1, 10))


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("help", cls=PageCommand, context_settings={"ignore_unknown_options": True})(
        show_help
    )


def show_help(
    context: typer.Context,
    topic: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TOPIC",
            help="A guide, a command, or words to search for.",
            show_default=False,
            autocompletion=listed(lambda _: (*TOPICS, *COMMANDS)),
        ),
    ] = None,
) -> None:
    """Show a guide, all details of a command, or search for a word."""
    words = " ".join(topic or []).strip().lower()
    if not words:
        text = "\n".join(_index())
    elif words in TOPICS:
        _show_guide(guide(words))
        return
    elif words in COMMANDS:
        text = page_of(_commands(context)[words], context.parent, long=True)
    else:
        text = "\n".join(_search(context, words))
    from rnncli.report.guide import show

    show(text)


def guide(topic: str) -> str:
    """The Markdown of a guide, without the comments that say what makes its tables."""
    text = _folder().joinpath(f"{topic}.md").read_text(encoding="utf-8")
    return COMMENT.sub(lambda comment: f"\n{comment[1] or comment[2]}", text)


def _folder() -> "Traversable":
    from importlib.resources import files

    return files("rnncli").joinpath("guides")


def _show_guide(text: str) -> None:
    from rnncli.report.guide import show_markdown

    show_markdown(text)


def _commands(context: typer.Context) -> dict[str, Any]:
    assert context.parent is not None
    return getattr(context.parent.command, "commands", {})


def _index() -> Iterator[str]:
    """The list of guides."""
    width = width_of_page()
    yield "Usage: rnncli help [TOPIC]"
    yield from section("Guides", [(name, _title(name)) for name in TOPICS], width, LISTED)
    yield from section("Commands", [(n, c.summary) for n, c in COMMANDS.items()], width, LISTED)
    yield ""
    yield from wrap(
        "Any other word is searched for in all guides and commands: rnncli help cron", width
    )


def _title(topic: str) -> str:
    """The heading of a guide, without its mark."""
    return guide(topic).partition("\n")[0].removeprefix("# ")


def _search(context: typer.Context, words: str) -> Iterator[str]:
    """Lines of guides and options that explain the words. Raises UsageError without any."""
    from rnncli.cli.help_search import nearest_word, search

    lines = list(_lines(context))
    hits = search(words, lines, MOST)
    if not hits:
        names = [*TOPICS, *COMMANDS]
        close = get_close_matches(words, names, 1)
        near = close[0] if close else nearest_word(words, (text for _, text in lines))
        remedy = f"did you mean {near}? " if near else ""
        raise UsageError(
            f"help {words}: no guide, command or explanation of that name",
            remedy=f"{remedy}rnncli help lists the topics",
        )
    shown = [(hit.where, _plain(hit.text)) for hit in hits]
    yield from section(f"Where {words!r} is explained", shown, width_of_page(), LISTED)
    yield ""
    yield from wrap(f"Read on with {_pages([hit.where for hit in hits])}.", width_of_page())


def _pages(places: Sequence[str]) -> str:
    """The pages that explain most, guides before commands: `rnncli help nightly (also cells)`."""
    distinct = list(dict.fromkeys(places))
    guides = [place for place in distinct if place in TOPICS] or distinct
    first, *others = guides[:PAGES]
    return f"rnncli help {first}" + (f" (also {', '.join(others)})" if others else "")


def _plain(text: str) -> str:
    """A line of Markdown without the marks of items, headings and bold text."""
    return text.lstrip("-# ").replace("**", "") if not text.startswith("--") else text


def _lines(context: typer.Context) -> Iterator[tuple[str, str]]:
    """Each paragraph, item or row of every guide, and each option of every command."""
    for topic in TOPICS:
        if topic == "reference":  # its options are those of the commands
            continue
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
