"""A Dask cluster (https://distributed.dask.org) as those who do the tasks of a pool: an extra."""

import contextlib
import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rnncli.errors import UnreachableError, UsageError
from rnncli.pool import Workers, run, versions

if TYPE_CHECKING:
    from distributed import Client

CONNECTING = 5.0  # seconds until a scheduler counts as not there
WAITING = 20.0  # seconds without any worker until none is waited for
ADDRESS = r"(tcp|tls)://[^\s/]+:\d+"
TALKERS = ("distributed", "distributed.client", "distributed.comm", "tornado", "asyncio")


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Workers]:
    """The workers of the scheduler at an address, such as tcp://10.0.0.1:8786.

    Raises UsageError for what is no address, without the extra, and where workers have other
    versions than here; UnreachableError where nobody answers, or no worker comes.
    """
    try:
        from distributed import Client, KilledWorker  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError("--cluster needs an extra; run: pip install 'rnncli[cluster]'") from None
    if not re.fullmatch(ADDRESS, address):
        raise UsageError(f"--cluster {address}: is no address; write it as tcp://HOST:8786")
    for name in TALKERS:  # what goes wrong is told as an error of ours, or heals
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with _connected(Client, address) as client:
        threads = _look_at(client, address)
        yield Workers(
            lambda: client.get_executor(pure=False),
            2 * threads + 2,
            (KilledWorker,),
            _Watch(client, address).look,
        )


@contextlib.contextmanager
def _connected(connect: "type[Client]", address: str) -> "Iterator[Client]":
    try:
        client = connect(address, timeout=CONNECTING, set_as_default=False)
    except OSError as fault:
        raise UnreachableError(
            f"--cluster {address}: no scheduler answers; start one with dask scheduler"
        ) from fault
    except (ValueError, TypeError) as fault:
        raise UsageError(f"--cluster {address}: {fault}; write it as tcp://HOST:8786") from fault
    try:
        yield client
    finally:
        with contextlib.suppress(Exception):  # it may be gone; the outcome is known by now
            client.close(timeout=CONNECTING)


def _look_at(client: "Client", address: str) -> int:
    """How many tasks the workers do at a time. Refuses those of other versions."""
    try:
        client.wait_for_workers(1, timeout=WAITING)
    except TimeoutError:
        raise UnreachableError(_idle(address)) from None
    try:
        client.run(run, versions(), _nothing, None)
    except ImportError as fault:
        raise UsageError(
            f"--cluster {address}: a worker cannot import {fault.name}; install the same rnncli"
            " there"
        ) from fault
    return sum(client.nthreads().values())


def _nothing(_: None) -> None:
    """Stand in for a task where only the versions count."""


def _idle(address: str) -> str:
    return f"--cluster {address}: has no workers; start some with dask worker {address}"


class _Watch:
    """Whether there still are workers; those that restart are waited for."""

    def __init__(self, client: "Client", address: str, clock: Callable[[], float] = time.monotonic):
        self._client, self._address, self._clock = client, address, clock
        self._seen = clock()

    def look(self) -> None:
        """Raise UnreachableError where there has been none for a while."""
        with contextlib.suppress(Exception):  # a scheduler that is gone has none either
            if self._client.nthreads():
                self._seen = self._clock()
        if self._clock() - self._seen > WAITING:
            raise UnreachableError(_idle(self._address))
