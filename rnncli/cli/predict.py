"""`rnncli predict`: forecasts by the prior, by one model or a folder of them."""

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import typer

from rnncli.cli.arguments import (
    ModelAndPrices,
    check_ledger_option,
    read,
    read_for,
    record_forecasts,
    warn_of_namesake,
)
from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.results import is_table, show_result
from rnncli.errors import UsageError, name_some
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
    from rnncli.forecasting.forecast import Forecast
    from rnncli.ledger.writer import Source
    from rnncli.models.model import Model
    from rnncli.prices.series import Prices

NAMED = 5  # symbols in a warning


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
    from rnncli.cli.charts import check_pictures
    from rnncli.cli.follow import Following, LineFormat, check_following, follow
    from rnncli.cli.state import check_state
    from rnncli.cli.summary import check_summary, decided, with_outlook
    from rnncli.models.model import as_trained
    from rnncli.models.prior import NAME, choice_for, open_model, split_model

    model, prices = split_model(files)
    _check_options(predicting, warming, drawing, naming, typed)
    check_pictures(drawing, showing, [model, *prices], typed)
    check_summary(summarizing, showing, _without_table(predicting, warming), typed)
    messages, stages = Messages(showing, log), log.stages
    warn_of_namesake(files, messages)
    if warming.follow:
        check_following(prices, keeping, drawing, showing)
    check_state(warming, model, prices, predicting.paths, (keeping.ledger, log.path))
    if keeping.ledger is not None:
        check_ledger_option(keeping.ledger, predicting.paths)
    if model != NAME and os.path.isdir(model):
        return _predict_fleet(
            model, prices, reading, predicting, keeping, summarizing, drawing, running, naming,
            showing, typed, messages, log,
        )  # fmt: skip
    with stages.stage("read"):
        loaded = open_model(model)
    predicting = replace(
        predicting, inputs=choice_for(loaded, predicting.inputs, "inputs" in typed)
    )
    watch_kernels(messages, stages.stage)
    if warming.follow:
        reading = as_trained(reading, loaded.settings)
        lines = LineFormat(naming.names, showing.digits)
        following = Following(loaded, loaded.digest, reading, predicting, warming, lines)
        return follow(following, messages)
    known = read_for(loaded, prices, reading, predicting.inputs, messages, stages.stage)

    from rnncli.prices.summary import fresh

    known = fresh(known, predicting.max_age, messages.warn)
    _tell_of_hindsight(loaded, known, messages, keeping)
    if predicting.paths:
        failed = _sample(loaded, known, predicting, running, showing, log)
        return _end(failed, running, messages, log)
    summarizing = decided(summarizing, showing, len(known.symbols), typed)
    at_levels = with_outlook(predicting, summarizing, keeping)
    forecast = _forecast(loaded, known, at_levels, warming, running, messages, log)
    if keeping.ledger is not None:
        with stages.stage("write"):
            source = _source(loaded, model, reading, predicting)
            record_forecasts(keeping.ledger, [(source, forecast)], messages)
    _show(forecast, predicting, summarizing, drawing, naming, showing, messages, log)
    return _end(forecast.failed, running, messages, log)


def _end(failed: dict[str, str], running: RunSettings, messages: Messages, log: RunLog) -> int:
    """Report the symbols without a forecast, and the profile; the exit status."""
    for fault in failed.values():
        messages.fail(fault)
    if running.profile:
        messages.profile(log.stages)
    return messages.end()


def _source(
    model: "Model", name: str, reading: ReadSettings, predicting: PredictSettings
) -> "Source":
    """The model of the forecasts, for the ledger."""
    from rnncli.ledger.writer import Source
    from rnncli.models.model import as_trained
    from rnncli.models.prior import limited_inputs
    from rnncli.models.provenance import last_fitted_date

    column = as_trained(reading, model.settings).column
    limited = limited_inputs(model, predicting.inputs)
    return Source(model.digest, name, column, limited, last_fitted_date(model.record))


def _check_options(
    predicting: PredictSettings, warming: StateSettings, drawing: PictureSettings,
    naming: NamingSettings, typed: frozenset[str],
) -> None:  # fmt: skip
    """Refuse options that were typed and would have no effect with --state or --paths."""
    if warming.state is not None and "inputs" in typed:
        raise UsageError("--state: is of all inputs; leave out --inputs")
    if not predicting.paths:
        if predicting.joint and "joint" in typed:
            raise UsageError("--joint: ties paths together; add --paths 1000")
        return
    if "names" in typed:
        raise UsageError(f"--names {naming.names}: are of forecasts, not of --paths")
    if drawing.plot and "plot" in typed:
        raise UsageError(f"--plot {drawing.plot}: draws no --paths; leave one of them out")
    for name in sorted(typed & {"level", "adaptive"}):
        raise UsageError(
            f"--{name}: does nothing with --paths, which have no intervals; leave it out"
        )


def _without_table(predicting: PredictSettings, warming: StateSettings) -> str | None:
    """The option with which no forecast is shown as a table."""
    if predicting.paths:
        return "paths"
    return "follow" if warming.follow else None


def _forecast(
    model: "Model", known: "Prices", predicting: PredictSettings, warming: StateSettings,
    running: RunSettings, messages: Messages, log: RunLog,
) -> "Forecast":  # fmt: skip
    """Forecast from the start of every series, or from where an earlier run left it."""
    from rnncli.cli.state import stored_state
    from rnncli.forecasting.predict import predict as forecast_prices
    from rnncli.runtime.threads import threads

    with (
        threads(running.threads) as pool,
        stored_state(warming, model, model.digest, messages) as warm,
    ):
        states_of = partial(warm.states_of, threads=pool) if warm is not None else None
        forecast = forecast_prices(model, known, predicting, pool, log.stages.stage, states_of)
    _log_forecast(log, len(forecast.symbols), forecast.forecasts.shape[1], forecast.failed)
    return forecast


