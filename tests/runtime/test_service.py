"""Messages to systemd, and commands at the end of a job."""

import os
import resource
import socket
import sys
import time
from pathlib import Path

import pytest

from rnncli.runtime.service import notify, run_command


def run(words, stdin=b"", seconds=20.0, folder=Path(), **variables):
    return run_command(words, stdin, seconds, folder, variables)


def test_systemd_is_reported_where_it_asks(monkeypatch, tmp_path):
    """One datagram with a line for each state, at a path; else nothing."""
    place = str(tmp_path / "s")
    notify(READY="1")
    monkeypatch.setenv("NOTIFY_SOCKET", place)
    notify(READY="1")  # nobody listens
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(place)
        end.settimeout(5)
        notify(STATUS="read\nprices", READY="1")
        assert end.recv(100) == b"STATUS=read prices\nREADY=1"
    monkeypatch.setenv("NOTIFY_SOCKET", "vsock:2:1234")  # of a virtual machine
    notify(READY="1")


def test_systemd_is_reported_at_an_abstract_address(monkeypatch):
    """A name that begins with @ is in no folder."""
    name = f"rnncli-test-{os.getpid()}"
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(f"\0{name}")
        end.settimeout(5)
        notify(READY="1")
        assert end.recv(100) == b"READY=1"


def test_a_command_gets_the_summary_and_no_shell(tmp_path):
    """In the folder of the job, with the variables; words are not expanded."""
    code = (
        "import os, sys; open('seen', 'w').write("
        "sys.stdin.read() + os.environ['RNNCLI_STATUS'] + sys.argv[1])"
    )
    words = [sys.executable, "-c", code, "$HOME; exit 1"]
    assert run(words, b"{}", folder=tmp_path, RNNCLI_STATUS="4") is None
    assert (tmp_path / "seen").read_text() == "{}4$HOME; exit 1"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "print('no route', 'to host'); raise SystemExit(3)",
            "ended with status 3: no route to host",
        ),
        ("raise SystemExit(1)", "ended with status 1"),
    ],
)
def test_a_command_that_fails_says_what_it_printed(code, said):
    """In one line."""
    assert run([sys.executable, "-c", code]) == said


def test_a_command_that_is_not_there(tmp_path):
    """And one whose name cannot be one."""
    assert run([str(tmp_path / "none")]).startswith("cannot be started: No such file")
    assert run(["a\0b"]).startswith("cannot be started: ")


def test_a_command_that_does_not_read_its_input():
    """A summary larger than a pipe holds."""
    assert run([sys.executable, "-c", "pass"], b"x" * (1 << 20)) is None


@pytest.mark.slow(each_version=True)
def test_a_command_is_ended_with_all_that_it_started(tmp_path):
    """At the limit, children included."""
    child = f"import time; time.sleep(1); open({str(tmp_path / 'late')!r}, 'w')"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert run([sys.executable, "-c", code], seconds=0.5) == "was ended after 0.5 seconds"
    time.sleep(1.2)
    assert not (tmp_path / "late").exists()


@pytest.mark.slow(each_version=True)
def test_a_command_that_prints_without_end_takes_no_memory():
    """The beginning is shown where it fails; the rest is read and forgotten."""
    code = "import sys\nfor _ in range(3000): sys.stdout.write('x' * 100_000)\nraise SystemExit(4)"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert run([sys.executable, "-c", code]) == f"ended with status 4: {'x' * 200}"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB, of 300 MB


def test_a_command_that_leaves_a_process_with_its_output_is_not_waited_for():
    """What it started may run on; the command itself has ended."""
    child = "import time; time.sleep(30)"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}])"
    started = time.monotonic()
    assert run([sys.executable, "-c", code]) is None
    assert time.monotonic() - started < 25
