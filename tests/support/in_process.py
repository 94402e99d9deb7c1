"""The command run in this process, for speed: the same boundary, with streams of its own."""

import contextlib
import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator

import pytest
from commands import environment
from processes import LIMIT

from rnncli import cli


def here(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run it off a terminal; needs no fixture, so that those of a module can be made with it."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    words = [str(argument) for argument in arguments]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        status = cli._run(words)
        out.flush()
        err.flush()
    printed, said = (stream.buffer.getvalue() for stream in (out, err))  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(["rnncli", *words], status, printed, said)


def on_terminal(width: int, *arguments: object, **env: str | None) -> str:
    """Run it on a terminal of a width; what it showed, stdout and stderr together.

    The terminal is standard input, output and error of this process meanwhile.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    shown: list[bytes] = []
    reading = threading.Thread(target=lambda: shown.append(read_all(master)))
    reading.start()
    try:
        with _streams_on(slave), _variables(environment(**env)):
            cli._run([str(argument) for argument in arguments])
            sys.stdout.flush()
            sys.stderr.flush()
    finally:
        os.close(slave)
        reading.join(LIMIT)
        os.close(master)
    return shown[0].decode().replace("\r\n", "\n")


@contextlib.contextmanager
def _streams_on(handle: int) -> Iterator[None]:
    """Lay the standard streams on an open file: their numbers, and the objects of Python."""
    handles = [os.dup(number) for number in range(3)]
    try:
        with contextlib.ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
            for number, (name, mode) in enumerate(
                (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
            ):
                os.dup2(handle, number)
                stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - below
                stack.enter_context(stream)
                patch.setattr(sys, name, stream)
                patch.setattr(sys, f"__{name}__", stream)
            yield
    finally:
        for number, handle_before in enumerate(handles):
            os.dup2(handle_before, number)
            os.close(handle_before)


@contextlib.contextmanager
def _variables(wanted: dict[str, str]) -> Iterator[None]:
    """These variables and no others, until the end of the block."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def read_all(master: int) -> bytes:
    """All that comes out of a terminal until nobody holds its other end."""
    pieces: list[bytes] = []
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        pieces.append(piece)
    return b"".join(pieces)
