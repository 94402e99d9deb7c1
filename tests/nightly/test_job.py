"""A night after the other: what is trained and why, what is kept, what befalls it."""

import contextlib
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from builders import OLDER_MODEL
from commands import COMMAND, environment
from in_process import here
from nights import dates, job, lay, left_in, market
from paths import DATA, TOOLS
from processes import AT_ONCE, LIMIT, Started, finished

from rnncli.ledger import writer
from rnncli.nightly import forecasts, freshness, scan
from rnncli.prices import batches
from rnncli.prices.parsing.grid import fast_split
from rnncli.prices.parts import cut, read
from rnncli.prices.reader import read_prices
from rnncli.storage.locks import locked

QUIETLY = [*COMMAND, "batch", "nightly.toml", "-q"]


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A folder after its first night, of 40 days."""
    place = tmp_path_factory.mktemp("begun")
    lay(place, market(), 40)
    done = here("batch", job(place), "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    return place


@pytest.fixture
def place(begun, tmp_path):
    """That folder, for one test."""
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_first_night_does_all_and_the_same_again_nothing(place, night, call):
    """Trained, forecast as `predict` does, recorded; then not a byte of the folder changes."""
    printed = call("predict", place / "a.model", place / "prices.csv", "--horizon", 2).stdout
    assert (place / "forecasts.csv").read_bytes() == printed
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in place.iterdir()}
    again = night()
    assert (again["done"], again["trained"], again["recorded"], again["wrote"]) == (
        "nothing", False, 0, False,
    )  # fmt: skip
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in place.iterdir()} == before


def test_a_clock_that_goes_back_between_two_nights_changes_nothing(place, night, monkeypatch):
    """What a night does follows the prices; the clock is in the times of the ledger alone."""
    other = shutil.copytree(place, place / "other")
    lay(place, market(), 41)
    lay(other, market(), 41)
    assert night()["recorded"] == 8
    monkeypatch.setattr(writer, "now", lambda: "1970-01-01T00:00:00.000Z")
    assert here("batch", other / "nightly.toml", "-q").returncode == 0
    left = left_in(other)
    shutil.rmtree(other)
    assert left == left_in(place)


def test_a_summary_is_one_line_and_quiet_is_silent(place, call):
    """What cron would mail: nothing on stderr, a line on stdout, with -q neither."""
    path = place / "nightly.toml"
    done = call("batch", path)
    assert done.stdout.decode() == (
        f"{path}: nothing to do: 4 symbols were forecast from {dates(40)[-1]} on already\n"
    )
    assert done.stderr == b""
    lay(place, market(), 41)
    done = call("batch", path, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_what_was_lost_is_made_again(place, night):
    """The output, the ledger, the traces: each comes back as it was."""
    whole = left_in(place)
    for name in ("forecasts.csv", "ledger.db", "a.model.traces"):
        (place / name).unlink()
        night()
        assert left_in(place) == whole


def test_one_symbol_was_forecast(tmp_path, call):
    """And not were."""
    lay(tmp_path, market(symbols=1), 12)
    path = job(tmp_path)
    call("batch", path)
    assert b"nothing to do: 1 symbol was forecast from " in call("batch", path).stdout


def test_a_model_is_trained_by_age(place, night):
    """Seven days after; on the sixth it forecasts as it is."""
    for days, old in ((44, False), (45, True), (46, False)):
        lay(place, market(), days)
        found = night()
        assert (found["trained"], found["newest"]) == (old, dates(days)[-1])
        assert found["recorded"] == 8
    assert found["came"] == 4 * (2 + 2 + 1)  # both rows ahead of the first two nights


def test_an_age_below_a_day_is_reported_in_hours(tmp_path, night):
    """Prices of every hour, and a model that is to be so new."""
    job(tmp_path, train='every = "2h"\nhidden-size = 4\nepochs = 1')
    for rows, why in ((14, ["there is no model yet"]), (15, []), (16, "2 hours"), (19, "3 hours")):
        text = "".join(f"2024-01-02 {k:02}:00,{8 + k % 5 * 0.25}\n" for k in range(rows))
        (tmp_path / "prices.csv").write_text(f"date,close\n{text}", encoding="ascii")
        told = f"the prices are {why} newer than those it was trained on"
        assert night()["why"] == ([told] if isinstance(why, str) else why)


def test_a_model_without_dates_is_trained_by_rows(tmp_path, night):
    """A row is a day."""
    job(tmp_path)
    for rows, old in ((20, True), (26, False), (27, True)):
        text = "".join(f"{8 + k % 5 * 0.25}\n" for k in range(rows))
        (tmp_path / "prices.csv").write_text(f"close\n{text}", encoding="ascii")
        assert night()["trained"] == old


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ('every = "7d"\nhidden-size = 5\nepochs = 3', "hidden-size is 5, was 4"),
        ('every = "7d"\nhidden-size = 4\nepochs = 3\nloss = "mse"', "loss is mse, was student-t"),
    ],
)
def test_a_model_of_other_settings_is_retrained(place, night, table, why):
    """The options of the file count, not when the model was made."""
    job(place, train=table)
    found = night()
    assert found["trained"]
    assert why in found["why"][0]
    assert night()["done"] == "nothing"


def test_a_rewritten_past_retrains(place, night):
    """One price of the past; not so with on-changed-data = false."""
    prices = market()
    prices["S1"][7] += 1
    lay(place, prices, 40)
    job(place, train='every = "7d"\nhidden-size = 4\nepochs = 3\non-changed-data = false')
    assert not night()["trained"]
    job(place)
    found = night()
    assert found["why"] == ["prices it was trained on were rewritten: S1"]
    assert night()["done"] == "nothing"


@pytest.mark.slow
@pytest.mark.thorough
def test_a_drift_of_coverage_retrains(tmp_path, night):
    """Calm days, then wild ones: the bounds hold far too little."""
    prices = market(symbols=30, days=90, calm=0.002)
    wild = market(symbols=30, days=90, calm=0.05)
    for symbol, own in prices.items():
        own[70:] = (own[69] * wild[symbol][70:] / wild[symbol][69]).round()
    job(tmp_path, train="on-drift = true\nhidden-size = 4\nepochs = 3")
    why = []
    for days in range(69, 85):  # ten cutoffs are needed
        lay(tmp_path, prices, days)
        found = night()
        why.append(found["why"])
        if days > 70 and found["trained"]:
            break
    assert why[-1][0].startswith("its coverage drifted: ")
    assert night()["done"] == "nothing"


def test_a_dry_run_says_what_and_why_and_changes_nothing(place, night, call):
    """With a stale model, with new prices, with nothing to do; no lock is left either."""
    (place / ".nightly.toml.lock").unlink()
    for days, why in ((40, 0), (41, 0), (50, 1)):
        lay(place, market(), days)
        before = left_in(place)
        found = night("--dry-run")
        assert (len(found["why"]), found["trained"], found["dry_run"]) == (why, False, True)
        assert found["done"] == ("nothing" if days == 40 else "would")
        assert left_in(place) == before
    done = call("batch", place / "nightly.toml", "--dry-run")
    assert b"would train: the prices are 14 days newer" in done.stdout
    assert b"would forecast 4 symbols" in done.stdout


def test_without_a_table_of_training_a_model_is_used_as_it_is(place, night):
    """However old; where there is none: status 66."""
    job(place, train="-")
    lay(place, market(), 60)
    found = night()
    assert (found["trained"], found["recorded"]) == (False, 8)
    (place / "a.model").unlink()
    with pytest.raises(AssertionError, match="no such model"):
        night()


def test_a_training_that_fails_leaves_the_older_model_in_use(place, night, call):
    """It diverges: an error, status 1, and forecasts by the model that is there."""
    model = (place / "a.model").read_bytes()
    job(place, train='every = "7d"\nhidden-size = 4\nepochs = 3\noptimizer = "sgd"\n'
        'learning-rate = 1e30\nclip-norm = 0\nloss = "mse"')  # fmt: skip
    lay(place, market(), 41)
    found = night(status=1)
    assert (found["trained"], found["recorded"]) == (False, 8)
    assert (place / "a.model").read_bytes() == model
    done = call("batch", place / "nightly.toml", "-q")
    assert b"training failed, so the older model stays in use: " in done.stderr


def test_a_damaged_model_is_retrained_and_other_files_are_refused(place, call):
    """Nobody need clean up; a file of somebody else is left alone."""
    whole = left_in(place)
    (place / "a.model").write_bytes(OLDER_MODEL)
    done = call("batch", place / "nightly.toml", "-q")
    assert (done.returncode, done.stderr) == (0, b"")
    assert left_in(place) == whole
    (place / "a.model").write_bytes(b"of somebody else\n")
    done = call("batch", place / "nightly.toml")
    assert (done.returncode, done.stdout) == (73, b"")
    assert (place / "a.model").read_bytes() == b"of somebody else\n"


@pytest.mark.slow_shapes
@pytest.mark.parametrize("left", [0, 5, 9, 40, 0.5, -1])
def test_a_model_that_is_cut_off_is_retrained(place, call, left):
    """Wherever it is cut, empty too: a warning says so, and all is as it was."""
    whole = left_in(place)
    path = place / "a.model"
    content = path.read_bytes()
    path.write_bytes(content[: left if isinstance(left, int) else int(left * len(content))])
    done = call("batch", place / "nightly.toml")
    why = "damaged" if left else "empty"
    assert (done.returncode, done.stderr.decode()) == (
        0, f"warning: {path}: is {why}, so it is retrained\n",
    )  # fmt: skip
    assert f"its file is {why}".encode() in done.stdout
    assert left_in(place) == whole


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"text",
        b"text, and more",
        bytes([30] + [0] * 7) + b'{"w":{"dtype":"F32","shape":[1]}}',
    ],
)
def test_a_file_of_somebody_else_is_not_a_model(place, call, content):
    """Safetensors of another program too; it stays."""
    (place / "a.model").write_bytes(content)
    done = call("batch", place / "nightly.toml")
    assert (done.returncode, done.stderr.count(b"\n")) == (73, 1)
    assert (place / "a.model").read_bytes() == content


def test_a_model_that_cannot_be_read_is_not_taken_for_none(place, call, monkeypatch):
    """It may be another user's: it is not replaced."""
    model = place / "a.model"
    content, real = model.read_bytes(), open

    def opened(path, mode="r", *rest, **options):
        if path == str(model) and "r" in mode:
            raise PermissionError(13, "Permission denied", path)
        return real(path, mode, *rest, **options)

    monkeypatch.setattr("builtins.open", opened)
    done = call("batch", place / "nightly.toml")
    monkeypatch.undo()
    assert (done.returncode, done.stderr.count(b"\n")) == (73, 1)
    assert b"a.model: Permission denied" in done.stderr
    assert model.read_bytes() == content


