"""Exit statuses: each fault has its own, one line on stderr, and no traceback."""

import os
import subprocess
import sys

import pytest
from builders import OLDER_MODEL
from processes import finished

TINY = ("--hidden-size", 2, "--epochs", 1)
BAD_FILES = {
    "empty": b"",
    "header only": b"date,close\n",
    "binary": bytes(range(256)) * 8,
    "html": b"<!DOCTYPE html><html><body>502</body></html>\n",
    "all missing": b"date,close\n2024-01-01,NaN\n2024-01-02,\n",
    "text for a price": b"date,close\n2024-01-01,1\n2024-01-02,dear\n",
    "json": b'{"error": "limit"}\n',
    "torn": b"date,open,close\n2024-01-01,1,2\n2024-01-02,1\n2024-01-03,1,2\n",
}


def held(done, status):
    """The error text of a run that ended in `status` with one line and printed no result."""
    text = done.stderr.decode()
    assert done.returncode == status, text
    assert text.startswith("error: ")
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert done.stdout == b""
    return text


@pytest.mark.parametrize(
    "arguments",
    [
        ("--no-such-option",),
        ("no-such-command",),
        ("predict",),
        ("predict", "--horizon", "many", "m", "p"),
        ("predict", "--horizon", "0", "m", "p"),
        ("predict", "--format", "xml", "m", "p"),
        ("predict", "--no-such-option", "m", "p"),
        ("train", "p.csv"),
        ("train", "p.csv", "-o", "m", "--hidden-size", "0"),
        ("train", "p.csv", "-o", "m", "--labels", "low,high"),
        ("train", "p.csv", "-o", "m", "--edges", "0.5"),
        ("train", "p.csv", "-o", "m", "--clip-norm", "inf"),
        ("train", "p.csv", "-o", "m", "--average", "inf"),
        ("train", "p.csv", "-o", "m", "--learning-rate", "nan"),
        ("predict", "m", "p", "--level", "nan"),
        ("unroll", "--w2", "nan"),
        ("unroll", "--w1=-inf"),
        ("unroll", "--values", "1,x"),
        ("unroll", "--values", "nan"),
        ("unroll", "--values", "1,2,3", "--days", "2"),
        ("statland", "--min-days", "9", "--max-days", "3"),
        ("inspect",),
    ],
)
def test_wrong_usage_is_2(arguments, call):
    """What does not fit the options is reported at once, before anything is read."""
    held(call(*arguments), 2)


def test_wrong_usage_of_a_model(call, hand_made, prices):
    """Levels outside 0 to 100, a column that is not there, a bad date: usage, not data."""
    for options in (
        ("--level", 100),
        ("--level", 80, "--level", 80),
        ("--column", "volume"),
        ("--since", "yesterday"),
    ):
        held(call("predict", hand_made, prices, *options), 2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--loss", "cross-entropy"), "add --bins"),
        (("--loss", "student-t", "--bins", 3), "use --loss cross-entropy"),
        (("--loss", "gaussian", "--mode", "seq2vec"), "use --mode seq2seq"),
        (("--loss", "mse", "--level", 50), "--loss quantile"),
        (("--loss", "quantile", "--level", 0), "above 0 and below 100"),
    ],
)
def test_a_loss_that_does_not_go_with_the_rest_is_2(options, said, call, prices, tmp_path):
    """One line names the option and the way out."""
    done = call("train", prices, "-o", tmp_path / "m", *TINY, *options)
    assert said in held(done, 2)


def test_a_missing_input_is_66(call, hand_made, prices, tmp_path):
    """A file that does not exist, and a folder without prices, are distinguished from bad data."""
    held(call("predict", hand_made, tmp_path / "none.csv"), 66)
    held(call("predict", tmp_path / "none.model", prices), 66)
    held(call("inspect", tmp_path / "none"), 66)
    assert "no price files" in held(call("train", tmp_path, "-o", tmp_path / "m"), 66)


def test_closed_stdin_is_66(hand_made):
    """Prices from a standard input that is closed are missing, not a bug."""
    script = '"$0" -m rnncli predict "$1" - <&-'
    done = finished(
        ["/bin/bash", "-c", script, sys.executable, hand_made], capture_output=True, check=False
    )
    held(done, 66)


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_data_is_65_and_names_the_file(case, call, hand_made, tmp_path):
    """A file that cannot be read as meant is refused by name, by every command."""
    path = tmp_path / "bad.csv"
    path.write_bytes(BAD_FILES[case])
    for arguments in (("inspect",), ("train", "-o", tmp_path / "m", *TINY), ("predict", hand_made)):
        assert str(path) in held(call(*arguments, path), 65)
    assert not (tmp_path / "m").exists()


