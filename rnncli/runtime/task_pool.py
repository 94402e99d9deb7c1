"""Tasks in parallel, in this process, in others of this machine or on a cluster.

All are executors of `concurrent.futures`. A worker that dies is replaced and its tasks are retried:
once as before, then alone, so that a task that kills its worker fails no other task.
"""

import contextlib
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any, Generic, TypeVar

from rnncli import __version__
from rnncli.errors import (
    LostWorkerError,
    UnreachableError,
    UsageError,
    Wording,
    present_wording,
    setting,
    use_wording,
)
from rnncli.runtime.processes import Processes, broken_pipes_survived, thread_faults
from rnncli.runtime.threads import usable_cores
from rnncli.settings import RunSettings

Item = TypeVar("Item")
Result = TypeVar("Result")

TRIES = 3  # of a task that its worker dies of; the last ones alone
ALONE = RunSettings(threads=1)  # per worker: the other workers have the other cores
PATIENCE = 5.0  # seconds without a result until somebody looks whether there still are workers
SHAPING = ("numpy", "numba")  # libraries that shape the bits of a result
Versions = tuple[tuple[str, str], ...]


@cache
def versions() -> Versions:
    """What must be the same on both sides for the same bytes."""
    return (("rnncli", __version__), *((name, version(name)) for name in SHAPING))


@dataclass
class _Job(Generic[Item]):
    number: int
    item: Item
    deaths: int = 0

    @property
    def alone(self) -> bool:
        """Whether it must run alone: then the task that kills a worker is known."""
        return self.deaths >= TRIES - 1


class _Queue(Generic[Item]):
    """What is to be done: first what was begun before, then new items, one by one as asked for."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._new = enumerate(items)
        self._again: deque[_Job[Item]] = deque()

    def take(self, flying: Collection[_Job[Item]], width: int) -> _Job[Item] | None:
        """The next job that may start while others run; None for now."""
        if len(flying) >= width or any(job.alone for job in flying):
            return None
        if self._again:
            return None if self._again[0].alone and flying else self._again.popleft()
        next_item = next(self._new, None)
        return None if next_item is None else _Job(*next_item)

    def put_back(self, job: _Job[Item]) -> bool:
        """Hand a job out again that a worker died at; False after too many times."""
        job.deaths += 1
        if job.deaths < TRIES:
            self._again.append(job)
        return job.deaths < TRIES


class Workers:
    """A kind of workers: how they are started, and how many tasks each gets at a time.

    `died`: the exception of a task whose worker dies; `look` raises if no worker is available.
    """

    def __init__(
        self,
        start: Callable[[], Executor],
        width: int,
        died: tuple[type[BaseException], ...] = (BrokenExecutor,),
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self._start, self._width, self._died, self._look = start, width, died, look

    def results(
        self, task: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[int, Result | LostWorkerError]]:
        """Number and result of every item, as they come; `task` is a function of a module.

        An exception of a task ends them all. Raises UsageError if workers have other versions than
        here, UnreachableError if the cluster is gone.
        """
        queue, flying = _Queue(items), dict[Future[Result], _Job[Item]]()
        ours = versions()
        with _staff(self._start) as staff:
            while True:
                while job := queue.take(flying.values(), self._width):
                    flying[staff.submit(run, ours, present_wording(), task, job.item)] = job
                if not flying:
                    return
                done = wait(flying, PATIENCE, FIRST_COMPLETED).done
                if not done:
                    staff.look()
                    self._look()
                for future in done:
                    job = flying.pop(future)
                    try:
                        yield job.number, future.result()
                    except self._died:
                        if not queue.put_back(job):
                            yield job.number, _lost()
                    except CancelledError:
                        raise UnreachableError(GONE) from None

    def in_order(
        self,
        task: Callable[[Item], Result],
        items: Iterable[Item],
        on_done: Callable[[int], None] = lambda _: None,
    ) -> list[Result]:
        """Results of all items in their order; calls `on_done` with how many are done.

        Raises LostWorkerError as well.
        """
        results: dict[int, Result] = {}
        for number, result in self.results(task, items):
            if isinstance(result, LostWorkerError):
                raise result
            results[number] = result
            on_done(len(results))
        return [results[number] for number in sorted(results)]


GONE = "the connection to the cluster was lost; run it again when it is back (--resume: the rest)"


def _lost() -> LostWorkerError:
    remedy = f"use fewer {setting('jobs')} or a smaller network"
    died = f"the process it ran in died {TRIES} times, as where memory runs out"
    return LostWorkerError(died, remedy=remedy)


def local(jobs: int) -> Workers:
    """Processes of this machine (0: one a core); a single one is this process itself."""
    jobs = jobs or usable_cores()
    if jobs == 1:
        return Workers(_Here, 1)
    return Workers(lambda: Processes(jobs), 2 * jobs)


def run(theirs: Versions, wording: Wording, task: Callable[[Item], Result], item: Item) -> Result:
    """Do a task where it was sent, in the wording and with the versions of the sender.

    Raises UsageError where the versions are others.
    """
    ours = versions()
    if ours != theirs:
        here, there = (", ".join(map(" ".join, pairs)) for pairs in (ours, theirs))
        raise UsageError(f"a worker has {here}, but this is {there}; install the same on both")
    use_wording(wording)
    return task(item)


class _Staff:
    """The current executor; a broken one is replaced at the next task."""

    def __init__(self, start: Callable[[], Executor], faults: list[BaseException]) -> None:
        self._start, self._faults, self._executor = start, faults, start()

    def look(self) -> None:
        """Raise what ended a thread that hands out tasks."""
        if self._faults:
            raise self._faults[0]

    def submit(self, function: Callable[..., Result], *arguments: Any) -> Future[Result]:
        try:
            return self._executor.submit(function, *arguments)
        except BrokenExecutor:
            self._executor.shutdown(wait=False)
            self._executor = self._start()
            return self._executor.submit(function, *arguments)

    def end(self, at_once: bool) -> None:
        """Leave no worker behind."""
        if at_once and isinstance(self._executor, Processes):
            self._executor.kill()
        self._executor.shutdown(wait=not at_once)


@contextlib.contextmanager
def _staff(start: Callable[[], Executor]) -> Iterator[_Staff]:
    """Workers who end after the last task, or at once where something failed."""
    with broken_pipes_survived(), thread_faults() as faults:
        staff = _Staff(start, faults)
        try:
            yield staff
        except BaseException:
            staff.end(at_once=True)
            raise
        staff.end(at_once=False)


class _Here(Executor):
    """Tasks one after the other, each done when it is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as fault:
            future.set_exception(fault)
        return future
