"""The tests themselves: each asserts something, none waits for ever, none leaves a process."""

import ast
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import processes
import pytest
from each import assert_each
from paths import SUPPORT, TESTS
from processes import LIMIT, Started, finished, none_left

FILES = sorted(TESTS.rglob("test_*.py"))
# besides a plain assert; the last is shared, and asserts for every parameter and loss
HOLDING = {"pytest.raises", "pytest.warns", "pytest.fail", "golden", "check_gradients"}


@cache
def tree_of(path):
    """A file of tests, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions_of(tree):
    """Every function of a module by its name, those of classes and inside others as well."""
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def holds(function, others, seen=()):
    """Whether a function asserts, or calls one beside it that does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            names = {called}
            if called == "assert_each":  # which calls what it is handed
                names = {part.id for part in ast.walk(node.args[0]) if isinstance(part, ast.Name)}
            elif called in HOLDING or ".assert_" in called or called.startswith("assert_"):
                return True
            for name in names & others.keys() - {*seen}:
                if holds(others[name], others, (*seen, name)):
                    return True
    return False


def asserts_something(path):
    """Whether each of its tests does."""
    others = functions_of(tree_of(path))
    tests = {name: node for name, node in others.items() if name.startswith("test_")}
    assert tests
    assert [name for name, node in tests.items() if not holds(node, others, (name,))] == []


@pytest.mark.slow
def test_every_test_asserts_something():
    """A test that only runs the code passes whatever comes out."""
    assert_each(asserts_something, FILES)


def test_a_test_without_an_assertion_is_found():
    """The rule above sees one that does nothing, and one whose helper does nothing."""
    tree = ast.parse(
        "def helper(): pass\ndef test_a(): helper()\ndef test_b():\n  assert helper()\n"
        "def test_c(): assert_each(helper, [])\ndef test_d(): assert_each(test_b, [])"
    )
    others = functions_of(tree)
    assert [name for name in others if holds(others[name], others)] == ["test_b", "test_d"]


def starts_processes_with_a_limit(path):
    """By no call but that of support/processes.py."""
    calls = {
        ast.unparse(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)
    }
    forbidden = {"run", "Popen", "call", "check_call", "check_output"}
    assert calls & {f"subprocess.{name}" for name in forbidden} == set()
    assert calls & {"os.system", "os.fork", "os.posix_spawn", "pty.fork", "pty.spawn"} == set()


@pytest.mark.slow
@pytest.mark.thorough
def test_processes_are_started_where_they_have_a_limit():
    """Tests start them by support/processes.py, which waits for none for ever and leaves none."""
    assert_each(starts_processes_with_a_limit, FILES)


USING = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from processes import finished, use_default_signals
use_default_signals()
for name in ("INT", "HUP", "TERM", "PIPE"):
    if name != "PIPE":
        os.kill(os.getpid(), getattr(signal, f"SIG{name}"))
    print(name, -finished(["/bin/sh", "-c", f"kill -s {name} $$"]).returncode)
"""


def test_processes_die_of_signals_whatever_the_tests_ignore():
    """As under nohup, or in the background of a shell: what is ignored there is not passed on."""
    ignoring = """trap '' INT HUP TERM PIPE; exec "$@\""""
    words = ["/bin/sh", "-c", ignoring, "-", sys.executable, "-c", USING, SUPPORT]
    done = finished(words, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [
        word for name in ("INT", "HUP", "TERM", "PIPE")
        for word in (name, str(int(getattr(signal, f"SIG{name}"))))
    ]  # fmt: skip


FAMILY = "sleep 600 & echo $!; exec sleep 600"


def is_there(pid):
    """Whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] != "Z"
    except OSError:
        return False


def started_family(**options):
    """A process and the number of one that it has started."""
    process = Started(["/bin/sh", "-c", FAMILY], stdout=subprocess.PIPE, **options)
    return process, int(process.stdout.readline())


def gone(pid):
    """Whether a process ends within seconds."""
    end = time.monotonic() + LIMIT
    while is_there(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return not is_there(pid)


def test_what_a_test_leaves_is_killed_with_all_that_it_started():
    """At the end of the test, or of the block that a failure breaks off."""
    with none_left():
        process, child = started_family()
        assert is_there(child)
    assert (process.returncode, gone(child)) == (-signal.SIGKILL, True)
    process, child = started_family()
    with pytest.raises(ZeroDivisionError), process:
        raise ZeroDivisionError
    assert (process.returncode, gone(child)) == (-signal.SIGKILL, True)


def test_nothing_waits_for_ever(monkeypatch):
    """Neither for an end nor for output: the wait has a limit, and so has the process."""
    with pytest.raises(subprocess.TimeoutExpired):
        finished(["/bin/sleep", "600"], timeout=0.1)
    monkeypatch.setattr(processes, "LIMIT", 0.1)
    with pytest.raises(subprocess.TimeoutExpired), Started(["/bin/sleep", "600"]):
        pass
    monkeypatch.undo()
    with Started(["/bin/sleep", "600"], life=0.1, stdout=subprocess.PIPE) as process:
        assert process.stdout.read() == b""
    assert process.returncode == -signal.SIGKILL
