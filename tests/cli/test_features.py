"""The user's own columns, files of features and events, from the shell."""

import json

import numpy as np
import pytest
from builders import random_walk, weekdays

from rnncli.cli.arguments import forecast_command
from rnncli.settings import ReadSettings

DAYS = 260
TRAIN = ("--hidden-size", 2, "--epochs", 1, "--pool", "none")
COMMANDS = ("predict", "evaluate", "explain")


@pytest.fixture
def prices(tmp_path):
    """Two symbols with a column `mood` beside the close."""
    rng = np.random.default_rng(0)
    lines = ["date,symbol,close,mood"]
    for symbol in ("AAA", "BBB"):
        closes, moods = random_walk(rng, DAYS), rng.normal(size=DAYS)
        days = weekdays("2023-01-02", DAYS).astype("datetime64[D]")
        lines += [
            f"{day},{symbol},{close},{mood:.4f}"
            for day, close, mood in zip(days, closes, moods, strict=True)
        ]
    return written(tmp_path / "prices.csv", lines)


@pytest.fixture
def vix(tmp_path):
    """A file of features with a row for every second day of trade."""
    rng = np.random.default_rng(1)
    days = weekdays("2023-01-02", DAYS).astype("datetime64[D]")[1::2]
    lines = [f"{day},{value:.2f}" for day, value in zip(days, random_walk(rng, 130), strict=True)]
    return written(tmp_path / "vix.csv", ["date,vix", *lines])


@pytest.fixture
def events(tmp_path):
    days = np.busday_offset("2023-01-02", np.arange(10, DAYS + 60, 20), "forward")
    lines = [f"{symbol},{day},earnings" for symbol in ("AAA", "BBB") for day in days]
    return written(tmp_path / "events.csv", ["symbol,date,kind", *lines])


def written(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


@pytest.mark.slow(each_version=True)
def test_a_model_is_fed_a_column_a_file_and_events(call, prices, vix, events, tmp_path):
    model, files = tmp_path / "m", ("--feature-file", vix, "--events", events)
    done = call(
        "train", prices, "-o", model, "--feature", "mood", "--feature", "vix:log-change",
        "--feature-lag", 1, *files, *TRAIN, "--format", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["inputs"][-3:] == [
        "mood:level:lag-1", "vix@vix:log-change:lag-1", "earnings:event",
    ]  # fmt: skip
    assert b"vix.csv: noticed rows of prices without a value on their date" in done.stderr
    assert call("predict", model, prices, *files).stdout.count(b"\n") == 11
    assert call("evaluate", model, prices, *files, "--folds", 2).returncode == 0
    shown = call("explain", model, prices, *files, "--symbols", "AAA", "--format", "csv").stdout
    for name in (b"mood:level:lag-1", b"vix@vix:log-change:lag-1", b"earnings:event"):
        assert name in shown


def test_what_to_type_next_names_the_files_that_a_model_is_fed():
    reading = ReadSettings(feature_file=("a b.csv", "c.csv"), events="e.csv")
    typed = "rnncli predict m p.csv --feature-file 'a b.csv' --feature-file c.csv --events e.csv"
    assert forecast_command("m", ["p.csv"], reading) == typed
    assert forecast_command("m", ["p.csv"], ReadSettings()) == "rnncli predict m p.csv"


@pytest.mark.slow_shapes
@pytest.mark.parametrize("command", COMMANDS)
def test_a_model_refuses_to_forecast_without_its_files(
    call, prices, vix, events, tmp_path, command
):
    model = tmp_path / "m"
    assert call("train", prices, "-o", model, "--feature-file", vix, *TRAIN).returncode == 0
    done = call(command, model, prices)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert (
        b"fed vix of a file called vix; name that file with --feature-file vix.csv" in done.stderr
    )
    done = call(command, model, prices, "--feature-file", vix, "--events", events)
    assert done.returncode == 2
    assert b"events.csv: is for a model that is fed events; leave it out" in done.stderr
    assert call("train", prices, "-o", model, "--events", events, *TRAIN).returncode == 0
    done = call(command, model, prices)
    assert done.returncode == 2
    assert b"fed the days of earnings; name their file with --events" in done.stderr


def test_prices_without_the_column_are_refused(call, prices, tmp_path):
    model, plain = tmp_path / "m", tmp_path / "plain.csv"
    written(plain, ["date,close", "2024-01-01,1", "2024-01-02,2", "2024-01-03,3"])
    assert call("train", prices, "-o", model, "--feature", "mood", *TRAIN).returncode == 0
    done = call("predict", model, plain)
    assert done.returncode == 65
    assert (
        b"plain.csv, line 1: 'mood' is not a column of this file, whose further columns are none"
        in done.stderr
    )
    done = call("train", prices, "-o", model, "--feature", "moods", *TRAIN)
    assert done.returncode == 65
    assert b"whose further columns are mood" in done.stderr


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (("--feature", "mood:squared"), b"there are level, log, change, log-change"),
        (("--feature", "mood", "--feature", "mood:level"), b"is named twice"),
        (("--feature", ""), b"--feature has no value; type --feature COLUMN"),
        (("--feature", "vix:log@vix.csv"), b"the file comes first; write vix@vix.csv:log"),
        (("--feature-file", "."), b"--feature-file .: is a folder; name a file"),
        (("--feature", "vix@vix.csv"), b"its file is not named; add --feature-file vix.csv"),
        (("--feature-lag", "2"), b"add --feature"),
        (("--feature", "mood", "--start", "prior", "--cell", "gru"), b"is not the prior's"),
    ],
)
def test_what_is_not_a_feature_is_refused(call, prices, tmp_path, options, fault):
    done = call("train", prices, "-o", tmp_path / "m", *options, "--epochs", 1)
    assert done.returncode == 2
    assert fault in done.stderr


