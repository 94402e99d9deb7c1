"""Events of a nightly job as messages, log events, a bar, and the status that systemd shows."""

from typing import TYPE_CHECKING, Any

from rnncli.cli.messages import Messages
from rnncli.runtime.event_log import RunLog
from rnncli.runtime.service import notify

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rnncli.cli.messages import Progress


class MessageEvents:
    """Events of a run as messages, log events and a bar; each message is shown once."""

    def __init__(self, messages: Messages, log: RunLog, bar: "Progress", epochs: int) -> None:
        self._messages = messages
        self._log = log
        self._bar = bar
        self._epochs = epochs
        self._shown: set[str] = set()

    def fail(self, fault: object) -> None:
        """Show that something failed."""
        if self._is_new(str(fault)):
            self._messages.fail(fault)

    def warn(self, line: str) -> None:
        """Show a warning."""
        if self._is_new(line):
            self._messages.warn(line)

    def note(self, line: str) -> None:
        """Show what was done, on a terminal."""
        self._messages.note(line)

    def detail(self, line: str) -> None:
        """Show a detail, with -v."""
        self._messages.detail([line])

    def progress(self, done: int, total: int, label: str) -> None:
        """Draw the bar, which is as long as the epochs of one training."""
        self._bar.update(done * self._epochs // total, label, rate=False)

    def log(self, event: str, **counts: Any) -> None:
        """Write an event into the log file."""
        self._log.event(event, **counts)

    def stage(self, name: str) -> "AbstractContextManager[None]":
        """Count the time inside to a stage."""
        notify(STATUS=name)
        return self._log.stages.stage(name)

    def _is_new(self, line: str) -> bool:
        """Whether a message was not shown before."""
        new = line not in self._shown
        self._shown.add(line)
        return new
