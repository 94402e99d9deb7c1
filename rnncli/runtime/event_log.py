"""What a run did, for programs: a JSON object a line, appended to a file as it happens."""

import os
import stat
import weakref
from typing import Any

from rnncli.dates import now
from rnncli.errors import CannotCreateError, UsageError, WriteError, setting
from rnncli.runtime.timing import Stages
from rnncli.storage.atomic import check_creatable
from rnncli.storage.reading import is_named_pipe


class RunLog:
    """Events of one command; without a file, events go nowhere.

    Every event has the time (UTC), the process, the command, the seconds since the event before
    (the first: since the process began), so that they add up, and what the caller counts.
    """

    def __init__(self, command: str, path: str | None, stages: Stages | None = None) -> None:
        """Open the log. Raises UsageError, CannotCreateError."""
        self.stages = stages or Stages()
        self._command = command
        self.path = path
        self._handle = None if path is None else _open(path)
        if self._handle is not None:
            weakref.finalize(self, os.close, self._handle)  # one process may run many commands
        self._mark = 0.0

    def event(self, name: str, **counts: Any) -> None:
        """Append an event: one write of one whole line. Raises WriteError."""
        if self._handle is None:
            return
        elapsed = self.stages.elapsed
        about = {
            "time": now(),
            "process": os.getpid(),
            "command": self._command,
            "event": name,
            "seconds": round(elapsed - self._mark, 6),
        }
        self._mark = elapsed
        import json  # noqa: PLC0415 - it takes long to load, and few runs have a log

        line = json.dumps({**about, **counts}, allow_nan=False) + "\n"
        try:
            written = os.write(self._handle, line.encode("ascii"))
        except OSError as fault:
            raise WriteError(f"{self.path}: {fault.strerror}; the log ends here") from fault
        if written < len(line):
            raise WriteError(f"{self.path}: no space left; the log ends here")


def check_log(path: str) -> None:
    """Refuse early what could not be a log; creates nothing. Raises CannotCreateError."""
    if os.path.exists(path):
        os.close(_open(path))
    else:
        check_creatable(path)


def _open(path: str) -> int:
    """A handle to append to a log, created if missing; other files are refused."""
    if path == "-":
        raise UsageError(f"{setting('log_file')} -: standard output is for the result; name a file")
    try:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        handle = os.open(path, flags, 0o666)
    except IsADirectoryError:
        raise CannotCreateError(f"{path}: is a folder; name a file in it") from None
    except (OSError, ValueError) as fault:  # a name with a NUL in it
        reason = getattr(fault, "strerror", None) or str(fault)
        raise CannotCreateError(f"{path}: {reason}; name another file for the log") from fault
    try:
        _check_is_log(handle, path)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _check_is_log(handle: int, path: str) -> None:
    """Refuse what is open but no log. Raises CannotCreateError."""
    try:
        mode = os.fstat(handle).st_mode
        start = os.pread(handle, 1, 0) if stat.S_ISREG(mode) else b""
    except OSError as fault:
        raise CannotCreateError(f"{path}: {fault.strerror}; name another file") from fault
    if is_named_pipe(path, mode):
        raise CannotCreateError(f"{path}: a pipe, which stops a run once it is full; name a file")
    if start not in (b"", b"{"):
        raise CannotCreateError(f"{path}: exists and is not a log; name another file")
