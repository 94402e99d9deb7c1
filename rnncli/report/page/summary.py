"""The head of the page: the files, the model, and warnings about the data."""

from typing import Any

from rnncli.report.page.content import PageContent
from rnncli.report.page.formats import number, thousands
from rnncli.report.page.page_table import PageTable, column, page_table
from rnncli.report.page.portfolios import portfolio_names
from rnncli.report.tables import counted
from rnncli.report.text import safe

SOURCES = 6  # names of files that are shown


def summary_section(content: PageContent) -> dict[str, Any]:
    """Title, facts as terms and values, and warnings."""
    return {
        "title": safe(content.title),
        "facts": [
            *_forecast_facts(content),
            *_unrolled_facts(content),
            *_ledger_facts(content),
            *_source_facts(content),
        ],
        "warnings": [safe(line) for line in content.warnings],
        "faults": _faults_table(content),
    }


def _faults_table(content: PageContent) -> PageTable | None:
    """What was odd in the price files, a row for each kind in a file; None where nothing was."""
    faults = content.faults()
    if not faults:
        return None
    return page_table(
        "What was odd in the price files",
        [
            column("fault", "What", [safe(one.kind) for one in faults], "name"),
            column("fault", "Number", [thousands(one.count) for one in faults]),
            column("fault", "What was done", [one.done for one in faults], "text"),
            column("fault", "First", [safe(one.first) for one in faults], "text"),
            column("fault", "Remedy", [safe(one.remedy) for one in faults], "text"),
            column("fault", "File", [safe(one.file) for one in faults], "text"),
        ],
    )


def _forecast_facts(content: PageContent) -> list[tuple[str, str]]:
    if content.forecasts is None:
        return []
    forecast = content.forecasts.forecast
    horizon = forecast.forecasts.shape[1]
    cutoffs = sorted({str(forecast.days(i)[0]) for i in range(len(forecast.symbols))})
    dates = sorted({str(forecast.days(i)[1][-1]) for i in range(len(forecast.symbols))})
    facts = [
        ("Symbols", thousands(len(forecast.symbols))),
        ("Last known prices", _span(cutoffs)),
        ("Forecast for", f"{counted(horizon, content.row)} ahead, to {_span(dates)}"),
        (f"{content.row.capitalize()}s of all symbols", thousands(len(forecast.prices.values))),
    ]
    if forecast.failed:
        facts.append(("Without a forecast", counted(len(forecast.failed), "symbol")))
    return facts


def _span(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{texts[0]} … {texts[-1]}"


def _unrolled_facts(content: PageContent) -> list[tuple[str, str]]:
    """The network that was asked for, whatever is chosen on the page afterwards."""
    if content.unrolled is None:
        return []
    unrolled = content.unrolled.unrolled
    return [
        ("Network", safe(content.unrolled.name)),
        ("Input", counted(len(unrolled.columns["input"]), "day")),
        ("Prediction", number(unrolled.prediction)),
        ("Verdict", f"{unrolled.verdict}: {unrolled.reason}"),
    ]


def _ledger_facts(content: PageContent) -> list[tuple[str, str]]:
    """What is recorded, on a page that is of the ledger alone."""
    facts = []
    recorded = content.record.score.recorded.symbols if content.record is not None else ()
    if recorded and content.forecasts is None:
        facts.append(("Recorded forecasts", thousands(len(recorded))))
    names = portfolio_names(content.portfolios) if content.portfolios is not None else []
    if names:
        facts.append(("Portfolios", ", ".join(map(safe, names))))
    return facts


def _source_facts(content: PageContent) -> list[tuple[str, str]]:
    names = [safe(name) for name in content.sources]
    more = f" and {len(names) - SOURCES} more" if len(names) > SOURCES else ""
    files = [("Price files", ", ".join(names[:SOURCES]) + more)] if names else []
    models = [("Model", safe(one.name)) for one in content.networks]
    return [*models, *files]