def test_events_of_other_symbols_are_refused(call, prices, tmp_path):
    others = written(tmp_path / "others.csv", ["symbol,date,kind", "IBM,2023-02-01,earnings"])
    done = call("train", prices, "-o", tmp_path / "m", "--events", others, *TRAIN)
    assert done.returncode == 65
    assert b"none of its symbols (IBM) is in the prices; there are AAA, BBB" in done.stderr
    early = written(tmp_path / "early.csv", ["symbol,date,kind", "AAA,2021-02-01,earnings"])
    late = written(tmp_path / "late.csv", ["symbol,date,kind", "AAA,2027-02-01,earnings"])
    assert call("train", prices, "-o", tmp_path / "m", "--events", early, *TRAIN).returncode == 0
    assert call("train", prices, "-o", tmp_path / "m", "--events", late, *TRAIN).returncode == 0


def test_new_rows_alone_give_the_same_forecast(call, prices, vix, events, tmp_path):
    """With `--state`, of columns that are carried forward, published late, and of events."""
    model, early, state = tmp_path / "m", tmp_path / "early.csv", tmp_path / "state"
    files = ("--feature-file", vix, "--events", events)
    lines = prices.read_text(encoding="ascii").splitlines()
    written(early, [lines[0], *(line for line in lines[1:] if line < "2023-11-01")])
    trained = call(
        "train", early, "-o", model, "--feature", "mood:change", *files, "--feature-lag", 3, *TRAIN
    )
    assert trained.returncode == 0
    assert call("predict", model, early, *files, "--state", state).returncode == 0
    resumed = call("predict", model, prices, *files, "--state", state)
    assert resumed.stdout == call("predict", model, prices, *files).stdout


def test_a_stream_has_the_columns_of_prices_and_no_files(call, prices, vix, tmp_path):
    model = tmp_path / "m"
    assert call("train", prices, "-o", model, "--feature", "mood", *TRAIN).returncode == 0
    rows = "".join(prices.read_text(encoding="ascii").splitlines(keepends=True)[:50]).encode()
    done = call("predict", model, "-", "--follow", "--horizon", 1, stdin=rows)
    assert done.stdout.count(b"\n") == 49
    whole = tmp_path / "whole.csv"
    whole.write_bytes(rows)
    last = json.loads(done.stdout.splitlines()[-1])
    forecast = json.loads(call("predict", model, whole, "--horizon", 1, "--format", "jsonl").stdout)
    assert last["upper_95"] == pytest.approx(forecast["upper_95"], rel=1e-12)
    assert call("train", prices, "-o", model, "--feature-file", vix, *TRAIN).returncode == 0
    done = call("predict", model, "-", "--follow", stdin=rows)
    assert done.returncode == 2
    assert b"fed vix@vix, which a stream does not have; forecast whole files" in done.stderr


