"""What a nightly job adds, in tables of its file."""

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Literal

from rnncli.errors import UsageError
from rnncli.settings.option import Option
from rnncli.settings.output import DIGITS, NAMES, Names
from rnncli.settings.risk import MOST_DRAWS

TIME_OF_DAY = r"([01]?[0-9]|2[0-3]):([0-5][0-9])"
DAY = 86_400
UNITS = {"s": 1 / DAY, "m": 60 / DAY, "h": 1 / 24, "d": 1, "w": 7}


def days_of(option: str, text: str, examples: str, units: str = "hdw") -> float:
    """Days of a duration such as 12h or 7d. Raises UsageError."""
    parts = re.fullmatch(rf"([0-9]{{1,6}})([{units}])", text, re.ASCII)
    if parts is None:
        raise UsageError("is not a duration", option=option, value=text, remedy=f"use {examples}")
    return float(parts[1]) * UNITS[parts[2]]


@dataclass(frozen=True)
class FeedSettings:
    """Where a nightly job finds prices."""

    paths: Annotated[tuple[str, ...], Option("CSV files, or folders of them.")] = ()
    max_data_age: Annotated[
        int | None,
        Option(
            "End with status 76 once more than N trading days, today included, have passed since"
            " the newest price.",
            minimum=0,
        ),
    ] = None
    wait_for: Annotated[
        str | None,
        Option("Wait until this time of day for the prices of today: 20:00; then status 75."),
    ] = None
    retry: Annotated[str, Option("How long to wait before reading again: 30s, 5m, 1h.")] = "5m"

    def __post_init__(self) -> None:
        """Raise UsageError for a malformed time of day or duration."""
        if not self.retry_seconds:
            raise UsageError(
                "would never pause", option="retry", value=self.retry, remedy="use 1m or longer"
            )
        if self.wait_for is not None and not re.fullmatch(TIME_OF_DAY, self.wait_for, re.ASCII):
            raise UsageError(
                "is not a time of day", option="wait_for", value=self.wait_for, remedy="use 20:00"
            )

    @property
    def retry_seconds(self) -> float:
        """Seconds between two readings."""
        return float(round(days_of("retry", self.retry, "30s, 5m or 1h", "smh") * DAY))


@dataclass(frozen=True)
class PlaceSettings:
    """Where a nightly job keeps a model, a ledger or a log."""

    file: Annotated[str | None, Option("Its file.")] = None


@dataclass(frozen=True)
class DeliverySettings:
    """Where a nightly job puts its forecasts, and in which form."""

    file: Annotated[
        str | None,
        Option("File to write; {date} is the newest date of the prices, {today} that of the run."),
    ] = None
    format: Annotated[
        Literal["csv", "json", "jsonl", "parquet"] | None,
        Option("Form of the forecasts (default: by the ending of the file; parquet: an extra)."),
    ] = None
    digits: Annotated[int | None, DIGITS] = None
    names: Annotated[Names, NAMES] = "rnncli"
    report: Annotated[
        str | None,
        Option("Also write an HTML page of forecasts and ledger into this file (an extra)."),
    ] = None


@dataclass(frozen=True)
class RetrainSettings:
    """When a nightly job retrains its model; always without a model or with changed settings."""

    every: Annotated[
        str | None, Option("Once the prices are so much newer than those trained on: 7d, 2w.")
    ] = None
    on_drift: Annotated[
        bool, Option("Where the model's coverage one row ahead is outside its band.")
    ] = True
    on_changed_data: Annotated[
        bool, Option("Where prices that it was trained on were rewritten.")
    ] = True

    def __post_init__(self) -> None:
        """Raise UsageError for a malformed duration."""
        assert self.days >= 0

    @property
    def days(self) -> float:
        """Days after which a model is old; infinite without `every`."""
        if self.every is None:
            return float("inf")
        days = days_of("every", self.every, "7d, 2w or 12h")
        if not days:
            raise UsageError(
                "would train in every run", option="every", value=self.every,
                remedy="use 1d or longer",
            )  # fmt: skip
        return days


@dataclass(frozen=True)
class KeepSettings:
    """What a nightly job removes of its own files."""

    outputs: Annotated[
        int | None, Option("Number of forecast files to keep, newest first.", minimum=1)
    ] = None
    output_age: Annotated[
        str | None, Option("Remove forecast files that are so much older than the newest: 90d.")
    ] = None
    model_age: Annotated[
        str | None,
        Option("Remove models of symbols that are gone, once they were trained so long ago: 52w."),
    ] = None
    log_size: Annotated[
        int | None, Option("Start a new log file at this size in MiB.", minimum=1, maximum=1 << 20)
    ] = None
    logs: Annotated[int, Option("Earlier log files to keep.", minimum=1, maximum=1000)] = 5

    def __post_init__(self) -> None:
        """Raise UsageError for a malformed duration."""
        for option in ("output_age", "model_age"):
            self.days(option)

    @property
    def limits_outputs(self) -> bool:
        """Whether forecast files are removed."""
        return self.outputs is not None or self.output_age is not None

    def days(self, option: str) -> float:
        """Days of an age; infinite where it is not set."""
        text = getattr(self, option)
        return float("inf") if text is None else days_of(option, text, "90d, 52w")


@dataclass(frozen=True)
class MonitorSettings:
    """Who is told how a run of a nightly job ended."""

    metrics: Annotated[
        str | None, Option("File of metrics for Prometheus (textfile collector).")
    ] = None
    on_success: Annotated[
        tuple[str, ...],
        Option("Command after status 0, a list of words; the summary is on its standard input."),
    ] = ()
    on_failure: Annotated[
        tuple[str, ...],
        Option("Command after any other status, a list of words; likewise."),
    ] = ()
    command_seconds: Annotated[
        int, Option("Seconds after which these commands are ended.", minimum=1, maximum=3600)
    ] = 60


@dataclass(frozen=True)
class WindowSettings:
    """Which recorded forecasts a nightly job looks back on."""

    cutoffs: Annotated[int, Option("Number of last cutoffs to score (0: all).", minimum=0)] = 20


@dataclass(frozen=True)
class PortfolioSettings:
    """The portfolios whose risk a nightly job records."""

    holdings: Annotated[
        tuple[str, ...],
        Option("CSV files of holdings; a portfolio has the name of its file without the ending."),
    ] = ()
    confidence: Annotated[
        tuple[float, ...],
        Option("Confidence levels of value at risk and expected shortfall in percent."),
    ] = (95.0, 97.5, 99.0)
    horizons: Annotated[str, Option("Rows (trading days) ahead, comma-separated.")] = "1"
    draws: Annotated[
        int,
        Option("Joint scenarios of a portfolio.", minimum=1000, maximum=MOST_DRAWS),
    ] = 20_000
    seed: Annotated[int, Option("Seed of the scenarios.", minimum=0)] = 0
    nights: Annotated[
        int, Option("Number of last recorded nights to test (0: all).", minimum=0)
    ] = 250

    def __post_init__(self) -> None:
        """Raise UsageError for two portfolios of one name."""
        assert self.portfolios is not None

    @property
    def portfolios(self) -> dict[str, str]:
        """Name -> file of holdings. Raises UsageError where two files have one name."""
        names = [PurePath(path).stem for path in self.holdings]
        twice = [name for number, name in enumerate(names) if name in names[:number]]
        if twice:
            raise UsageError(
                f"names two portfolios {twice[0]}", option="holdings", remedy="rename a file"
            )
        return dict(zip(names, self.holdings, strict=True))
