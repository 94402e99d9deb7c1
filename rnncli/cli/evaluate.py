"""`rnncli evaluate`: rolling cutoffs, baselines, and a verdict."""

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from rnncli.cli.arguments import ModelAndPrices, read_for, warn_of_namesake
from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.html_page import check_html
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.results import show_result
from rnncli.errors import ExitStatus, UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.runtime.timing import Stages
from rnncli.settings import (
    EvaluateSettings,
    GroupSettings,
    HtmlSettings,
    PictureSettings,
    ReadSettings,
    ResultSettings,
    RunSettings,
    WorkerSettings,
)

if TYPE_CHECKING:
    from rnncli.evaluation.result import Evaluation
    from rnncli.evaluation.verdict import Check
    from rnncli.models.model import Model
    from rnncli.prices.series import Prices


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "evaluate")(evaluate)


def evaluate(
    files: ModelAndPrices,
    reading: ReadSettings,
    evaluating: EvaluateSettings,
    grouping: GroupSettings,
    drawing: PictureSettings,
    paging: HtmlSettings,
    working: WorkerSettings,
    running: RunSettings,
    showing: ResultSettings,
    typed: frozenset[str],
    log: RunLog,
) -> int:
    """Backtest a model against baselines from rolling cutoffs."""
    _refuse_idle(evaluating, typed)
    from rnncli.cli.charts import check_pictures
    from rnncli.models.prior import choice_for, open_model, split_model

    model, prices = split_model(files)
    if not (evaluating.placebo or evaluating.joint):  # which draw no chart
        check_pictures(drawing, showing, [model, *prices], typed)
        check_html(paging, [model, *prices])

    messages, stages = Messages(showing, log), log.stages
    warn_of_namesake(files, messages)
    with stages.stage("read"):
        loaded = open_model(model)
    choice = choice_for(loaded, evaluating.inputs, "inputs" in typed)
    evaluating = replace(evaluating, inputs=choice)
    known = read_for(loaded, prices, reading, choice, messages, stages.stage)

    watch_kernels(messages, stages.stage)
    if evaluating.placebo:
        return _placebo(model, loaded, known, evaluating, running, showing, messages)
    if evaluating.joint:
        return _joint(model, loaded, known, evaluating, running, showing, messages)

    from rnncli.evaluation.verdict import checks
    from rnncli.report.evaluation import audit_lines, evaluation_report

    evaluation = _backtest(loaded, known, evaluating, working, running, messages, stages)
    outcomes = checks(evaluation, evaluating)
    log.event(
        "forecast", symbols=len(evaluation.symbols), cutoffs=len(evaluation.cutoffs),
        horizon=evaluation.plan.horizon, failed=len(evaluation.failed),
    )  # fmt: skip
    with stages.stage("write"):
        if drawing.plot:
            _plot(drawing.plot, evaluation, messages)
        if paging.html:
            _write_page(paging.html, model, loaded, known, prices, evaluation, running, messages)
        report = evaluation_report(model, evaluation, outcomes, drawing.chart, grouping.by)
        show_result(report, showing)
    log.event("written", checks=len(outcomes), unmet=sum(not one.met for one in outcomes))
    messages.detail(audit_lines(evaluation))
    return _end(evaluation, outcomes, running, messages, stages)


def _backtest(
    model: "Model", known: "Prices", evaluating: EvaluateSettings, working: WorkerSettings,
    running: RunSettings, messages: Messages, stages: Stages,
) -> "Evaluation":  # fmt: skip
    """Backtest with a progress bar, in worker processes where the user asks for them."""
    from rnncli.evaluation.backtest import backtest
    from rnncli.runtime.dask_cluster import workers

    in_workers = working.cluster is not None or working.jobs is not None
    with (
        messages.progress(model.settings["train"].get("epochs", 0)) as bar,
        workers(working) if in_workers else nullcontext() as crew,
    ):
        return backtest(
            model, known, evaluating, running, messages.warn,
            lambda e: bar.update(e.epoch, f"training again: epoch {e.epoch}"), stages.stage, crew,
            lambda done, total: bar.update(0, f"trained again: {done} of {total} folds"),
        )  # fmt: skip


