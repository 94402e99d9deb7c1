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
from rnncli.errors import ExitStatus, UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import (
    PictureSettings,
    ReadSettings,
    ResultSettings,
    RiskSettings,
    RiskTestSettings,
    RunSettings,
    StressSettings,
)

if TYPE_CHECKING:
    from rnncli.models.model import Model
    from rnncli.prices.series import Prices
    from rnncli.report.output import Report
    from rnncli.risk.holdings import Holding
    from rnncli.risk.marks import Mark
    from rnncli.risk.tail_tests import TailTests


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "risk", without=("plot",))(risk)


def risk(
    files: ModelAndPrices,
    measuring: RiskSettings,
    testing: RiskTestSettings,
    stressing: StressSettings,
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
    _refuse_idle(testing, typed)
    scenarios = _scenarios(measuring, testing, stressing, reading)
    holdings = _holdings(measuring, reading)
    with stages.stage("read"):
        loaded = open_model(model)
    measuring = replace(measuring, inputs=choice_for(loaded, measuring.inputs, "inputs" in typed))
    watch_kernels(messages, stages.stage)
    known = read_for(loaded, paths, reading, measuring.inputs, messages, stages.stage)

    from rnncli.prices.summary import fresh

    known = fresh(known, measuring.max_age, messages.warn)
    if testing.backtest:
        return _backtest(model, loaded, known, measuring, testing, holdings, running, showing,
                         messages, log)  # fmt: skip
    if scenarios or stressing.replay:
        report, failed = _stress(
            loaded, known, measuring, scenarios, stressing.replay, holdings, running, log
        )
    else:
        report, failed = _report(loaded, known, measuring, holdings, drawing, running, log)
    with stages.stage("write"):
        show_result(report, showing)
    for fault in failed.values():
        messages.fail(fault)
    if running.profile:
        messages.profile(stages)
    return messages.end()


def _refuse_idle(testing: RiskTestSettings, typed: frozenset[str]) -> None:
    """Refuse options that were typed and would have no effect."""
    from rnncli.risk.backtest_tests import check_required

    of_test = {"folds", "against", "significance", "require_test", "require_better"}
    if not testing.backtest:
        for name in sorted(typed & of_test):
            option = name.replace("_", "-")
            raise UsageError(f"--{option}: has no effect without --backtest")
        return
    against = [name.strip() for name in testing.against.split(",")]
    check_required(testing.require_test, testing.require_better, against)
    for name in sorted(typed & {"horizons", "above", "below", "chart", "calendar"}):
        raise UsageError(f"--{name}: has no effect with --backtest, which is of the next row")


def _scenarios(
    measuring: RiskSettings, testing: RiskTestSettings, stressing: StressSettings,
    reading: ReadSettings,
) -> "dict[str, list[Mark]]":  # fmt: skip
    """The scenarios that were asked for, each by its name."""
    from rnncli.risk.marks import parse_marks

    asked = [f"--{name}" for name, value in vars(stressing).items() if value]
    if asked and (testing.backtest or measuring.above or measuring.below):
        raise UsageError(f"{asked[0]}: has no effect with --backtest, --above or --below")
    scenarios: dict[str, list[Mark]] = {}
    if stressing.shock:
        scenarios[", ".join(stressing.shock)] = parse_marks("shock", stressing.shock)
    if stressing.scenarios is not None:
        from rnncli.risk.scenario_file import read_scenarios

        scenarios |= read_scenarios(stressing.scenarios, reading)
    return scenarios


def _stress(
    model: "Model", known: "Prices", measuring: RiskSettings, scenarios: "dict[str, list[Mark]]",
    replay: int, holdings: "list[Holding] | None", running: RunSettings, log: RunLog,
) -> "tuple[Report, dict[str, str]]":  # fmt: skip
    """Shocks, scenarios and the worst days again."""
    from rnncli.report.risk import stress_report
    from rnncli.risk.measure import risk_market
    from rnncli.risk.stress import replay_days, shocked
    from rnncli.runtime.threads import threads

    held = None if holdings is None else [
        mark.symbol for marks in scenarios.values() for mark in marks if mark.symbol
    ]  # fmt: skip
    with threads(running.threads) as pool:
        market, portfolio, failed = risk_market(
            model, known, measuring, holdings, pool, log.stages.stage, True, held
        )
        stressed = list(shocked(market, portfolio, scenarios))
        if replay:
            stressed += replay_days(model, known, market, portfolio, replay, pool)
    log.event("stressed", symbols=len(market.symbols), rows=len(stressed))
    return stress_report(stressed), failed


def _backtest(
    name: str, model: "Model", known: "Prices", measuring: RiskSettings, testing: RiskTestSettings,
    holdings: "list[Holding] | None", running: RunSettings, showing: ResultSettings,
    messages: Messages, log: RunLog,
) -> int:  # fmt: skip
    """Test the values at risk of past cutoffs."""
    from rnncli.report.risk_backtest import risk_backtest_report
    from rnncli.risk.backtest import backtest_lines
    from rnncli.risk.backtest_tests import outcomes_of, risk_checks, risk_verdict
    from rnncli.risk.market import check_confidences
    from rnncli.risk.measure import held_prices
    from rnncli.runtime.threads import threads

    check_confidences(measuring.confidence)
    known, portfolio, failed = held_prices(model, known, holdings)
    results: list[TailTests] = []
    first, last = [], []
    with log.stages.stage("forecast and test"), threads(running.threads) as pool:
        for line in backtest_lines(model, known, portfolio, measuring, testing, pool):
            results += outcomes_of(line, measuring.confidence)
            first.append(line.dates[0])
            last.append(line.dates[-1])
    checks = risk_checks(
        results, testing.require_test, testing.require_better, testing.significance
    )
    verdict = risk_verdict(results, testing.significance)
    log.event("tested", lines=len(first), checks=len(checks))
    with log.stages.stage("write"):
        cutoffs = (min(first), max(last))
        show_result(risk_backtest_report(name, results, verdict, checks, cutoffs), showing)
    for fault in failed.values():
        messages.fail(fault)
    for one in checks:
        if not one.met:
            messages.unmet(f"{one.required}: {one.said}")
    if running.profile:
        messages.profile(log.stages)
    unmet = ExitStatus.OK if all(one.met for one in checks) else ExitStatus.CHECK_FAILED
    return messages.end() or unmet


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
            beyond = list(beyond_marks(market, portfolio, marks))
            log.event("measured", symbols=len(market.symbols), marks=len(beyond))
            return marks_report(beyond), failed
        measured = measure(model, known, measuring, holdings, pool, stage)
    log.event("measured", symbols=len(measured.lines), failed=len(measured.failed))
    return risk_report(measured, drawing.chart), measured.failed
