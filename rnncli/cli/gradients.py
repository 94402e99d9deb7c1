"""`rnncli gradients`: how gradients flow through models and untrained cells."""

from collections.abc import Mapping
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from rnncli.cli.arguments import read, warn_of_namesake
from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.html_page import check_html
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.results import show_result
from rnncli.errors import UsageError, name_some
from rnncli.runtime.timing import Stages
from rnncli.settings import (
    CompareSettings,
    HtmlSettings,
    PictureSettings,
    ReadSettings,
    ResultSettings,
    RunSettings,
)

if TYPE_CHECKING:
    from rnncli.gradients.compare import GradientSubject
    from rnncli.gradients.report import GradientReport
    from rnncli.models.model import Model
    from rnncli.prices.series import Prices
    from rnncli.report.output import Report
    from rnncli.report.page.content import Network

NAMED = 3  # networks in a title


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "gradients", without=("chart",))(gradients)


def gradients(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="[MODEL]... PRICES...",
            help="Models (default: the prior), then price files.",
        ),
    ],
    comparing: CompareSettings,
    reading: ReadSettings,
    paging: HtmlSettings,
    drawing: PictureSettings,
    running: RunSettings,
    showing: ResultSettings,
    typed: frozenset[str],
) -> int:
    """Show vanishing and exploding gradients, by parameter and lag."""
    from rnncli.cli.charts import check_pictures
    from rnncli.gradients import compare
    from rnncli.models.prior import open_model
    from rnncli.transforms.fields import fields_of_inputs
    from rnncli.transforms.market_medians import market_for, unknown_market

    messages, stages = Messages(showing), Stages()
    warn_of_namesake(files, messages)
    names, paths = _models_and_prices(files, comparing.compare is not None)
    check_html(paging, files)
    check_pictures(drawing, showing, files, typed)
    if names:
        comparing = compare.of_typed(comparing, typed)
    compare.check(comparing, bool(names), typed)
    over_epochs = comparing.at == compare.EPOCHS
    with stages.stage("read"):
        models = {name: open_model(name) for name in names}
    reading = compare.same_reading(models.values(), reading, messages.warn)
    further = tuple(dict.fromkeys(n for m in models.values() for n in m.preparation.inputs))
    beside = fields_of_inputs(further)
    of_all = market_for(further)
    known = read(paths, reading, messages, stages.stage, beside, of_all=of_all)
    if unknown := unknown_market(known):
        messages.warn(unknown)

    from rnncli.runtime.threads import threads

    watch_kernels(messages, stages.stage)
    with stages.stage("prepare"):
        subjects = _subjects(comparing, models, known, messages)
    with stages.stage("forward and back"), threads(running.threads) as pool:
        reports = {name: subject.report(pool) for name, subject in subjects.items()}
    with stages.stage("write"):
        if paging.html:
            pages = _of_epochs(names[0], reports, models) if over_epochs else _each(reports, models)
            _write_page(paging.html, pages, known, messages)
        if drawing.plot:
            epochs = f"Gradient by epoch: {names[0]}" if over_epochs else ""
            _plot(drawing.plot, reports, messages, epochs)
        show_result(_report(reports, names, over_epochs), showing)
    if running.profile:
        messages.profile(stages)
    return messages.end()


def _subjects(
    comparing: CompareSettings, models: Mapping[str, "Model"], known: "Prices", messages: Messages
) -> dict[str, "GradientSubject"]:
    """The networks to report on: a model after its epochs, models, or untrained cells."""
    from rnncli.gradients import compare

    if comparing.at == compare.EPOCHS:
        return compare.subjects_of_epochs(models, known, messages.warn, messages.fail)
    if models:
        return compare.subjects_from_models(
            models, comparing.at, known, messages.warn, messages.fail
        )
    return compare.subjects_from_cells(comparing, known, messages.warn, messages.fail)


def _report(
    reports: Mapping[str, "GradientReport"], names: list[str], over_epochs: bool
) -> "Report":
    """The result: of one model over its epochs, of one model, or a comparison."""
    from rnncli.report.epochs import epochs_report
    from rnncli.report.gradients import comparison_report, gradients_report

    if over_epochs:
        return epochs_report(names[0], reports)
    return gradients_report(*reports.values()) if len(names) == 1 else comparison_report(reports)


def _plot(
    path: str, reports: Mapping[str, "GradientReport"], messages: Messages, epochs: str
) -> None:
    """Draw the first networks into a file; or a map of all epochs, where they have a title."""
    from rnncli.cli.charts import write_figure
    from rnncli.report.figures import MOST, epochs_figure, gradient_figure

    def draw(suffix: str) -> bytes:
        if epochs:
            lags = {int(epoch): report.lags for epoch, report in reports.items()}
            return epochs_figure(epochs, lags, suffix)
        first = islice(reports.items(), MOST)
        return gradient_figure({name: (r.lags, r.verdict) for name, r in first}, suffix)

    write_figure(path, draw)
    messages.note(f"wrote {path}")


def _each(
    reports: Mapping[str, "GradientReport"], models: Mapping[str, "Model"]
) -> list["Network"]:
    """The networks of a page; those of models are in their order."""
    from rnncli.report.page.content import Network

    return [
        Network(name, model, report)
        for (name, report), model in zip_longest(reports.items(), models.values())
    ]


def _of_epochs(
    name: str, reports: Mapping[str, "GradientReport"], models: Mapping[str, "Model"]
) -> list["Network"]:
    """One network after each of its epochs, and its gradients after the last one."""
    from rnncli.report.page.content import Network

    epochs = {int(epoch): report for epoch, report in reports.items()}
    return [Network(name, models[name], epochs[max(epochs)], epochs=epochs)]


def _write_page(path: str, networks: list["Network"], prices: "Prices", messages: Messages) -> None:
    """Write the networks as a page."""
    from rnncli.cli.html_page import write_page
    from rnncli.report.page.content import PageContent

    content = PageContent(
        title=f"Gradients of {name_some([one.name for one in networks], NAMED)}",
        sources=tuple(dict.fromkeys(prices.sources)),
        prices=prices,
        networks=tuple(networks),
    )
    write_page(path, content, messages)


def _models_and_prices(files: list[str], compare: bool) -> tuple[list[str], list[str]]:
    """The models among the files; without one, and with nothing to compare, the prior."""
    from rnncli.models.prior import NAME, means_model, names_model

    models = [path for path in files if names_model(path)]
    if not (models or compare) and len(files) > 1 and means_model(files[0]):
        models = files[:1]
    if not models and not compare:
        models = [NAME]
    prices = [path for path in files if path not in models]
    if not prices:
        raise UsageError("PRICES: is missing; name price files after the model")
    return models, prices
