"""Settings of forecasts, evaluations, ledgers and scores."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from rnncli.errors import UsageError
from rnncli.settings.option import (
    ADAPTIVE,
    ALPHA,
    BASELINES,
    BY,
    CALENDAR,
    EVALUATION_GROUPS,
    FED,
    FOLDS,
    GROUPS,
    HORIZON,
    JOINT,
    LEVEL,
    LEVELS,
    MAX_AGE,
    REFIT,
    REQUIRE_COVERAGE,
    REQUIRE_SKILL,
    REQUIRE_TEST,
    USUAL_BASELINES,
    Option,
)


@dataclass(frozen=True)
class PredictSettings:
    """How far ahead a forecast goes, and its prediction intervals."""

    PANEL: ClassVar[str] = "Forecast"

    horizon: Annotated[int | None, HORIZON] = None
    inputs: Annotated[str | None, FED] = None
    level: Annotated[tuple[float, ...], LEVEL] = LEVELS
    calendar: Annotated[str | None, CALENDAR] = None
    adaptive: Annotated[bool, ADAPTIVE] = False
    paths: Annotated[
        int | None,
        Option(
            "Output N simulated price paths per symbol instead (Monte Carlo).",
            minimum=1,
            maximum=10**6,
        ),
    ] = None
    joint: Annotated[bool, JOINT] = False
    seed: Annotated[int, Option("Seed of the simulated paths.", minimum=0)] = 0
    max_jump: Annotated[
        float,
        Option(
            "Reject forecasts more than X standard deviations from the last price (0: off).",
            minimum=0,
        ),
    ] = 8.0
    max_age: Annotated[int | None, MAX_AGE] = None


@dataclass(frozen=True)
class EvaluateSettings:
    """Cutoffs and baselines of a backtest, and what a script may require of its result."""

    PANEL: ClassVar[str] = "Evaluation"

    horizon: Annotated[int | None, HORIZON] = None
    inputs: Annotated[str | None, FED] = None
    level: Annotated[tuple[float, ...], LEVEL] = LEVELS
    folds: Annotated[int, FOLDS] = 20
    stride: Annotated[
        int | None, Option("Rows between cutoffs (default: the horizon).", minimum=1)
    ] = None
    refit: Annotated[str | None, REFIT] = None
    baselines: Annotated[str, BASELINES] = USUAL_BASELINES
    require_coverage: Annotated[tuple[str, ...], REQUIRE_COVERAGE] = ()
    require_skill: Annotated[tuple[str, ...], REQUIRE_SKILL] = ()
    alpha: Annotated[float, ALPHA] = 0.05
    adaptive: Annotated[bool, ADAPTIVE] = False
    joint: Annotated[bool, JOINT] = False
    placebo: Annotated[
        int,
        Option(
            "Placebo test instead: train and evaluate on N random walks and N permuted series, and"
            " count false claims of skill.",
            minimum=0,
        ),
    ] = 0

    def __post_init__(self) -> None:
        """Raise UsageError for skill over what has no test."""
        for against in self.require_skill:
            if against not in ("naive", "ewma", "best"):
                raise UsageError(
                    "no such test",
                    option="require_skill",
                    value=against,
                    remedy="use naive, ewma or best",
                )


@dataclass(frozen=True)
class GroupSettings:
    """How the scores of an evaluation are grouped besides by method and row ahead."""

    PANEL: ClassVar[str] = "Evaluation"

    by: Annotated[tuple[str, ...], BY] = ()

    def __post_init__(self) -> None:
        """Raise UsageError for what the forecasts cannot be grouped by."""
        for name in self.by:
            if name not in EVALUATION_GROUPS:
                raise UsageError(
                    "no such group",
                    option="by",
                    value=name,
                    remedy=f"use {', '.join(EVALUATION_GROUPS)}",
                )


@dataclass(frozen=True)
class LedgerSettings:
    """Where forecasts are recorded for a later comparison with the prices that follow."""

    PANEL: ClassVar[str] = "Output"

    ledger: Annotated[
        str | None,
        Option("Record the forecasts in this SQLite ledger before printing them.", metavar="FILE"),
    ] = None


@dataclass(frozen=True)
class StateSettings:
    """Hidden states that are stored from one forecast to the next."""

    PANEL: ClassVar[str] = "Forecast"

    state: Annotated[
        str | None,
        Option("Keep each symbol's hidden state in this file; read only new rows.", metavar="FILE"),
    ] = None
    follow: Annotated[
        bool,
        Option("Forecast after every row that arrives on standard input (default horizon: 1)."),
    ] = False


@dataclass(frozen=True)
class ScoreSettings:
    """How recorded forecasts are grouped, and what a script may require of their scores."""

    PANEL: ClassVar[str] = "Evaluation"

    by: Annotated[tuple[str, ...], BY] = ("ahead",)
    require_coverage: Annotated[tuple[str, ...], REQUIRE_COVERAGE] = ()
    require_skill: Annotated[tuple[str, ...], REQUIRE_SKILL] = ()
    require_test: Annotated[tuple[str, ...], REQUIRE_TEST] = ()
    alpha: Annotated[float, ALPHA] = 0.05
    drift_alpha: Annotated[
        float,
        Option("Significance level of the test for coverage drift.", minimum=0, maximum=0.5),
    ] = 0.01
    export: Annotated[
        Literal["csv", "json", "jsonl"] | None,
        Option("Output every forecast with the actual value, in this format.", panel="Output"),
    ] = None
    portfolios: Annotated[
        bool,
        Option(
            "Score the values at risk of portfolios that batch recorded, instead of forecasts.",
            panel="Output",
        ),
    ] = False

    def __post_init__(self) -> None:
        """Raise UsageError for what no ledger can be sorted by, and skill over what it lacks."""
        for name in self.by:
            if name not in GROUPS:
                raise UsageError(
                    "no such group", option="by", value=name, remedy=f"use {', '.join(GROUPS)}"
                )
        for against in self.require_skill:
            if against not in ("naive", "best"):  # the best of one baseline
                raise UsageError("a ledger has naive only", option="require_skill", value=against)
