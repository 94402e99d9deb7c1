"""Settings of values at risk and expected shortfalls."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from rnncli.settings.option import CALENDAR, FED, FOLDS, MAX_AGE, REQUIRE_TEST, Option

MOST_DRAWS = 10**6


@dataclass(frozen=True)
class RiskSettings:
    """Which risks are measured: confidence, rows ahead, holdings, marks."""

    PANEL: ClassVar[str] = "Risk"

    confidence: Annotated[
        tuple[float, ...],
        Option(
            "Confidence levels of value at risk and expected shortfall in percent; may be repeated."
        ),
    ] = (95.0, 97.5, 99.0)
    horizons: Annotated[
        str, Option("Rows (trading days) ahead, comma-separated.", metavar="LIST")
    ] = "1,5,10"
    holdings: Annotated[
        str | None,
        Option(
            "CSV of a portfolio: symbol and quantity (below zero: short) or value; also rate,"
            " into the portfolio's currency, and rows of cash.",
            metavar="FILE",
        ),
    ] = None
    above: Annotated[
        tuple[str, ...],
        Option(
            "Probability that a price, or the portfolio's value, ends above a mark: AAPL=200,"
            " AAPL=5%, portfolio=5%, or 5% for all; may be repeated.",
            metavar="MARK",
        ),
    ] = ()
    below: Annotated[
        tuple[str, ...],
        Option("The same below a mark: AAPL=150, portfolio=-10%; may be repeated.", metavar="MARK"),
    ] = ()
    inputs: Annotated[str | None, FED] = None
    calendar: Annotated[str | None, CALENDAR] = None
    max_age: Annotated[int | None, MAX_AGE] = None
    draws: Annotated[
        int,
        Option(
            "Joint scenarios that a portfolio is measured on.", minimum=1000, maximum=MOST_DRAWS
        ),
    ] = 20_000
    seed: Annotated[int, Option("Seed of the scenarios.", minimum=0)] = 0


@dataclass(frozen=True)
class RiskTestSettings:
    """How values at risk of the past are tested, and what a script may require."""

    PANEL: ClassVar[str] = "Backtest"

    backtest: Annotated[
        bool,
        Option("Test values at risk one row ahead on past cutoffs, instead of forecasting."),
    ] = False
    folds: Annotated[int, FOLDS] = 250
    against: Annotated[
        str,
        Option(
            "Rivals, comma-separated: history-N (the last N rows) and, with an extra, garch-n,"
            " garch-edf.",
            metavar="LIST",
        ),
    ] = "history-250,history-500"
    significance: Annotated[
        float, Option("Significance level of the tests.", minimum=0.0001, maximum=0.5)
    ] = 0.05
    require_test: Annotated[tuple[str, ...], REQUIRE_TEST] = ()
    require_better: Annotated[
        tuple[str, ...],
        Option(
            "Exit with status 4 unless the FZ0 loss is lower than this rival's, at the"
            " significance level; may be repeated.",
            metavar="RIVAL",
        ),
    ] = ()


@dataclass(frozen=True)
class StressSettings:
    """What is supposed to happen, in place of what is likely."""

    PANEL: ClassVar[str] = "Stress"

    shock: Annotated[
        tuple[str, ...],
        Option(
            "Suppose that a price moves: SPY=-10% (or SPY=400); the others follow by their copula."
            " Several are one scenario.",
            metavar="MOVE",
        ),
    ] = ()
    scenarios: Annotated[
        str | None,
        Option("CSV of scenarios: scenario, symbol and change (-10%).", metavar="FILE"),
    ] = None
    replay: Annotated[
        int,
        Option(
            "Replay the N worst days of the files with the volatility of today.",
            minimum=0,
            maximum=1000,
        ),
    ] = 0