@pytest.mark.parametrize("name", ["a.model", "a.model.traces"])
def test_a_pipe_is_not_waited_for(place, call, name):
    """Where a model should be, or what is kept of it."""
    (place / name).unlink()
    os.mkfifo(place / name)
    done = call("batch", place / "nightly.toml")
    assert (done.returncode, done.stderr.count(b"\n")) == (73, 1)


def test_symbols_that_fail_are_reported_and_the_others_are_as_without(place, night, call):
    """Status 1 and each of them in the list; status 65 where all fail, and what was is kept."""
    good = market(days=41)
    lay(place, good)
    straight = place / "straight"
    shutil.copytree(place, straight)
    call("batch", straight / "nightly.toml")
    clean = (straight / "forecasts.csv").read_text(encoding="ascii")
    bad = {f"B{k}": -own for k, own in enumerate(good.values())}
    for count in (1, 3):
        lay(place, good | dict(list(bad.items())[:count]))
        found = night(status=1)
        assert (found["symbols"], found["failed"]) == (4, [f"B{k}" for k in range(count)])
        assert (place / "forecasts.csv").read_text(encoding="ascii") == clean
    lay(place, bad)
    done = call("batch", place / "nightly.toml", "-q")
    assert done.returncode == 65
    assert done.stderr.count(b"\n") == 4
    assert (place / "forecasts.csv").read_text(encoding="ascii") == clean


