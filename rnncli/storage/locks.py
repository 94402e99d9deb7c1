"""Locks: one process at a time works on a file or folder."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from rnncli.errors import CannotCreateError, LockedError


def lock_of(path: str) -> str:
    """The lock file of a job, in the folder of its configuration."""
    target = Path(os.path.realpath(path))
    return str(target.with_name(f".{target.name[:200]}.lock"))


def check_lockable(path: str) -> None:
    """Refuse a job whose lock file cannot be opened. Raises CannotCreateError."""
    lock = lock_of(path)
    if os.path.lexists(lock) and not os.access(lock, os.R_OK):
        raise CannotCreateError(
            f"{lock}: the lock of this job cannot be opened; let all who run the job read it"
            " (chmod a+r)"
        )


def check_free(path: str) -> None:
    """Raise LockedError where another process has the lock of a job; makes no file."""
    if os.path.exists(lock_of(path)):
        with locked(path):
            pass


@contextlib.contextmanager
def locked(path: str) -> Iterator[None]:
    """Keep other processes from a job; the operating system frees the lock of a killed one.

    The lock is on a file in the same folder, which remains, and which every reader of the job may
    open; in a read-only folder it is on the configuration itself. Raises LockedError at once if
    another process has it, CannotCreateError if the file system has no locks.
    """
    handle = _opened_for_lock(path)
    try:
        if not take_lock(handle, f"{path}: in use by another run"):
            raise CannotCreateError(f"{path}: no locks there; move it to another file system")
        yield
    finally:
        os.close(handle)


def take_lock(handle: int, busy: str) -> bool:
    """Lock an open file; False if its file system has no locks.

    Raises LockedError, with the message `busy`, at once if another process has it.
    """
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LockedError(f"{busy}; try again later") from None
    except OSError:
        return False
    return True


def _opened_for_lock(path: str) -> int:
    lock = lock_of(path)
    with contextlib.suppress(OSError):
        return _made_for_lock(lock, path)
    for flags in (os.O_RDWR, os.O_RDONLY):  # network file systems lock only what may be written
        with contextlib.suppress(OSError):
            return os.open(lock, flags | os.O_NONBLOCK | os.O_CLOEXEC)
    check_lockable(path)
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _made_for_lock(lock: str, path: str) -> int:
    """A new lock file, with the group and the permissions of the job, regardless of the umask."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with contextlib.suppress(OSError):
        job = os.stat(path)
        os.fchmod(handle, 0o600 | (job.st_mode & 0o066))
        os.fchown(handle, -1, job.st_gid)
    return handle
