"""Parallel tasks: results in order, on any process, also if processes die of tasks."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future

import chores
import pytest
from processes import LIMIT

from rnncli.errors import (
    DataError,
    LostWorkerError,
    UnreachableError,
    UsageError,
    as_keyword,
)
from rnncli.runtime import task_pool
from rnncli.runtime.processes import broken_pipes_survived
from rnncli.runtime.task_pool import TRIES, Workers, _Queue, local, run, versions


@pytest.mark.slow_shapes
@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_are_in_order(jobs):
    """Whatever the number of processes, and more tasks than are handed out at a time."""
    told = []
    found = local(jobs).in_order(chores.double, range(20), told.append)
    assert found == [2 * i for i in range(20)]
    assert told == list(range(1, 21))


@pytest.mark.slow(each_version=True)
def test_a_single_process_is_this_one():
    """One job needs no other process; two need others."""
    assert set(local(1).in_order(chores.process, range(3))) == {os.getpid()}
    others = set(local(2).in_order(chores.process, range(6)))
    assert os.getpid() not in others
    assert 1 <= len(others) <= 2


def test_of_a_thousand_processes_those_with_a_task_are_started():
    """However many were asked for."""
    assert 1 <= len(set(local(1000).in_order(chores.process, range(2)))) <= 2


def test_items_are_asked_for_as_they_are_needed():
    """Of a million items only those at work are made."""
    asked = []

    def items():
        for i in range(1_000_000):
            asked.append(i)
            yield i

    results = local(2).results(chores.double, items())
    for _ in range(5):
        next(results)
    assert len(asked) <= 5 + 2 * 2
    results.close()


@pytest.mark.slow
def test_a_worker_that_is_killed_is_replaced(tmp_path):
    """What it was at is done again, once each."""
    items = [(number, tmp_path) for number in range(9)]
    assert local(2).in_order(chores.die_once, items) == list(range(9))
    assert (tmp_path / "dead").exists()


@pytest.mark.slow
def test_who_kills_every_worker_is_given_up():
    """And takes nobody with it, though others were at work beside it."""
    found = dict(local(3).results(chores.die_at, range(8)))
    assert isinstance(found.pop(3), LostWorkerError)
    assert found == {i: i for i in range(8) if i != 3}
    with pytest.raises(LostWorkerError, match="died 3 times"):
        local(2).in_order(chores.die_at, [3])


def test_a_thread_that_hands_out_tasks_and_ends_is_noticed(monkeypatch):
    """Where it may start no process or thread, say: its tasks would be waited for without end."""

    class Broken(Executor):
        def submit(self, *_):
            def fail():
                raise RuntimeError("can't start new thread")

            threading.Thread(target=fail).start()
            return Future()

    monkeypatch.setattr(task_pool, "PATIENCE", 0.01)
    before = threading.excepthook
    with pytest.raises(RuntimeError, match="can't start new thread"):
        Workers(Broken, 1).in_order(chores.double, [1])
    assert threading.excepthook == before


def test_a_fault_ends_all_at_once():
    """What is at work is not waited for, and no process is left."""
    with pytest.raises(DataError, match="number 2"):
        local(2).in_order(chores.refuse, [1, 2])
    assert gone()


def test_results_nobody_wants_any_more():
    """A caller that stops early leaves no process behind."""
    results = local(2).results(chores.double_slowly, range(1000))
    next(results)
    results.close()
    assert gone()


@pytest.fixture(autouse=True)
def others(monkeypatch):
    """Processes that tests before this one have left are none of this one."""
    monkeypatch.setattr(sys.modules[__name__], "BEFORE", set(multiprocessing.active_children()))


BEFORE: set[object] = set()


def gone() -> bool:
    """Whether all processes of this test end within a while."""
    end = time.monotonic() + LIMIT
    while (left := set(multiprocessing.active_children()) - BEFORE) and time.monotonic() < end:
        for process in left:
            process.join(0.1)
    return not left


def test_other_versions_are_refused():
    """Where other versions are installed nothing is done."""
    assert run(versions(), as_keyword, chores.double, 2) == 4
    other = (("rnncli", "9.9"), *versions()[1:])
    with pytest.raises(UsageError, match=r"a worker has rnncli .*, but this is rnncli 9\.9,"):
        run(other, as_keyword, chores.double, 2)


class Scripted(Executor):
    """Whose futures end as a script says: None runs the task."""

    def __init__(self, script):
        self.script = script

    def submit(self, fn, /, *args):
        end = self.script.pop(0) if self.script else None
        if isinstance(end, BrokenExecutor):
            raise end
        future = Future()
        if end is None:
            future.set_result(fn(*args))
        else:
            future.set_exception(end)
        return future


class WorkerGoneError(Exception):
    """As a cluster tells of it."""


def test_a_cluster_that_gives_a_task_up_is_asked_again():
    """A task that another one's death befell is done; the executor stays the same."""
    started = []

    def start():
        started.append(Scripted([None, WorkerGoneError(), WorkerGoneError()]))
        return started[-1]

    workers = Workers(start, 2, (WorkerGoneError,))
    assert workers.in_order(chores.double, range(4)) == [0, 2, 4, 6]
    assert len(started) == 1


def test_a_pool_that_breaks_between_two_tasks_is_replaced():
    """A task that could not be handed over was not begun: no death of its own is counted."""
    scripts = [Scripted([None, BrokenExecutor()]) for _ in range(2 * TRIES)]
    workers = Workers(lambda: scripts.pop(0), 1)
    assert workers.in_order(chores.double, range(TRIES + 2)) == [0, 2, 4, 6, 8]


def test_a_connection_that_is_lost_is_a_fault():
    """Tasks that are called off by nobody here: the cluster is gone."""
    workers = Workers(lambda: Scripted([CancelledError()]), 1)
    with pytest.raises(UnreachableError, match="connection to the cluster was lost"):
        workers.in_order(chores.double, range(2))


def test_somebody_looks_while_nothing_comes(monkeypatch):
    """Without a result for a while it is looked whether there is still anyone at work."""

    class GoneError(Exception):
        pass

    class Silent(Executor):
        def submit(self, fn, /, *args):  # noqa: ARG002 - done by nobody
            return Future()

    def look():
        raise GoneError

    monkeypatch.setattr(task_pool, "PATIENCE", 0.01)
    with pytest.raises(GoneError):
        Workers(Silent, 1, look=look).in_order(chores.double, [1])


def test_who_is_suspected_works_alone():
    """A job that two workers died beside is handed out when nothing flies, and nothing after it."""
    queue = _Queue("ab")
    first, second = queue.take([], 2), queue.take([], 2)
    assert [job.item for job in (first, second)] == ["a", "b"]
    assert queue.put_back(first)
    assert queue.take([second], 2) is first
    assert queue.put_back(first)
    assert queue.take([second], 2) is None
    assert queue.put_back(second)
    assert queue.take([], 2) is first
    assert queue.take([first], 2) is None
    assert not queue.put_back(first)
    assert queue.take([], 2) is second


def test_a_pipe_that_breaks_while_workers_are_at_it_ends_no_command():
    """As a command has it, SIGPIPE ends the process; not while it writes to workers that die."""
    before = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        with broken_pipes_survived():
            ours, theirs = os.pipe()
            os.close(ours)
            with pytest.raises(BrokenPipeError):
                os.write(theirs, b"task")
            os.close(theirs)
        assert signal.getsignal(signal.SIGPIPE) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGPIPE, before)
