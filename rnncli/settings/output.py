"""How results are shown, and runs are made and measured."""

from dataclasses import dataclass
from typing import Annotated, Literal

from rnncli.settings.option import CHART, Option

Names = Literal["rnncli", "nixtla"]
NAMES = Option(
    "Columns of forecasts for programs (nixtla: unique_id, ds, y_hat, y_hat-lo-80, y_hat-hi-80)."
)
DIGITS = Option("Significant digits of numbers for programs (default: all).", minimum=1, maximum=17)


@dataclass(frozen=True)
class PictureSettings:
    """What is drawn beside the table, for people."""

    chart: Annotated[bool, CHART] = False
    plot: Annotated[
        str | None, Option("Also draw a figure into this file, .png or .svg (an extra).")
    ] = None


@dataclass(frozen=True)
class RunSettings:
    """What changes the speed of a run or measures it, and nothing else."""

    threads: Annotated[int, Option("Threads (0: one a core).", minimum=0, maximum=1024)] = 0
    profile: Annotated[bool, Option("Show on stderr which stage took how long.")] = False


@dataclass(frozen=True)
class OutputSettings:
    """How results and messages are shown."""

    format: Annotated[
        Literal["table", "csv", "json", "jsonl"] | None,
        Option("Form of the result (default: table on a terminal, else for scripts)."),
    ] = None
    digits: Annotated[int | None, DIGITS] = None
    quiet: Annotated[bool, Option("Only errors on stderr.", letter="q")] = False
    verbose: Annotated[bool, Option("Also what was read, why so, and every count.", letter="v")] = (
        False
    )
    debug: Annotated[bool, Option("Show the traceback of an error.")] = False


@dataclass(frozen=True)
class ResultSettings(OutputSettings):
    """How results and messages are shown, and where a result is written."""

    output: Annotated[
        str | None,
        Option(
            "File for the result: whole, or not at all; the ending is its form: .csv, .json,"
            " .jsonl, .parquet (an extra), .txt.",
            letter="o",
        ),
    ] = None


@dataclass(frozen=True)
class NamingSettings:
    """How the columns of forecasts are named for programs."""

    names: Annotated[Names, NAMES] = "rnncli"
