"""What goes where: results on stdout in strict forms, nothing but warnings and errors on stderr."""

import contextlib
import csv
import io
import json
import os
import platform
import shutil
import subprocess
import sys

import numpy as np
import pytest
from processes import finished

from rnncli import __version__
from rnncli.cli.app import program
from rnncli.ledger.upkeep import check_whole

COLUMNS = "symbol,cutoff,date,ahead,forecast,lower_80,upper_80,lower_95,upper_95,naive"
ODD = (
    {"COLUMNS": "0", "LINES": "x", "TERMINAL_WIDTH": "abc", "LC_ALL": "C", "TERM": "dumb"},
    {"COLUMNS": "1", "PYTHONIOENCODING": "ascii", "NO_COLOR": "1", "GITHUB_ACTIONS": "1"},
    {"COLUMNS": "20", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "TERMINAL_WIDTH": "1"},
    {"COLUMNS": "abc", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "NUMBA_NUM_THREADS": "0"},
)


def refuse(constant):
    """Stand in for NaN and Infinity, which JSON does not have."""
    raise AssertionError(f"{constant} is no JSON")


def strict(text):
    """Parse JSON as other languages would: no NaN, no Infinity."""
    return json.loads(text, parse_constant=refuse)


def rows_of(text):
    """Rows of a CSV output."""
    return list(csv.DictReader(io.StringIO(text.decode())))


def test_predict_in_a_pipe_is_csv_with_the_promised_columns(call, model, prices):
    """Off a terminal predict writes CSV, five rows a symbol, and nothing on stderr."""
    done = call("predict", model, prices)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines()[0] == COLUMNS
    rows = rows_of(done.stdout)
    assert [row["symbol"] for row in rows] == ["AAA"] * 5 + ["BBB"] * 5 + ["CC"] * 5
    assert [row["ahead"] for row in rows] == ["1", "2", "3", "4", "5"] * 3
    assert {row["cutoff"] for row in rows} == {"2024-02-23"}
    assert {float(row["naive"]) for row in rows if row["symbol"] == "AAA"} == {9.25}


def test_bounds_hold_the_forecast_between_them(call, hand_made, prices):
    """Each level's bounds lie round the forecast, the wider level round the narrower."""
    done = call("predict", hand_made, prices, "--format", "json", "--level", 50, "--level", 80)
    for row in strict(done.stdout)["rows"]:
        assert row["lower_80"] <= row["lower_50"] <= row["forecast"]
        assert row["forecast"] <= row["upper_50"] <= row["upper_80"]


def test_bins_add_a_label(call, prices, tmp_path):
    """With bins the output ends in the label of the nearest class."""
    path = tmp_path / "bins.model"
    trained = call("train", prices, "-o", path, "--bins", 3, "--epochs", 1, "--hidden-size", 2)
    assert trained.returncode == 0
    done = call("predict", path, prices)
    assert done.stdout.decode().splitlines()[0] == f"{COLUMNS},label"
    assert {row["label"] for row in rows_of(done.stdout)} <= {"low", "medium", "high"}


