"""Files of results, the names of their columns, their digits: `-o`, `--names`, `--digits`."""

import csv
import datetime
import io
import json
import os
import signal
import time
from types import SimpleNamespace

import pytest
from commands import COMMAND, environment
from processes import LIMIT, Started

from rnncli.cli.results import check_result
from rnncli.errors import UsageError, WriteError
from rnncli.storage import atomic

NIXTLA = ["unique_id", "ds", "y_hat", "y_hat-lo-80", "y_hat-hi-80", "y_hat-lo-95", "y_hat-hi-95"]


def rows_of(text):
    """Rows of a CSV output."""
    return list(csv.DictReader(io.StringIO(text.decode())))


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_a_file_holds_what_would_be_printed(form, call, hand_made, prices, tmp_path):
    """Its ending is the form; nothing is printed."""
    path = tmp_path / f"f.{form}"
    shown = call("predict", hand_made, prices, "--format", form).stdout
    done = call("predict", hand_made, prices, "-o", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert path.read_bytes() == shown


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    "command",
    [
        ("inspect", "PRICES"), ("gradients", "MODEL", "PRICES"), ("unroll",),
        ("statland", "--companies", "2"), ("simulate", "--series", "3", "--length", "20"),
        ("doctor",),
    ],
)  # fmt: skip
def test_every_result_has_a_file(command, call, hand_made, prices, tmp_path):
    """Of whatever command; a table is text."""
    words = [{"MODEL": hand_made, "PRICES": prices}.get(word, word) for word in command]
    for ending, form in (("csv", "csv"), ("JSON", "json"), ("txt", "table")):
        path = tmp_path / f"result.{ending}"
        shown = call(*words, "--format", form)
        assert call(*words, "-o", path).returncode == 0
        if command[0] != "doctor":  # which has the memory that is free
            assert path.read_bytes() == shown.stdout
        assert path.stat().st_size > 0


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("-o", "f.xlsx"), 2, "--output f.xlsx: has no known ending; use .csv, .json, "),
        (("-o", "f"), 2, "--output f: has no known ending"),
        (("-o", "PRICES"), 2, "is one of the inputs; name another file"),
        (("-o", "no/f.csv"), 73, "no such folder"),
        (("-o", "f.csv", "--follow"), 2, "--output: a result without end has no file"),
        (("-o", "f.txt", "--digits", "3"), 2, "--digits: does nothing in a table; add --format"),
        (("--format", "table", "--names", "nixtla"), 2, "--names: does nothing in a table"),
        (("--paths", "2", "--names", "nixtla"), 2, "--names nixtla: are of forecasts, not of"),
        (("--digits", "0"), 2, "--digits"),
    ],
)
def test_what_cannot_be_is_reported_before_anything_is_read(
    options, status, said, call, hand_made, prices, tmp_path, monkeypatch
):
    """One line, and no file."""
    monkeypatch.chdir(tmp_path)
    words = [prices if word == "PRICES" else word for word in options]
    done = call("predict", hand_made, prices, *words)
    assert (done.returncode, done.stdout) == (status, b"")
    assert said in done.stderr.decode()
    assert os.listdir(tmp_path) == []


