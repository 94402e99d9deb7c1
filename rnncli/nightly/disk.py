"""Whether there is room for what a run writes."""

import os
import shutil
from collections.abc import Iterator

from rnncli.errors import WriteError
from rnncli.ledger.migration import needs_backup
from rnncli.models.prior import NAME as PRIOR
from rnncli.nightly.config import Job
from rnncli.nightly.tidy import bytes_of

SPARE = 16 << 20  # bytes beside what is known
GROWTH = 0.05  # of a ledger in one run


def check_disk(job: Job) -> None:
    """Raise WriteError where a file system has too little room for a run of the job.

    A run needs a second copy of each model while it is replaced, of a ledger that is migrated, and
    some of the size of the ledger.
    """
    needs: dict[int, tuple[str, float]] = {}
    for path, need in _needs(job):
        folder = path if os.path.isdir(path) else os.path.dirname(path) or "."
        device = os.stat(folder).st_dev
        needs[device] = folder, needs.get(device, (folder, SPARE))[1] + need
    for folder, need in needs.values():
        free = shutil.disk_usage(folder).free
        if free < need:
            raise WriteError(
                f"{folder}: {free >> 20} MiB free, and a run needs about {int(need) >> 20} MiB;"
                " make room, or use [keep]"
            )


def _needs(job: Job) -> Iterator[tuple[str, float]]:
    """Paths that a run writes, and the bytes that it takes beside what is there."""
    if job.retrain is not None and job.model != PRIOR:
        yield job.model, bytes_of(job.model)
    if job.ledger is not None:
        yield job.ledger, bytes_of(job.ledger) * (1 if needs_backup(job.ledger) else GROWTH)
    if job.output is not None:
        yield job.output, 0
    if job.log is not None:
        yield job.log, 0
