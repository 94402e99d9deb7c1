"""Settings of HTML pages: what `rnncli report` puts on one, and the page of another command."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from rnncli.settings.option import (
    ADAPTIVE,
    BASELINES,
    CALENDAR,
    FED,
    FOLDS,
    HORIZON,
    LEVEL,
    LEVELS,
    MAX_AGE,
    REFIT,
    USUAL_BASELINES,
    Option,
)

TEST = "Evaluation"  # part of the help page for options of the backtest


@dataclass(frozen=True)
class ReportSettings:
    """The forecasts of a page, the backtest that tests them, the ledger with their record."""

    PANEL: ClassVar[str] = "Forecast"

    horizon: Annotated[int | None, HORIZON] = None
    inputs: Annotated[str | None, FED] = None
    level: Annotated[tuple[float, ...], LEVEL] = LEVELS
    calendar: Annotated[str | None, CALENDAR] = None
    adaptive: Annotated[bool, ADAPTIVE] = False
    max_age: Annotated[int | None, MAX_AGE] = None
    folds: Annotated[int, replace(FOLDS, panel=TEST)] = 52
    refit: Annotated[str | None, replace(REFIT, panel=TEST)] = None
    baselines: Annotated[str, replace(BASELINES, panel=TEST)] = USUAL_BASELINES
    ledger: Annotated[
        str | None,
        Option("Also show the scores of the forecasts recorded in this ledger.", metavar="FILE"),
    ] = None
    output: Annotated[
        str | None,
        Option(
            "HTML file to write, whole or not at all (default in a pipe: standard output).",
            letter="o",
            metavar="FILE",
            panel="Output",
        ),
    ] = None


@dataclass(frozen=True)
class HtmlSettings:
    """A page of the result, in addition to it."""

    PANEL: ClassVar[str] = "Output"

    html: Annotated[
        str | None,
        Option(
            "Also write the result as an HTML page into this file (needs an extra).", metavar="FILE"
        ),
    ] = None
