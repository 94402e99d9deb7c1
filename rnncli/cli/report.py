"""`rnncli report`: forecasts, whether to trust them, and the model, as one HTML page."""

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import typer

from rnncli.cli.arguments import ModelAndPrices, read, read_for, warn_of_namesake
from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.html_page import check_page
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.errors import DataError, DivergedError, UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import (
    EvaluateSettings,
    LedgerSettings,
    OutputSettings,
    PredictSettings,
    ReadSettings,
    ReportSettings,
    RunSettings,
)

if TYPE_CHECKING:
    from rnncli.forecasting.forecast import Forecast
    from rnncli.ledger.reader import LedgerForecasts
    from rnncli.models.model import Model
    from rnncli.prices.series import Prices
    from rnncli.report.page.content import (
        Backtest,
        Network,
        PageContent,
        Portfolios,
        Record,
        SymbolForecasts,
    )


def _silent(values: dict[str, Any]) -> bool:
    """Whether the page goes to a file."""
    return values["output"] not in (None, "-")


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "report", silent=_silent, without=("format", "digits"))(report)


def report(
    files: ModelAndPrices,
    reading: ReadSettings,
    reporting: ReportSettings,
    running: RunSettings,
    showing: OutputSettings,
    typed: frozenset[str],
    log: RunLog,
) -> int:
    """Write forecasts and whether to trust them as one HTML page."""
    output = None if reporting.output == "-" else reporting.output
    if output is None and sys.stdout.isatty():
        raise UsageError("--output: is missing; name a file for the page: -o report.html")
    from rnncli.models.prior import choice_for, open_model, split_model

    model, paths = split_model(files)
    check_page("--output", output, [model, *paths, reporting.ledger])
    messages = Messages(showing, log)
    warn_of_namesake(files, messages)
    if os.path.isdir(model):
        content, failed = _of_folder(model, paths, reading, reporting, running, messages, log)
    else:
        with log.stages.stage("read"):
            loaded = open_model(model)
        choice = choice_for(loaded, reporting.inputs, "inputs" in typed)
        reporting = replace(reporting, inputs=choice)
        watch_kernels(messages, log.stages.stage)
        known = read_for(loaded, paths, reading, choice, messages, log.stages.stage)
        page = _Page(model, loaded, known, reading, reporting, running, messages, log)
        content, failed = page.content(paths)
    with log.stages.stage("write"):
        _write(output, content, messages)
    log.event("written", output=output or "-")
    for fault in failed.values():
        messages.fail(fault)
    if running.profile:
        messages.profile(log.stages)
    return messages.end()


def _write(output: str | None, content: "PageContent", messages: Messages) -> None:
    """Write the page to its file, or to standard output."""
    from rnncli.cli.html_page import write_page
    from rnncli.report.page.document import html_page

    if output is not None:
        write_page(output, content, messages)
    else:
        sys.stdout.buffer.write(html_page(content))


def outlook_of(forecast: "Forecast", levels: tuple[float, ...]) -> "SymbolForecasts":
    """Forecasts as the page shows them."""
    from rnncli.forecasting.outlook import rise_probability
    from rnncli.report.page.content import SymbolForecasts

    return SymbolForecasts(forecast, tuple(dict.fromkeys(levels)), rise_probability(forecast))


def _predicting(reporting: ReportSettings) -> PredictSettings:
    from rnncli.forecasting.outlook import outlook_levels

    return PredictSettings(
        horizon=reporting.horizon, inputs=reporting.inputs,
        level=outlook_levels(reporting.level), calendar=reporting.calendar,
        adaptive=reporting.adaptive, max_age=reporting.max_age,
    )  # fmt: skip


def title_of(forecast: "Forecast") -> str:
    """The title of a page of forecasts."""
    from rnncli.report.tables import counted

    symbols = forecast.symbols
    return f"Forecast of {symbols[0] if len(symbols) == 1 else counted(len(symbols), 'symbol')}"


def _of_folder(
    folder: str, paths: list[str], reading: ReadSettings, reporting: ReportSettings,
    running: RunSettings, messages: Messages, log: RunLog,
) -> tuple["PageContent", dict[str, str]]:  # fmt: skip
    """The page of a folder of models, one a symbol: without sections that need a single model."""
    from rnncli.cli.per_symbol import forecast_fleet
    from rnncli.models.model import as_trained
    from rnncli.models.model_folder import settings_of
    from rnncli.models.provenance import warn_of_period
    from rnncli.report.page.content import PageContent
    from rnncli.transforms.fields import fields_of_settings

    settings = settings_of(folder)
    warn_of_period(reading.resample, settings, messages.warn)
    reading = as_trained(reading, settings)
    known = read(paths, reading, messages, log.stages.stage, fields_of_settings(settings))
    forecast = forecast_fleet(
        folder, known, reading.column, _predicting(reporting), LedgerSettings(), running,
        messages, log,
    )  # fmt: skip
    content = PageContent(
        title=title_of(forecast),
        sources=tuple(paths),
        warnings=tuple(forecast.failed.values()),
        prices=known,
        forecasts=outlook_of(forecast, reporting.level),
        record=record_of(reporting.ledger, known, reading, messages.warn),
        portfolios=portfolios_of(reporting.ledger, known, reading, messages.warn),
        missing={"trust": "each symbol has its own model; name one of them to test it"},
    )
    return content, forecast.failed


