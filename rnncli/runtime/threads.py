"""Run the lane groups of a step in parallel; results are in order for any number of threads."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

Item = TypeVar("Item")
Result = TypeVar("Result")
Map = Callable[[Callable[[Item], Result], Sequence[Item]], list[Result]]


class Threads:
    """A pool of threads for kernels, which release the interpreter's lock."""

    def __init__(self, count: int | None) -> None:
        self._count = count or 1
        self._pool: ThreadPoolExecutor | None = None

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Results of `function` for all items, in their order.

        The calling thread takes items as well: waking another one takes a tenth of a millisecond.
        """
        if self._count < 2 or len(items) < 2:
            return [function(item) for item in items]
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - most runs need none

            self._pool = ThreadPoolExecutor(self._count - 1)
        results, left = dict[int, Result](), iter(range(len(items)))

        def take() -> None:
            try:
                for place in left:
                    results[place] = function(items[place])
            finally:
                deque(left, maxlen=0)  # nobody begins another one after a fault

        helpers = [self._pool.submit(take) for _ in range(min(self._count, len(items)) - 1)]
        take()
        for helper in helpers:
            if not helper.cancel():  # it has begun
                helper.result()
        return [results[place] for place in range(len(items))]

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def threads(count: int) -> Iterator[Threads]:
    """Threads for the time of a command; 0: one for each core this process may use."""
    pool = Threads(count or usable_cores())
    try:
        yield pool
    finally:
        pool.close()
