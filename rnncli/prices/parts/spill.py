"""Lines of many groups of symbols, laid out by group in one temporary file without a name."""

import os
import tempfile
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np

from rnncli.arrays import IntArray

BUFFER = 1 << 18  # bytes of a group that are written in one go


class Lines(NamedTuple):
    """Whole lines, and where each is in its file, counted from 1: (lines,)."""

    text: bytes
    numbers: IntArray


class Spill:
    """Appends lines to groups that are numbered from 0; memory grows with the groups alone."""

    def __init__(self) -> None:
        """Raise OSError where no temporary file can be made."""
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by __exit__
        self._size = 0
        self._text: list[_Stream] = []
        self._numbers: list[_Stream] = []

    def __enter__(self) -> Self:
        """Return the spill, whose file is removed at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; it has no name, and so is gone."""
        self._file.close()

    def add(self, group: int, text: bytes, numbers: IntArray) -> None:
        """Append lines to a group, not more than one number beyond those that there are."""
        while len(self._text) <= group:
            self._text.append(_Stream())
            self._numbers.append(_Stream())
        self._append(self._text[group], text)
        self._append(self._numbers[group], numbers.astype(np.int64).tobytes())

    def _append(self, stream: "_Stream", data: bytes) -> None:
        stream.waiting.append(data)
        stream.waits += len(data)
        if stream.waits >= BUFFER:
            whole = b"".join(stream.waiting)
            if os.pwrite(self._file.fileno(), whole, self._size) != len(whole):
                raise OSError("the disk is full")
            stream.extents.append((self._size, len(whole)))
            stream.waiting, stream.waits = [], 0
            self._size += len(whole)

    def __len__(self) -> int:
        """How many groups there are."""
        return len(self._text)

    def group(self, number: int) -> Lines:
        """The lines of a group, in the order in which they were added."""
        numbers = np.frombuffer(self._whole(self._numbers[number]), np.int64)
        return Lines(self._whole(self._text[number]), numbers)

    def _whole(self, stream: "_Stream") -> bytes:
        read = [os.pread(self._file.fileno(), size, start) for start, size in stream.extents]
        return b"".join([*read, *stream.waiting])


class _Stream:
    """Bytes of a group: where they are in the file, and those that wait to be written."""

    def __init__(self) -> None:
        self.extents: list[tuple[int, int]] = []
        self.waiting: list[bytes] = []
        self.waits = 0
