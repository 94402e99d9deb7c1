"""`rnncli score`: recorded forecasts against the prices that followed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from rnncli.cli.arguments import OF_MODELS, PricesArgument, read
from rnncli.cli.html_page import check_html
from rnncli.cli.messages import Messages
from rnncli.cli.mistaken_paths import refuse_without_ledger
from rnncli.cli.options import command
from rnncli.cli.results import show_result
from rnncli.errors import DataError, ExitStatus, UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import HtmlSettings, ReadSettings, ResultSettings, ScoreSettings

if TYPE_CHECKING:
    from rnncli.evaluation.verdict import Check
    from rnncli.ledger.portfolio_score import PortfolioScore
    from rnncli.ledger.reader import LedgerForecasts
    from rnncli.prices.series import Prices
    from rnncli.report.page.content import Portfolios, Record


NO_MODEL = "name the ledger, then price files"


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
    refuse_without_ledger(ledger, prices)
    check_html(paging, [ledger, *prices])
    from rnncli.ledger.portfolio_score import portfolio_checks
    from rnncli.ledger.reader import read_ledger
    from rnncli.ledger.score import column_of, score_ledger
    from rnncli.prices.date_range import since_day
    from rnncli.risk.tail_tests import check_tests

    check_tests(scoring.require_test)
    messages = Messages(showing, log)
    recorded = read_ledger(ledger, since_day(reading))
    reading = replace(reading, column=column_of(recorded, reading.column))
    series = read(prices, reading, messages, log.stages.stage, for_model=NO_MODEL)

    if scoring.portfolios:
        return _score_portfolios(ledger, series, reading, scoring, paging, showing, messages, log)
    recorded, count = renamed(recorded, reading, series)
    if reading.tickers is not None:
        messages.note(f"{reading.tickers}: {count} forecasts are scored under another name")

    from rnncli.ledger.score import regrouped
    from rnncli.report.page.content import Portfolios, Record
    from rnncli.report.score import export_report, ledger_report

    result = score_ledger(recorded, series, scoring, messages.warn)
    portfolios = scored_portfolios(ledger, series, reading, messages.warn)
    log.event("scored", forecasts=len(recorded.symbols), came=result.matched.count("came"))
    if paging.html:
        record = Record(
            ledger, result, regrouped(result, ["month"], scoring.drift_alpha), scoring.drift_alpha
        )
        _write_page(
            paging.html, Portfolios(ledger, portfolios, scoring.alpha), series, messages, record
        )
    if scoring.export:
        show_result(export_report(result), replace(showing, format=scoring.export))
    else:
        show_result(
            ledger_report(ledger, result, scoring.drift_alpha, portfolios.tested, scoring.alpha),
            showing,
        )
    log.event("written", rows=len(recorded.symbols) if scoring.export else len(result.rows))
    required = portfolio_checks(portfolios.tested, scoring.require_test, scoring.alpha)
    return _status([*result.checks, *required], messages)


def _status(checks: "Sequence[Check]", messages: Messages) -> int:
    """Report the required checks that are not met; the status, 1 if anything else failed."""
    unmet = [check for check in checks if not check.met]
    for check in unmet:
        messages.unmet(f"{check.required}: {check.said}")
    return messages.end() or (ExitStatus.CHECK_FAILED if unmet else ExitStatus.OK)


def scored_portfolios(
    ledger: str, prices: "Prices", reading: ReadSettings, warn: Callable[[str], None]
) -> "PortfolioScore":
    """The recorded risks of portfolios, scored."""
    from rnncli.ledger.portfolio_score import score_portfolios
    from rnncli.ledger.reader import read_portfolios
    from rnncli.prices.date_range import since_day

    records = read_portfolios(ledger, since_day(reading))
    return score_portfolios(
        records, prices, warn, lambda recorded: renamed(recorded, reading, prices)[0]
    )


def _score_portfolios(
    ledger: str, prices: "Prices", reading: ReadSettings, scoring: ScoreSettings,
    paging: HtmlSettings, showing: ResultSettings, messages: Messages, log: RunLog,
) -> int:  # fmt: skip
    """Print the tests of portfolios, or each night of them."""
    from rnncli.ledger.portfolio_score import portfolio_checks
    from rnncli.report.page.content import Portfolios
    from rnncli.report.portfolio_score import portfolio_export, portfolio_report

    score = scored_portfolios(ledger, prices, reading, messages.warn)
    if not score.outcomes:
        raise DataError(
            f"{ledger}: no risk of a portfolio is recorded; name its holdings in the [risk] table"
            " of a nightly job"
        )
    checks = portfolio_checks(score.tested, scoring.require_test, scoring.alpha)
    log.event("scored", nights=len(score.outcomes), came=score.count("came"))
    if paging.html:
        _write_page(paging.html, Portfolios(ledger, score, scoring.alpha), prices, messages)
    if scoring.export:
        show_result(portfolio_export(score), replace(showing, format=scoring.export))
    else:
        show_result(portfolio_report(ledger, score, checks, scoring.alpha), showing)
    return _status(checks, messages)


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
    path: str, portfolios: "Portfolios", prices: "Prices", messages: Messages,
    record: "Record | None" = None,
) -> None:  # fmt: skip
    """Write the scores as a page."""
    from rnncli.cli.html_page import write_page
    from rnncli.report.page.content import PageContent

    content = PageContent(
        title=f"Scores of {portfolios.ledger}",
        sources=tuple(dict.fromkeys(prices.sources)),
        prices=prices,
        record=record,
        portfolios=portfolios,
    )
    write_page(path, content, messages)


def _refuse_idle(scoring: ScoreSettings, typed: frozenset[str]) -> None:
    """Refuse options that would have no effect."""
    if "alpha" in typed and not (scoring.require_skill or scoring.require_test):
        raise UsageError("--alpha: does nothing without --require-skill or --require-test")
    of_forecasts = {"by", "drift_alpha", "require_coverage", "require_skill"}
    for name in sorted(typed & of_forecasts) if scoring.portfolios else []:
        raise UsageError(f"--{name.replace('_', '-')}: does nothing with --portfolios")
    idle = sorted(typed & {"format", "by", "drift_alpha"}) if scoring.export else []
    for name in idle:
        raise UsageError(f"--{name.replace('_', '-')}: does nothing with --export")
