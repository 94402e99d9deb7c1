"""A folder of models through the commands: trained, killed, gone on with, forecast from, listed."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from builders import OLDER_MODEL
from in_process import here
from paths import DATA
from processes import AT_ONCE, Started

from rnncli.models.model_folder import locked_folder

QUICK = ("--per-series", "--hidden-size", 2, "--epochs", 2, "--loss", "mse")
LONG = ("-q", "--per-series", "--hidden-size", 16, "--epochs", 1_000_000, "--patience", 1_000_000)
MARKET = DATA / "market.csv"


@pytest.fixture(scope="module")
def folder(prices, tmp_path_factory):
    """Models of the three symbols, trained by two processes."""
    path = tmp_path_factory.mktemp("fleet") / "models"
    done = here("train", prices, "-o", path, *QUICK, "--jobs", 2)
    assert (done.returncode, done.stderr) == (0, b"")
    return path


def contents(place):
    """Bytes of every file by its name."""
    return {path.name: path.read_bytes() for path in place.iterdir()}


@pytest.mark.slow
def test_a_model_is_what_train_alone_writes(call, folder, prices, tmp_path):
    """`train --symbols BBB` makes the same bytes."""
    alone = [option for option in QUICK if option != "--per-series"]
    call("train", prices, "--symbols", "BBB", "-o", tmp_path / "b", *alone)
    assert (tmp_path / "b").read_bytes() == (folder / "BBB.model").read_bytes()
    assert sorted(contents(folder)) == ["AAA.model", "BBB.model", "CC.model"]


def test_what_train_prints(call, folder, prices):
    """A row a symbol, the error beside naive's; the same bytes when nothing is left to do."""
    words = ("train", prices, "-o", folder, *QUICK, "--jobs", 1)
    first, again = call(*words), call(*words, "--resume")
    assert first.stdout == again.stdout
    document = json.loads(first.stdout)
    assert list(document) == [
        "schema", "folder", "models", "better_than_naive", "median_over_naive", "series", "failed",
    ]  # fmt: skip
    assert (document["models"], document["failed"]) == (3, {})
    assert [row["symbol"] for row in document["series"]] == ["AAA", "BBB", "CC"]
    ratios = [row["validation_error"] / row["naive_error"] for row in document["series"]]
    assert document["median_over_naive"] == sorted(ratios)[1]
    assert document["better_than_naive"] == sum(ratio < 1 for ratio in ratios)
    lines = call(*words, "--resume", "--format", "csv").stdout.decode().splitlines()
    assert lines[0].startswith("symbol,model,rows,first_date,last_date,epochs,")
    assert lines[3].startswith(f"CC,{folder}/CC.model,12,")


def test_inspect_lists_a_folder(call, folder, screen):
    """The rows that train printed, in every form; a damaged model is reported."""
    document = json.loads(call("inspect", folder).stdout)
    assert [row["rows"] for row in document["series"]] == [40, 30, 12]
    shown = screen(100, "inspect", folder, NO_COLOR="1", TERM="dumb")
    assert f"3 models in {folder}" in shown
    assert "are better than naive; the median error is " in shown


def test_predict_forecasts_each_by_its_own(call, folder, prices):
    """Row for row what each model says alone."""
    whole = call("predict", folder, prices)
    assert (whole.returncode, whole.stderr) == (0, b"")
    rows = whole.stdout.splitlines()
    alone = [
        line
        for symbol in ("AAA", "BBB", "CC")
        for line in call(
            "predict", folder / f"{symbol}.model", prices, "--symbols", symbol
        ).stdout.splitlines()[1:]
    ]
    assert rows[1:] == alone