def test_bins_say_that_they_do_not_invert_exactly(call, model, prices, tmp_path):
    """Under the tables of train and predict, and only where there are bins."""
    path, said = tmp_path / "bins.model", b"Each bin is shown as the mean"
    options = ("train", prices, "-o", path, "--epochs", 1, "--hidden-size", 2, "--format", "table")
    assert said not in call(*options).stdout
    assert said in call(*options, "--bins", 3).stdout
    assert said in call("predict", path, prices, "--format", "table").stdout
    assert said not in call("predict", model, prices, "--format", "table").stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", ["predict", "explain", "gradients", "inspect", "train", "unroll"]
)
def test_json_is_strict_in_every_command(command, call, model, prices, tmp_path):
    """JSON parses without NaN and Infinity, one document a run, one line an object in jsonl."""
    arguments = {
        "predict": (model, prices, "--level", 99.9),
        "explain": (model, prices),
        "gradients": (model, prices),
        "inspect": (model,),
        "train": (prices, "-o", tmp_path / "m", "--epochs", 1, "--validation", 0),
        "unroll": ("--w2", "1e300", "--values", "1", "--days", 5),
    }[command]
    done = call(command, *arguments, "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert strict(done.stdout)
    lines = call(command, *arguments, "--format", "jsonl").stdout.decode().splitlines()
    assert all(isinstance(strict(line), dict) for line in lines)


def test_floats_are_written_in_full(call, model, prices):
    """CSV, JSON and JSON lines hold the same values, floats to the last bit."""
    from_csv = rows_of(call("predict", model, prices).stdout)
    from_json = strict(call("predict", model, prices, "--format", "json").stdout)["rows"]
    lines = call("predict", model, prices, "--format", "jsonl").stdout.splitlines()
    assert [strict(line) for line in lines] == from_json
    for comp, ref in zip(from_csv, from_json, strict=True):
        assert comp == {name: "" if value is None else str(value) for name, value in ref.items()}


def test_an_unknown_bound_is_null_and_an_empty_cell(call, screen, prices, tmp_path):
    """A level with too few errors behind it gives null, never NaN or a made-up number.

    A terminal is reported why.
    """
    model = tmp_path / "m"
    point = ("--loss", "mse", "--hidden-size", 2, "--epochs", 1)
    assert call("train", prices, "-o", model, *point).returncode == 0
    options = ("predict", model, prices, "--level", 99.9)
    assert strict(call(*options, "--format", "json").stdout)["rows"][0]["lower_99.9"] is None
    assert rows_of(call(*options).stdout)[0]["lower_99.9"] == ""
    shown = screen(120, *options, "--level", 80)
    assert "no 99.9 % interval: too few held-out days" in shown
    assert "no 80 % bounds" not in shown


def test_levels_are_named_by_all_their_digits(call, hand_made, prices):
    """Two levels are two columns, and none is called by another's name."""
    levels = ("80", "80.00001", "80.00002", "99.99999", "1.00001")
    options = [part for level in levels for part in ("--level", level)]
    done = call("predict", hand_made, prices, *options)
    header = done.stdout.decode().splitlines()[0].split(",")
    assert {name.removeprefix("lower_") for name in header if "lower" in name} == set(levels)
    assert len(set(header)) == len(header)


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_output_is_the_same_bytes_in_any_environment(
    odd, rnncli, call, hand_made, prices, tmp_path
):
    """Neither width, locale, encoding nor colour wishes change a machine format."""
    path = tmp_path / "Ä.csv"
    path.write_text(prices.read_text().replace("AAA", "ÄÖ€"), encoding="utf-8")
    ref = call("predict", hand_made, path)
    comp = rnncli("predict", hand_made, path, **odd)
    assert "ÄÖ€" in ref.stdout.decode()
    assert (comp.returncode, comp.stdout, comp.stderr) == (0, ref.stdout, b"")


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_help_and_tables_in_a_pipe_hold_no_escape(odd, rnncli):
    """No colour reaches a pipe, whatever the environment, and no width breaks the start."""
    for arguments in (["--help"], ["predict", "--help"], ["unroll", "--format", "table"]):
        done = rnncli(*arguments, **odd)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout
        assert b"\x1b" not in done.stdout


def test_a_table_in_a_pipe_is_never_cut(call, hand_made, prices):
    """A table that no terminal bounds shows every column, however many there are."""
    levels = [str(level) for level in range(50, 99, 3)]
    options = [part for level in levels for part in ("--level", level)]
    done = call("predict", hand_made, prices, *options, "--format", "table")
    head = done.stdout.decode().splitlines()[2]
    assert [name for name in levels if f"{name} %" not in head] == []


def test_quiet_silences_warnings_and_not_errors(call, hand_made, tmp_path):
    """-q leaves only errors on stderr; without it each file has one line."""
    path = tmp_path / "gap.csv"
    path.write_text("date,close\n2024-01-01,1\n2024-01-02,\n2024-01-03,2\n", encoding="ascii")
    loud = call("predict", hand_made, path)
    assert (loud.returncode, loud.stderr.count(b"\n")) == (0, 1)
    assert loud.stderr.startswith(b"warning: ")
    quiet = call("predict", hand_made, path, "-q")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, loud.stdout, b"")
    failed = call("predict", hand_made, tmp_path / "none.csv", "-q")
    assert failed.stderr.startswith(b"error: ")


