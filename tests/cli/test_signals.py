"""Pipes, signals and bare environments: a run ends as the shell expects, with nothing left over."""

import csv
import os
import signal
import subprocess
import sys
import time

import pytest
from builders import OLDER_MODEL
from paths import DATA
from processes import AT_ONCE, Started, finished

LONG = ("--epochs", "1000000", "--patience", "1000000", "--hidden-size", "16", "--scale", "none")
MARKET = DATA / "statland.csv"


def start(*arguments, stdin=subprocess.DEVNULL):
    """Start the command in a process group of its own."""
    return Started(
        [sys.executable, "-m", "rnncli", *map(str, arguments)], stdin=stdin,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.slow
def test_head_ends_predict_quietly(hand_made, prices):
    """`cat prices | rnncli predict MODEL - | head -1` dies of SIGPIPE without a word."""
    script = '''cat "$2" | "$0" -m rnncli predict "$1" - --horizon 3000 | head -1
    echo "${PIPESTATUS[@]}"'''
    done = finished(
        ["/bin/bash", "-c", script, sys.executable, hand_made, prices], capture_output=True,
        check=False,
    )  # fmt: skip
    first, statuses = done.stdout.decode().splitlines()
    assert first.startswith("symbol,cutoff,")
    assert (statuses, done.stderr) == ("0 141 0", b"")


@pytest.mark.slow
def test_training_reads_standard_input(rnncli, prices, tmp_path):
    """`-` is standard input, whose prices without a symbol are called stdin."""
    path = tmp_path / "m"
    done = rnncli(
        "train", "-", "-o", path, "--epochs", 1, "--hidden-size", 2, stdin=prices.read_bytes()
    )
    assert (done.returncode, done.stderr) == (0, b"")
    single = b"date,close\n2024-01-01,8\n2024-01-02,9\n"
    shown = rnncli("predict", path, "-", "--horizon", 1, stdin=single)
    assert shown.stdout.decode().splitlines()[1].startswith("stdin,2024-01-02,2024-01-03,1,")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("seconds", [0.6, 2.0])
def test_a_signal_ends_training_at_once(number, seconds, tmp_path):
    """Ctrl-C and SIGTERM end the process by that signal within half a second, nothing half-made."""
    path = tmp_path / "m"
    path.write_bytes(OLDER_MODEL)
    with start("train", MARKET, "-o", path, *LONG) as process:
        time.sleep(seconds)
        assert process.poll() is None
        sent = time.monotonic()
        os.killpg(process.pid, number)
        os.killpg(process.pid, number)  # impatient people press Ctrl-C twice
        out, err = process.communicate()
        assert time.monotonic() - sent < AT_ONCE
    assert (process.returncode, out, err) == (-number, b"", b"")
    assert [entry.name for entry in tmp_path.iterdir()] == ["m"]
    assert path.read_bytes() == OLDER_MODEL


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_a_save_waits_for_it(number, tmp_path):
    """A save that has begun ends before the process does: the whole file, and no temporary one."""
    script = """
import os, signal, sys, time
import numpy, safetensors.numpy
from rnncli.storage.atomic import write_atomically
signal.signal(signal.SIGINT, signal.SIG_DFL)
sync = os.fsync
def slow(handle):
    print("saving", flush=True)
    time.sleep(0.5)
    sync(handle)
os.fsync = slow
write_atomically(sys.argv[1], b"new")
time.sleep(10)
"""
    path = tmp_path / "m"
    with Started([sys.executable, "-c", script, path], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"saving\n"
        for _ in range(2):
            os.kill(process.pid, number)
            time.sleep(0.05)
        process.communicate()
    assert process.returncode == -number
    assert [entry.name for entry in tmp_path.iterdir()] == ["m"]
    assert path.read_bytes() == b"new"


def interrupted_twice(process):
    """Ctrl-C, pressed twice: ends the process by that signal, at once and without a word."""
    sent = time.monotonic()
    for _ in range(2):
        os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate()
    assert time.monotonic() - sent < AT_ONCE
    assert (process.returncode, out, err) == (-signal.SIGINT, b"", b"")


@pytest.mark.slow
def test_ctrl_c_twice_while_prices_are_read(hand_made, prices, tmp_path):
    """Of a pipe that has not ended yet: more was taken from it than it holds."""
    words = ("predict", hand_made, "-", "--ledger", tmp_path / "l.db", "-o", tmp_path / "f.csv")
    with start(*words, stdin=subprocess.PIPE) as process:
        process.stdin.write(prices.read_bytes())
        process.stdin.write(b"2024-02-26,AAA,9.25\n" * 10_000)
        interrupted_twice(process)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.each_shape
@pytest.mark.parametrize(
    ("module", "name"),
    [("rnncli.forecasting.predict", "states_at"), ("rnncli.ledger.writer", "_count_origins")],
)
def test_ctrl_c_twice_while_forecasts_are_made_or_recorded(
    module, name, hand_made, prices, call, tmp_path
):
    """No output; of the ledger's rows, some of which are written by then, none."""
    script = f"""
import importlib, sys, time
from rnncli.cli import main
module = importlib.import_module("{module}")
done = getattr(module, "{name}")
def slow(*words):
    done(*words)
    sys.stderr.write("there")
    sys.stderr.flush()
    time.sleep(60)
setattr(module, "{name}", slow)
main()
"""
    ledger = tmp_path / "l.db"
    words = ["predict", hand_made, prices, "--ledger", ledger, "-o", tmp_path / "f.csv"]
    command = [sys.executable, "-c", script, *map(str, words)]
    with Started(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr.read(5) == b"there"
        interrupted_twice(process)
    assert not (tmp_path / "f.csv").exists()
    assert call(*words).returncode == 0
    shown = call("ledger", ledger, "info", "--format", "csv").stdout.decode()
    counts = dict(csv.reader(shown.splitlines()))
    assert (counts["forecasts"], counts["runs"]) == ("15", "1")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["f.csv", "l.db"]


@pytest.mark.slow
def test_a_run_that_is_stopped_and_goes_on_has_the_same_bytes(call, model, prices, tmp_path):
    """SIGSTOP and SIGCONT all the time, so that every phase has some: read, forecast, write."""
    words = ("predict", model, prices, "--ledger", tmp_path / "l.db", "-o", tmp_path / "f.csv")
    with start(*words) as process:
        while process.poll() is None:
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(0.02)
            os.kill(process.pid, signal.SIGCONT)
            time.sleep(0.05)
        assert (process.returncode, process.stderr.read()) == (0, b"")
    assert (tmp_path / "f.csv").read_bytes() == call("predict", model, prices).stdout
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["f.csv", "l.db"]


@pytest.mark.slow
def test_a_report_that_nobody_reads_costs_no_model(prices, tmp_path):
    """SIGPIPE while the report is written leaves the older model, and the new one beside it."""
    path = tmp_path / "m"
    path.write_bytes(OLDER_MODEL)
    script = '"$0" -m rnncli train "$@" --epochs 1 --hidden-size 2 | true; exit ${PIPESTATUS[0]}'
    command = ["/bin/bash", "-c", script, sys.executable, prices, "-o", path]
    done = finished(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")
    assert path.read_bytes() == OLDER_MODEL
    assert len((tmp_path / "m.new").read_bytes()) > 1000


@pytest.mark.slow
def test_an_ignored_interrupt_stays_ignored(prices, tmp_path):
    """Under nohup or `trap '' INT` a run goes on through Ctrl-C."""
    path = tmp_path / "m"
    words = ("-o", path, "--epochs", "300", "--patience", "300", "--format", "table")
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = start("train", prices, *words)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        while process.poll() is None:  # not for ever: it is killed after a while
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.1)
        assert (process.returncode, process.stderr.read()) == (0, b"")
        assert process.stdout.read().startswith(b"Training: 3 series")
    assert path.exists()


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["no home", "no cache folder"])
def test_cron_needs_nothing(shape, hand_made, prices, tmp_path):
    """An environment of PATH alone is enough; where no cache can be had, kernels are compiled."""
    env = {"PATH": "/usr/bin:/bin"}
    if shape == "no cache folder":
        blocked = tmp_path / "file"
        blocked.write_bytes(b"")
        env |= {"HOME": str(blocked / "home"), "XDG_CACHE_HOME": str(blocked / "cache")}
    command = [sys.executable, "-m", "rnncli", "predict", str(hand_made), str(prices)]
    done = finished(
        command, env=env, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 16


@pytest.mark.slow
def test_two_trainings_of_one_file_leave_a_whole_model(call, prices, tmp_path):
    """At the same time, with checkpoints: both end well, and the file is the model of one."""
    path, words = tmp_path / "m", ("--epochs", 5, "--hidden-size", 2, "-q")
    path.write_bytes(OLDER_MODEL)
    both = [
        start("train", prices, "-o", path, *words, "--seed", seed, "--checkpoint-every", 1)
        for seed in (1, 2)
    ]
    for process in both:
        with process:
            assert process.communicate() == (b"", b"")
            assert process.returncode == 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["m"]
    alone = []
    for seed in (1, 2):
        assert call("train", prices, "-o", tmp_path / "a", *words, "--seed", seed).returncode == 0
        alone.append((tmp_path / "a").read_bytes())
    assert path.read_bytes() in alone