@pytest.mark.slow
def test_files_that_cannot_be_read_fail_alone(place, night, call, monkeypatch):
    """One of several, whichever way they are read; with all of them, status 65."""
    folder = place / "many"
    folder.mkdir()
    for symbol, own in market(days=41).items():
        rows = "".join(f"{d},{p / 100:.2f}\n" for d, p in zip(dates(41), own, strict=True))
        (folder / f"{symbol}.csv").write_text(f"date,close\n{rows}", encoding="ascii")
    job(place, prices='paths = ["many"]', train="-")
    night()
    clean = (place / "forecasts.csv").read_bytes()
    (folder / "A.csv").write_text("<html>", encoding="ascii")
    (folder / "B.csv").symlink_to("nowhere.csv")
    for files in (256, 2, 1):
        monkeypatch.setattr(batches, "FILES", files)
        found = night(status=1)
        assert found["symbols"] == 4
        assert "2 failed" in call("batch", place / "nightly.toml").stdout.decode()
        assert (place / "forecasts.csv").read_bytes() == clean
    (folder / "B.csv").unlink()
    for path in folder.iterdir():
        path.write_text("<html>", encoding="ascii")
    assert call("batch", place / "nightly.toml").returncode == 65


@pytest.mark.parametrize("files", [256, 1])
def test_a_symbol_that_ends_on_a_day_yet_to_come_fails_alone(
    place, night, call, monkeypatch, files
):
    """A mistyped year does not make all others too old, and trains nothing anew."""
    monkeypatch.setattr(batches, "FILES", files)
    lay(place, market(), 41)
    wrong = (datetime.now(UTC) + timedelta(days=40)).strftime("%Y-%m-%d")
    (place / "late.csv").write_text(f"date,close\n2024-02-26,50\n{wrong},51\n", encoding="ascii")
    job(place, prices='paths = ["late.csv", "prices.csv"]')
    found = night(status=1)
    assert (found["symbols"], found["failed"], found["trained"]) == (4, ["late"], False)
    assert found["newest"] == dates(41)[-1]
    job(place, prices='paths = ["late.csv"]')
    done = call("batch", place / "nightly.toml", "-q")
    assert done.returncode == 65
    assert b"in the future" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("options", ["", 'loss = "mse"', 'mode = "seq2vec"\nhorizon = 2',
                                     'cell = "gru"\nscale = "standard"'])  # fmt: skip
