"""What goes to stderr: errors always, warnings unless -q, notes and progress on a terminal."""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from rnncli.cli.page_layout import columns_of, wants_style
from rnncli.errors import ExitStatus
from rnncli.report.text import safe
from rnncli.runtime.event_log import RunLog
from rnncli.runtime.timing import Pace, Stages
from rnncli.settings import OutputSettings

SHOWN = 5  # faults of one cause, before the rest are only counted
_NAMES = r"'[^']*'|\"[^\"]*\"|\S*[\dA-Z./^_=]\S*"
_not_shown: Counter[str] = Counter()  # faults of this run by their cause, beyond those shown


def error(message: str) -> None:
    """Print a line of what went wrong, after the count of faults that were not shown."""
    _count_rest()
    _say("error", message, "31")


def _count_rest() -> None:
    """One line for all faults that were not shown."""
    if _not_shown:
        causes = "the same cause" if len(_not_shown) == 1 else "the same causes"
        said = f"and {_not_shown.total()} more of {causes} (all with -v)"
        _not_shown.clear()
        _say("error", said, "31")


def _cause(fault: object) -> str:
    """Return the cause of a fault: its text without place, names, numbers and remedy."""
    where, _, what = str(fault).partition("; ")[0].partition(": ")
    return f"{type(fault).__name__} {re.sub(_NAMES, '#', what or where).replace('values', 'value')}"


class Messages:
    """Warnings and notes of one command, as its output settings want them."""

    def __init__(self, settings: OutputSettings, log: RunLog | None = None) -> None:
        self._log = log
        self._quiet = settings.quiet
        self._verbose = settings.verbose and not settings.quiet
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._drawable = self._terminal and os.environ.get("TERM") != "dumb"
        self._failed = False
        self._all = settings.verbose
        self._faults: Counter[str] = Counter()
        self._bar: Progress | None = None

    def log(self, event: str, **counts: Any) -> None:
        """Write an event into the log of the run, where it has one."""
        if self._log is not None:
            self._log.event(event, **counts)

    def end(self) -> int:
        """Return the exit status of a command that finished."""
        _count_rest()
        return ExitStatus.SOME_FAILED if self._failed else ExitStatus.OK

    def fail(self, fault: object, each: bool = False) -> None:
        """Report a series or a file that failed while others succeed: an error, and status 1.

        Of one cause the first few are shown and the others counted, unless -v asks for all, or
        `each` is set.
        """
        self._failed = True
        self.log("failed", error=str(fault))
        if not (each or self._all):
            cause = _cause(fault)
            self._faults[cause] += 1
            if self._faults[cause] > SHOWN:
                _not_shown[cause] += 1
                return
        self._wipe()
        _say("error", str(fault), "31")

    def unmet(self, message: str) -> None:
        """Report a required check that was not met: an error; the command decides the status."""
        self._wipe()
        error(message)

    def warn(self, message: str) -> None:
        """Say what is odd about the data; off a terminal too."""
        if not self._quiet:
            self._wipe()
            _say("warning", message, "33")

    def detail(self, lines: Iterable[str]) -> None:
        """Say what was read, and why so; with -v only."""
        for line in lines if self._verbose else ():
            _say("detail", line, "2")

    def note(self, message: str) -> None:
        """Say what was done and what to do next; on a terminal only."""
        if not self._quiet and self._terminal:
            self._wipe()
            _say("note", message, "2")

    def profile(self, stages: Stages) -> None:
        """Show how long each stage took; off a terminal and with -q too, since it was asked for."""
        seconds = stages.seconds()
        if sys.stderr is not None:
            from rnncli.report.diagnostics import profile_table
            from rnncli.report.output import rendered

            with suppress(OSError):  # Rich writes to the stream, if nothing, while it draws
                put(rendered([profile_table(seconds)], sys.stderr))

    @contextmanager
    def progress(self, total: int) -> Iterator["Progress"]:
        """A bar on the terminal while something runs; nothing elsewhere."""
        self._bar = Progress(total, shown=self._drawable and not self._quiet)
        try:
            yield self._bar
        finally:
            self._wipe()
            self._bar = None

    def _wipe(self) -> None:
        """Leave no half of a bar before a line; the next update draws it anew."""
        if self._bar is not None:
            self._bar.wipe()


class Progress:
    """One line on stderr, drawn over itself; the cursor stays, so a kill leaves no mess."""

    WIDTH = 24

    def __init__(self, total: int, shown: bool) -> None:
        self._total, self._shown = total, shown
        self._pace = Pace(total)
        self._drawn = False

    def update(self, done: int, text: str, rate: bool = True) -> None:
        """Draw the bar at `done` of the total; a line longer than the terminal would stay.

        `rate`: whether it is one of the things that the text counts.
        """
        if self._shown:
            pace = self._pace.text(done, rate)
            room, text = columns_of(sys.stderr) - 1, safe(f"{text}  {pace}" if pace else text)
            width = min(max(room - len(text) - 1, 0), self.WIDTH)
            filled = width * done // max(self._total, 1)
            bar = "━" * filled + "╌" * (width - filled)
            put(f"\r\x1b[K{f'{bar} {text}'.lstrip()[:room]}")
            self._drawn = True

    def wipe(self) -> None:
        """Clear the line, if the bar is on it."""
        if self._drawn:
            put("\r\x1b[K")
            self._drawn = False


def put(text: str) -> None:
    """Write to stderr at once; where it cannot be written, the status alone tells of an error."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


def _say(kind: str, message: str, colour: str) -> None:
    if sys.stderr is None:
        return
    start, end = (f"\x1b[{colour}m", "\x1b[0m") if wants_style(sys.stderr) else ("", "")
    put(f"{start}{kind}:{end} {safe(message)}\n")
