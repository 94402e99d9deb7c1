"""`predict --summary`: whether it is wanted, and what a forecast needs for it."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from rnncli.cli.results import is_table, output_of
from rnncli.errors import UsageError
from rnncli.settings import LedgerSettings, PredictSettings, ResultSettings, SummarySettings

if TYPE_CHECKING:
    from rnncli.forecasting.forecast import Forecast
    from rnncli.report.forecast_summary import Summary

FEW = 3  # symbols whose every row ahead fits a screen
OF_SUMMARY = ("sort", "spark", "top")  # options that have an effect in a summary only


def check_summary(
    wanted: SummarySettings, showing: ResultSettings, other: str | None, typed: frozenset[str]
) -> None:
    """Refuse options that were typed and would have no effect.

    `other`: an option with which no forecast is shown as a table. Those of the environment or a
    file are for tables only. Raises UsageError.
    """
    given = [name for name in ("summary", *OF_SUMMARY) if name in typed and vars(wanted)[name]]
    if not given:
        return
    option = f"--{given[0]}"
    if other is not None:
        raise UsageError(f"{option}: is of a table of forecasts; leave out --{other}")
    if not is_table(showing):
        form = f"--format {showing.format}" if showing.format else "a result for programs"
        raise UsageError(f"{option}: is of a table, not of {form}; add --format table")
    if wanted.summary is False:
        raise UsageError(f"{option}: is of the summary; leave out --no-summary")


def decided(
    wanted: SummarySettings, showing: ResultSettings, symbols: int, typed: frozenset[str]
) -> SummarySettings:
    """The same, with `summary` true or false for a forecast of a number of symbols."""
    return replace(wanted, summary=_is_summary(wanted, showing, symbols, typed))


def _is_summary(
    wanted: SummarySettings, showing: ResultSettings, symbols: int, typed: frozenset[str]
) -> bool:
    if not is_table(showing):
        return False
    if wanted.summary is not None:
        return wanted.summary
    if any(name in typed and vars(wanted)[name] for name in OF_SUMMARY):
        return True
    return symbols > FEW and output_of(showing) is None and sys.stdout.isatty()


def with_outlook(
    predicting: PredictSettings, wanted: SummarySettings, keeping: LedgerSettings
) -> PredictSettings:
    """The same with the levels that a summary reads chances and the worst case from.

    Not where forecasts are recorded: the ledger has the levels that were asked for, and the
    summary then interpolates between them.
    """
    if not wanted.summary or keeping.ledger is not None:
        return predicting
    from rnncli.forecasting.outlook import outlook_levels

    return replace(predicting, level=outlook_levels(predicting.level))


def summary_of(
    forecast: "Forecast", levels: tuple[float, ...], wanted: SummarySettings
) -> "Summary | None":
    """The order and the number of symbols asked for; None for a table of every row ahead."""
    from rnncli.report.forecast_summary import Summary, ordered

    if not wanted.summary:
        return None
    order = ordered(forecast, levels, wanted.sort)
    return Summary(levels, order[: wanted.top], wanted.spark)
