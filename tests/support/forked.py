"""The command in processes forked from one that has imported what it needs: most of a start saved.

What a run finds is its own: streams, folder, arguments, environment, and modules as before any
command. What looks at imports, at Python's or Numba's own settings, or sends signals, starts the
command itself.
"""

import atexit
import contextlib
import gc
import importlib
import io
import os
import select
import signal
import socket
import subprocess
import sys
from functools import cache
from typing import NoReturn

from commands import COMMAND
from paths import ROOT, SUPPORT

# variables that nothing reads as it is imported
READ_LATER = {"COLUMNS", "HOME", "LINES", "NO_COLOR", "TERM", "XDG_CACHE_HOME"}
IMPORTS = (  # what most commands import, and what of other libraries; Numba reads its settings
    "rnncli.cli.app", "rnncli.cli.predict", "rnncli.forecasting.predict", "rnncli.training.fit",
    "rnncli.report.output", "rnncli.prices.reader", "rnncli.models.model", "rnncli.kernels._load",
    "rnncli.gradients.report", "rnncli.ledger.writer", "rnncli.runtime.task_pool",
    "llvmlite.binding", "numpy", "pandas", "rich.console", "rich.table", "safetensors.numpy",
)  # fmt: skip
HEADER = 16  # digits of the length of a request
AFTERWARDS = 60  # seconds that the process of an ended session may stay


@cache
def command() -> list[str]:
    """Words that run the command as `COMMAND` does; the process behind them ends with this one."""
    if not hasattr(os, "pidfd_open"):
        return COMMAND
    name = f"rnncli-tests-{os.getpid()}"
    script = "import sys; sys.path.insert(0, sys.argv[2]); import forked; forked.serve(sys.argv[1])"
    server = subprocess.Popen(
        [sys.executable, "-c", script, name, SUPPORT],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, start_new_session=True,
    )  # fmt: skip
    assert server.stdout is not None
    atexit.register(_end, server)
    assert server.stdout.read(1) == b"!"  # it listens
    return [sys.executable, "-I", "-S", str(SUPPORT / "forked_client.py"), name]


def for_changes(changes: dict[str, str | None]) -> list[str]:
    """The words of `command`, or of a new process where one of these variables may matter to it."""
    later = all(name in READ_LATER or name.startswith("RNNCLI_") for name in changes)
    return command() if later else COMMAND


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.stdin.close()  # type: ignore[union-attr]
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(AFTERWARDS)
    server.kill()


def serve(name: str) -> None:
    """Run a command for each request, until standard input is closed."""
    from rnncli import cli  # noqa: PLC0415 - of this process alone

    cli._tame_environment()
    for module in IMPORTS:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # so that no collection touches, and copies, what all have
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("\0" + name)
        listener.listen(16)
        os.write(1, b"!")
        while listener in select.select([listener, 0], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _answer(connection)
            connection.close()
            _reap()
    _reap()


def _reap() -> None:
    """Let those that have answered go, and count their time."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _answer(connection: socket.socket) -> NoReturn:
    """Run what is asked for, hand back its status, and kill it if nobody waits for it."""
    request, streams = _received(connection)
    run = os.fork()
    if run == 0:
        connection.close()
        _become(request, streams)
    ended = os.pidfd_open(run)
    if ended not in select.select([connection, ended], [], [])[0]:
        os.kill(run, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(run, 0)[1])
    with contextlib.suppress(OSError):
        connection.sendall(b"%d" % status)
    os._exit(0)


def _received(connection: socket.socket) -> tuple[list[bytes], list[int]]:
    """A folder, the number of arguments, those and the environment; and the standard streams."""
    header, streams, _, _ = socket.recv_fds(connection, HEADER, 3)
    with connection.makefile("rb") as file:
        return file.read(int(header)).split(b"\0"), streams


def _become(request: list[bytes], streams: list[int]) -> NoReturn:
    """Be the process of this command."""
    folder, count, *rest = request
    arguments, variables = rest[: int(count)], rest[int(count) :]
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, max(streams) + 1)
    os.chdir(folder)
    os.environ.clear()
    os.environb.update(variable.split(b"=", 1) for variable in variables if variable)
    sys.argv = ["rnncli", *map(os.fsdecode, arguments)]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        setattr(sys, name, _stream(number, getattr(sys, name)))
        setattr(sys, f"__{name}__", getattr(sys, name))
    from rnncli import cli  # noqa: PLC0415 - of this process alone

    cli.main()
    os._exit(70)  # not reached: it exits


def _stream(number: int, like: io.TextIOWrapper) -> io.TextIOWrapper:
    """A standard stream as Python opens it."""
    return open(
        number, "w" if number else "r", encoding=like.encoding, errors=like.errors,
        buffering=1 if number == 2 or os.isatty(number) else -1, closefd=False,
    )  # fmt: skip