def test_a_ledger_holds_the_model_of_each(call, folder, prices, tmp_path):
    """One run a model, by the digest of its file; and no forecast is recorded twice."""
    ledger = tmp_path / "ledger.db"
    for _ in range(2):
        done = call("predict", folder, prices, "--ledger", ledger, "--horizon", 2)
        assert (done.returncode, done.stderr) == (0, b"")
    digests = {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()
    }
    with sqlite3.connect(ledger) as base:
        rows = base.execute(
            "SELECT symbol, digest, count(*) FROM forecast JOIN model ON model = model.id"
            " GROUP BY symbol, digest"
        ).fetchall()
    base.close()
    assert rows == [(symbol, digests[symbol], 2) for symbol in ("AAA", "BBB", "CC")]


def test_a_symbol_without_a_model(call, folder, prices, tmp_path):
    """One line with the remedy, and status 1; without any, that of the first fault."""
    for name in ("AAA", "BBB"):
        (tmp_path / f"{name}.model").write_bytes((folder / f"{name}.model").read_bytes())
    done = call("predict", tmp_path, prices)
    assert done.returncode == 1
    assert done.stderr.decode() == (
        f"error: {tmp_path}: has no model of CC; make it with rnncli train --per-series --resume"
        f" -o {tmp_path}\n"
    )
    assert done.stdout.count(b"\n") == 1 + 2 * 5
    assert call("predict", tmp_path, prices, "--symbols", "CC").returncode == 66
    (tmp_path / "AAA.model").write_bytes(OLDER_MODEL)
    assert call("predict", tmp_path, prices).returncode == 1
    (tmp_path / "BBB.model").unlink()
    assert call("predict", tmp_path, prices).returncode == 65


def test_a_folder_without_models(call, prices, tmp_path):
    """It is said how they are made."""
    done = call("predict", tmp_path, prices)
    assert (done.returncode, done.stdout) == (66, b"")
    assert b"has no model in it; make them with rnncli train --per-series -o" in done.stderr


@pytest.mark.parametrize("command", ["evaluate", "explain", "gradients"])
def test_what_takes_one_model_says_so(command, call, folder, prices):
    """A folder is not a model."""
    done = call(command, folder, prices)
    assert done.returncode == 66
    assert done.stderr == f"error: {folder}: is a folder; name one model file\n".encode()


@pytest.mark.slow(each_version=True)
def test_symbols_that_fail(call, prices, tmp_path):
    """Good ones are as in a clean run; status 1, and where none is done that of the first one."""
    clean, mixed = tmp_path / "clean", tmp_path / "mixed"
    call("train", prices, "-o", clean, *QUICK, "--jobs", 1)
    lines = prices.read_text(encoding="ascii").splitlines()
    bad = ["2024-01-01,BAD,1", "2024-01-02,BAD,0", "2024-01-01,DOT,1"]
    other = tmp_path / "mixed.csv"
    other.write_text("\n".join([*lines, *bad]) + "\n", encoding="ascii")
    done = call("train", other, "-o", mixed, *QUICK, "--jobs", 1)
    assert done.returncode == 1
    errors = [line for line in done.stderr.decode().splitlines() if line.startswith("error: ")]
    assert "BAD has 1 value" in errors[0]
    assert errors[1].startswith("error: DOT: ")
    assert len(errors) == 2
    assert contents(mixed) == contents(clean)
    assert sorted(json.loads(done.stdout)["failed"]) == ["BAD", "DOT"]
    none = call("train", other, "--symbols", "BAD", "-o", tmp_path / "none", *QUICK)
    assert (none.returncode, none.stdout, none.stderr.count(b"error: ")) == (65, b"", 1)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--checkpoint-every", 1), 2, "--checkpoint-every: is of one training"),
        (("--time-budget", "5m"), 2, "--time-budget: is of one training"),
        (("--threads", 2), 2, "--threads: --per-series uses one thread per model"),
        (("--jobs", 2, "--cluster", "tcp://x:1"), 2, "cannot be combined with"),
        (
            ("--no-per-series", "--jobs", 2),
            2,
            "--jobs: belongs to --per-series; one network uses all cores already",
        ),
        (
            ("--no-per-series", "--cluster", "x"),
            2,
            "--cluster: belongs to --per-series; one network trains on this computer",
        ),
    ],
)
def test_what_does_not_go_together(words, status, said, call, prices, tmp_path):
    """Refused before anything is read."""
    done = call("train", prices, "-o", tmp_path / "m", *QUICK, *words)
    assert (done.returncode, done.stdout) == (status, b"")
    assert said in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_places_that_are_refused(call, prices, tmp_path):
    """A file, one of the inputs, a folder with something else under a model's name."""
    (tmp_path / "file").write_bytes(b"")
    assert call("train", prices, "-o", tmp_path / "file", *QUICK).returncode == 73
    assert call("train", prices.parent, "-o", prices.parent, *QUICK).returncode == 2
    (tmp_path / "AAA.model").write_text("mine", encoding="ascii")
    done = call("train", prices, "-o", tmp_path, *QUICK)
    assert done.returncode == 73
    assert (tmp_path / "AAA.model").read_text(encoding="ascii") == "mine"
    assert call("predict", tmp_path, prices, "--paths", 2).returncode == 2


