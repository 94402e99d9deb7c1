"""`rnncli score`: recorded forecasts against the prices that followed."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from rnncli.cli.arguments import OF_MODELS, PricesArgument, read
from rnncli.cli.html_page import check_html
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.results import show_result
from rnncli.errors import ExitStatus, UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import HtmlSettings, ReadSettings, ResultSettings, ScoreSettings

if TYPE_CHECKING:
    from rnncli.ledger.reader import LedgerForecasts
    from rnncli.ledger.score import LedgerScore
    from rnncli.prices.series import Prices


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "score", without=OF_MODELS)(score)


def score(
    ledger: Annotated[
        str, typer.Argument(metavar="LEDGER", help="Ledger file that predict --ledger wrote.")
    ],
    prices: PricesArgument,
    reading: ReadSettings,
    scoring: ScoreSettings,
    paging: HtmlSettings,
    showing: ResultSettings,
    typed: frozenset[str],
    log: RunLog,
) -> int:
    """Score recorded forecasts against the prices that followed."""
    _refuse_idle(scoring, typed)
    check_html(paging, [ledger, *prices])
    from rnncli.ledger.reader import read_ledger
    from rnncli.ledger.score import column_of, score_ledger
    from rnncli.prices.reader import since_day

    messages = Messages(showing, log)
    recorded = read_ledger(ledger, since_day(reading))
    reading = replace(reading, column=column_of(recorded, reading.column))
    series = read(prices, reading, messages, log.stages.stage)

    recorded, count = renamed(recorded, reading, series)
    if reading.tickers is not None:
        messages.note(f"{reading.tickers}: {count} forecasts are scored under another name")

    from rnncli.report.score import export_report, ledger_report

    result = score_ledger(recorded, series, scoring, messages.warn)
    log.event("scored", forecasts=len(recorded.symbols), came=result.matched.count("came"))
    if paging.html:
        _write_page(paging.html, ledger, result, scoring.drift_alpha, series, messages)
    if scoring.export:
        show_result(export_report(result), replace(showing, format=scoring.export))
    else:
        show_result(ledger_report(ledger, result, scoring.drift_alpha), showing)
    log.event("written", rows=len(recorded.symbols) if scoring.export else len(result.rows))
    unmet = [check for check in result.checks if not check.met]
    for check in unmet:
        messages.unmet(f"{check.required}: {check.said}")
    return messages.end() or (ExitStatus.CHECK_FAILED if unmet else ExitStatus.OK)


def renamed(
    recorded: "LedgerForecasts", reading: ReadSettings, prices: "Prices"
) -> tuple["LedgerForecasts", int]:
    """Recorded forecasts under the names that their series have now, and how many have another."""
    if reading.tickers is None:
        return recorded, 0
    from rnncli.ledger.renaming import under_current_names
    from rnncli.prices.beside.ticker_changes import read_ticker_changes

    return under_current_names(recorded, read_ticker_changes(reading), prices)


def _write_page(
    path: str, ledger: str, result: "LedgerScore", alpha: float, prices: "Prices",
    messages: Messages,
) -> None:  # fmt: skip
    """Write the scores as a page."""
    from rnncli.cli.html_page import write_page
    from rnncli.ledger.score import regrouped
    from rnncli.report.page.content import PageContent, Record

    content = PageContent(
        title=f"Scores of {ledger}",
        sources=tuple(dict.fromkeys(prices.sources)),
        warnings=tuple(prices.warnings()),
        record=Record(ledger, result, regrouped(result, ["month"], alpha), alpha),
    )
    write_page(path, content, messages)


def _refuse_idle(scoring: ScoreSettings, typed: frozenset[str]) -> None:
    """Refuse options that would have no effect."""
    if "alpha" in typed and not scoring.require_skill:
        raise UsageError("--alpha: does nothing without --require-skill")
    idle = sorted(typed & {"format", "by", "drift_alpha"}) if scoring.export else []
    for name in idle:
        raise UsageError(f"--{name.replace('_', '-')}: does nothing with --export")