def record_of(
    ledger: str | None, prices: "Prices", reading: ReadSettings, warn: Callable[[str], None]
) -> "Record | None":
    """The scores of a ledger; None without one."""
    from rnncli.ledger.reader import read_ledger

    if ledger is None:
        return None
    return scored_by_month(ledger, read_ledger(ledger), prices, reading, warn)


def portfolios_of(
    ledger: str | None, prices: "Prices", reading: ReadSettings, warn: Callable[[str], None]
) -> "Portfolios | None":
    """The recorded risks of portfolios of a ledger; None without one."""
    from rnncli.cli.score import scored_portfolios
    from rnncli.report.page.content import Portfolios
    from rnncli.settings import ScoreSettings

    if ledger is None:
        return None
    return Portfolios(
        ledger, scored_portfolios(ledger, prices, reading, warn), ScoreSettings().alpha
    )


def scored_by_month(
    ledger: str, recorded: "LedgerForecasts", prices: "Prices", reading: ReadSettings,
    warn: Callable[[str], None],
) -> "Record":  # fmt: skip
    """The scores of some forecasts of a ledger."""
    from rnncli.cli.score import renamed
    from rnncli.ledger.score import score_ledger
    from rnncli.report.page.content import Record
    from rnncli.settings import ScoreSettings

    settings = ScoreSettings(by=("month",))
    score = score_ledger(renamed(recorded, reading, prices)[0], prices, settings, warn)
    return Record(ledger, score, score.rows, settings.drift_alpha)


@dataclass(frozen=True)
class _Page:
    """The page of one model: what it is made from, section by section."""

    name: str
    model: "Model"
    prices: "Prices"
    reading: ReadSettings
    reporting: ReportSettings
    running: RunSettings
    messages: Messages
    log: RunLog

    def content(self, paths: list[str]) -> tuple["PageContent", dict[str, str]]:
        """Forecast, test, look inside; sections that cannot be had are said to be missing."""
        from rnncli.report.page.content import PageContent

        missing: dict[str, str] = {}
        forecast = self._forecast()
        backtest = self._backtest_or_why(missing)
        network = self._network(missing)
        content = PageContent(
            title=title_of(forecast),
            sources=tuple(paths),
            warnings=tuple(forecast.failed.values()),
            prices=self.prices,
            forecasts=outlook_of(forecast, self.reporting.level),
            backtest=backtest,
            networks=(network,),
            record=record_of(self.reporting.ledger, self.prices, self.reading, self.messages.warn),
            portfolios=portfolios_of(
                self.reporting.ledger, self.prices, self.reading, self.messages.warn
            ),
            missing=missing,
        )
        return content, forecast.failed

    def _stage(self, name: str) -> AbstractContextManager[None]:
        return self.log.stages.stage(name)

    def _forecast(self) -> "Forecast":
        from rnncli.forecasting.predict import predict
        from rnncli.prices.summary import fresh
        from rnncli.runtime.threads import threads

        settings = _predicting(self.reporting)
        known = fresh(self.prices, settings.max_age, self.messages.warn)
        with threads(self.running.threads) as pool:
            return predict(self.model, known, settings, pool, self.log.stages.stage)

    def _backtest_or_why(self, missing: dict[str, str]) -> "Backtest | None":
        """The backtest; where it fails, None, and the reason is entered in `missing`."""
        try:
            return self._backtest()
        except (DataError, DivergedError) as fault:
            missing["trust"] = str(fault)
            self.messages.warn(f"the page has no backtest: {fault}")
            return None

    def _network(self, missing: dict[str, str]) -> "Network":
        from rnncli.cli.page_network import network_of

        with self._stage("gradients"):
            return network_of(
                self.name, self.model, self.prices, self.running, self.messages.warn, missing
            )

    def _backtest(self) -> "Backtest":
        """The evaluation from as many cutoffs as are asked for, or as there are."""
        from rnncli.evaluation.backtest import backtest, with_possible_folds
        from rnncli.report.page.content import Backtest

        asked = EvaluateSettings(
            horizon=self.reporting.horizon, inputs=self.reporting.inputs,
            level=self.reporting.level, folds=self.reporting.folds, refit=self.reporting.refit,
            baselines=self.reporting.baselines, adaptive=self.reporting.adaptive,
        )  # fmt: skip
        settings = with_possible_folds(self.model, self.prices, asked)
        epochs = self.model.settings["train"].get("epochs", 0)
        with self.messages.progress(epochs) as bar:
            bar.update(0, f"backtest from {settings.folds} cutoffs")
            evaluation = backtest(
                self.model, self.prices, settings, self.running, self.messages.warn,
                lambda e: bar.update(e.epoch, f"training again: epoch {e.epoch}"),
                self.log.stages.stage,
            )  # fmt: skip
        return Backtest(evaluation, self.prices)