def test_version_names_what_computes(call):
    """--version says the version that the package has, then those that numbers may depend on."""
    first, second = call("--version").stdout.decode().splitlines()
    assert first == f"rnncli {__version__}"
    named = dict(part.split(" ") for part in second.split(", "))
    assert list(named) == ["python", "numba", "llvmlite", "numpy"]
    assert named["python"] == platform.python_version()
    assert named["numpy"] == np.__version__


@pytest.mark.slow
def test_the_same_command_writes_the_same_bytes(call, prices, tmp_path, monkeypatch):
    """Same input and seed: the same model and the same JSON, for any number of threads."""
    options = ("train", prices, "-o", "m", "--hidden-size", 4, "--epochs", 2)
    found = []
    for number, threads in enumerate((1, 2, 5)):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        done = call(*options, "--threads", threads)
        found.append((done.stdout, (folder / "m").read_bytes()))
    assert found[0] == found[1] == found[2]


def test_other_symbols_do_not_change_a_forecast(call, model, prices, tmp_path):
    """A symbol's forecast is the same bytes alone and among others."""
    path = tmp_path / "one.csv"
    lines = prices.read_text().splitlines()
    chosen = [line for line in lines if "BBB" in line or "symbol" in line]
    path.write_text("\n".join(chosen) + "\n", encoding="ascii")
    ref = call("predict", model, prices).stdout.decode().splitlines()
    comp = call("predict", model, path).stdout.decode().splitlines()
    assert comp[1:] == [line for line in ref if line.startswith("BBB")]