def test_groups_change_no_byte(tmp_path, night, monkeypatch, options):
    """Read and forecast some at a time or all at once: the same files, the same ledger."""
    folder = tmp_path / "many"
    folder.mkdir()
    for k, (symbol, whole) in enumerate(market(symbols=21, days=41).items()):
        own = whole[: 41 - k]
        rows = "".join(f"{d},{p / 100:.2f}\n" for d, p in zip(dates(len(own)), own, strict=True))
        (folder / f"{symbol}.csv").write_text(f"date,close\n{rows}", encoding="ascii")
    job(
        tmp_path,
        prices='paths = ["many"]',
        train=f'every = "7d"\nhidden-size = 4\nepochs = 2\n{options}',
    )
    first = night()
    assert (first["symbols"], first["stale"]) == (6, 15)
    whole = left_in(tmp_path)
    for size in (1, 2, 5):
        monkeypatch.setattr(forecasts, "SERIES", size)
        monkeypatch.setattr(batches, "FILES", size)
        for name in ("forecasts.csv", "ledger.db", "a.model.traces"):
            (tmp_path / name).unlink()
        night()
        assert left_in(tmp_path) == whole
        (tmp_path / "a.model").unlink()
        (tmp_path / "ledger.db").unlink()
        night()
        assert left_in(tmp_path) == whole


