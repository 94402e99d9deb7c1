"""Processes that tests start: usual signals, a time limit, and no process left over.

Each leads a session of its own, so that whatever it starts can be killed with it.
"""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

LIMIT = 300.0  # seconds until a process counts as hung, and whoever waits for it gives up
LIFE = 2 * LIMIT  # seconds that it is left to run, for whoever waits for something else of it
AT_ONCE = 5.0  # seconds that a signal may take on a busy machine; less than what it breaks off
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Started(subprocess.Popen[Any]):
    """A process that ends within a limit; what is left of its group ends with the block."""

    running: set["Started"] = set()  # noqa: RUF012 - of all of them

    def __init__(self, words: Any, *, life: float = LIFE, **options: Any) -> None:
        super().__init__(words, start_new_session=True, **options)
        self.running.add(self)
        self._watchdog = threading.Timer(life, self._kill)
        self._watchdog.daemon = True
        self._watchdog.start()

    def wait(self, timeout: float | None = None) -> int:
        """Exit status. Raises TimeoutExpired, after the usual limit if none is given."""
        return super().wait(LIMIT if timeout is None else timeout)

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[Any, Any]:  # noqa: A002 - as there
        """All output, as `wait` does."""
        return super().communicate(input, LIMIT if timeout is None else timeout)

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> None:
        """Wait for the end, unless something failed; then nothing of the group goes on."""
        try:
            if kind is None:
                self.wait()
        finally:
            self.end()

    def end(self) -> None:
        """Kill it and all that it started, if anything of that is there."""
        self._watchdog.cancel()
        self._kill()
        super().wait(LIMIT)
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):  # of what could not be handed over
                    stream.close()
        self.running.discard(self)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says so of zombies
            os.killpg(self.pid, signal.SIGKILL)


def finished(
    words: Any, *, input: Any = None, timeout: float = LIMIT, capture_output: bool = False,  # noqa: A002 - as in `run`
    check: bool = False, **options: Any,
) -> subprocess.CompletedProcess[Any]:  # fmt: skip
    """`subprocess.run` with a limit, after which the whole group is killed."""
    if capture_output:
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    if input is not None:
        options["stdin"] = subprocess.PIPE
    with Started(words, life=timeout + LIMIT, **options) as process:
        out, err = process.communicate(input, timeout)
    done = subprocess.CompletedProcess(words, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done


@contextlib.contextmanager
def none_left() -> Iterator[None]:
    """Kill what was started inside and is not ended."""
    before = set(Started.running)
    try:
        yield
    finally:
        for process in Started.running - before:
            process.end()


def use_default_signals() -> None:
    """Let processes that this one starts die of signals, whatever it ignores itself.

    nohup, and a shell that starts a job in the background, ignore some for all later processes.
    A handler that does nothing is the same for us, but the default for a process that is started.
    """
    for number in ENDING:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, _go_on)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {*ENDING, signal.SIGPIPE})


def _go_on(number: int, frame: object) -> None:
    """Do as one does who ignores a signal."""
