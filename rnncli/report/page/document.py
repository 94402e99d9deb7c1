"""The page put together: sections in a template, data for the script, and what a browser may do."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from rnncli import __version__
from rnncli.report.page.charts import Chart
from rnncli.report.page.content import PageContent
from rnncli.report.page.definitions import (
    DEFINITIONS,
    PORTFOLIO_DEFINITIONS,
    UNROLLED_DEFINITIONS,
    in_rows,
)
from rnncli.report.page.formats import script_data
from rnncli.report.page.network import network_charts, network_section
from rnncli.report.page.outlooks import fan_data, forecast_section
from rnncli.report.page.portfolios import portfolio_charts, portfolio_section
from rnncli.report.page.record import record_charts, record_section
from rnncli.report.page.scores import Scores, scores_of
from rnncli.report.page.summary import summary_section
from rnncli.report.page.trust import trust_section
from rnncli.report.page.trust_charts import trust_charts
from rnncli.report.page.unrolled import unrolled_charts, unrolled_data, unrolled_section

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = "templates"
SCRIPTS = ("tips.js", "charts.js", "fans.js", "tables.js", "start.js")  # in this order
MAPS = ("map.js",)  # of a page with a map
PLAYER = ("copies.js", "unrolled.js")  # of a page with an unrolled network, before the start


def html_page(content: PageContent) -> bytes:
    """The page of some results, whole and in UTF-8; the same results give the same bytes."""
    scores = scores_of(content.backtest.evaluation) if content.backtest else None
    charts = _charts(content, scores)
    fans = fan_data(content.forecasts) if content.forecasts is not None else None
    data = {"charts": charts, "fans": fans}
    if content.unrolled is not None:
        data["unrolled"] = unrolled_data(content.unrolled)
    style, script = _text("page.css"), "\n".join(map(_text, _scripts(content, charts)))
    page = _environment().get_template("page.html")
    sections = _sections(content, scores)
    text = page.render(
        **sections,
        missing={"trust": None, "gradients": None, **content.missing},
        row=content.row,
        definitions=_definitions(content, sections),
        charts=charts,
        data=script_data(data),
        style=style,
        script=script,
        policy=_policy(style, script),
        version=__version__,
    )
    return text.encode()


def _definitions(content: PageContent, sections: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """The terms that may occur on a page; its template leaves out those that do not."""
    if content.unrolled is not None:
        return UNROLLED_DEFINITIONS
    shown = DEFINITIONS | (PORTFOLIO_DEFINITIONS if sections["portfolios"] else {})
    return {key: (in_rows(name, content.row), in_rows(text, content.row))
            for key, (name, text) in shown.items()}  # fmt: skip


def _scripts(content: PageContent, charts: dict[str, Chart]) -> tuple[str, ...]:
    """The parts of the script that the page needs."""
    maps = MAPS if any("rows" in drawn for drawn in charts.values()) else ()
    player = PLAYER if content.unrolled is not None else ()
    return (*SCRIPTS[:-1], *maps, *player, SCRIPTS[-1])


def _sections(content: PageContent, scores: Scores | None) -> dict[str, Any]:
    """What the template of each section shows; None for a section that is left out."""
    forecasts, backtest, record = content.forecasts, content.backtest, content.record
    symbols = None if scores is None else scores.symbols
    listed = () if forecasts is None else forecasts.forecast.symbols
    numbers = {symbol: i for i, symbol in enumerate(listed)}
    portfolios = content.portfolios and portfolio_section(content.portfolios, content.row)
    if portfolios and record and not record.score.recorded.symbols:
        record = None  # a ledger of portfolios alone
    return {
        "summary": summary_section(content),
        "forecasts": forecasts and forecast_section(forecasts, backtest, symbols, content.row),
        "trust": backtest and scores and trust_section(backtest, scores, content.row, numbers),
        "networks": [
            network_section(one, i, content.row) for i, one in enumerate(content.networks)
        ],
        "unrolled": content.unrolled and unrolled_section(content.unrolled),
        "record": record and record_section(record),
        "portfolios": portfolios,
    }


def _charts(content: PageContent, scores: Scores | None) -> dict[str, Chart]:
    """All charts by name, but for those that are drawn on demand."""
    charts: dict[str, Chart] = {}
    if content.backtest is not None and scores is not None:
        charts |= trust_charts(content.backtest.evaluation, scores, content.row)
    for i, network in enumerate(content.networks):
        charts |= {
            f"{kind}-{i}": drawn for kind, drawn in network_charts(network, content.row).items()
        }
    if content.unrolled is not None:
        charts |= unrolled_charts(content.unrolled.unrolled)
    if content.record is not None:
        charts |= record_charts(content.record)
    if content.portfolios is not None:
        charts |= portfolio_charts(content.portfolios, content.row)
    return charts


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy that allows this style and this script, and nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _text(name: str) -> str:
    return files("rnncli.report.page").joinpath(TEMPLATES, name).read_text(encoding="utf-8")


@cache
def _environment() -> "Environment":
    """The templates, in which every value is escaped."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(_text), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
