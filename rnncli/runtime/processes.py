"""Processes of this machine that work for this one, and end with it however that ends."""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

GARBAGE = 1_000_000  # objects between collections, as in the command itself
SAFE_PATH = "PYTHONSAFEPATH"  # an interpreter that starts with it leaves out the current folder
DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class Processes(ProcessPoolExecutor):
    """Processes that end with this one, however that ends, and that Ctrl-C is not for."""

    def __init__(self, count: int) -> None:
        self._before = set(multiprocessing.active_children())
        with _apart():
            super().__init__(count, multiprocessing.get_context("spawn"), _begin)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit a task; a process that this starts ignores Ctrl-C until it is set up."""
        with _apart(), _interrupts_held():
            return super().submit(fn, *args, **kwargs)

    def kill(self) -> None:
        """Kill them at once."""
        for process in set(multiprocessing.active_children()) - self._before:
            process.kill()


@contextlib.contextmanager
def broken_pipes_survived() -> Iterator[None]:
    """Ignore SIGPIPE meanwhile: a worker that died must not end the command.

    Writing to a killed worker fails like any other call, and its task is retried.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, before)


@contextlib.contextmanager
def thread_faults() -> Iterator[list[BaseException]]:
    """Faults that end threads meanwhile: of the one that hands out the tasks, say.

    They go into the list that is yielded, which somebody has to look into: no task is done then.
    """
    faults: list[BaseException] = []
    before = threading.excepthook
    threading.excepthook = lambda ended: faults.append(ended.exc_value or SystemExit())
    try:
        yield faults
    finally:
        threading.excepthook = before


@contextlib.contextmanager
def _apart() -> Iterator[None]:
    """Processes begun inside pass on no warnings: those are of libraries, for developers.

    And they import nothing from the current folder, where anybody may have put a module. The same
    goes for the one in which Python counts what such processes share.
    """
    added = [] if sys.warnoptions else ["ignore"]
    sys.warnoptions.extend(added)
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        del sys.warnoptions[len(sys.warnoptions) - len(added) :]
        if before is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = before


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Block Ctrl-C while a process starts; this process receives it afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Start of a worker: it lives as long as the process it works for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    gc.set_threshold(GARBAGE)
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - of workers alone

        ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL)
    with contextlib.suppress(RuntimeError):  # where no thread may be started, the signal remains
        threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """For systems without such a signal, and a parent that died before it was asked for."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
