"""A Dask cluster on loopback: a real scheduler and two real workers do what this machine would."""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress

import chores
import pytest
from commands import environment
from nights import job, lay, left_in, market
from paths import SUPPORT
from processes import Started

from rnncli.errors import UnreachableError, UsageError
from rnncli.models.model_folder import list_models
from rnncli.runtime import dask_cluster as cluster_module
from rnncli.runtime import task_pool as pool_module
from rnncli.runtime.dask_cluster import _Watch, cluster

QUICK = ("--per-series", "--hidden-size", 2, "--epochs", 3, "--loss", "mse")


@contextmanager
def dask(*words, path=SUPPORT):
    """A process of the cluster, which imports from a folder first; ended by the end."""
    command = [sys.executable, "-m", "dask", *map(str, words), "--no-dashboard"]
    env = environment(PYTHONPATH=str(path))
    with Started(
        command, life=600, cwd=path, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def scheduler(folder):
    """Address of a scheduler without workers."""
    with started(folder) as (found, _):
        yield found


@contextmanager
def started(folder):
    """The same with its process."""
    place = folder / "scheduler.json"
    words = ("--host", "127.0.0.1", "--port", 0, "--scheduler-file", place)
    with dask("scheduler", *words) as process:
        for _ in range(600):
            if place.exists() and place.stat().st_size:
                break
            time.sleep(0.05)
        yield json.loads(place.read_bytes())["address"], process


@contextmanager
def two_workers(folder):
    """Address of a scheduler with two workers of one thread each."""
    with ExitStack() as stack:
        found = stack.enter_context(scheduler(folder))
        for _ in range(2):
            stack.enter_context(dask("worker", found, "--nthreads", 1, "--no-nanny"))
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Such a cluster for all tests that leave it as it is."""
    with two_workers(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.mark.slow
def test_two_workers_share_the_tasks(address):
    """Results are in order, and both have done some."""
    with cluster(address) as workers:
        assert workers.in_order(chores.double, range(20)) == [2 * i for i in range(20)]
        wait_for(lambda: len(set(workers.in_order(chores.process, range(20)))) == 2)
        assert os.getpid() not in workers.in_order(chores.process, range(20))


@pytest.mark.slow
def test_models_are_those_of_this_machine(address, rnncli, prices, tmp_path):
    """Bit for bit, and so is what is printed."""
    here = rnncli("train", prices, "-o", "models", *QUICK, "--jobs", 1, cwd=place(tmp_path, "a"))
    there = rnncli(
        "train", prices, "-o", "models", *QUICK, "--cluster", address, cwd=place(tmp_path, "b")
    )
    assert (there.returncode, there.stderr) == (0, b"")
    assert there.stdout == here.stdout
    assert files(tmp_path / "b/models") == files(tmp_path / "a/models")
    assert len(list_models(str(tmp_path / "a/models"))) == 3


def place(folder, name):
    (folder / name).mkdir()
    return folder / name


@pytest.mark.slow
def test_a_night_on_a_cluster_is_that_of_this_machine(address, rnncli, tmp_path):
    """The same models, traces, forecasts and ledger."""
    left = []
    for name, who in (("here", "jobs = 1"), ("there", f'cluster = "{address}"')):
        place = tmp_path / name
        place.mkdir()
        lay(place, market(3), 30)
        own = f'per-series = true\nhidden-size = 2\nepochs = 2\nloss = "mse"\n{who}'
        path = job(place, model='file = "models"', train=own)
        done = rnncli("batch", path, "-q")
        assert (done.returncode, done.stderr) == (0, b"")
        path.unlink()
        left.append(left_in(place))
    assert left[0] == left[1]
    assert {f"models/S{k}.model" for k in range(3)} < left[0].keys()


def files(folder):
    """Bytes by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
def test_folds_are_those_of_this_machine(address, rnncli, call, prices, model):
    """The same evaluation, wherever the trainings of its folds run."""
    words = ("evaluate", model, prices, "--folds", 4, "--horizon", 1, "--refit", "every-2")
    here = call(*words)
    there = rnncli(*words, "--cluster", address)
    assert (there.returncode, there.stderr) == (0, b"")
    assert there.stdout == here.stdout == call(*words, "--jobs", 2).stdout


@pytest.mark.slow
def test_a_worker_that_is_killed_is_survived(tmp_path):
    """The other one does what it was at."""
    with two_workers(tmp_path) as found, cluster(found) as workers:
        wait_for(lambda: len(set(workers.in_order(chores.process, range(20)))) == 2)
        items = [(number, tmp_path) for number in range(20)]
        assert workers.in_order(chores.die_once, items) == list(range(20))
        assert (tmp_path / "dead").exists()
        assert len(set(workers.in_order(chores.process, range(20)))) == 1


def wait_for(holds):
    """Try until something holds."""
    for _ in range(200):
        if holds():
            return
    pytest.fail("it never came")


@pytest.mark.slow
def test_other_versions_are_refused(address, monkeypatch):
    """Where workers have another rnncli nothing is begun."""
    monkeypatch.setattr(cluster_module, "versions", lambda: (("rnncli", "9.9"),))
    said = r"a worker has rnncli .*but this is rnncli 9\.9"
    with pytest.raises(UsageError, match=said), cluster(address):
        pass


@pytest.mark.slow
def test_a_scheduler_without_workers(monkeypatch, tmp_path):
    """It is waited for a while, then told."""
    monkeypatch.setattr(cluster_module, "WAITING", 0.3)
    said = "has no workers; start some with dask worker"
    with scheduler(tmp_path) as found, pytest.raises(UnreachableError, match=said), cluster(found):
        pass


@pytest.mark.slow(each_version=True)
def test_nobody_answers(call, prices, tmp_path, monkeypatch):
    """One line, and a status that says to try later."""
    monkeypatch.setattr(cluster_module, "CONNECTING", 0.3)
    done = call("train", prices, "-o", tmp_path / "m", *QUICK, "--cluster", "tcp://127.0.0.1:1")
    assert done.returncode == 75
    assert done.stderr.decode() == (
        "error: --cluster tcp://127.0.0.1:1: no scheduler answers; start one with dask scheduler\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong", ["nonsense", "smoke://x:1", "tcp://[::1:1", "tcp://::1:1", "tls://x:1"]
)
def test_what_is_not_an_address(wrong):
    """An address is tcp://HOST:PORT; one of TLS needs certificates."""
    said = "certificates are missing" if wrong.startswith("tls") else "write it as tcp://HOST:8786"
    with pytest.raises(UsageError, match=said), cluster(wrong):
        pass


def test_it_is_an_extra(monkeypatch):
    """Without the package the message says how to get it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'rnncli\[cluster\]'"), cluster("tcp://x:1"):
        pass


class Clocked:
    """A clock that a test turns, and a client with a number of workers."""

    def __init__(self):
        self.now, self.workers = 0.0, {"w": 1}

    def __call__(self):
        return self.now

    def nthreads(self):
        return self.workers


def test_workers_that_come_back_are_waited_for():
    """None for a while is no fault, however long nobody looked; none for longer is."""
    clocked = Clocked()
    watch = _Watch(clocked, "tcp://x:1", clocked)
    for now, workers in ((50.0, {}), (65.0, {}), (66.0, {"w": 1}), (80.0, {}), (95.0, {})):
        clocked.now, clocked.workers = now, workers
        watch.look()
    clocked.now = 101.0
    with pytest.raises(UnreachableError, match="has no workers"):
        watch.look()


@contextmanager
def listening(said):
    """Address of something that is no scheduler: it accepts, says a few bytes, and waits."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def serve():
            with suppress(OSError):
                while True:
                    held.append(server.accept()[0])
                    held[-1].sendall(said)

        threading.Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        for connection in held:
            connection.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "said",
    [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 400 Bad Request\r\n", bytes(64)],
    ids=["nothing", "ssh", "http", "zeros"],
)
def test_what_is_not_a_scheduler(said, monkeypatch):
    """Whatever else listens there, and whether or not it speaks: no scheduler answers."""
    monkeypatch.setattr(cluster_module, "CONNECTING", 0.3)
    told = "no scheduler answers; start one with dask scheduler"
    with listening(said) as found, pytest.raises(UnreachableError, match=told), cluster(found):
        pass
    gc.collect()  # a client that failed hangs where it is collected by the thread of another one


@pytest.mark.slow
def test_a_scheduler_that_freezes_is_waited_for_a_while(monkeypatch, tmp_path):
    """In the middle of the tasks: results so far stay, and the rest is reported."""
    monkeypatch.setattr(pool_module, "PATIENCE", 0.5)
    came = []
    with ExitStack() as stack:
        found, process = stack.enter_context(started(tmp_path))
        stack.enter_context(dask("worker", found, "--nthreads", 1, "--no-nanny"))
        workers = stack.enter_context(cluster(found))
        monkeypatch.setattr(cluster_module, "WAITING", 1.0)
        monkeypatch.setattr(cluster_module, "CONNECTING", 0.5)
        results = workers.results(chores.double, range(1000))
        came.append(next(results))
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(UnreachableError, match="answer no more; run it again when they do"):
            came += results
    assert 0 < len(came) < 1000


@pytest.mark.slow
def test_a_worker_without_rnncli_is_reported(tmp_path):
    """Which one, and the remedy."""
    without = tmp_path / "without" / "rnncli"
    without.mkdir(parents=True)
    (without / "__init__.py").write_text("raise ImportError('no rnncli here')", encoding="ascii")
    said = r"tcp://\S+: a worker without rnncli \(.*no rnncli here.*\); install rnncli \d\S+ there"
    with ExitStack() as stack:
        found = stack.enter_context(scheduler(tmp_path))
        words = ("worker", found, "--nthreads", 1, "--no-nanny")
        stack.enter_context(dask(*words, path=without.parent))
        with pytest.raises(UsageError, match=said), cluster(found):
            pass
