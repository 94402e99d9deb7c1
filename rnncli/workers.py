"""Who does what can be done side by side, as the settings say."""

from collections.abc import Iterator
from contextlib import contextmanager

from rnncli.cluster import cluster
from rnncli.pool import Workers, local
from rnncli.settings import WorkerSettings


@contextmanager
def workers(working: WorkerSettings) -> Iterator[Workers]:
    """Processes of this machine, or the workers of a cluster. Raises as `cluster` does."""
    if working.cluster is None:
        yield local(working.jobs or 0)
    else:
        with cluster(working.cluster) as found:
            yield found
