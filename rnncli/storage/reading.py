"""The one reader of whole files: it waits for no pipe, and stops at a size.

A named pipe that nobody writes into, a device without end and a file of gigabytes can stand where a
file of rnncli or of its user is expected.
"""

import errno
import os
import select
import stat
from typing import BinaryIO

PATIENCE = 0.5  # seconds a named pipe may stay without data
ENDLESS = 16 << 20  # bytes after which a device is taken for one without end
PIECE = 1 << 20
INHERITED = ("/dev/fd/", "/dev/std", "/proc/self/fd/")  # the shell opened them: as stdin


class PipeReader:
    """A named pipe that is given up when nobody writes into it."""

    def __init__(self, path: str, patience: float = PATIENCE) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._path, self._patience = path, patience

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            os.close(self._file)

    def read(self, size: int) -> bytes:
        """Return what is there, or wait for it. Raises TimeoutError."""
        ready, _, _ = select.select([self._file], [], [], self._patience)
        if not ready:
            silent = f"a pipe without data for {self._patience:g} s"
            raise TimeoutError(errno.ETIMEDOUT, silent, self._path)
        return os.read(self._file, size)


def is_named_pipe(path: str, mode: int) -> bool:
    """Whether a path with a mode is a pipe that nobody need have opened."""
    return stat.S_ISFIFO(mode) and not path.startswith(INHERITED)


def read_whole(path: str, most: int) -> bytes:
    """The bytes of a file, a pipe or a device; never more than one beyond `most`.

    Raises OSError, also where a pipe stays silent and where a device has no end.
    """
    status = _status(path)
    if is_named_pipe(path, status.st_mode):
        return _in_pieces(PipeReader(path), most)
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size  # of what is open: another may stand there by now
        if stat.S_ISREG(status.st_mode) and size:
            return file.read(min(size, most) + 1)
        content = _in_pieces(file, min(most, ENDLESS))
    if len(content) > ENDLESS:
        raise OSError(errno.EFBIG, "has no end", path)
    return content


def _in_pieces(stream: PipeReader | BinaryIO, most: int) -> bytes:
    """The bytes of a stream, at most one beyond `most`."""
    content = bytearray()
    while len(content) <= most and (piece := stream.read(min(PIECE, most + 1 - len(content)))):
        content += piece
    return bytes(content)


def read_start(path: str, count: int) -> bytes:
    """The first bytes of a regular file; of anything else none. Raises OSError."""
    if not stat.S_ISREG(_status(path).st_mode):
        return b""
    with open(path, "rb") as file:
        return file.read(count)


def _status(path: str) -> os.stat_result:
    if "\0" in path:
        raise OSError(errno.EINVAL, "a name with a NUL in it", path)
    return os.stat(path)
