"""Who does what a command can have done side by side, as its options say."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rnncli.settings import WorkerSettings

if TYPE_CHECKING:
    from rnncli.pool import Workers


@contextmanager
def workers(working: WorkerSettings) -> "Iterator[Workers]":
    """Processes of this machine, or the workers of a cluster. Raises as `cluster` does."""
    if working.cluster is None:
        from rnncli.pool import local

        yield local(working.jobs or 0)
    else:
        from rnncli.cluster import cluster

        with cluster(working.cluster) as found:
            yield found
