"""Where the time of a run goes: stages that add up to the whole since the process began."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock

Stage = Callable[[str], AbstractContextManager[None]]

OUTSIDE = "start and import"  # what no stage is named for


def untimed(name: str) -> AbstractContextManager[None]:  # noqa: ARG001 - a `Stage` that keeps nothing
    """Replacement of `Stages.stage` without --profile."""
    return nullcontext()


class Stages:
    """Seconds by stage; the stage named last is the one that runs, so nothing counts twice."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or _since_the_process_began()
        self._seconds = {OUTSIDE: 0.0}
        self._open = [OUTSIDE]
        self._mark = 0.0
        self._lock = Lock()  # kernels are also compiled in threads

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what runs inside to `name`, and not to the stage outside."""
        self._turn(lambda: self._open.append(name))
        try:
            yield
        finally:
            self._turn(lambda: self._close(name))

    @property
    def elapsed(self) -> float:
        """Seconds since the process began."""
        return self._clock()

    def seconds(self) -> dict[str, float]:
        """Seconds of each stage until now, in the order they began."""
        self._turn(lambda: None)
        return dict(self._seconds)

    def _turn(self, change: Callable[[], None]) -> None:
        """Give the running stage its time, then change which one runs."""
        with self._lock:
            now, running = self._clock(), self._open[-1]
            self._seconds[running] = self._seconds.get(running, 0.0) + now - self._mark
            self._mark = now
            change()

    def _close(self, name: str) -> None:
        """End the innermost stage of a name; another thread may have opened one since."""
        last = len(self._open) - 1 - self._open[::-1].index(name)
        del self._open[last]


def _since_the_process_began() -> Callable[[], float]:
    began = time.perf_counter() - _age()
    return lambda: time.perf_counter() - began


def _age() -> float:
    """Age of this process in seconds, if the system knows it; else its CPU time."""
    try:
        with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
            ticks = int(file.read().rpartition(")")[2].split()[19])  # see proc(5): starttime
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        age = 0.0
    return max(age, time.process_time())
