"""Run the lane groups of a step in parallel; results are in order for any number of threads."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Map = Callable[[Callable[[Item], Result], Sequence[Item]], list[Result]]


class Threads:
    """A pool of threads for kernels, which release the interpreter's lock."""

    def __init__(self, pool: ThreadPoolExecutor | None) -> None:
        self._pool = pool

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Results of `function` for all items, in their order."""
        if self._pool is None or len(items) < 2:
            return [function(item) for item in items]
        return list(self._pool.map(function, items))


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def threads(count: int) -> Iterator[Threads]:
    """Threads for the time of a command; 0: one for each core this process may use."""
    count = count or usable_cores()
    if count == 1:
        yield Threads(None)
        return
    with ThreadPoolExecutor(count) as pool:
        yield Threads(pool)
