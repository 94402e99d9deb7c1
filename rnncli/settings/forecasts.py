"""What is forecast, kept, and held against what came."""

from dataclasses import dataclass
from typing import Annotated, Literal

from rnncli.errors import UsageError
from rnncli.settings.option import (
    ADAPTIVE,
    ALPHA,
    GROUPS,
    HORIZON,
    INPUTS,
    LEVEL,
    LEVELS,
    REQUIRE_COVERAGE,
    REQUIRE_SKILL,
    Option,
)


@dataclass(frozen=True)
class PredictSettings:
    """How far ahead, and how sure."""

    horizon: Annotated[int | None, HORIZON] = None
    inputs: Annotated[str | None, INPUTS] = None
    level: Annotated[tuple[float, ...], LEVEL] = LEVELS
    calendar: Annotated[
        str | None,
        Option("Exchange whose trading days are the days ahead, such as XNYS (an extra)."),
    ] = None
    adaptive: Annotated[bool, ADAPTIVE] = False
    paths: Annotated[
        int | None,
        Option(
            "Print so many sampled paths a symbol instead, a row each.", minimum=1, maximum=10**6
        ),
    ] = None
    seed: Annotated[int, Option("Seed of the sampled paths.", minimum=0)] = 0
    max_jump: Annotated[
        float,
        Option("Refuse a forecast so many deviations from the last price (0: none).", minimum=0),
    ] = 8.0
    max_age: Annotated[
        int | None,
        Option("Leave out symbols that end more than this many days before the newest.", minimum=0),
    ] = None


@dataclass(frozen=True)
class EvaluateSettings:
    """From where forecasts are made, what they are held against, what a script may require."""

    horizon: Annotated[int | None, HORIZON] = None
    inputs: Annotated[str | None, INPUTS] = None
    level: Annotated[tuple[float, ...], LEVEL] = LEVELS
    folds: Annotated[
        int, Option("Cutoffs to forecast from (0: all after what the model saw).", minimum=0)
    ] = 20
    stride: Annotated[
        int | None, Option("Rows from one cutoff to the next (default: the horizon).", minimum=1)
    ] = None
    refit: Annotated[
        str | None,
        Option(
            "Train the recipe again: none, once up to the first cutoff, or every-K cutoffs"
            " (default: once, where too few cutoffs are after what the model saw)."
        ),
    ] = None
    baselines: Annotated[
        str,
        Option(
            "Beside what, by commas (extras: garch-t, gjr-garch-t, aparch-t, figarch-t, auto-arima,"
            " auto-ets, theta)."
        ),
    ] = "naive,drift,ewma,ewma-t,har-t,harx-t,naive-conformal"
    require_coverage: Annotated[tuple[str, ...], REQUIRE_COVERAGE] = ()
    require_skill: Annotated[tuple[str, ...], REQUIRE_SKILL] = ()
    alpha: Annotated[float, ALPHA] = 0.05
    adaptive: Annotated[bool, ADAPTIVE] = False
    placebo: Annotated[
        int,
        Option(
            "Instead, train and evaluate the recipe on prices without anything to find, so many"
            " times, and count what is claimed.",
            minimum=0,
        ),
    ] = 0

    def __post_init__(self) -> None:
        """Raise UsageError for skill over what has no test."""
        for against in self.require_skill:
            if against not in ("naive", "ewma", "best"):
                raise UsageError(
                    "is none of naive, ewma, best", option="require_skill", value=against
                )


@dataclass(frozen=True)
class LedgerSettings:
    """Where forecasts are kept until what they are of has come."""

    ledger: Annotated[
        str | None, Option("Record the forecasts in this file before they are printed.")
    ] = None


@dataclass(frozen=True)
class StateSettings:
    """What is kept of a forecast for the next one."""

    state: Annotated[
        str | None,
        Option("Keep in this file where each symbol left the network; feed it only new rows."),
    ] = None
    follow: Annotated[
        bool,
        Option("Forecast after each row of standard input as it comes; one row ahead, if it can."),
    ] = False


@dataclass(frozen=True)
class ScoreSettings:
    """How old forecasts are put together, and what a script may require of them."""

    by: Annotated[
        tuple[str, ...],
        Option("A row for each ahead, symbol, month, model; repeated: for each combination."),
    ] = ("ahead",)
    require_coverage: Annotated[tuple[str, ...], REQUIRE_COVERAGE] = ()
    require_skill: Annotated[tuple[str, ...], REQUIRE_SKILL] = ()
    alpha: Annotated[float, ALPHA] = 0.05
    drift_alpha: Annotated[
        float,
        Option("Level of the band outside which coverage has drifted.", minimum=0, maximum=0.5),
    ] = 0.01
    export: Annotated[
        Literal["csv", "json", "jsonl"] | None,
        Option("Print every forecast with what came of it instead, in this form."),
    ] = None

    def __post_init__(self) -> None:
        """Raise UsageError for what no ledger can be sorted by, and skill over what it lacks."""
        for name in self.by:
            if name not in GROUPS:
                raise UsageError(f"is none of {', '.join(GROUPS)}", option="by", value=name)
        for against in self.require_skill:
            if against not in ("naive", "best"):  # the best of one baseline
                raise UsageError(
                    "a ledger holds naive alone", option="require_skill", value=against
                )