def test_one_row_is_too_little_to_train_and_enough_to_predict(call, model, tmp_path):
    """A single price cannot be learnt from, and can be forecast from."""
    path = tmp_path / "one.csv"
    path.write_text("date,close\n2024-01-01,10\n", encoding="ascii")
    held(call("train", path, "-o", tmp_path / "m", *TINY, "-q"), 65)
    done = call("predict", model, path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines()[1].startswith("one,2024-01-01,2024-01-02,1,")


@pytest.mark.parametrize(
    ("price", "remedies"),
    [
        ("0", "leave that row out"),
        ("-37.63", "leave that row out, or train a model with --scale difference"),
    ],
)
def test_log_returns_of_prices_below_zero_are_refused_with_remedies(
    price, remedies, call, tmp_path
):
    """The error names the date and what works, and both do work."""
    path = tmp_path / "oil.csv"
    rows = "".join(f"2024-01-{day:02d},{day % 5 + 1}\n" for day in range(1, 29))
    path.write_text(f"date,close\n{rows}2024-01-29,{price}\n", encoding="ascii")
    command = ("train", path, "-o", tmp_path / "m", *TINY)
    done = call(*command)
    assert done.returncode == 65
    assert f"<= 0 ({price} on 2024-01-29), and log returns".encode() in done.stderr
    assert done.stderr.decode().endswith(f"; {remedies}\n")
    without = call("predict", path)
    assert without.returncode == 65
    expected = f"<= 0 ({price} on 2024-01-29), and the prior needs positive prices; {remedies}\n"
    assert without.stderr.decode().endswith(expected)
    assert call(*command, "--scale", "difference").returncode == 0
    assert call("predict", tmp_path / "m", path).returncode == 0
    path.write_text(f"date,close\n{rows}", encoding="ascii")
    assert call(*command).returncode == 0


def test_a_file_that_is_not_a_model_is_65(call, prices, hand_made, tmp_path):
    """Models that are cut are refused by name."""
    cut = tmp_path / "cut.model"
    cut.write_bytes(hand_made.read_bytes()[:-1])
    assert str(cut) in held(call("predict", cut, prices), 65)
    held(call("gradients", cut, prices), 65)
    held(call("unroll", cut), 65)
    held(call("inspect", cut), 65)


def test_an_output_that_cannot_be_created_is_73(call, prices, tmp_path):
    """It is reported before the prices are read, not after an hour of training."""
    for output in (
        tmp_path / "none" / "m",
        tmp_path,
        "/dev/null",
        tmp_path / ("m" * 300),
        prices / "m",
    ):
        held(call("train", tmp_path / "none.csv", "-o", output), 73)


def test_an_output_that_is_an_input_is_refused(call, prices, tmp_path):
    """No file of prices is ever written over, under whatever name and in whatever folder."""
    path = tmp_path / "prices.csv"
    path.write_bytes(prices.read_bytes())
    (tmp_path / "link").symlink_to(path)
    for inputs, output in (
        ([path], path),
        ([prices, tmp_path / "link"], path),
        ([path], tmp_path / "link"),
        ([path], tmp_path / "." / "prices.csv"),
    ):
        assert "is one of the inputs" in held(call("train", *inputs, "-o", output, *TINY), 2)
    held(call("train", tmp_path, "-o", path, *TINY), 73)
    assert path.read_bytes() == prices.read_bytes()


def test_an_output_that_is_not_a_model_is_refused(call, prices, tmp_path):
    """A file that train did not write stays, before anything is read; an empty one is no loss."""
    path = tmp_path / "notes"
    path.write_bytes(b"a letter to a friend")
    said = held(call("train", tmp_path / "none.csv", "-o", path), 73)
    assert said == f"error: {path}: exists and is not a model; name another file or remove it\n"
    path.write_bytes(b"")
    assert call("train", prices, "-o", path, *TINY).returncode == 0


def test_a_model_cannot_go_to_standard_output(call, prices):
    """`-` means standard input elsewhere, so it cannot name a file to write."""
    assert "standard output; name a file" in held(call("train", prices, "-o", "-"), 2)


@pytest.mark.slow
@pytest.mark.parametrize("older", [None, OLDER_MODEL])
def test_a_report_that_cannot_be_written_costs_no_model(older, prices, tmp_path):
    """The older model stays as it was, the new one is there, and the error says where."""
    path = tmp_path / "m"
    if older:
        path.write_bytes(older)
    with open("/dev/full", "wb") as full:
        done = finished(
            [sys.executable, "-m", "rnncli", "train", prices, "-o", path, *map(str, TINY)],
            stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    new = tmp_path / "m.new" if older else path
    fault = "cannot write to standard output: No space left on device"
    assert done.stderr.decode() == f"error: {fault}; the model is in {new}\n"
    assert done.returncode == 74
    assert older is None or path.read_bytes() == older
    assert len(new.read_bytes()) > 1000


@pytest.mark.slow
def test_diverging_training_is_3_and_leaves_the_older_model(rnncli, prices, tmp_path):
    """Training that leaves the finite numbers says so, and what was at -o stays as it was."""
    path = tmp_path / "m"
    wild = ("--learning-rate", "1e30", "--optimizer", "sgd", "--clip-norm", 0, "--epochs", 50)
    command = ("train", prices, "-o", path, "--activation", "relu", *wild)
    assert "--learning-rate" in held(rnncli(*command), 3)
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(OLDER_MODEL)
    held(rnncli(*command), 3)
    assert path.read_bytes() == OLDER_MODEL


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", ["--help", "--version", "statland", "simulate", "predict MODEL PRICES"]
)
def test_a_full_disk_behind_stdout_is_74(arguments, hand_made, prices):
    """Output that could not be written is never taken for done."""
    named = {"MODEL": str(hand_made), "PRICES": str(prices)}
    words = [named.get(word, word) for word in arguments.split()]
    with open("/dev/full", "wb") as full:
        done = finished(
            [sys.executable, "-m", "rnncli", *words], stdout=full, stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
    assert done.returncode == 74
    assert done.stderr.startswith(b"error: cannot write to standard output: No space left")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("arguments", ["--help", "predict MODEL PRICES"])
def test_a_disk_that_takes_only_a_part_is_74(arguments, hand_made, prices, tmp_path):
    """Also with PYTHONUNBUFFERED, as in containers, where Python writes once and looks no more."""
    named = {"MODEL": str(hand_made), "PRICES": str(prices)}
    words = [named.get(word, word) for word in arguments.split()]
    script = 'out=$1; shift; ulimit -f 1; exec "$0" -B -m rnncli "$@" > "$out"'  # 1 KiB
    done = finished(
        ["/bin/bash", "-c", script, sys.executable, tmp_path / "out", *words],
        env={**os.environ, "PYTHONUNBUFFERED": "1"}, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    assert done.returncode == 74
    assert done.stderr == b"error: cannot write to standard output: File too large\n"


def test_a_closed_stdout_is_not_a_success(hand_made, prices):
    """A result that nobody could receive ends in an error."""
    done = finished(
        ["/bin/bash", "-c", '"$0" -m rnncli predict "$@" >&-', sys.executable, hand_made, prices],
        capture_output=True, check=False,
    )  # fmt: skip
    held(done, 74)


@pytest.mark.slow
def test_a_closed_stderr_is_not_a_fault(hand_made, prices):
    """A run without stderr still gives its result, and an error still its status."""
    script = '"$0" -m rnncli predict "$@" 2>&-'
    ok = ["/bin/bash", "-c", script, sys.executable, hand_made, prices]
    done = finished(ok, stdout=subprocess.PIPE, check=False)
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 16)
    bad = ["/bin/bash", "-c", script, sys.executable, hand_made, "/none.csv"]
    assert finished(bad, stdout=subprocess.PIPE, check=False).returncode == 66


def test_a_bug_is_70_and_says_so(call, hand_made, prices, monkeypatch):
    """An exception nobody foresaw is one line that asks for a report; --debug has the traceback."""

    def broken(*_):
        raise ZeroDivisionError("a\nbug\x1b[31m")

    monkeypatch.setattr("rnncli.forecasting.predict.predict", broken)
    text = held(call("predict", hand_made, prices), 70)
    assert "ZeroDivisionError: a bug" in text
    assert "--debug" in text
    assert "\x1b" not in text
    debugged = call("predict", hand_made, prices, "--debug").stderr.decode()
    assert "Traceback" in debugged
    monkeypatch.setenv("RNNCLI_PREDICT_DEBUG", "1")
    assert "Traceback" in call("predict", hand_made, prices).stderr.decode()


def test_debug_may_come_from_a_file(call, hand_made, tmp_path):
    """--debug is an option like every other."""
    path = tmp_path / "my.toml"
    path.write_text("[predict]\ndebug = true\n", encoding="ascii")
    said = call("predict", hand_made, "/none.csv", "--config", path).stderr.decode()
    assert said.startswith("Traceback")
    said = call("predict", hand_made, "/none.csv", "--config", path, "--no-debug").stderr.decode()
    assert said.startswith("error: /none.csv")


def test_debug_shows_the_traceback_of_a_known_fault(call, hand_made):
    """--debug adds the traceback above the one line, and changes nothing else."""
    done = call("predict", hand_made, "/none.csv", "--debug")
    assert done.returncode == 66
    assert done.stderr.startswith(b"Traceback")
    assert done.stderr.decode().splitlines()[-1].startswith("error: /none.csv")


def test_one_failing_symbol_of_several_is_1(call, model, prices, tmp_path):
    """The others are forecast, byte for byte as without it, and the failed one is named once."""
    path = tmp_path / "mixed.csv"
    path.write_text(prices.read_text() + "2024-02-23,BAD,-1\n", encoding="ascii")
    ref, comp = call("predict", model, prices), call("predict", model, path)
    assert (comp.returncode, comp.stdout) == (1, ref.stdout)
    assert comp.stderr.decode().count("BAD") == 1
    assert comp.stderr.count(b"\n") == 2  # the price below zero is warned of before
    only = tmp_path / "only.csv"
    only.write_text("symbol,date,close\nBAD,2024-02-23,-1\n", encoding="ascii")
    done = call("predict", model, only)
    assert (done.returncode, str(only) in done.stderr.decode()) == (65, True)


def test_writing_that_fails_is_74_and_leaves_the_older_model(
    call, prices, tmp_path, monkeypatch
):  # fmt: skip
    """A disk that fills up while the model is saved costs nothing that was there before."""
    path = tmp_path / "m"
    path.write_bytes(OLDER_MODEL)

    def full(_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    assert str(path) in held(call("train", prices, "-o", path, *TINY), 74)
    assert [entry.name for entry in tmp_path.iterdir()] == ["m"]
    assert path.read_bytes() == OLDER_MODEL


def test_no_command_shows_help(rnncli):
    """Without a command the help is shown, and the status says that nothing was done."""
    done, asked = rnncli(), rnncli("--help")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.rstrip() == asked.stdout.rstrip()
    assert done.stderr.count(b"\n") > 20


@pytest.mark.slow_shapes
@pytest.mark.parametrize("command", ["train", "predict", "explain", "gradients", "inspect"])
def test_one_failing_file_of_several_is_1(command, call, model, prices, tmp_path):
    """The others are done as without it; the failed one is an error, also with -q."""
    (tmp_path / "broken.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    before = {"train": [], "inspect": []}.get(command, [model])
    after = ["-o", tmp_path / "m", *TINY, "--format", "json"] if command == "train" else []
    alone = call(command, *before, prices, *after)
    both = call(command, *before, tmp_path / "broken.csv", prices, *after, "-q")
    assert (alone.returncode, both.returncode, both.stdout) == (0, 1, alone.stdout)
    [line] = both.stderr.decode().splitlines()
    assert line.startswith(f"error: {tmp_path / 'broken.csv'}")


def test_one_failing_symbol_in_training_is_1(call, prices, tmp_path):
    """The model is that of the other symbols."""
    path = tmp_path / "mixed.csv"
    path.write_text(prices.read_text() + "2024-02-22,BAD,2\n2024-02-23,BAD,-1\n", encoding="ascii")
    assert call("train", prices, "-o", tmp_path / "alone", *TINY).returncode == 0
    done = call("train", path, "-o", tmp_path / "mixed", *TINY)
    assert done.returncode == 1
    [_, line] = done.stderr.decode().splitlines()
    assert line.startswith(f"error: {path}: BAD has 1 value <= 0")
    assert (tmp_path / "mixed").read_bytes() == (tmp_path / "alone").read_bytes()
