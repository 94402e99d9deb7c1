"""Whom a run tells how it goes: messages to systemd, commands at its end."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

MOST = 4096  # bytes of a message to systemd, and of what a command prints
SHOWN = 200  # characters of what a command said


def notify(**state: str) -> None:
    """Tell systemd of a state, such as STATUS="read", where it asks for that; see sd_notify(3).

    Without NOTIFY_SOCKET, or where nobody listens, nothing happens.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return
    if address.startswith("@"):
        address = f"\0{address[1:]}"
    text = "\n".join(f"{name}={' '.join(value.split())}" for name, value in state.items())
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.connect(address)
        end.send(text.encode("utf-8", "backslashreplace")[:MOST])


def run_command(
    words: Sequence[str], stdin: bytes, seconds: float, folder: Path, variables: dict[str, str]
) -> str | None:
    """Run a command without a shell and with a time limit; None, or what went wrong.

    It runs in `folder`, with `variables` added to the environment and `stdin` on its standard
    input. What it prints is shown only where it fails. At the limit it is ended with all that it
    started.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - the words of the job, and no shell
            list(words), cwd=folder, env={**os.environ, **variables}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    except (OSError, ValueError) as fault:
        return f"cannot be started: {getattr(fault, 'strerror', None) or fault}"
    printed = _Printed(process)
    with process:
        try:
            process.communicate(stdin, timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            return f"was ended after {seconds:g} seconds"
        except BaseException:
            _end(process)
            raise
    if process.returncode == 0:
        return None
    said = printed.beginning()
    return f"ended with status {process.returncode}{f': {said}' if said else ''}"


class _Printed(threading.Thread):
    """What a command prints: its beginning is stored, the rest is read and forgotten."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        super().__init__(daemon=True)
        self._pipe, self._stored = process.stdout, b""
        process.stdout = None  # else all of it would be read into memory
        self.start()

    def run(self) -> None:
        """Read until all processes that can write have ended."""
        assert self._pipe is not None
        with self._pipe:
            while piece := os.read(self._pipe.fileno(), MOST):
                self._stored += piece[: MOST - len(self._stored)]

    def beginning(self) -> str:
        """The first words, in one line."""
        self.join(1.0)  # not longer: another process of the command may have it open
        return " ".join(self._stored.decode("utf-8", "replace").split())[:SHOWN]


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process and the group that it leads."""
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
