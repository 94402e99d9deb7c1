"""The page put together: sections in a template, data for the script, and what a browser may do."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from rnncli import __version__
from rnncli.report.page.content import PageContent
from rnncli.report.page.definitions import DEFINITIONS
from rnncli.report.page.formats import script_data
from rnncli.report.page.network import network_charts, network_section
from rnncli.report.page.outlooks import fan_data, forecast_section
from rnncli.report.page.record import record_charts, record_section
from rnncli.report.page.summary import summary_section
from rnncli.report.page.trust import by_symbol, trust_charts, trust_section

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = "templates"


def html_page(content: PageContent) -> bytes:
    """The page of some results, whole and in UTF-8; the same results give the same bytes."""
    symbols = by_symbol(content.backtest.evaluation) if content.backtest else None
    sections: dict[str, Any] = {}
    if content.forecasts is not None:
        sections["forecasts"] = forecast_section(content.forecasts, content.backtest, symbols)
    if content.backtest is not None and symbols is not None:
        sections["trust"] = trust_section(content.backtest, symbols)
    if content.networks:
        sections["networks"] = [network_section(n, i) for i, n in enumerate(content.networks)]
    if content.record is not None:
        sections["record"] = record_section(content.record)
    style, script, charts = _text("page.css"), _text("page.js"), _charts(content)
    fans = fan_data(content.forecasts) if content.forecasts is not None else None
    text = (
        _environment()
        .get_template("page.html")
        .render(
            summary=summary_section(content),
            missing=content.missing,
            definitions=DEFINITIONS,
            charts=_charts(content),
            data=script_data(_data(content)),
            style=style,
            script=script,
            policy=_policy(style, script),
            version=__version__,
            **{"forecasts": None, "trust": None, "networks": [], "record": None, **sections},
        )
    )
    return text.encode()


def _charts(content: PageContent) -> dict[str, Any]:
    """All charts by name, but for those that are drawn on demand."""
    charts: dict[str, Any] = {}
    if content.backtest is not None:
        charts |= trust_charts(content.backtest.evaluation)
    for number_of, network in enumerate(content.networks):
        drawn = network_charts(network)
        charts |= {f"{kind}-{number_of}": one for kind, one in drawn.items()}
    if content.record is not None:
        charts |= record_charts(content.record)
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