def _predict_fleet(
    folder: str, prices: list[str], reading: ReadSettings, predicting: PredictSettings,
    keeping: LedgerSettings, summarizing: SummarySettings, drawing: PictureSettings,
    running: RunSettings, naming: NamingSettings, showing: ResultSettings, typed: frozenset[str],
    messages: Messages, log: RunLog,
) -> int:  # fmt: skip
    """Forecast every symbol by its model in a folder."""
    from rnncli.cli.per_symbol import forecast_fleet
    from rnncli.cli.summary import decided, with_outlook
    from rnncli.models.model import as_trained
    from rnncli.models.model_folder import settings_of
    from rnncli.models.provenance import warn_of_period
    from rnncli.transforms.fields import fields_of_settings

    if predicting.paths:
        raise UsageError(f"--paths: is of one model; {folder} is a folder, name a model in it")
    settings = settings_of(folder)
    warn_of_period(reading.resample, settings, messages.warn)
    reading = as_trained(reading, settings)
    known = read(prices, reading, messages, log.stages.stage, fields_of_settings(settings))
    summarizing = decided(summarizing, showing, len(known.symbols), typed)
    at_levels = with_outlook(predicting, summarizing, keeping)
    forecast = forecast_fleet(
        folder, known, reading.column, at_levels, keeping, running, messages, log
    )
    _show(forecast, predicting, summarizing, drawing, naming, showing, messages, log)
    return _end(forecast.failed, running, messages, log)


def _plot(path: str, forecast: "Forecast", messages: Messages) -> None:
    """Draw a figure of the first symbols into a file."""
    from rnncli.cli.charts import write_figure
    from rnncli.report.fan_chart import fans
    from rnncli.report.figures import MOST, forecast_figure

    symbols = len(forecast.symbols)
    write_figure(path, lambda suffix: forecast_figure(fans(forecast, MOST), symbols, suffix))
    messages.note(f"wrote {path}")


def _show(
    forecast: "Forecast", predicting: PredictSettings, summarizing: SummarySettings,
    drawing: PictureSettings, naming: NamingSettings, showing: ResultSettings, messages: Messages,
    log: RunLog,
) -> None:  # fmt: skip
    """Draw and print."""
    import numpy as np

    from rnncli.cli.summary import summary_of
    from rnncli.distributions.conformal import level_name
    from rnncli.report.forecasts import forecast_report

    with log.stages.stage("write"):
        if drawing.plot:
            _plot(drawing.plot, forecast.at_levels(predicting.level), messages)
        summary = summary_of(forecast, predicting.level, summarizing)
        show_result(forecast_report(forecast, drawing.chart, naming.names, summary), showing)
    for level in dict.fromkeys(predicting.level):
        if not np.isfinite(forecast.lower[level]).any():
            messages.note(
                f"no {level_name(level)} % interval: too few held-out days to calibrate it;"
                " train on more data, with more --validation, or --loss student-t"
            )
    _warn_of_untested(forecast, messages)
    log.event("written", symbols=len(forecast.symbols))


def _warn_of_untested(forecast: "Forecast", messages: Messages) -> None:
    """Warn of intervals of a network with hardly any validation days."""
    from rnncli.distributions.shrinkage import FEW_DAYS

    names = [forecast.symbols[i] for i in forecast.untested.nonzero()[0].tolist()]
    if names:
        messages.warn(
            f"{name_some(names, NAMED)}: fewer than {FEW_DAYS} days were held out in training, so"
            " these intervals are untested; train on more rows, with more --validation, or with"
            " --pool auto"
        )


def _tell_of_hindsight(
    model: "Model", prices: "Prices", messages: Messages, keeping: LedgerSettings
) -> None:
    """Tell of forecasts from a past that the model was trained beyond: they are not a test."""
    from rnncli.models.provenance import trained_beyond

    if (later := trained_beyond(model.record, prices.dates)) is not None:
        seen, newest = later
        say = messages.note if keeping.ledger is None else messages.warn
        say(
            f"the model was trained on days up to {seen}, and these prices end on {newest}: it"
            " knows what it forecasts, so do not score these forecasts"
        )


def _log_forecast(log: RunLog, symbols: int, horizon: int, failed: dict[str, str]) -> None:
    log.event("forecast", symbols=symbols, horizon=horizon, failed=len(failed))


def _sample(
    model: "Model", known: "Prices", predicting: PredictSettings, running: RunSettings,
    showing: ResultSettings, log: RunLog,
) -> dict[str, str]:  # fmt: skip
    """Draw paths and print them; return why symbols failed."""
    from rnncli.forecasting.predict import sample
    from rnncli.report.forecasts import samples_report
    from rnncli.risk.joint_paths import sample_together
    from rnncli.runtime.threads import threads

    if is_table(showing):
        raise UsageError("--paths: are for programs; add --format jsonl, or csv")
    with threads(running.threads) as pool:
        draw = sample_together if predicting.joint else sample
        samples = draw(model, known, predicting, pool, log.stages.stage)
    _log_forecast(log, len(samples.symbols), samples.prices.shape[1], samples.failed)
    with log.stages.stage("write"):
        show_result(samples_report(samples), showing)
    log.event("written", symbols=len(samples.symbols))
    return samples.failed