def _end(
    evaluation: "Evaluation", outcomes: list["Check"], running: RunSettings, messages: Messages,
    stages: Stages,
) -> int:  # fmt: skip
    """Report failed series, required checks that were not met, and the profile; the status."""
    for fault in evaluation.failed.values():
        messages.fail(fault)
    unmet = [one for one in outcomes if not one.met]
    for one in unmet:
        messages.unmet(f"{one.required}: {one.said}")
    if running.profile:
        messages.profile(stages)
    return messages.end() or (ExitStatus.CHECK_FAILED if unmet else ExitStatus.OK)


def _plot(path: str, evaluation: "Evaluation", messages: Messages) -> None:
    """Draw the coverage of every method into a file."""
    from rnncli.cli.charts import write_figure
    from rnncli.evaluation.score_tables import table
    from rnncli.report.evaluation import coverage
    from rnncli.report.figures import coverage_figure

    levels = evaluation.plan.levels
    coverages = coverage(table(evaluation), levels)
    if not coverages:
        messages.warn(f"--plot {path}: nothing is drawn, for no method has bounds")
        return
    write_figure(path, lambda suffix: coverage_figure(levels, coverages, suffix))
    messages.note(f"wrote {path}")


def _write_page(
    path: str, name: str, model: "Model", known: "Prices", files: list[str],
    evaluation: "Evaluation", running: RunSettings, messages: Messages,
) -> None:  # fmt: skip
    """Write the evaluation as a page, and how gradients flow through the model."""
    from rnncli.cli.html_page import write_page
    from rnncli.cli.page_network import network_of
    from rnncli.report.page.content import Backtest, PageContent

    missing: dict[str, str] = {}
    network = network_of(name, model, known, running, messages.warn, missing)
    content = PageContent(
        title=f"Evaluation of {name}",
        sources=tuple(files),
        warnings=tuple(evaluation.failed.values()),
        prices=known,
        backtest=Backtest(evaluation, known),
        networks=(network,),
        missing=missing,
    )
    write_page(path, content, messages)


def _placebo(
    name: str, model: "Model", known: "Prices", evaluating: EvaluateSettings, running: RunSettings,
    showing: ResultSettings, messages: Messages,
) -> int:  # fmt: skip
    """Count what is claimed of prices without anything to find."""
    from rnncli.evaluation.placebo import placebo
    from rnncli.report.evaluation import placebo_report

    with messages.progress(evaluating.placebo) as bar:
        tallies = placebo(
            model, known, evaluating, running,
            lambda done: bar.update(done, f"{done} of {evaluating.placebo} seeds"),
        )  # fmt: skip
    show_result(placebo_report(name, tallies, evaluating.alpha), showing)
    return messages.end()


def _joint(
    name: str, model: "Model", known: "Prices", evaluating: EvaluateSettings, running: RunSettings,
    showing: ResultSettings, messages: Messages,
) -> int:  # fmt: skip
    """Score joint forecasts of all symbols."""
    from rnncli.report.joint import joint_report
    from rnncli.risk.joint_evaluation import evaluate_joint
    from rnncli.runtime.threads import threads

    with threads(running.threads) as pool:
        evaluation = evaluate_joint(model, known, evaluating, pool)
    show_result(joint_report(name, evaluation), showing)
    return messages.end()


def _refuse_idle(evaluating: EvaluateSettings, typed: frozenset[str]) -> None:
    """Refuse options that were typed and would have no effect."""
    if evaluating.placebo:
        idle = typed & {
            "baselines", "refit", "require_coverage", "require_skill", "chart", "plot", "html",
            "jobs", "cluster", "by",
        }  # fmt: skip
        why = "does nothing with --placebo, which sets its baselines"
    elif evaluating.joint:
        idle = typed & {
            "baselines", "refit", "require_coverage", "require_skill", "alpha", "level", "adaptive",
            "chart", "plot", "jobs", "cluster", "by",
        }  # fmt: skip
        why = "has no effect with --joint"
    else:
        idle = typed & {"alpha"} if not evaluating.require_skill else frozenset()
        why = "does nothing without --require-skill or --placebo"
    if not (evaluating.refit or "").startswith("every-") and typed & {"jobs", "cluster"}:
        idle, why = typed & {"jobs", "cluster"}, "does nothing without --refit every-K"
    for name in sorted(idle):
        raise UsageError(f"--{name.replace('_', '-')}: {why}")
