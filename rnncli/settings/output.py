"""Settings of results, messages, threads and timing."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from rnncli.settings.option import CHART, Option

Names = Literal["rnncli", "nixtla"]
NAMES = Option(
    "Columns of forecasts for programs (nixtla: unique_id, ds, y_hat, y_hat-lo-80, y_hat-hi-80)."
)
DIGITS = Option("Significant digits of numbers for programs (default: all).", minimum=1, maximum=17)


@dataclass(frozen=True)
class PictureSettings:
    """Charts in addition to the table."""

    PANEL: ClassVar[str] = "Output"

    chart: Annotated[bool, CHART] = False
    plot: Annotated[
        str | None,
        Option("Also draw a figure into this .png or .svg file (needs an extra).", metavar="FILE"),
    ] = None


@dataclass(frozen=True)
class SummarySettings:
    """A row for each symbol instead of one for each row ahead, on a terminal."""

    PANEL: ClassVar[str] = "Output"

    summary: Annotated[
        bool | None,
        Option(
            "Table with one row per symbol (default on a terminal: for more than three symbols)."
        ),
    ] = None
    sort: Annotated[
        Literal["symbol", "move", "range", "fall", "worst"] | None,
        Option(
            "Order of the summary: by name, or largest move, widest range, likeliest fall or worst"
            " case first (default: the order of the prices)."
        ),
    ] = None
    top: Annotated[
        int | None, Option("Show the first N symbols of the summary only.", minimum=1)
    ] = None
    spark: Annotated[bool, Option("Draw each symbol's last 60 prices in the summary.")] = False


@dataclass(frozen=True)
class RunSettings:
    """Speed and timing of a run; the result does not depend on them."""

    PANEL: ClassVar[str] = "Run"

    threads: Annotated[
        int, Option("Number of threads (0: one per core).", minimum=0, maximum=1024)
    ] = 0
    profile: Annotated[bool, Option("Show the time of each stage, on stderr.")] = False


@dataclass(frozen=True)
class OutputSettings:
    """How results and messages are shown."""

    PANEL: ClassVar[str] = "Run"

    format: Annotated[
        Literal["table", "csv", "json", "jsonl"] | None,
        Option(
            "Format of the result (default: table on a terminal, else csv or json).", panel="Output"
        ),
    ] = None
    digits: Annotated[int | None, DIGITS] = None
    quiet: Annotated[
        bool, Option("Print errors only; no warnings, notes or progress.", letter="q")
    ] = False
    verbose: Annotated[bool, Option("Also show how each file was read.", letter="v")] = False
    debug: Annotated[bool, Option("Show a traceback with an error.")] = False


@dataclass(frozen=True)
class ResultSettings(OutputSettings):
    """How results and messages are shown, and where a result is written."""

    output: Annotated[
        str | None,
        Option(
            "File for the result, written whole or not at all; the ending is its format: .csv,"
            " .json, .jsonl, .parquet (an extra), .txt.",
            letter="o",
            panel="Output",
        ),
    ] = None


@dataclass(frozen=True)
class DoctorSettings:
    """What is shown of the installation."""

    PANEL: ClassVar[str] = "Output"

    licences: Annotated[
        bool,
        Option("List the libraries instead: version, licence, extra, and why each is needed."),
    ] = False


@dataclass(frozen=True)
class NamingSettings:
    """How the columns of forecasts are named for programs."""

    PANEL: ClassVar[str] = "Output"

    names: Annotated[Names, NAMES] = "rnncli"


@dataclass(frozen=True)
class LogSettings:
    """The event log of a run, for programs."""

    PANEL: ClassVar[str] = "Run"

    log_file: Annotated[
        str | None, Option("Append one JSON line per event to this log file.", metavar="FILE")
    ] = None
