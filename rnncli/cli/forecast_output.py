"""What `rnncli predict` shows of forecasts, and what it warns of."""

from typing import TYPE_CHECKING

from rnncli.cli.messages import Messages
from rnncli.cli.predict_checks import PredictOptions
from rnncli.cli.results import show_result
from rnncli.errors import name_some
from rnncli.runtime.event_log import RunLog

if TYPE_CHECKING:
    from rnncli.forecasting.forecast import Forecast
    from rnncli.models.model import Model
    from rnncli.prices.series import Prices

NAMED = 5  # symbols in a warning


def show_forecast(
    forecast: "Forecast", options: PredictOptions, messages: Messages, log: RunLog
) -> None:
    """Draw and print a forecast, and warn of intervals that are missing or untested."""
    import numpy as np

    from rnncli.cli.summary import summary_of
    from rnncli.distributions.conformal import level_name
    from rnncli.report.forecasts import forecast_report

    levels, drawing = options.predicting.level, options.drawing
    with log.stages.stage("write"):
        if drawing.plot:
            _plot(drawing.plot, forecast.at_levels(levels), messages)
        summary = summary_of(forecast, levels, options.summarizing)
        report = forecast_report(forecast, drawing.chart, options.naming.names, summary)
        show_result(report, options.showing)
    for level in dict.fromkeys(levels):
        if not np.isfinite(forecast.lower[level]).any():
            messages.note(
                f"no {level_name(level)} % interval: too few held-out days to calibrate it;"
                " train on more data, with more --validation, or --loss student-t"
            )
    _warn_of_untested(forecast, messages)
    log.event("written", symbols=len(forecast.symbols))


def _plot(path: str, forecast: "Forecast", messages: Messages) -> None:
    """Draw a figure of the first symbols into a file."""
    from rnncli.cli.charts import write_figure
    from rnncli.report.fan_chart import fans
    from rnncli.report.figures import MOST, forecast_figure

    symbols = len(forecast.symbols)
    write_figure(path, lambda suffix: forecast_figure(fans(forecast, MOST), symbols, suffix))
    messages.note(f"wrote {path}")


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


def warn_of_hindsight(
    model: "Model", prices: "Prices", messages: Messages, is_recorded: bool
) -> None:
    """Say which forecasts are of days that the model was trained on: they are not a test.

    A warning where forecasts are recorded, for they will be scored; else a note.
    """
    from rnncli.models.provenance import trained_beyond

    if (later := trained_beyond(model.record, prices.dates)) is not None:
        seen, newest = later
        say = messages.warn if is_recorded else messages.note
        say(
            f"the model was trained on days up to {seen}, and these prices end on {newest}: it"
            " knows what it forecasts, so do not score these forecasts"
        )


def report_failed(
    failed: dict[str, str], options: PredictOptions, messages: Messages, log: RunLog
) -> int:
    """Report the symbols without a forecast, and the profile; the exit status."""
    for fault in failed.values():
        messages.fail(fault)
    if options.running.profile:
        messages.profile(log.stages)
    return messages.end()
