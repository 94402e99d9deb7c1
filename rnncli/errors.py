"""Every fault a user can meet, and the exit status it ends in.

    RnncliError
    ├── UsageError           2   wrong options for this input
    ├── DivergedError        3   training left the finite numbers
    ├── DataError           65   a price file that cannot be read as meant
    │   ├── SeriesError     65   one series that cannot be used; others may be
    │   └── ModelFileError  65   a model file that is damaged, foreign or newer
    ├── MissingInputError   66   no such input
    ├── ResourceError       71   the system gives no memory, process, thread or open file
    ├── LostWorkerError     70   a process that worked for this one died, again and again
    ├── CannotCreateError   73   the output cannot be created
    ├── WriteError          74   writing failed half-way
    ├── StaleDataError      76   the newest price is older than it may be
    ├── NotDeliveredError   75   the prices of today are not there yet; try later
    ├── LockedError         75   in use by another process; try later
    └── UnreachableError    75   a cluster is not there, or gone; try later

A message is one line: the fault, where it is, and the remedy. Settings in it are worded by
`setting`, as keywords of the library unless the command line asks for its options.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum

Wording = Callable[[str, object], str]  # name of a setting, its value or None -> how to write it


def as_keyword(name: str, value: object) -> str:
    """A setting as it is passed to a function: `layers=2`, or `layers` alone without a value."""
    if value is None:
        return name
    return f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"


_wording: Wording = as_keyword


def setting(name: str, value: object = None) -> str:
    """A setting, with a value that it should have, as the reader of the message writes it."""
    return _wording(name, value)


def present_wording() -> Wording:
    """How settings are written now, to hand on to a process that works for this one."""
    return _wording


def use_wording(wording: Wording) -> None:
    """Write settings in another way in all messages of this process from now on."""
    global _wording  # noqa: PLW0603 - one wording for all messages of a process, as in gettext
    _wording = wording


@contextmanager
def worded(wording: Wording) -> Iterator[None]:
    """Write settings in another way in all messages that are made inside."""
    before = present_wording()
    use_wording(wording)
    try:
        yield
    finally:
        use_wording(before)


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
    NO_RESOURCE = 71
    CANNOT_CREATE = 73
    WRITE_FAILED = 74
    LOCKED = 75
    STALE = 76


class RnncliError(Exception):
    """A fault that is shown to the user as one line: `place: option value: reason; remedy`.

    `option` is the name of a setting (`hidden_size`) and `value` the one that was given, `place` a
    file, a line or a symbol, `remedy` what to do; each may be None.
    """

    status = ExitStatus.BUG

    def __init__(
        self,
        reason: str = "",
        *,
        option: str | None = None,
        value: object = None,
        place: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.option, self.value, self.place, self.remedy = option, value, place, remedy
        head = setting(option) if option is not None else None
        if head is not None and value is not None:
            head += f" {value}"
        text = ": ".join(part for part in (place, head, reason) if part)
        super().__init__(f"{text}; {remedy}" if remedy else text)


class UsageError(RnncliError):
    """The options do not fit each other or the input."""

    status = ExitStatus.USAGE


class DivergedError(RnncliError):
    """A loss or a gradient norm is no longer finite."""

    status = ExitStatus.DIVERGED


class DataError(RnncliError):
    """A price file, or its content, cannot be used."""

    status = ExitStatus.BAD_DATA


class SeriesError(DataError):
    """One series cannot be used; it fails alone, and the others are used."""

    def __init__(self, reason: str, *, symbol: str, remedy: str | None = None) -> None:
        self.symbol = symbol
        super().__init__(reason, remedy=remedy)


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


class StaleDataError(RnncliError):
    """The newest price is older than the job allows."""

    status = ExitStatus.STALE


class NotDeliveredError(RnncliError):
    """The prices of today are not there yet; trying later may work."""

    status = ExitStatus.LOCKED


class LockedError(RnncliError):
    """Another process holds the lock; trying later may work."""

    status = ExitStatus.LOCKED


class ResourceError(RnncliError):
    """The system gives no more memory, processes, threads or open files."""

    status = ExitStatus.NO_RESOURCE


class LostWorkerError(RnncliError):
    """A process that worked for this one died of a task, again and again."""


class UnreachableError(RnncliError):
    """A cluster is not there, or gone; trying later may work."""

    status = ExitStatus.LOCKED


def name_some(names: Sequence[str], limit: int) -> str:
    """Names for a message: the first `limit` of them, and how many more there are."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return f"{', '.join(names[:limit])}{more}"