@pytest.mark.slow
def test_parts_of_a_long_file_change_no_byte(place, night, monkeypatch):
    """Sorted by symbol or by day, or in no order that parts could have."""
    lay(place, market(symbols=19, days=41), 41)
    night()
    (place / "ledger.db").unlink()
    night()
    whole = left_in(place)
    monkeypatch.setattr(read, "LONG", 1 << 10)
    monkeypatch.setattr(fast_split, "SMALL", 1 << 12)
    for name, value in {"HEAD": 12, "PART": 13, "PIECE": 11, "SHORT": 12, "FEWEST": 1}.items():
        monkeypatch.setattr(cut, name, 1 << value)
    read_whole = []

    def counted(*given, **named):
        read_whole.append(given)
        return read_prices(*given, **named)

    monkeypatch.setattr(scan, "read_prices", counted)
    head, *lines = (place / "prices.csv").read_text().splitlines()
    by_day = sorted(lines, key=lambda line: line.split(",")[0])
    for shown, together in ((lines, 0), (by_day, 0), ([*lines[1:], lines[0]], 1)):
        (place / "prices.csv").write_text("\n".join([head, *shown, ""]))
        for name in ("forecasts.csv", "ledger.db", "a.model.traces"):
            (place / name).unlink()
        night()
        assert left_in(place) | {"prices.csv": whole["prices.csv"]} == whole
        assert len(read_whole) == together


def test_a_symbol_in_files_of_two_groups_is_read_whole(place, night, monkeypatch):
    """A file a day: what is one series stays one."""
    night()
    folder = place / "days"
    folder.mkdir()
    rows = [line.split(",") for line in (place / "prices.csv").read_text().splitlines()[1:]]
    for day in {row[0] for row in rows}:
        lines = [",".join(row) for row in rows if row[0] == day]
        text = "\n".join(["date,symbol,close", *lines])
        (folder / f"{day}.csv").write_text(f"{text}\n", encoding="ascii")
    whole = left_in(place)["forecasts.csv"]
    job(place, prices='paths = ["days"]')
    monkeypatch.setattr(batches, "FILES", 3)
    found = night()
    assert (found["done"], found["series"]) == ("nothing", 4)
    assert left_in(place)["forecasts.csv"] == whole


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_every_form_is_that_of_predict(place, night, call, monkeypatch, form):
    """Byte by byte, though it is put together of parts."""
    monkeypatch.setattr(forecasts, "SERIES", 3)
    job(place, output=f'file = "f-{{date}}.{form}"')
    night()
    printed = call(
        "predict", place / "a.model", place / "prices.csv", "--horizon", 2, "--format", form
    )
    assert (place / f"f-{dates(40)[-1]}.{form}").read_bytes() == printed.stdout


def test_gates(place, call):
    """Nothing is judged before something came; then status 4, and 1 wins over it."""
    job(place, score='require-coverage = "80:99-100"')
    (place / "ledger.db").unlink()
    assert call("batch", place / "nightly.toml").returncode == 0
    lay(place, market(), 42)
    done = call("batch", place / "nightly.toml", "-q")
    assert (done.returncode, done.stdout) == (4, b"")
    assert b"ledger.db: --require-coverage 80:99-100: the 80 % interval covers " in done.stderr
    lay(place, market() | {"B": -market()["S0"]}, 42)
    assert call("batch", place / "nightly.toml", "-q").returncode == 1


@pytest.mark.slow
def test_a_second_run_is_locked_out(place, rnncli, call):
    """Status 75 at once, one line; the lock goes with the process that had it."""
    with locked(str(place / "nightly.toml")):
        done = rnncli("batch", place / "nightly.toml")
        assert (done.returncode, done.stdout) == (75, b"")
        assert done.stderr.count(b"\n") == 1
    assert call("batch", place / "nightly.toml").returncode == 0