@pytest.mark.slow(each_version=True)
def test_a_nightly_job_takes_features(call, prices, vix, events, tmp_path):
    """Paths are relative to the configuration; the same night again changes nothing."""
    job = tmp_path / "nightly.toml"
    job.write_text(
        f"""
[prices]
paths = ["{prices.name}"]
feature-file = ["{vix.name}"]
events = "{events.name}"
[model]
file = "nightly.model"
[train]
every = "7d"
feature = ["mood", "vix:log"]
hidden-size = 2
epochs = 1
[output]
file = "out.csv"
""",
        encoding="ascii",
    )
    done = call("batch", job)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.csv").read_text(encoding="ascii").count("\n") == 11
    shown = json.loads(call("inspect", tmp_path / "nightly.model").stdout)
    assert '"mood:level", "vix@vix:log", "earnings:event"' in json.dumps(shown)
    again = call("batch", job)
    assert again.returncode == 0, again.stderr
    assert b"settings changed" not in again.stderr


def test_columns_that_cannot_be_meant_are_refused_or_reported(call, prices, vix, tmp_path):
    """The price itself; a column with a bad cell; one that never changes; one that has ended."""
    model = tmp_path / "m"

    def train(*options):
        return call("train", prices, "-o", model, *options, *TRAIN)

    done = train("--feature", "close")
    assert b"'close' is the price, date or symbol of this file, whose further columns are mood" in (
        done.stderr
    )
    lines = vix.read_text(encoding="ascii").splitlines()
    bad = written(tmp_path / "bad.csv", [*lines[:50], f"{lines[50][:10]},abc", *lines[51:]])
    done = train("--feature-file", bad)
    assert done.returncode == 65
    assert b"bad.csv, line 51, column vix: 'abc' is not a number" in done.stderr
    same = written(tmp_path / "same.csv", [lines[0], *(f"{line[:10]},7" for line in lines[1:])])
    done = train("--feature-file", same)
    assert done.returncode == 0
    assert b"vix@same is 7 on every row, of which nothing is learnt" in done.stderr
    ended = written(tmp_path / "ended.csv", lines[:100])
    done = train("--feature-file", ended)
    assert done.returncode == 0
    last = lines[99][:10].encode()
    assert b"rows of prices after its last date (" + last + b"), with the value of then: " in (
        done.stderr
    )


def test_dates_beside_the_prices_may_be_written_in_another_way(call, prices, vix, tmp_path):
    """The format is of prices; where the dates beside can be read in one way, it is that."""
    lines = [line.split(",", 1) for line in prices.read_text(encoding="ascii").splitlines()]
    american = [f"{day[5:7]}/{day[8:]}/{day[:4]},{rest}" for day, rest in lines[1:]]
    written(prices, [",".join(lines[0]), *american])
    options = ("--date-format", "%m/%d/%Y", "--feature-file", vix)
    assert call("train", prices, "-o", tmp_path / "m", *options, *TRAIN).returncode == 0


@pytest.mark.usefixtures("prices")
def test_files_beside_the_prices_may_lie_in_their_folder(call, vix, events, tmp_path):
    """They are not prices then."""
    files = ("--feature-file", vix, "--events", events)
    done = call("train", tmp_path, "-o", tmp_path / "m", *files, *TRAIN, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["series"] == 2
    done = call("predict", tmp_path / "m", tmp_path, *files)
    assert {line[:3] for line in done.stdout.splitlines()[1:]} == {b"AAA", b"BBB"}


def test_training_goes_on_with_the_features_of_the_model(call, prices, vix, events, tmp_path):
    """Its files are named again, its columns need not be; another choice of them is refused."""
    model, files = tmp_path / "m", ("--feature-file", vix, "--events", events)
    first = ("train", prices, "-o", model, "--feature", "mood", *files, *TRAIN)
    assert call(*first, "--until", "2023-10-31").returncode == 0
    done = call("train", prices, "-o", tmp_path / "n", "--init", model, *files, "--format", "json")
    assert done.returncode == 0, done.stderr
    names = json.loads(done.stdout)["inputs"]
    assert names[-3:] == ["mood:level", "vix@vix:level", "earnings:event"]
    done = call(
        "train", prices, "-o", tmp_path / "n", "--init", model, "--feature", "vix:log", *files
    )
    assert done.returncode == 2
    assert b"--feature vix@vix:log,earnings:event: is not that of the model" in done.stderr
