"""What goes to stderr: errors always, warnings unless -q, notes and progress on a terminal."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rnncli.errors import ExitStatus
from rnncli.report.text import safe
from rnncli.settings import OutputSettings


def error(message: str) -> None:
    """One line that says what went wrong."""
    _say("error", message, "31")


class Messages:
    """Warnings and notes of one command, as its output settings want them."""

    def __init__(self, settings: OutputSettings) -> None:
        self._quiet = settings.quiet
        self._verbose = settings.verbose and not settings.quiet
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._drawable = self._terminal and os.environ.get("TERM") != "dumb"
        self._failed = False

    @property
    def status(self) -> int:
        """Exit status of a command that came to its end."""
        return ExitStatus.SOME_FAILED if self._failed else ExitStatus.OK

    def fail(self, fault: object) -> None:
        """A series or a file that failed while others are done: an error, and status 1."""
        self._failed = True
        error(str(fault))

    def warn(self, message: str) -> None:
        """About the data: shown off a terminal too."""
        if not self._quiet:
            _say("warning", message, "33")

    def detail(self, lines: Iterable[str]) -> None:
        """What was read and why so, in full: with -v only."""
        for line in lines if self._verbose else ():
            _say("detail", line, "2")

    def note(self, message: str) -> None:
        """About what was done and what to do next: on a terminal only."""
        if not self._quiet and self._terminal:
            _say("note", message, "2")

    @contextmanager
    def progress(self, total: int) -> Iterator["Progress"]:
        """A bar on the terminal while something runs; nothing elsewhere."""
        bar = Progress(total, shown=self._drawable and not self._quiet)
        try:
            yield bar
        finally:
            bar.close()


class Progress:
    """One line on stderr, drawn over itself; the cursor stays, so a kill leaves no mess."""

    WIDTH = 24

    def __init__(self, total: int, shown: bool) -> None:
        self._total, self._shown = total, shown

    def update(self, done: int, text: str) -> None:
        """Draw the bar at `done` of the total."""
        if self._shown:
            filled = self.WIDTH * done // max(self._total, 1)
            bar = "━" * filled + "╌" * (self.WIDTH - filled)
            sys.stderr.write(f"\r\x1b[K{bar} {safe(text)}")
            sys.stderr.flush()

    def close(self) -> None:
        """Wipe the line."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _say(kind: str, message: str, colour: str) -> None:
    if sys.stderr is None:
        return
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    coloured = sys.stderr.isatty() and not plain
    start, end = (f"\x1b[{colour}m", "\x1b[0m") if coloured else ("", "")
    sys.stderr.write(f"{start}{kind}:{end} {safe(message)}\n")
