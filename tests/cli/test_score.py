"""`predict --ledger` and `score` as a script meets them: what is kept, printed, required."""

import contextlib
import csv
import hashlib
import json
import os
import sqlite3
import subprocess
import sys

import pytest
from commands import environment
from hand_made import hand_made_model
from in_process import here
from processes import finished
from rounding import rounded

from rnncli.ledger import database
from rnncli.ledger.reader import read_ledger
from rnncli.models.model import save_model

CUTOFFS = ("2024-02-12", "2024-02-13", "2024-02-14", "2024-02-15", "2024-02-16")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory, hand_made, prices):
    """Five nights of a model that was fitted on days before them."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    model = hand_made_model()
    model.record["last_date"] = "2024-02-09"
    save_model(str(path.with_name(hand_made.name)), model)
    with contextlib.chdir(path.parent):
        for cutoff in CUTOFFS:
            words = ("--until", cutoff, "--ledger", path, "--horizon", 3)
            done = here("predict", hand_made.name, prices, *words)
            assert (done.returncode, done.stderr) == (0, b"")
    return path


def test_what_is_printed_is_what_is_recorded(call, hand_made, prices, tmp_path):
    """Row by row, to the last digit; and the output is that without a ledger."""
    path = tmp_path / "l.db"
    done = call("predict", hand_made, prices, "--ledger", path, "--level", 90, "--level", 97.5)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == call("predict", hand_made, prices, "--level", 90, "--level", 97.5).stdout
    base = sqlite3.connect(path)
    kept = base.execute(
        'SELECT symbol, cutoff, date, ahead, forecast, lower_90, upper_90, "lower_97.5",'
        ' "upper_97.5", naive FROM forecast ORDER BY symbol, ahead'
    ).fetchall()
    base.close()
    printed = [tuple(row) for row in csv.reader(done.stdout.decode().splitlines()[1:])]
    assert printed == [tuple("" if v is None else str(v) for v in row) for row in kept]


def test_the_same_run_again_prints_the_same_and_records_nothing(call, hand_made, prices, tmp_path):
    """Byte for byte, both."""
    path = tmp_path / "l.db"
    first = call("predict", hand_made, prices, "--ledger", path)
    bytes_then = path.read_bytes()
    again = call("predict", hand_made, prices, "--ledger", path)
    assert (again.stdout, again.stderr, path.read_bytes()) == (first.stdout, b"", bytes_then)


def test_other_numbers_than_recorded_are_reported(call, hand_made, prices, tmp_path):
    """A price of the past was rewritten: the first forecast stands."""
    path, other = tmp_path / "l.db", tmp_path / "other.csv"
    call("predict", hand_made, prices, "--ledger", path, "--horizon", 1)
    lines = prices.read_text(encoding="ascii").splitlines()
    last = next(i for i, line in enumerate(lines) if line.startswith("2024-02-23,AAA,"))
    lines[last] = "2024-02-23,AAA,9.125"
    other.write_text("\n".join(lines) + "\n", encoding="ascii")
    done = call("predict", hand_made, other, "--ledger", path, "--horizon", 1)
    assert done.returncode == 0
    assert done.stderr.decode().endswith(
        "1 forecasts of this model from these cutoffs were recorded before with other values,"
        " which are unchanged\n"
    )


def test_a_model_is_known_by_its_content(call, hand_made, prices, tmp_path):
    """By what sha256sum says of its file, whatever that is called."""
    copy, path = tmp_path / "copy", tmp_path / "l.db"
    copy.write_bytes(hand_made.read_bytes())
    call("predict", hand_made, prices, "--ledger", path)
    call("predict", copy, prices, "--ledger", path)
    (source,) = read_ledger(str(path)).sources.values()
    assert source.digest == hashlib.sha256(hand_made.read_bytes()).hexdigest()
    assert source.file == str(hand_made)


def test_nothing_is_printed_that_cannot_be_recorded(call, hand_made, prices, tmp_path, monkeypatch):
    """No ledger, locked, paths: stdout stays empty, and the status says why."""
    foreign = tmp_path / "foreign"
    foreign.write_bytes(b"a file of somebody else\n")
    done = call("predict", hand_made, prices, "--ledger", foreign)
    assert (done.returncode, done.stdout) == (65, b"")
    assert done.stderr.endswith(
        b"is not a ledger; name a file that rnncli predict --ledger wrote\n"
    )
    assert foreign.read_bytes() == b"a file of somebody else\n"
    assert call("predict", hand_made, prices, "--ledger", tmp_path / "n" / "l").returncode == 73
    done = call("predict", hand_made, prices, "--ledger", tmp_path / "l", "--paths", 3)
    assert (done.returncode, done.stdout, os.path.exists(tmp_path / "l")) == (2, b"", False)
    call("predict", hand_made, prices, "--ledger", tmp_path / "l")
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(tmp_path / "l", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    done = call("predict", hand_made, prices, "--until", "2024-02-16", "--ledger", tmp_path / "l")
    other.close()
    assert (done.returncode, done.stdout) == (75, b"")
    assert done.stderr.endswith(b"another process is writing to it; try again later\n")


def test_symbols_that_failed_are_not_recorded(call, model, prices, tmp_path):
    """Status 1, and the ledger has what was printed."""
    path = tmp_path / "below.csv"
    path.write_text(prices.read_text(encoding="ascii").replace(",BBB,", ",BBB,-"), encoding="ascii")
    done = call("predict", model, path, "--ledger", tmp_path / "l", "--horizon", 1)
    assert done.returncode == 1
    assert read_ledger(str(tmp_path / "l")).symbols == ["AAA", "CC"]


@pytest.mark.slow
def test_what_was_recorded_stays_where_it_cannot_be_printed(rnncli, hand_made, prices, tmp_path):
    """The same run again prints it, and records nothing twice."""
    path = tmp_path / "l.db"
    words = [sys.executable, "-m", "rnncli", "predict", hand_made, prices, "--ledger", path]
    with open("/dev/full", "wb") as full:
        done = finished(words, stdout=full, stderr=subprocess.PIPE, env=environment(), check=False)
    assert done.returncode == 74
    kept = read_ledger(str(path))
    assert rnncli("predict", hand_made, prices, "--ledger", path).returncode == 0
    assert read_ledger(str(path)).times == kept.times


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 120])
def test_score_on_a_terminal(width, screen, ledger, prices, golden, monkeypatch):
    """Scores by ahead, ranges with their bands, what is not scored, the verdict."""
    monkeypatch.chdir(ledger.parent)
    golden(f"score_{width}.txt", screen(width, "score", ledger.name, prices, "-q", TERM="dumb"))


def test_score_for_programs(call, ledger, prices, golden, monkeypatch):
    """Strict JSON with all numbers; the other formats have its rows."""
    monkeypatch.chdir(ledger.parent)

    def printed(form):
        done = call("score", ledger.name, prices, "--by", "symbol", "--by", "ahead", *form)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout.decode()

    def refuse(_):
        pytest.fail("a constant that is no JSON")

    document = json.loads(printed([]), parse_constant=refuse)
    lines = printed(["--format", "jsonl"]).splitlines()
    assert [json.loads(line, parse_constant=refuse) for line in lines] == document["scores"]
    table = list(csv.DictReader(printed(["--format", "csv"]).splitlines()))
    shown = [{k: v if isinstance(v, str) else "" if v is None else json.dumps(v)
              for k, v in row.items()} for row in document["scores"]]  # fmt: skip
    assert table == shown
    digest = document["models"][0].pop("digest")  # of all that a model file holds
    assert document["models"][0].pop("model") == digest[:12]
    golden("score.json", json.dumps(rounded(document), indent=1) + "\n")


def test_export_has_every_forecast_with_its_actual_value(call, ledger, prices):
    """A row each, those that have not come too; the price that came is in the price file."""
    done = call("score", ledger, prices, "--export", "csv")
    assert (done.returncode, done.stderr) == (0, b"")
    rows = list(csv.DictReader(done.stdout.decode().splitlines()))
    kept = read_ledger(str(ledger))
    assert [(r["symbol"], r["cutoff"], int(r["ahead"])) for r in rows] == list(
        zip(kept.symbols, kept.cutoffs, kept.aheads.tolist(), strict=True)
    )
    known = {
        (row["date"], row["symbol"]): float(row["close"])
        for row in csv.DictReader(prices.read_text(encoding="ascii").splitlines())
    }
    assert {row["state"] for row in rows} == {"came"}
    for row in rows:
        assert float(row["actual"]) == known[row["came"], row["symbol"]]
    early = call("score", ledger, prices, "--export", "jsonl", "--until", "2024-02-16")
    states = [json.loads(line)["state"] for line in early.stdout.decode().splitlines()]
    assert states.count("pending") == 3 * (3 + 2 + 1)
    assert states.count("came") == len(rows) - 18


def test_what_is_required_and_does_not_hold_is_status_4(call, ledger, prices):
    """As in evaluate, word for word."""
    done = call("score", ledger, prices, "--require-coverage", "80:0-100")
    assert (done.returncode, done.stderr) == (0, b"")
    done = call(
        "score", ledger, prices, "--require-coverage", "80:0-0", "--require-skill", "naive",
        "--alpha", 0.1,
    )  # fmt: skip
    said = done.stderr.decode().splitlines()
    assert done.returncode == 4
    assert said[0].startswith("error: --require-coverage 80:0-0: the 80 % interval covers ")
    assert said[1].endswith("5 cutoffs do not allow a test")
    assert [one["met"] for one in json.loads(done.stdout)["checks"]] == [False, False]


def test_the_best_of_a_ledger_is_naive(call, ledger, prices):
    """Which is the only baseline it holds, and is named."""
    done = call("score", ledger, prices, "--require-skill", "best")
    assert done.returncode == 4
    assert b"error: --require-skill best: naive, the best baseline: mean MAE " in done.stderr


def test_before_any_day_has_come(call, screen, ledger, prices):
    """Counts, no scores, status 0; a requirement does not hold."""
    done = call("score", ledger, prices, "--until", "2024-02-12")
    document = json.loads(done.stdout)
    assert (done.returncode, document["came"], document["scores"]) == (0, 0, [])
    assert (document["pending"], document["absent"]) == (9, 36)
    done = call("score", ledger, prices, "--until", "2024-02-12", "--require-skill", "naive")
    assert done.returncode == 4
    shown = screen(80, "score", ledger, prices, "--until", "2024-02-12", "-q", TERM="dumb")
    assert shown.strip().startswith(
        "45 forecasts recorded; 9 whose date has not been reached; 36 whose"
    )


def test_an_adjusted_split_is_reported_and_scored(call, ledger, prices, tmp_path):
    """All prices of AAA halved: as many scores as before, and one warning."""
    path = tmp_path / "split.csv"
    lines = prices.read_text(encoding="ascii").splitlines()
    halved = [lines[0]] + [
        f"{day},{symbol},{float(close) / 2 if symbol == 'AAA' else close}"
        for day, symbol, close in (line.split(",") for line in lines[1:])
    ]
    path.write_text("\n".join(halved) + "\n", encoding="ascii")
    done = call("score", ledger, path)
    assert done.returncode == 0
    assert done.stderr.decode().startswith("warning: AAA: 15 forecasts were made before the past")
    assert json.loads(done.stdout)["moved"] == 15
    assert json.loads(done.stdout)["came"] == 45


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("--by", "week"), 2, "no such group; use ahead, symbol, month, model"),
        (("--require-skill", "ewma"), 2, "a ledger has naive only"),
        (("--alpha", "0.1"), 2, "does nothing without --require-skill"),
        (("--export", "csv", "--by", "symbol"), 2, "--by: does nothing with --export"),
        (("--export", "csv", "--format", "csv"), 2, "--format: does nothing with --export"),
        (("--export", "table"), 2, "choose csv, json or jsonl"),
        (("--require-coverage", "80"), 2, "write level:least-most"),
    ],
)
def test_options_that_mean_nothing_are_wrong_usage(options, status, said, call, ledger, prices):
    """One line, nothing on stdout."""
    done = call("score", ledger, prices, *options)
    assert (done.returncode, done.stdout) == (status, b"")
    assert said in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_what_is_not_a_ledger_is_status_65_or_66(call, prices, hand_made, tmp_path):
    """A price file, a model, nothing."""
    for path, status in ((prices, 65), (hand_made, 65), (tmp_path / "none", 66)):
        done = call("score", path, prices)
        assert (done.returncode, done.stdout) == (status, b"")
        assert done.stderr.count(b"\n") == 1


def logged(path):
    """Events of a log: name and counts, without what differs from run to run."""
    found = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
    assert all(event["seconds"] >= 0 for event in found)
    return [
        {k: v for k, v in event.items() if k not in ("time", "process", "command", "seconds")}
        for event in found
    ]


def test_a_log_of_each_command(call, model, prices, tmp_path):
    """What was read, made, written, and the status; stdout and stderr as without."""
    log, out, kept = (tmp_path / name for name in ("l.jsonl", "m", "k.db"))
    plain = call("predict", model, prices)
    end = {"event": "ended", "status": 0}
    read = {"event": "read", "files": 1, "series": 3, "rows": 82}
    call("train", prices, "-o", out, "--hidden-size", 2, "--epochs", 1, "--log-file", log)
    done = call("predict", model, prices, "--ledger", kept, "--log-file", log)
    assert (done.stdout, done.stderr) == (plain.stdout, b"")
    call("evaluate", model, prices, "--folds", 3, "--horizon", 1, "--log-file", log)
    call("score", kept, prices, "--log-file", log)
    assert logged(log) == [
        read,
        {"event": "trained", "series": 3, "epochs": 1, "steps": logged(log)[1]["steps"]},
        {"event": "written", "model": str(out)},
        end,
        read,
        {"event": "forecast", "symbols": 3, "horizon": 5, "failed": 0},
        {"event": "recorded", "ledger": str(kept), "run": 1, "new": 15, "known": 0},
        {"event": "written", "symbols": 3},
        end,
        read,
        {"event": "forecast", "symbols": 3, "cutoffs": 3, "horizon": 1, "failed": 0},
        {"event": "written", "checks": 0, "unmet": 0},
        end,
        read,
        {"event": "scored", "forecasts": 15, "came": 0},
        {"event": "written", "rows": 0},
        end,
    ]


def test_a_log_of_what_failed(call, model, prices, tmp_path):
    """A series that fails, a whole run that does; its status is the last event."""
    log, path = tmp_path / "l.jsonl", tmp_path / "below.csv"
    path.write_text(prices.read_text(encoding="ascii").replace(",BBB,", ",BBB,-"), encoding="ascii")
    call("predict", model, path, "--log-file", log)
    call("predict", model, tmp_path / "none.csv", "--log-file", log)
    events = logged(log)
    assert [event["event"] for event in events] == [
        "read", "forecast", "written", "failed", "ended", "failed",
    ]  # fmt: skip
    assert "BBB has 30 values <= 0" in events[3]["error"]
    assert events[4]["status"] == 1
    assert events[5]["status"] == 66


def test_a_log_that_cannot_be_written_is_status_73_or_74(call, hand_made, prices, tmp_path):
    """Before anything is done, or where the device is full."""
    done = call("predict", hand_made, prices, "--log-file", tmp_path)
    assert (done.returncode, done.stdout) == (73, b"")
    assert call("predict", hand_made, prices, "--log-file", prices).returncode == 73
    done = call("predict", hand_made, prices, "--log-file", "/dev/full")
    assert (done.returncode, done.stdout) == (74, b"")
    assert done.stderr.endswith(b"the log ends here\n")