@pytest.mark.slow
def test_a_bare_environment(place):
    """As cron has it and less: no HOME, no locale, no standard input, another folder."""
    lay(place, market(), 41)
    done = finished(
        [*COMMAND, "batch", str(place / "nightly.toml"), "-q"], cwd="/", env={"LC_ALL": "C"},
        stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.slow
def test_a_quiet_night_needs_no_standard_output(place):
    """Closed, it is not missed; a night that would print is refused before it begins."""
    lay(place, market(), 41)
    before = left_in(place)
    script = '"$@" >&-'
    for options, status, lines in (("", 74, 1), ("-q --format json", 74, 1), ("-q", 0, 0)):
        assert left_in(place) == before
        words = [*COMMAND, "batch", str(place / "nightly.toml"), *options.split()]
        done = finished(
            ["/bin/sh", "-c", script, "-", *words], env=environment(), capture_output=True,
            check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr.count(b"\n")) == (status, lines)
    assert left_in(place) != before


@pytest.mark.slow
def test_a_full_disk_leaves_the_older_output(place):
    """Status 74, one line, nothing half-written."""
    lay(place, market(symbols=8), 41)
    job(place, ledger="-", train="-")
    before = left_in(place)
    done = finished(
        ["/bin/sh", "-c", 'ulimit -f 1; exec "$@"', "-", *COMMAND, "batch",
         str(place / "nightly.toml")],
        env=environment(), capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (74, b"")
    assert done.stderr.count(b"\n") == 1
    assert left_in(place) == before
    assert not list(place.glob(".*.tmp"))


def test_an_output_that_cannot_be_is_status_73(place, call):
    """No such folder: told before anything is done."""
    job(place, output='file = "none/forecasts.csv"')
    lay(place, market(), 60)
    before = left_in(place)
    done = call("batch", place / "nightly.toml")
    assert (done.returncode, done.stdout) == (73, b"")
    assert left_in(place) == before


def long_night(begun, place):
    """A night in a copy of what is begun, that trains for long and can be gone on with."""
    shutil.copytree(begun, place)
    table = 'every = "7d"\nhidden-size = 4\nepochs = 300\npatience = 300\ncheckpoint-every = 1'
    job(place, train=table)
    lay(place, market(), 50)
    return place


@pytest.fixture(scope="module")
def straight(begun, tmp_path_factory):
    """A long night that nothing befell."""
    place = long_night(begun, tmp_path_factory.mktemp("straight") / "night")
    finished(QUIETLY, cwd=place, env=environment(), check=True)
    return left_in(place)


@pytest.mark.slow
@pytest.mark.parametrize("checkpoints", [1, 20])
def test_sigterm_ends_a_night_at_once_and_the_next_run_completes_it(
    begun, straight, tmp_path, checkpoints
):
    """Dead of the signal at once; then all is as after a night without one."""
    killed, written = long_night(begun, tmp_path / "killed"), set()
    with Started(QUIETLY, cwd=killed, env=environment()) as process:
        while len(written) < checkpoints and process.poll() is None:
            with contextlib.suppress(FileNotFoundError):
                written.add((killed / "a.model.checkpoint").stat().st_mtime_ns)
            time.sleep(0.001)
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait()
        assert time.monotonic() - sent < AT_ONCE
    assert process.returncode == -signal.SIGTERM
    finished(QUIETLY, cwd=killed, env=environment(), check=True)
    assert left_in(killed) == straight


@pytest.mark.slow
def test_kills():
    """The script that kills nights at random moments, a few times."""
    script = TOOLS / "batch_kills.py"
    done = finished(
        [sys.executable, script, "--times", "2", "--epochs", "6", "--symbols", "4"],
        env=environment(), capture_output=True, check=False, timeout=2 * LIMIT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


@pytest.mark.slow
def test_the_example_runs_as_it_is(tmp_path, call, monkeypatch):
    """`--init` with one path changed, on the prices that come with the tool, while they are new."""
    shown = call("batch", "--init")
    assert (shown.returncode, shown.stderr) == (0, b"")
    text = shown.stdout.decode().replace('["prices"]', f'["{DATA / "market.csv"}"]')
    assert str(DATA) in text
    faster = text.replace("# hidden-size = 32 ", "epochs = 2 ")
    (tmp_path / "nightly.toml").write_text(faster, encoding="utf-8")
    assert call("batch", tmp_path / "nightly.toml").returncode == 76
    monkeypatch.setattr(freshness, "today", lambda: date(2025, 1, 1))
    done = call("batch", tmp_path / "nightly.toml", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    with open(tmp_path / "forecasts-2024-12-31.csv", encoding="ascii") as file:
        assert len(list(csv.DictReader(file))) == 12 * 5
    names = {path.name for path in tmp_path.iterdir()}
    assert {"nightly.model", "ledger.db", "nightly.jsonl"} <= names


def test_parquet_needs_an_extra(place, call):
    """One line says which; or it is written."""
    job(place, output='file = "f.parquet"')
    done = call("batch", place / "nightly.toml")
    if done.returncode == 0:
        assert (place / "f.parquet").read_bytes()[:4] == b"PAR1"
    else:
        assert done.returncode == 2
        assert b"needs an extra" in done.stderr
        assert not os.path.exists(place / "f.parquet")


@pytest.mark.slow
def test_a_checkpoint_of_other_prices_is_passed_over(begun, tmp_path):
    """A night that was killed in training; the next one has new rows, and starts anew."""
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    table = 'every = "7d"\nhidden-size = 4\nepochs = 60\npatience = 60\ncheckpoint-every = 1'
    for place in (straight, killed):
        shutil.copytree(begun, place)
        job(place, train=table)
    lay(killed, market(), 50)
    with Started(QUIETLY, cwd=killed, env=environment()) as process:
        while not (killed / "a.model.checkpoint").exists() and process.poll() is None:
            time.sleep(0.01)
        process.kill()
    assert (killed / "a.model.checkpoint").exists()
    for place in (straight, killed):
        lay(place, market(), 51)
        done = finished(QUIETLY, cwd=place, env=environment(), capture_output=True, check=True)
        assert (done.stdout, done.stderr) == (b"", b"")
    assert left_in(killed) == left_in(straight)


def test_what_never_was_a_checkpoint_is_refused(place, call):
    """A file of somebody else in its place: one line, and the file stays."""
    job(place, train="checkpoint-every = 1")
    lay(place, market(), 50)
    mine = place / "a.model.checkpoint"
    mine.write_text("mine", encoding="ascii")
    done = call("batch", place / "nightly.toml", "-q")
    assert (done.returncode, done.stderr.count(b"\n")) == (73, 1)
    assert b"exists and is not a checkpoint" in done.stderr
    assert mine.read_text(encoding="ascii") == "mine"


def test_a_log_of_a_night(place, call):
    """An object an event: what was read, trained and why, forecast, recorded, written, scored."""
    job(place, log='file = "l.jsonl"')
    lay(place, market() | {"B": -market()["S0"]}, 50)
    assert call("batch", place / "nightly.toml", "-q").returncode == 1
    assert call("batch", place / "nightly.toml", "-q", "--dry-run").returncode == 1
    events = [json.loads(line) for line in (place / "l.jsonl").read_text().splitlines()]
    assert [(e["event"], e["command"]) for e in events] == [
        (name, "batch")
        for name in ("read", "failed", "trained", "forecast", "recorded", "written", "scored",
                     "ended")
    ]  # fmt: skip
    assert events[2]["why"] == ["the prices are 14 days newer than those it was trained on"]
    assert (events[3]["symbols"], events[3]["failed"], events[4]["new"]) == (4, 1, 8)
    assert (events[6]["came"], events[7]["status"]) == (8, 1)


def test_an_excluded_symbol_fails_no_night(place, night):
    """Status 1 every night, until its name is in the list; the model is not retrained."""
    (place / "more").mkdir()
    (place / "more" / "BAD.csv").write_text("not prices\n", encoding="ascii")
    job(place, prices='paths = ["prices.csv", "more"]')
    assert night(status=1)["unread"] == 1
    (place / "excluded.txt").write_text("BAD\nS3\n", encoding="ascii")
    job(place, prices='paths = ["prices.csv", "more"]\nexclude = "@excluded.txt"')
    result = night()
    assert (result["symbols"], result["unread"], result["trained"]) == (3, 0, False)
