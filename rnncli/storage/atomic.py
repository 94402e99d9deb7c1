"""The one writer: a file appears whole under its name, or not at all; the lock of a job."""

import contextlib
import os
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from rnncli.errors import CannotCreateError, WriteError

NEW = ".new"  # ending of a file that waits to take another's place
STALE_SECONDS = 3600
Fill = Callable[[BinaryIO, str, Callable[[], None]], None]
DEADLY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def check_creatable(path: str) -> None:
    """Refuse early what `write_atomically` could not do later; creates nothing.

    Raises CannotCreateError.
    """
    try:
        _check_target(path, Path(os.path.realpath(path)))
    except (OSError, ValueError) as fault:  # a name too long, or with a NUL in it
        reason = getattr(fault, "strerror", None) or str(fault)
        raise CannotCreateError(f"{path}: {reason}; name another file") from fault


def _check_target(path: str, target: Path) -> None:
    if target.is_dir():
        raise CannotCreateError(f"{path}: is a folder; name a file in it")
    if target.is_symlink():  # what remains of a path whose links are followed
        raise CannotCreateError(f"{path}: a link that leads to itself; remove it")
    if os.path.exists(path) and not os.path.isfile(path):  # of /dev/stdout the target is not there
        raise CannotCreateError(f"{path}: is not a regular file; name another")
    if not target.parent.is_dir():
        raise CannotCreateError(f"{path}: no such folder {target.parent}; create it first")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise CannotCreateError(f"{path}: no permission to write in {target.parent}")


def write_atomically(path: str, content: bytes, like: str | None = None) -> None:
    """Write a file whole: temporary file, fsync, mode, rename, fsync of the folder.

    A symbolic link is preserved; the mode is that of the old file (or of `like`), or by the umask.
    Raises CannotCreateError before anything is written, WriteError after; the old file stays.
    """
    write_pieces(path, [content], like)


def write_pieces(path: str, pieces: Iterable[bytes], like: str | None = None) -> None:
    """Write a file whole, as `write_atomically` does, from an iterator of pieces.

    A deadly signal ends it between two pieces. Raises what `write_atomically` and the iterator
    raise.
    """

    def fill(file: BinaryIO, _: str, stopped: Callable[[], None]) -> None:
        for piece in pieces:
            file.write(piece)
            stopped()

    write_by(path, fill, like)


def write_by(path: str, fill: Fill, like: str | None = None) -> None:
    """Write a file whole, as `write_atomically` does, by a function that fills a temporary file.

    `fill` is given the open file, its path, and what to call now and then: there a deadly signal
    ends it. Raises as `write_atomically` does, and what `fill` raises.
    """
    import tempfile  # noqa: PLC0415 - it takes long to load, and few runs write files

    check_creatable(path)
    target = Path(os.path.realpath(path))
    _remove_stale(target)
    with _signals_held() as received:

        def stopped() -> None:
            if received:
                raise _StoppedError

        try:
            handle, temporary = tempfile.mkstemp(".tmp", f".{target.name[:200]}.", target.parent)
        except OSError as fault:
            raise CannotCreateError(f"{path}: {fault.strerror}") from fault
        folder = _folder_of(temporary)
        try:
            with os.fdopen(handle, "wb") as file:
                fill(file, temporary, stopped)
                file.flush()
                os.fchmod(file.fileno(), _mode(Path(os.path.realpath(like or path))))
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException as fault:
            with contextlib.suppress(OSError):
                name = temporary if folder is None else os.path.basename(temporary)
                os.unlink(name, dir_fd=folder)
            if isinstance(fault, OSError):
                raise WriteError(f"{path}: {fault.strerror}; nothing was changed") from fault
            if isinstance(fault, _StoppedError):
                return  # to die of the signal, now that nothing is left behind
            raise
        finally:
            if folder is not None:
                os.close(folder)
        _sync_folder(target.parent)


def _folder_of(path: str) -> int | None:
    """The folder of a file, by which it is reached if the folder gets another name meanwhile."""
    with contextlib.suppress(OSError):
        return os.open(os.path.dirname(path), getattr(os, "O_PATH", os.O_RDONLY) | os.O_CLOEXEC)
    return None


def beside(path: str) -> str:
    """Name of a temporary file that will replace the one at `path`."""
    target = Path(os.path.realpath(path))
    return str(target.with_name(f"{target.name[:200]}{NEW}"))


@contextlib.contextmanager
def replacing(path: str, content: bytes) -> Iterator[str]:
    """Write a file that takes an older one's place only once the body has run through.

    Yields where it is until then. A body that fails, or is killed, leaves the older file as it
    was and the new one there. Of several runs that write one file, the last one to end wins.
    Raises CannotCreateError, WriteError.
    """
    if not os.path.exists(path):
        write_atomically(path, content)
        yield path
        return
    new = beside(path)
    write_atomically(new, content, like=path)
    written = _identity(new)
    yield new
    try:
        moved = _identity(new) == written and _moved(new, os.path.realpath(path))
    except OSError as fault:
        raise WriteError(f"{path}: {fault.strerror}; the new file is {new}") from fault
    if not moved:  # another run has moved this file, or put its own there
        write_atomically(path, content)
    _sync_folder(Path(new).parent)


def _moved(file: str, target: str) -> bool:
    """Give a file another name; False if it is no longer there."""
    try:
        os.replace(file, target)
    except FileNotFoundError:
        return False
    return True


def _identity(path: str) -> tuple[int, int] | None:
    """What tells a file from a later one of the same name; None if there is no file."""
    with contextlib.suppress(OSError):
        status = os.stat(path)
        return status.st_dev, status.st_ino
    return None


class _StoppedError(Exception):
    """A deadly signal arrived while a file was written."""


@contextlib.contextmanager
def _signals_held() -> Iterator[list[int]]:
    """Defer deadly signals during the milliseconds of a save, so that no temporary file is left.

    Yields those that arrived. By handlers, not a mask: a mask covers one thread, and a library's
    threads would receive them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield []
        return
    received: list[int] = []
    before = {number: signal.getsignal(number) for number in DEADLY}
    held = {n: handler for n, handler in before.items() if handler not in (None, signal.SIG_IGN)}
    for number in held:
        signal.signal(number, lambda late, _: received.append(late))
    try:
        yield received
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
        for late in received:
            signal.raise_signal(late)


def _mode(target: Path) -> int:
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _sync_folder(folder: Path) -> None:
    """Make the new name outlast a power loss, where the file system can; the file is whole."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_stale(target: Path) -> None:
    """Remove what a killed run left here, once it is an hour old, where that can be done."""
    with contextlib.suppress(OSError):
        for left in _temporary(target.parent, target.name[:200]):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                left.unlink()


def remove_temporary(folder: str, ending: str) -> None:
    """Remove temporary files of killed runs; the caller knows that no run is active."""
    for left in _temporary(Path(folder), ending, before="*"):
        with contextlib.suppress(OSError):
            left.unlink()


def _temporary(folder: Path, name: str, before: str = "") -> Iterator[Path]:
    """Temporary files of a folder for a file of that name, or ending if anything is `before`."""
    from glob import escape  # noqa: PLC0415 - few runs write files

    return folder.glob(f".{before}{escape(name)}.*.tmp")
