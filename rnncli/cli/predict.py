"""`rnncli predict`: forecasts by the prior, by one model or a folder of them."""

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import typer

from rnncli.cli.arguments import ModelAndPrices, read, read_for, record_forecasts, warn_of_namesake
from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.results import is_table, show_result
from rnncli.errors import UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import (
    LedgerSettings,
    NamingSettings,
    PictureSettings,
    PredictSettings,
    ReadSettings,
    ResultSettings,
    RunSettings,
    StateSettings,
    SummarySettings,
)

if TYPE_CHECKING:
    from rnncli.cli.predict_checks import PredictOptions
    from rnncli.forecasting.forecast import Forecast
    from rnncli.ledger.writer import Source
    from rnncli.models.model import Model
    from rnncli.prices.series import Prices


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "predict")(predict)


def predict(
    files: ModelAndPrices,
    reading: ReadSettings,
    predicting: PredictSettings,
    keeping: LedgerSettings,
    warming: StateSettings,
    summarizing: SummarySettings,
    drawing: PictureSettings,
    running: RunSettings,
    naming: NamingSettings,
    showing: ResultSettings,
    typed: frozenset[str],
    log: RunLog,
) -> int:
    """Forecast the next days of every symbol, with prediction intervals."""
    from rnncli.cli.predict_checks import PredictOptions, check_options
    from rnncli.models.prior import NAME, split_model

    options = PredictOptions(
        reading, predicting, keeping, warming, summarizing, drawing, running, naming, showing, typed
    )
    model, prices = split_model(files)
    check_options(options, model, prices, log.path)
    messages = Messages(showing, log)
    warn_of_namesake(files, messages)
    in_folder = model != NAME and os.path.isdir(model)
    by_model = _predict_by_folder if in_folder else _predict_by_model
    return by_model(model, prices, options, messages, log)


def _predict_by_model(
    name: str, prices: list[str], options: "PredictOptions", messages: Messages, log: RunLog
) -> int:
    """Forecast all symbols by one model."""
    from rnncli.cli.forecast_output import report_failed, show_forecast, warn_of_hindsight
    from rnncli.models.prior import choice_for, open_model
    from rnncli.prices.summary import fresh

    stages = log.stages
    with stages.stage("read"):
        model = open_model(name)
    choice = choice_for(model, options.predicting.inputs, "inputs" in options.typed)
    options = replace(options, predicting=replace(options.predicting, inputs=choice))
    watch_kernels(messages, stages.stage)
    if options.warming.follow:
        return _follow(model, options, messages)
    known = read_for(model, prices, options.reading, choice, messages, stages.stage)
    known = fresh(known, options.predicting.max_age, messages.warn)
    ledger = options.keeping.ledger
    warn_of_hindsight(model, known, messages, is_recorded=ledger is not None)
    if options.paths:
        return report_failed(_sample(model, known, options, log), options, messages, log)
    options = _with_summary(options, known)
    forecast = _forecast(model, known, options, messages, log)
    if ledger is not None:
        with stages.stage("write"):
            record_forecasts(ledger, [(_source(model, name, options), forecast)], messages)
    show_forecast(forecast, options, messages, log)
    return report_failed(forecast.failed, options, messages, log)


def _predict_by_folder(
    folder: str, prices: list[str], options: "PredictOptions", messages: Messages, log: RunLog
) -> int:
    """Forecast every symbol by its model in a folder."""
    from rnncli.cli.forecast_output import report_failed, show_forecast
    from rnncli.cli.per_symbol import forecast_fleet
    from rnncli.models.model import as_trained
    from rnncli.models.model_folder import settings_of
    from rnncli.models.provenance import warn_of_period
    from rnncli.transforms.fields import fields_of_settings

    if options.paths:
        raise UsageError(f"--paths: is of one model; {folder} is a folder, name a model in it")
    settings = settings_of(folder)
    warn_of_period(options.reading.resample, settings, messages.warn)
    reading = as_trained(options.reading, settings)
    known = read(prices, reading, messages, log.stages.stage, fields_of_settings(settings))
    options = _with_summary(options, known)
    forecast = forecast_fleet(
        folder, known, reading.column, _at_levels(options), options.keeping, options.running,
        messages, log,
    )  # fmt: skip
    show_forecast(forecast, options, messages, log)
    return report_failed(forecast.failed, options, messages, log)


