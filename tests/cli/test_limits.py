"""What the system does not give, memory, processes, threads, open files: a line and a status."""

import errno
import os
import resource
import sys
import threading

import pytest
from processes import finished

from rnncli import cli
from rnncli.errors import ExitStatus, ResourceError
from rnncli.kernels import _room

LLVM = "OSError: Could not find/load shared object file 'libllvmlite.so'"


@pytest.mark.each_shape
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (MemoryError(), b"not enough memory; use a smaller --hidden-size"),
        (ImportError("failed to map segment from shared object"), b"not enough memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), b"not enough memory"),
        (OSError(errno.EMFILE, "Too many open files"), b"too many open files; raise the limit"),
        (OSError(errno.ENFILE, "Too many open files in system"), b"too many open files"),
        (BlockingIOError(errno.EAGAIN, "Resource unavailable"), b"no more processes or threads"),
        (RuntimeError("can't start new thread"), b"no more processes or threads"),
    ],
)
def test_what_the_system_does_not_give_is_no_bug(fault, said, capfdbinary):
    """One line that says what to raise or to lower, and a status of its own."""
    assert cli._fault(fault, set()) == ExitStatus.NO_RESOURCE
    shown = capfdbinary.readouterr().err
    assert shown.count(b"\n") == 1
    assert said in shown
    assert b"a bug" not in shown


def test_a_library_that_does_not_load_is_a_bug_unless_memory_is_limited(monkeypatch, capfd):
    """LLVM's says the same of both."""
    assert cli._fault(OSError(LLVM), set()) == ExitStatus.BUG
    monkeypatch.setattr(resource, "getrlimit", lambda _: (200 << 20, 200 << 20))
    assert cli._fault(OSError(LLVM), set()) == ExitStatus.NO_RESOURCE
    assert "raise the limit (ulimit -v)" in capfd.readouterr().err


@pytest.mark.parametrize("room", [0, _room.COMPILING - (64 << 20)])
def test_nothing_is_compiled_where_llvm_would_end_the_process(room, monkeypatch):
    """It does where memory runs out, without a word that says so."""
    taken = int(_room.STATUS.read_text().split()[0]) * resource.getpagesize()
    monkeypatch.setattr(resource, "getrlimit", lambda _: (taken + room, resource.RLIM_INFINITY))
    with pytest.raises(ResourceError, match=r"not enough memory to compile: .* rnncli warmup"):
        _room.check_room()
    monkeypatch.setattr(resource, "getrlimit", lambda _: (2 * taken + (1 << 33), 0))
    _room.check_room()


@pytest.mark.slow
def test_few_open_files_end_jobs_in_a_line(prices, tmp_path):
    """`ulimit -n 8` is enough for a training, and not for others beside it."""
    words = "-m rnncli train {} -o {} --hidden-size 2 --epochs 1 -q --per-series --jobs 2"
    script = f"ulimit -n 8; exec {sys.executable} {words.format(prices, tmp_path / 'models')}"
    done = finished(["/bin/bash", "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (ExitStatus.NO_RESOURCE, b"")
    assert done.stderr.startswith(b"error: too many open files; raise the limit (ulimit -n)")
    assert done.stderr.count(b"\n") == 1


def test_a_thousand_threads_change_nothing(call, hand_made, prices):
    """No more are started than there is work for; how many may be asked for has a limit."""
    before = threading.active_count()
    many = call("predict", hand_made, prices, "--threads", 1000)
    assert (many.returncode, many.stderr) == (0, b"")
    assert many.stdout == call("predict", hand_made, prices, "--threads", 1).stdout
    assert threading.active_count() == before
    refused = call("predict", hand_made, prices, "--threads", 10**30)
    assert refused.returncode == ExitStatus.USAGE
    assert refused.stderr.endswith(b": must be between 0 and 1024\n")


def test_what_libraries_read_of_the_environment_is_tamed(monkeypatch):
    """Numba prints nothing among the results, and BLAS starts no threads, unless somebody asks."""
    dropped = {"NUMBA_DUMP_IR", "NUMBA_DEBUG", "NUMBA_TRACE", "NUMBA_NUM_THREADS"}
    for name in dropped:
        monkeypatch.setenv(name, "1")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setenv("TERMINAL_WIDTH", "-1")
    monkeypatch.setenv("_TYPER_FORCE_DISABLE_TERMINAL", "1")
    cli._tame_environment()
    assert not dropped & os.environ.keys()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    cli._tame_environment()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "3"
