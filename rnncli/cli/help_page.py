"""The help page of a command: usage, options in panels, examples, and the guides that explain it.

`--help` shows each option with its default. The long page, of `rnncli help COMMAND`, adds the
range of each value and the environment variable that sets it.
"""

from collections.abc import Iterable, Iterator
from textwrap import fill, wrap
from typing import Any

import typer
from typer.core import TyperCommand

from rnncli.cli.commands import COMMANDS
from rnncli.cli.mistyped import WORDS, refuse_mistyped
from rnncli.cli.page_layout import Row, heading, section, width_of_page
from rnncli.cli.pages import PAGES
from rnncli.cli.plain_arguments import ConvertsPlainValues

PANELS = (
    "Input", "Forecast", "Network", "Training", "Market", "Evaluation", "Intervals", "Output",
    "Run", "Reading price files",
)  # fmt: skip # in this order, whatever the order of the parameters
FIRST = (
    "output", "symbols", "since", "until", "column", "cell", "hidden_size", "layers", "horizon",
    "loss", "epochs", "learning_rate", "baselines", "folds", "level", "format", "chart", "plot",
    "quiet", "verbose", "config",
)  # fmt: skip # what most people use comes first in its panel
LONG = "long"  # key of the context's notes: whether the long page is wanted


class PageCommand(ConvertsPlainValues, TyperCommand):
    """A command whose help page is made here, without Rich."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Look at the words before they are parsed. Raises UsageError."""
        if not ctx.resilient_parsing:
            refuse_mistyped(self, ctx.command_path, args)
            ctx.meta[WORDS] = tuple(args)
        return super().parse_args(ctx, args)

    def get_help(self, ctx: Any) -> str:
        """The whole page."""
        long = bool(ctx.meta.get(LONG))
        return "\n".join(_page(self, ctx, long, width_of_page()))


def page_of(command: Any, program: Any, long: bool = False) -> str:
    """The help page of a command, given the context of the program that it belongs to."""
    inside = typer.Context(
        command, info_name=command.name, parent=program, **command.context_settings
    )
    inside.meta[LONG] = long
    return str(command.get_help(inside))


def _page(command: Any, ctx: Any, long: bool, width: int) -> Iterator[str]:
    page = PAGES[command.name]
    yield f"Usage: {ctx.command_path} {page.usage}"
    yield ""
    described = command.help or COMMANDS[command.name].summary  # without docstrings, of python -OO
    yield fill(described, width, initial_indent="  ", subsequent_indent="  ")
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    yield from section("Arguments", [(p.metavar or p.name, p.help) for p in arguments], width)
    for panel, rows in _panels(command, ctx, long):
        yield from section(panel, rows, width)
    yield from _examples(page.examples)
    yield ""
    yield from wrap(_further(command.name, page.guides, long), width)


def _panels(command: Any, ctx: Any, long: bool) -> Iterator[tuple[str, list[Row]]]:
    """Each panel that has options, with a row for each of them."""
    options = [p for p in command.get_params(ctx) if p.param_type_name == "option"]
    for panel in PANELS:
        shown = [p for p in options if panel_of(p) == panel]
        shown.sort(key=lambda p: FIRST.index(p.name) if p.name in FIRST else len(FIRST))
        yield panel, [row_of(p, ctx, long) for p in shown]


def panel_of(parameter: Any) -> str:
    """The panel of an option: that of its settings, or Run for those of Typer."""
    return getattr(parameter, "rich_help_panel", None) or "Run"


def row_of(parameter: Any, ctx: Any, long: bool) -> Row:
    """An option as it is typed, and what it does."""
    notes = [*_choices(parameter), *_default(parameter)]
    if long:
        notes += [*_range(parameter), *_variable(parameter, ctx)]
    more = f" [{'; '.join(notes)}]" if notes else ""
    return _typed(parameter), f"{parameter.help}{more}"


def _typed(parameter: Any) -> str:
    """`-q, --[no-]quiet` of a flag, `--epochs N` of a value."""
    names = sorted(parameter.opts, key=len)
    long = names[-1]
    if parameter.secondary_opts:
        names[-1] = f"--[no-]{long[2:]}"
    text = ", ".join(names)
    return text if parameter.is_flag else f"{text} {_metavar(parameter)}"


def _metavar(parameter: Any) -> str:
    if parameter.metavar:
        return str(parameter.metavar)
    return str(parameter.name).upper()


def _choices(parameter: Any) -> Iterator[str]:
    choices = parameter.type_descriptor.choices
    if choices:
        yield ", ".join(name if name[0].isalnum() else repr(name) for name in map(str, choices))


def _default(parameter: Any) -> Iterator[str]:
    value = parameter.default
    if parameter.required:
        yield "required"
    elif isinstance(value, list | tuple):
        if value:
            yield f"default: {' '.join(map(_plain, value))}"
    elif value is not None and not parameter.is_flag:
        yield f"default: {_plain(value)}"
    elif parameter.is_flag and value and parameter.secondary_opts:
        yield "default: on"


def _plain(value: object) -> str:
    """A default without a zero fraction; a list may be broken after a comma."""
    return f"{value:g}" if isinstance(value, float) else str(value).replace(",", ", ")


def _range(parameter: Any) -> Iterator[str]:
    low, high = parameter.min, parameter.max
    if low is not None and high is not None:
        yield f"{_plain(low)} to {high}"
    elif low is not None:
        yield f"at least {_plain(low)}"


def _variable(parameter: Any, ctx: Any) -> Iterator[str]:
    if parameter.name == "help":
        return
    yield parameter.envvar or f"{ctx.auto_envvar_prefix}_{parameter.name.upper()}"


def _examples(examples: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield ""
    yield heading("Examples:")
    for number, (purpose, command) in enumerate(examples):
        if number:
            yield ""
        yield f"  # {purpose}"
        yield f"  $ {command}"


def _further(name: str, guides: Iterable[str], long: bool) -> str:
    """Where to read on."""
    topics = ", ".join(f"rnncli help {guide}" for guide in guides)
    if long:
        return f"Guides: {topics}"
    return f"Guides: {topics}. Ranges and environment variables: rnncli help {name}"
