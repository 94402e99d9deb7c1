"""Every fault a user can meet, and the exit status it ends in.

    RnncliError
    ├── UsageError           2   wrong options for this input
    ├── DivergedError        3   training left the finite numbers
    ├── DataError           65   a price file that cannot be read as meant
    │   └── ModelFileError  65   a model file that is damaged, foreign or newer
    ├── MissingInputError   66   no such input
    ├── LostWorkerError     70   a process that worked for this one died, again and again
    ├── CannotCreateError   73   the output cannot be created
    ├── WriteError          74   writing failed half-way
    ├── LockedError         75   somebody else is at it; try later
    └── UnreachableError    75   a cluster is not there, or gone; try later

A message is one line: the fault, where it is, and the remedy.
"""

from collections.abc import Sequence
from enum import IntEnum


class ExitStatus(IntEnum):
    """What the shell sees; never 255 or 124 to 128, which xargs and timeout claim."""

    OK = 0
    SOME_FAILED = 1
    USAGE = 2
    DIVERGED = 3
    CHECK_FAILED = 4
    BAD_DATA = 65
    NO_INPUT = 66
    BUG = 70
    CANNOT_CREATE = 73
    WRITE_FAILED = 74
    LOCKED = 75


class RnncliError(Exception):
    """A fault that is shown to the user as one line."""

    status = ExitStatus.BUG


class UsageError(RnncliError):
    """The options do not fit each other or the input."""

    status = ExitStatus.USAGE


class DivergedError(RnncliError):
    """A loss or a gradient norm is no longer finite."""

    status = ExitStatus.DIVERGED


class DataError(RnncliError):
    """A price file, or what it holds, cannot be used."""

    status = ExitStatus.BAD_DATA


class ModelFileError(DataError):
    """A model file is damaged, foreign, or written by a newer version."""


class MissingInputError(RnncliError):
    """An input does not exist or cannot be opened."""

    status = ExitStatus.NO_INPUT


class CannotCreateError(RnncliError):
    """The output cannot be created."""

    status = ExitStatus.CANNOT_CREATE


class WriteError(RnncliError):
    """Writing the output failed; what was there before is untouched."""

    status = ExitStatus.WRITE_FAILED


class LockedError(RnncliError):
    """Another process holds the lock; trying later may work."""

    status = ExitStatus.LOCKED


class LostWorkerError(RnncliError):
    """A process that worked for this one died of a task, again and again."""


class UnreachableError(RnncliError):
    """A cluster is not there, or gone; trying later may work."""

    status = ExitStatus.LOCKED


def name_some(names: Sequence[str], limit: int) -> str:
    """Names for a message: the first `limit` of them, and how many more there are."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return f"{', '.join(names[:limit])}{more}"
