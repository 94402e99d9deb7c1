"""One check of a price file: its name, what follows from it, and the function that makes it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """What follows from a fault: refused, left out, mended or noticed."""

    REFUSE = "refuse"  # the file is not read: DataError, with the place and the remedy
    REPAIR = "repair"  # something is completed, undone or taken as missing; counted as mended
    DROP = "drop"  # rows are left out, and counted
    WARN = "warn"  # nothing changes; what looks odd is counted as noticed
    NOTE = "note"  # left out as usual in such files: counted, without a warning


@dataclass(frozen=True)
class FileCheck:
    """A check that every price file goes through.

    `summary` says what is found; of a check that counts, it is the text of the report, with the
    names of what is filled in between braces.
    """

    name: str
    severity: Severity
    summary: str
    function: Callable[..., Any]