def test_verbose_tells_what_was_read_and_why(call, prices):
    """-v puts every decision on stderr, one a line, and leaves stdout alone."""
    plain, verbose = call("inspect", prices), call("inspect", prices, "-v")
    assert verbose.stdout == plain.stdout
    assert plain.stderr == b""
    said = verbose.stderr.decode().splitlines()
    assert all(line.startswith("detail: ") for line in said)
    assert any("date format %Y-%m-%d: the only format that fits" in line for line in said)
    assert call("inspect", prices, "-v", "-q").stderr == b""


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    ("words", "status"),
    [("inspect none.csv", 66), ("inspect none.csv --debug", 66), ("", 2), ("unroll --debug", 0),
     ("predict MODEL PRICES --profile", 0)],
)  # fmt: skip
def test_a_full_disk_behind_stderr_leaves_the_status(words, status, hand_made, prices, tmp_path):
    """The line of an error, a page or a table is lost, and what the shell sees is not."""
    named = {"MODEL": str(hand_made), "PRICES": str(prices)}
    with open("/dev/full", "wb") as full:
        done = finished(
            [sys.executable, "-m", "rnncli", *(named.get(word, word) for word in words.split())],
            stdout=subprocess.PIPE, stderr=full, check=False, cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == status


@pytest.mark.slow(each_version=True)
def test_a_folder_that_was_removed_is_no_bug(hand_made, prices, tmp_path):
    """The shell stands in a folder that another program removed, as the compiler notices."""
    place = tmp_path / "gone"
    place.mkdir()
    command = f"cd {place}; rmdir {place}; {sys.executable} -m rnncli predict {hand_made} {prices}"
    uncompiled = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    done = finished(["sh", "-c", command], env=uncompiled, capture_output=True, check=False)
    assert done.returncode == 66
    assert done.stderr.count(b"\n") == 1
    assert b"the current folder was removed" in done.stderr


def test_a_link_to_nothing_is_named(call, tmp_path):
    """Its own name is no remedy; where it leads to is."""
    (tmp_path / "a.csv").symlink_to("nowhere.csv")
    done = call("inspect", tmp_path / "a.csv")
    assert done.returncode == 66
    assert done.stderr.endswith(b"; it is a link to nowhere.csv\n")


@pytest.mark.slow
def test_python_s_switches_change_nothing(call, hand_made, prices):
    """Isolated, with development checks, without docstrings and assertions, warnings as errors."""
    switches = ("-I", "-OO", "-X", "dev", "-W", "error")
    command = [sys.executable, *switches, "-m", "rnncli", "predict", hand_made, prices]
    done = finished(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == call("predict", hand_made, prices).stdout


def test_a_page_of_help_needs_no_docstrings(call, monkeypatch):
    """Which python -OO has not; the line that lists the command stands there."""
    command = program().commands["predict"]
    monkeypatch.setattr(command, "help", None)
    done = call("predict", "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Forecast the next days of every symbol" in done.stdout


@pytest.mark.slow
def test_a_turkish_locale_and_hostile_variables_change_nothing(call, hand_made, prices, tmp_path):
    """I without a dot, a decimal comma; a time zone, a language, widths that do not exist."""
    words = ["localedef", "-i", "tr_TR", "-f", "ISO-8859-9", tmp_path / "tr_TR"]
    with contextlib.suppress(OSError):  # where it is not there, the locale is an unknown one
        finished(words, capture_output=True, check=False)
    hostile = {
        "LOCPATH": str(tmp_path), "LC_ALL": "tr_TR", "LANG": "xx", "PYTHONUTF8": "0",
        "TZ": "nonsense", "TERM": "", "COLUMNS": "-1", "TMPDIR": "/none",
        "NUMBA_DUMP_IR": "1", "NUMBA_NUM_THREADS": "x", "OMP_NUM_THREADS": "-1", "NO_COLOR": "",
        "FORCE_COLOR": "1", "PYTHONIOENCODING": "utf-16", "NOTIFY_SOCKET": "/nonexistent",
    }  # fmt: skip
    command = [sys.executable, "-m", "rnncli", "predict", hand_made, prices]
    done = finished(command, env={**os.environ, **hostile}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == call("predict", hand_made, prices).stdout


@pytest.mark.slow
def test_without_any_stream_a_file_is_written_whole(call, hand_made, prices, tmp_path):
    """Nothing is printed into a file that was given the number of a stream; others may be open."""
    out, ledger = tmp_path / "f.csv", tmp_path / "l.db"
    words = f"-m rnncli predict {hand_made} {prices} -o {out} --ledger {ledger}"
    script = f"exec {sys.executable} {words} 3</dev/zero 4>/dev/full <&- >&- 2>&-"
    assert finished(["/bin/sh", "-c", script], check=False).returncode == 0
    assert out.read_bytes() == call("predict", hand_made, prices).stdout
    assert check_whole(str(ledger)) == []


def test_no_file_gets_the_number_of_a_closed_stderr():
    """What libraries in C print there would be in it."""
    lines = (
        "import os", "from rnncli import cli", "cli._check_streams()",
        "print(os.readlink('/proc/self/fd/2'))",
    )  # fmt: skip
    script = f'exec {sys.executable} -c "{"; ".join(lines)}" 2>&-'
    done = finished(["/bin/sh", "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"/dev/null\n")


def test_names_that_are_no_utf8_are_names(call, prices, tmp_path):
    """Of files and folders: bytes of UTF-16, of Latin-1, and what looks like an option."""
    ref = call("inspect", prices, "--format", "csv").stdout
    for name in (b"fiyat\xfd", b"\xff\xfea\x01", b"-q", b"\xed\xa0\x80"):
        place = os.path.join(os.fsencode(tmp_path), name)
        os.mkdir(place)
        path = os.path.join(place, name + b".csv")
        shutil.copy(prices, path)
        done = call("inspect", os.fsdecode(path), "--format", "csv")
        assert (done.returncode, done.stderr, done.stdout) == (0, b"", ref)