def test_one_run_at_a_time(call, prices, tmp_path):
    """While another one writes into a folder the status says to try later."""
    with locked_folder(str(tmp_path / "m")):
        done = call("train", prices, "-o", tmp_path / "m", *QUICK)
    assert done.returncode == 75
    assert b"another training writes there; try again later" in done.stderr


def test_events_of_a_fleet(call, prices, tmp_path):
    """A log has an event for each model."""
    log = tmp_path / "log"
    call("train", prices, "-o", tmp_path / "m", *QUICK, "--jobs", 1, "--log-file", log)
    events = [json.loads(line) for line in log.read_text(encoding="ascii").splitlines()]
    assert [e["event"] for e in events] == ["read", *["trained"] * 3, "written", "ended"]
    assert [e.get("symbol") for e in events[1:4]] == ["AAA", "BBB", "CC"]


def start(*arguments):
    """Start the command in a process group of its own."""
    return Started(
        [sys.executable, "-m", "rnncli", *map(str, arguments)], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def workers_of(process):
    """Processes that work for one; empty where the system does not list them."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
    words = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in listed.split()}
    return [pid for pid, line in words.items() if b"spawn_main" in line]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("seconds", [0.8, 2.5])
def test_a_signal_ends_all_at_once(number, seconds, tmp_path):
    """No worker outlives the run, whatever it dies of; no half of a file is left, no word said."""
    with start("train", MARKET, "-o", tmp_path / "m", *LONG, "--jobs", 2) as process:
        time.sleep(seconds)
        assert process.poll() is None
        sent = time.monotonic()
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does
        else:
            process.send_signal(number)
        out, err = process.communicate()  # ends when nobody holds the pipes any more
        assert time.monotonic() - sent < AT_ONCE
    if number == signal.SIGKILL and err.endswith(b"EOFError: Ran out of input\n"):
        err = b""  # of a worker that was just being started, and has no parent to ask any more
    assert (process.returncode, out, err) == (-number, b"", b"")
    assert list(tmp_path.glob("m/*")) == []


@pytest.mark.slow
def test_workers_that_are_killed_are_survived(rnncli, tmp_path):
    """As by the kernel where memory runs out: their symbols are trained again."""
    words = ("--per-series", "--hidden-size", 16, "--epochs", 200, "--loss", "mse")
    rnncli("train", MARKET, "-o", tmp_path / "straight", *words, "--jobs", 1)
    killed = 0
    with start("train", MARKET, "-o", tmp_path / "m", *words, "--jobs", 2) as process:
        while killed < 2 and process.poll() is None:
            time.sleep(0.1)
            for pid in workers_of(process)[:1]:
                os.kill(pid, signal.SIGKILL)
                killed += 1
        out, err = process.communicate()
    assert (process.returncode, err, json.loads(out)["models"]) == (0, b"", 12)
    assert killed
    assert contents(tmp_path / "m") == contents(tmp_path / "straight")