def test_lines_that_follow_are_not_table(monkeypatch):
    """On a terminal too, so their digits and names are taken; a table's are not."""
    terminal = SimpleNamespace(stdout=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("rnncli.cli.results.sys", terminal)
    values = {"format": None, "follow": True}
    check_result(values, frozenset({"digits", "names"}), None, None)
    with pytest.raises(UsageError, match="--digits: does nothing in a table"):
        check_result({**values, "follow": False}, frozenset({"digits"}), None, None)
    check_result({**values, "follow": False}, frozenset({"digits"}), None, "csv")


def test_the_example_of_a_job_is_printed(call, tmp_path):
    """And nowhere else."""
    done = call("batch", "--init", "-o", tmp_path / "n.json")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"with --init, use > FILE" in done.stderr


def test_an_old_file_stays_where_a_new_one_cannot_be_made(call, hand_made, prices, tmp_path):
    """A command that fails writes nothing."""
    path = tmp_path / "f.csv"
    path.write_text("old", encoding="ascii")
    assert call("predict", hand_made, prices, "--symbols", "NONE", "-o", path).returncode == 65
    assert path.read_text(encoding="ascii") == "old"


@pytest.mark.slow(each_version=True)
def test_a_closed_output_does_not_matter_to_a_file(hand_made, prices, tmp_path):
    """Nothing is printed, so it need not be there."""
    command = [*COMMAND, "predict", hand_made, prices, "-o", tmp_path / "f.csv"]
    with Started(["/bin/sh", "-c", '"$@" >&-', "sh", *map(str, command)]) as process:
        assert process.wait() == 0
    assert len(rows_of((tmp_path / "f.csv").read_bytes())) == 15


def test_names_of_nixtla(call, hand_made, prices):
    """The columns that its libraries take, with the same values; in every form for programs."""
    options = ("predict", hand_made, prices, "--names", "nixtla")
    ours, theirs = rows_of(call(*options[:3]).stdout), rows_of(call(*options).stdout)
    assert list(theirs[0]) == NIXTLA
    names = ["symbol", "date", "forecast", "lower_80", "upper_80", "lower_95", "upper_95"]
    assert [list(row.values()) for row in theirs] == [[row[n] for n in names] for row in ours]
    document = json.loads(call(*options, "--format", "json").stdout)
    assert document["schema"] == "rnncli/forecast-nixtla/1"
    assert list(document["rows"][0]) == NIXTLA
    followed = call("predict", hand_made, "-", "--follow", *options[3:], stdin=prices.read_bytes())
    assert list(json.loads(followed.stdout.splitlines()[-1])) == NIXTLA


def test_digits(call, hand_made, prices):
    """The significant digits asked for, in all numbers but counts."""
    options = ("predict", hand_made, prices)
    exact, short = rows_of(call(*options).stdout), rows_of(call(*options, "--digits", 3).stdout)
    for row, cut in zip(exact, short, strict=True):
        assert cut["ahead"] == row["ahead"]
        for name in ("forecast", "lower_80", "upper_95", "naive"):
            assert cut[name] == str(float(f"{float(row[name]):.3g}"))
    gradients = call("gradients", hand_made, prices, "--digits", 2).stdout
    for lag in json.loads(gradients)["lags"]:
        assert lag["norm"] == float(f"{lag['norm']:.2g}")


def test_parquet_has_dates(call, hand_made, prices, tmp_path):
    """Days as dates, times as timestamps, rows of series without dates as their numbers."""
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "f.parquet"
    assert call("predict", hand_made, prices, "-o", path).returncode == 0
    table = parquet.read_table(path)
    kinds = {name: str(table.schema.field(name).type) for name in table.schema.names}
    assert (kinds["cutoff"], kinds["date"]) == ("date32[day]", "date32[day]")
    assert (kinds["symbol"], kinds["ahead"], kinds["forecast"]) == ("string", "int64", "double")
    assert table["date"][0].as_py() == datetime.date(2024, 2, 26)
    hours = ["date,close", *(f"2024-01-01 {hour:02}:00:00,{10 + hour % 5}" for hour in range(24))]
    for text, kind in (("\n".join(hours), "timestamp[ms]"), ("close\n" + "10\n11\n" * 15, "int64")):
        done = call("predict", hand_made, "-", "-o", path, stdin=text.encode())
        assert done.returncode == 0, done.stderr
        assert str(parquet.read_table(path).schema.field("date").type) == kind


def test_parquet_of_other_results(call, prices, tmp_path):
    """A nested cell is text; a column without any value has a type."""
    parquet = pytest.importorskip("pyarrow.parquet")
    for words in (("doctor",), ("inspect", prices), ("statland", "--companies", 2)):
        assert call(*words, "-o", tmp_path / "x.parquet").returncode == 0
        assert parquet.read_table(tmp_path / "x.parquet").num_rows > 0


def test_pieces_are_written_whole_or_not_at_all(tmp_path):
    """What fails between two pieces leaves the old file, and no other."""
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def failing():
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(WriteError, match="No space left on device; nothing was changed"):
        atomic.write_pieces(str(path), failing())
    assert (path.read_bytes(), os.listdir(tmp_path)) == (b"old", ["f"])
    atomic.write_pieces(str(path), [b"a", b"b"])
    assert path.read_bytes() == b"ab"


@pytest.mark.slow
def test_a_signal_between_pieces_leaves_nothing(tmp_path):
    """The process dies of it soon, and no temporary file is left behind."""
    path = tmp_path / "f.csv"
    command = [*COMMAND, "simulate", "--series", "100000", "-o", str(path)]
    with Started(command, env=environment()) as process:
        deadline = time.monotonic() + LIMIT
        while not os.listdir(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert os.listdir(tmp_path) != []
        process.send_signal(signal.SIGINT)
        assert process.wait() == -signal.SIGINT
    assert os.listdir(tmp_path) == []
