"""What a nightly job adds, in tables of its file."""

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from rnncli.errors import UsageError
from rnncli.settings.option import Option
from rnncli.settings.output import DIGITS, NAMES, Names


@dataclass(frozen=True)
class FeedSettings:
    """Where a nightly job finds prices."""

    paths: Annotated[tuple[str, ...], Option("CSV files, or folders of them.")] = ()


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
        found = re.fullmatch(r"([0-9]{1,6})([hdw])", self.every, re.ASCII)
        if found is None:
            raise UsageError(
                "is not a duration", option="every", value=self.every, remedy="use 7d, 2w or 12h"
            )
        if not int(found[1]):
            raise UsageError(
                "would train in every run", option="every", value=self.every,
                remedy="use 1d or longer",
            )  # fmt: skip
        return float(found[1]) * {"h": 1 / 24, "d": 1, "w": 7}[found[2]]


@dataclass(frozen=True)
class WindowSettings:
    """Which recorded forecasts a nightly job looks back on."""

    cutoffs: Annotated[int, Option("Number of last cutoffs to score (0: all).", minimum=0)] = 20


@dataclass(frozen=True)
class LogSettings:
    """The event log of a run, for programs."""

    PANEL: ClassVar[str] = "Run"

    log_file: Annotated[
        str | None, Option("Append one JSON line per event to this log file.", metavar="FILE")
    ] = None
