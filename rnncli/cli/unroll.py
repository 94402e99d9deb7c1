"""`rnncli unroll`: a small network unrolled, as a table, step by step, as a figure or a page."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.html_page import check_html
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.page_layout import wants_style
from rnncli.cli.results import is_table, output_of, show_result
from rnncli.errors import UsageError
from rnncli.runtime.timing import untimed
from rnncli.settings import HtmlSettings, PictureSettings, ResultSettings, UnrollSettings

if TYPE_CHECKING:
    from rnncli.report.page.content import UnrolledNetwork

PAGE_DAYS = 500  # that a page shows at most
OF_RUN = ("values", "days", "step")  # settings that are not numbers of the network
KEYS = "Enter: next step, b: back, a: all, q: quit "
ERASE = "\x1b[1A\x1b[2K"  # the line above


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "unroll", without=("chart",))(unroll)


def unroll(
    unrolling: UnrollSettings,
    paging: HtmlSettings,
    drawing: PictureSettings,
    showing: ResultSettings,
    typed: frozenset[str],
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL", help="Model file (default: the one-unit network of StatLand)."
        ),
    ] = None,
) -> None:
    """Unroll a network through time, step by step."""
    from rnncli.cli.charts import check_pictures

    inputs = [model] if model else []
    check_pictures(drawing, showing, inputs, typed)
    check_html(paging, inputs)
    step = unrolling.step and is_table(showing)
    if unrolling.step and not step and "step" in typed:
        raise UsageError("--step: shows text, which is not for programs; add --format table")
    messages = Messages(showing)
    network = _unrolled(model, unrolling, paging, messages)
    if paging.html:
        _write_page(paging.html, network, messages)
    if drawing.plot:
        _plot(drawing.plot, network, messages)
    _show(network, step, showing)


def _unrolled(
    model: str | None, unrolling: UnrollSettings, paging: HtmlSettings, messages: Messages
) -> "UnrolledNetwork":
    """The network of a model, or the one of StatLand with other numbers, over the days asked for.

    Raises UsageError for a model with such numbers, and for more days than a page shows.
    """
    from rnncli.gradients.unroll import one_unit_of, parse_values, unroll_network, unroll_one
    from rnncli.report.page.content import UnrolledNetwork
    from rnncli.simulation.statland import OneUnit

    given = {n: v for n, v in asdict(unrolling).items() if v is not None and n not in OF_RUN}
    values = parse_values(unrolling.values, unrolling.days)
    if paging.html and len(values) > PAGE_DAYS:
        raise UsageError(
            f"--html: a page shows {PAGE_DAYS} days at most; use --days {PAGE_DAYS} or fewer"
        )
    if model is None:
        unit = replace(OneUnit(), **given)
        return UnrolledNetwork("one unit" if given else "StatLand", unroll_one(unit, values), unit)
    if given:
        raise UsageError(f"--{next(iter(given))}: a model has its own weights; leave out MODEL")
    from rnncli.models.prior import open_model

    network = open_model(model).network
    watch_kernels(messages, untimed)
    one_unit = one_unit_of(network)
    unrolled = unroll_one(one_unit, values) if one_unit else unroll_network(network, values)
    return UnrolledNetwork(model, unrolled, one_unit)


def _write_page(path: str, network: "UnrolledNetwork", messages: Messages) -> None:
    from rnncli.cli.html_page import write_page
    from rnncli.report.page.content import PageContent

    title = f"The network unrolled: {network.name}"
    write_page(path, PageContent(title=title, unrolled=network), messages)


def _plot(path: str, network: "UnrolledNetwork", messages: Messages) -> None:
    from rnncli.cli.charts import write_figure
    from rnncli.report.figures import unrolled_figure

    write_figure(path, lambda suffix: unrolled_figure(network.unrolled, network.unit, suffix))
    messages.note(f"wrote {path}")


def _show(network: "UnrolledNetwork", step: bool, showing: ResultSettings) -> None:
    """The table of days; or every step, one after the other where someone can ask for the next."""
    from rnncli.report.gradients import unroll_report
    from rnncli.report.unroll_steps import steps_of, steps_report

    if not step:
        show_result(unroll_report(network.unrolled), showing)
    elif output_of(showing) is None and sys.stdin.isatty() and sys.stdout.isatty():
        _play(steps_of(network.unrolled, network.unit))
    else:
        show_result(steps_report(network.unrolled, network.unit), showing)


def _play(steps: Sequence[Sequence[str]]) -> None:
    """Show one step after the other, at a key and Enter; the last ones are shown at once."""
    number, alone = 0, True
    while number < len(steps):
        sys.stdout.write("\n".join([*steps[number], "", ""]))
        number += 1
        if not alone or number == len(steps):
            continue
        sys.stdout.write(KEYS)
        sys.stdout.flush()
        answer = sys.stdin.readline()
        if wants_style(sys.stdout):
            sys.stdout.write(ERASE)
        key = answer.strip().lower()[:1]
        if key == "q" or not answer:
            return
        alone = key != "a"
        if key == "b":
            number = max(number - 2, 0)
