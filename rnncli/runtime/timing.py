"""Where the time of a run goes: stages that add up to the whole since the process began."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock

Stage = Callable[[str], AbstractContextManager[None]]

START, OTHER = "start and import", "other"  # until the first stage, and between stages


def untimed(name: str) -> AbstractContextManager[None]:  # noqa: ARG001 - a `Stage` that keeps nothing
    """Replacement of `Stages.stage` without --profile."""
    return nullcontext()


class Stages:
    """Seconds by stage; the stage named last is the one that runs, so nothing counts twice."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or _since_the_process_began()
        self._seconds = {START: 0.0}
        self._open = [START]
        self._mark = 0.0
        self._lock = Lock()  # kernels are also compiled in threads

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what runs inside to `name`, and not to the stage outside."""
        self._turn(lambda: self._begin(name))
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

    def _begin(self, name: str) -> None:
        """Open a stage; what no stage is named for from now on is no part of the start."""
        self._open[0] = OTHER
        self._open.append(name)

    def _close(self, name: str) -> None:
        """End the innermost stage of a name; another thread may have opened one since."""
        last = len(self._open) - 1 - self._open[::-1].index(name)
        del self._open[last]


class Pace:
    """How fast a number of things is done, and how long the rest takes at that rate.

    It counts from the first call, since a run may go on where an earlier one stopped.
    """

    FEWEST = 1.0  # seconds before a rate is known

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._clock = total, clock
        self._first: tuple[int, float] | None = None
        self._last = 0

    def text(self, done: int, rate: bool = True) -> str:
        """The rate, if it is wanted, and the time left; nothing before they are known."""
        now = self._clock()
        if self._first is None or done < self._last:
            self._first = done, now
        self._last = done
        count, seconds = done - self._first[0], now - self._first[1]
        if count <= 0 or seconds < self.FEWEST or done >= self._total:
            return ""
        left = f"{_clock_text((self._total - done) * seconds / count)} left"
        each = f"{count / seconds:.3g}/s" if count > seconds else f"{seconds / count:.3g} s each"
        return f"{each}, {left}" if rate else left


def _clock_text(seconds: float) -> str:
    """A duration as on a clock: 0:05, 12:00, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


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