def _with_summary(options: "PredictOptions", known: "Prices") -> "PredictOptions":
    """The same options, with `summary` true or false for these prices."""
    from rnncli.cli.summary import decided

    summarizing = decided(options.summarizing, options.showing, len(known.symbols), options.typed)
    return replace(options, summarizing=summarizing)


def _at_levels(options: "PredictOptions") -> PredictSettings:
    """What to forecast, with the levels that the summary is computed from."""
    from rnncli.cli.summary import with_outlook

    return with_outlook(options.predicting, options.summarizing, options.keeping)


def _follow(model: "Model", options: "PredictOptions", messages: Messages) -> int:
    """Forecast after every row of standard input."""
    from rnncli.cli.follow import Following, LineFormat, follow
    from rnncli.models.model import as_trained

    reading = as_trained(options.reading, model.settings)
    lines = LineFormat(options.naming.names, options.showing.digits)
    following = Following(model, model.digest, reading, options.predicting, options.warming, lines)
    return follow(following, messages)


def _source(model: "Model", name: str, options: "PredictOptions") -> "Source":
    """The model of the forecasts, for the ledger."""
    from rnncli.ledger.writer import Source
    from rnncli.models.model import as_trained
    from rnncli.models.prior import limited_inputs
    from rnncli.models.provenance import last_fitted_date

    column = as_trained(options.reading, model.settings).column
    limited = limited_inputs(model, options.predicting.inputs)
    return Source(model.digest, name, column, limited, last_fitted_date(model.record))


def _forecast(
    model: "Model", known: "Prices", options: "PredictOptions", messages: Messages, log: RunLog
) -> "Forecast":
    """Forecast from the start of every series, or from where an earlier run left it."""
    from rnncli.cli.state import stored_state
    from rnncli.forecasting.predict import predict as forecast_prices
    from rnncli.runtime.threads import threads

    predicting = _at_levels(options)
    with (
        threads(options.running.threads) as pool,
        stored_state(options.warming, model, model.digest, messages) as warm,
    ):
        states_of = partial(warm.states_of, threads=pool) if warm is not None else None
        forecast = forecast_prices(model, known, predicting, pool, log.stages.stage, states_of)
    _log_forecast(log, len(forecast.symbols), forecast.forecasts.shape[1], forecast.failed)
    return forecast


def _sample(
    model: "Model", known: "Prices", options: "PredictOptions", log: RunLog
) -> dict[str, str]:
    """Draw paths and print them; return why symbols failed."""
    from rnncli.forecasting.predict import sample
    from rnncli.report.forecasts import samples_report
    from rnncli.risk.joint_paths import sample_together
    from rnncli.runtime.threads import threads

    if is_table(options.showing):
        raise UsageError("--paths: are for programs; add --format jsonl, or csv")
    with threads(options.running.threads) as pool:
        draw = sample_together if options.predicting.joint else sample
        samples = draw(model, known, options.predicting, pool, log.stages.stage)
    _log_forecast(log, len(samples.symbols), samples.prices.shape[1], samples.failed)
    with log.stages.stage("write"):
        show_result(samples_report(samples), options.showing)
    log.event("written", symbols=len(samples.symbols))
    return samples.failed


def _log_forecast(log: RunLog, symbols: int, horizon: int, failed: dict[str, str]) -> None:
    log.event("forecast", symbols=symbols, horizon=horizon, failed=len(failed))
