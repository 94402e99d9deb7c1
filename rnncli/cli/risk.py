"""`rnncli risk`: value at risk and expected shortfall of symbols and portfolios."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from rnncli.cli.arguments import ModelAndPrices, read_for, warn_of_namesake
from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.results import show_result
from rnncli.errors import UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import (
    PictureSettings,
    ReadSettings,
    ResultSettings,
    RiskSettings,
    RunSettings,
)

if TYPE_CHECKING:
    from rnncli.models.model import Model
    from rnncli.prices.series import Prices
    from rnncli.report.output import Report
    from rnncli.risk.holdings import Holding


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "risk", without=("plot",))(risk)


def risk(
    files: ModelAndPrices,
    measuring: RiskSettings,
    reading: ReadSettings,
    drawing: PictureSettings,
    running: RunSettings,
    showing: ResultSettings,
    typed: frozenset[str],
    log: RunLog,
) -> int:
    """Measure value at risk and expected shortfall, and test them."""
    from rnncli.models.prior import NAME, choice_for, open_model, split_model

    model, paths = split_model(files)
    messages, stages = Messages(showing, log), log.stages
    warn_of_namesake(files, messages)
    if model != NAME and os.path.isdir(model):
        raise UsageError(f"{model}: is a folder of models; risk takes one, name a model in it")
    holdings = _holdings(measuring, reading)
    with stages.stage("read"):
        loaded = open_model(model)
    measuring = replace(measuring, inputs=choice_for(loaded, measuring.inputs, "inputs" in typed))
    watch_kernels(messages, stages.stage)
    known = read_for(loaded, paths, reading, measuring.inputs, messages, stages.stage)

    from rnncli.prices.summary import fresh

    known = fresh(known, measuring.max_age, messages.warn)
    report, failed = _report(loaded, known, measuring, holdings, drawing, running, log)
    with stages.stage("write"):
        show_result(report, showing)
    for fault in failed.values():
        messages.fail(fault)
    if running.profile:
        messages.profile(stages)
    return messages.end()


def _holdings(measuring: RiskSettings, reading: ReadSettings) -> "list[Holding] | None":
    """The rows of the file of holdings, read before anything that takes longer."""
    if measuring.holdings is None:
        return None
    from rnncli.risk.holdings_file import read_holdings

    return read_holdings(measuring.holdings, reading)


def _report(
    model: "Model", known: "Prices", measuring: RiskSettings, holdings: "list[Holding] | None",
    drawing: PictureSettings, running: RunSettings, log: RunLog,
) -> "tuple[Report, dict[str, str]]":  # fmt: skip
    """What was asked for, and why symbols failed."""
    from rnncli.report.risk import marks_report, risk_report
    from rnncli.risk.marks import beyond_marks, parse_marks
    from rnncli.risk.measure import measure, risk_market
    from rnncli.runtime.threads import threads

    stage = log.stages.stage
    marks = [*parse_marks("above", measuring.above), *parse_marks("below", measuring.below)]
    with threads(running.threads) as pool:
        if marks:
            market, portfolio, failed = risk_market(model, known, measuring, holdings, pool, stage)
            found = list(beyond_marks(market, portfolio, marks))
            log.event("measured", symbols=len(market.symbols), marks=len(found))
            return marks_report(found), failed
        measured = measure(model, known, measuring, holdings, pool, stage)
    log.event("measured", symbols=len(measured.lines), failed=len(measured.failed))
    return risk_report(measured, drawing.chart), measured.failed
