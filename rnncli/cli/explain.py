"""`rnncli explain`: what moved the range of the next row, by input and by row."""

from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from rnncli.cli.arguments import ModelAndPrices, read_for, warn_of_namesake
from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.results import show_result
from rnncli.runtime.timing import Stages
from rnncli.settings import (
    ExplainSettings,
    PictureSettings,
    ReadSettings,
    ResultSettings,
    RunSettings,
)

if TYPE_CHECKING:
    from rnncli.gradients.explanation import Explanation


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "explain")(explain)


def explain(
    files: ModelAndPrices,
    explaining: ExplainSettings,
    reading: ReadSettings,
    drawing: PictureSettings,
    running: RunSettings,
    showing: ResultSettings,
    typed: frozenset[str],
) -> int:
    """Explain what moved the next prediction interval, by input and row."""
    from rnncli.cli.charts import check_pictures
    from rnncli.models.prior import choice_for, open_model, split_model

    model, paths = split_model(files)
    check_pictures(drawing, showing, [model, *paths], typed)
    messages, stages = Messages(showing), Stages()
    warn_of_namesake(files, messages)
    with stages.stage("read"):
        loaded = open_model(model)
    watch_kernels(messages, stages.stage)
    choice = choice_for(loaded, explaining.inputs, "inputs" in typed)
    explaining = replace(explaining, inputs=choice)
    known = read_for(loaded, paths, reading, choice, messages, stages.stage)

    from rnncli.gradients.explain import explain as explain_forecasts
    from rnncli.report.explanation import explanation_report
    from rnncli.runtime.threads import threads

    with stages.stage("forward and back"), threads(running.threads) as pool:
        explanation = explain_forecasts(loaded, known, explaining, pool, messages.fail)
    with stages.stage("write"):
        if drawing.plot:
            _plot(drawing.plot, explanation, messages)
        show_result(explanation_report(explanation, drawing.chart), showing)
    if running.profile:
        messages.profile(stages)
    return messages.end()


def _plot(path: str, explanation: "Explanation", messages: Messages) -> None:
    """Draw a figure of the first symbols into a file."""
    from rnncli.cli.charts import write_figure
    from rnncli.report.explanation_rows import by_lag_of
    from rnncli.report.figures import MOST, lag_figure

    symbols = {one.symbol: by_lag_of(one) for one in explanation.symbols[:MOST]}
    what = "forecast" if explanation.level is None else "log width, x 100,"
    title = f"Effect on the {what} by row back"
    write_figure(path, lambda suffix: lag_figure(title, symbols, suffix))
    messages.note(f"wrote {path}")
