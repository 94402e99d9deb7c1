"""A Dask cluster (https://distributed.dask.org) as those who do the tasks of a pool: an extra."""

import contextlib
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from rnncli import __version__
from rnncli.errors import UnreachableError, UsageError, present_wording, setting
from rnncli.runtime.task_pool import Workers, local, run, versions
from rnncli.settings import WorkerSettings

if TYPE_CHECKING:
    from distributed import Client

CONNECTING = 5.0  # seconds until a scheduler counts as not there
WAITING = 20.0  # seconds to wait for a first worker
LOOKING = 60.0  # seconds until silent workers count as frozen: they import first
ADDRESS = r"(tcp|tls)://([^\s/:[\]]+|\[[^\s/[\]]+\]):\d+"
TALKERS = ("distributed", "distributed.client", "distributed.comm", "tornado", "asyncio")

Answer = TypeVar("Answer")


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Workers]:
    """The workers of the scheduler at an address, such as tcp://10.0.0.1:8786.

    Raises UsageError for a malformed address, without the extra, and if workers have other
    versions than here; UnreachableError if no scheduler or worker answers.
    """
    try:
        from distributed import Client, KilledWorker, Security  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            f"{setting('cluster')} needs an extra; run: pip install 'rnncli[cluster]'"
        ) from None
    if not re.fullmatch(ADDRESS, address):
        raise UsageError(
            f"{setting('cluster')} {address}: is not an address; write it as tcp://HOST:8786"
        )
    if address.startswith("tls") and not Security().get_connection_args("client")["ssl_context"]:
        raise UsageError(
            f"{setting('cluster')} {address}: certificates are missing; name them in"
            " distributed.comm.tls of the configuration of Dask"
        )
    for name in TALKERS:  # failures are raised as RnncliError, or are retried
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with _connected(Client, address) as client:
        threads = _look_at(client, address)
        yield Workers(
            lambda: client.get_executor(pure=False),
            2 * threads + 2,
            (KilledWorker,),
            _Watch(client, address).look,
        )


def _within(seconds: float, ask: Callable[[], Answer]) -> Answer:
    """Result of a question to the cluster. Raises TimeoutError, and what `ask` raises.

    It is asked in a thread, since a frozen scheduler would block for ever.
    """
    future = Future[Answer]()

    def answer() -> None:
        try:
            future.set_result(ask())
        except BaseException as fault:
            future.set_exception(fault)

    threading.Thread(target=answer, daemon=True).start()
    return future.result(seconds)


@contextlib.contextmanager
def _connected(connect: "type[Client]", address: str) -> "Iterator[Client]":
    try:
        client = _within(
            CONNECTING + 1,  # its limit differs from no answer to a connection
            lambda: connect(address, timeout=CONNECTING, set_as_default=False),
        )
    except Exception as fault:
        raise UnreachableError(  # another service at the address may answer anything
            f"{setting('cluster')} {address}: no scheduler answers; start one with dask scheduler"
        ) from fault
    try:
        yield client
    finally:
        with contextlib.suppress(Exception):  # it may be gone; the outcome is known by now
            _within(CONNECTING, lambda: client.close(timeout=CONNECTING))


def _look_at(client: "Client", address: str) -> int:
    """How many tasks the workers do at a time. Refuses those that cannot do them as here would."""
    try:
        _within(WAITING + 1, lambda: client.wait_for_workers(1, timeout=WAITING))
    except TimeoutError:
        raise UnreachableError(_idle(address)) from None
    try:
        answers = _within(
            LOOKING,
            lambda: client.run(
                run, versions(), present_wording(), _nothing, None, on_error="return"
            ),
        )
        threads = _within(WAITING, client.nthreads)
    except OSError as fault:
        raise UnreachableError(f"{setting('cluster')} {address}: {SILENT}") from fault
    for worker, answer in answers.items():
        if isinstance(answer, UsageError):
            raise UsageError(f"{setting('cluster')} {address}: {worker}: {answer}")
        if isinstance(answer, Exception) and not isinstance(answer, OSError):  # that: just gone
            raise UsageError(
                f"{setting('cluster')} {address}: {worker}: a worker without rnncli ({answer});"
                f" install rnncli {__version__} there"
            )
    return sum(threads.values())


def _nothing(_: None) -> None:
    """Placeholder task for the check of versions."""


SILENT = "scheduler or workers answer no more; run it again when they do (--resume: the rest)"


def _idle(address: str) -> str:
    cluster = setting("cluster")
    return f"{cluster} {address}: has no workers; start some with dask worker {address}"


class _Watch:
    """Whether there still are workers; those that restart are waited for."""

    def __init__(self, client: "Client", address: str, clock: Callable[[], float] = time.monotonic):
        self._client, self._address, self._clock = client, address, clock
        self._missing: float | None = None  # since when

    def look(self) -> None:
        """Raise UnreachableError if there have been no workers, or no answer, for a while."""
        asked, message = self._clock(), _idle(self._address)
        try:
            has_workers = bool(_within(WAITING, self._client.nthreads))
        except Exception:  # of a scheduler that is gone or frozen
            has_workers, message = False, f"{setting('cluster')} {self._address}: {SILENT}"
        if has_workers:
            self._missing = None
            return
        self._missing = asked if self._missing is None else self._missing
        if self._clock() - self._missing >= WAITING:
            raise UnreachableError(message)


@contextmanager
def workers(working: WorkerSettings) -> Iterator[Workers]:
    """Processes of this machine, or the workers of a cluster. Raises as `cluster` does."""
    if working.cluster is None:
        yield local(working.jobs or 0)
    else:
        with cluster(working.cluster) as client:
            yield client
