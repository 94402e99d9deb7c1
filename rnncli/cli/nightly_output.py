"""The files of a nightly job: the forecasts of its output, and its page."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnncli.forecasting.forecast import Forecast
    from rnncli.nightly.config import Job
    from rnncli.nightly.deliver import Encoders
    from rnncli.nightly.portfolios import PortfolioNight
    from rnncli.prices.series import Prices
    from rnncli.report.page.content import Portfolios, Record


def encoders_of(job: "Job") -> "Encoders":
    """What makes the bytes of the files of a job."""
    from rnncli.nightly.deliver import Encoders

    return Encoders(
        output=lambda forecasts: _encoded(forecasts, job),
        page=partial(_page, job=job),
    )


def _encoded(forecasts: "Sequence[Forecast]", job: "Job") -> bytes:
    """The forecasts of many symbols as the output file of a job."""
    from rnncli.report.forecasts import forecast_report
    from rnncli.report.output import encoded

    parts = (forecast_report(forecast, names=job.names) for forecast in forecasts)
    return encoded(parts, job.form, job.digits)


def _page(
    forecasts: "Sequence[Forecast]", prices: "Prices", portfolios: "PortfolioNight", job: "Job"
) -> bytes:
    """The forecasts of many symbols, and the record of the ledger, as the page of a job.

    Warnings about the ledger were given when the run scored it.
    """
    from rnncli.cli.report import outlook_of, title_of
    from rnncli.forecasting.forecast import joined
    from rnncli.report.page.content import PageContent
    from rnncli.report.page.document import html_page

    forecast = joined(prices, forecasts, {})
    content = PageContent(
        title=title_of(forecast),
        sources=job.paths,
        prices=prices,
        forecasts=outlook_of(forecast, job.predicting.level),
        record=_record(job, prices),
        portfolios=_portfolios(job, portfolios),
    )
    return html_page(content)


def _portfolios(job: "Job", night: "PortfolioNight") -> "Portfolios | None":
    """The nights that were tested, and tonight; None without portfolios or a ledger."""
    from rnncli.report.page.content import Portfolios

    if job.ledger is None or night.score is None:
        return None
    tonight = tuple(risk for _, risk in night.risks)
    return Portfolios(job.ledger, night.score, job.scoring.alpha, tonight)


def _record(job: "Job", prices: "Prices") -> "Record | None":
    """The scores of the recorded forecasts that a run looks back on; None where there are none."""
    from rnncli.cli.report import scored_by_month
    from rnncli.ledger.reader import LAST_SYMBOL, last_pairs, read_part
    from rnncli.nightly.lookback import recorded_pairs

    if not recorded_pairs(job):
        return None
    assert job.ledger is not None
    pairs = last_pairs(job.ledger, job.window.cutoffs)
    recorded = read_part(job.ledger, pairs, "", LAST_SYMBOL)
    return scored_by_month(job.ledger, recorded, prices, job.reading, lambda _: None)
