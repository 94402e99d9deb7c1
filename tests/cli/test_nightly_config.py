"""The file of a nightly job: what it says is checked, and every fault names file, line, remedy."""

import os
import re
from dataclasses import replace

import pytest
from nights import job

from rnncli.cli import as_option
from rnncli.cli.nightly_config import read_job
from rnncli.cli.nightly_faults import located
from rnncli.errors import MissingInputError, UsageError, worded
from rnncli.nightly.config import EXAMPLE


def test_paths_are_of_the_folder_of_the_file(tmp_path, monkeypatch):
    """Whatever the working folder; whole paths stay, and ~ is the user's own."""
    monkeypatch.setenv("HOME", "/home/of")
    monkeypatch.chdir("/")
    found = read_job(str(job(tmp_path, prices='paths = ["a.csv", "/b.csv", "~/c"]')))
    assert found.paths == (f"{tmp_path}/a.csv", "/b.csv", "/home/of/c")
    assert (found.model, found.ledger) == (f"{tmp_path}/a.model", f"{tmp_path}/ledger.db")


def test_options_are_those_of_the_commands(tmp_path):
    """With their defaults, but for the age of symbols and going on from a checkpoint."""
    path = job(
        tmp_path, train='every = "2w"\ncell = "gru"\nlevel = [50]\nloss = "quantile"',
        prices='paths = "a"\nsymbols = ["A", "B"]\nsince = 2024-01-31',
        forecast="level = [80, 97.5]\nadaptive = true",
    )  # fmt: skip
    found = read_job(str(path))
    assert found.retrain.days == 14
    assert (found.shape.cell, found.training.level, found.keeping.resume) == ("gru", (50.0,), True)
    assert (found.reading.symbols, found.reading.since) == ("A,B", "2024-01-31")
    assert (found.predicting.level, found.predicting.max_age) == ((80.0, 97.5), 7)
    assert (found.predicting.adaptive, found.form, found.log) == (True, "csv", None)
    assert read_job(str(job(tmp_path, train="-"))).retrain is None


def test_a_model_for_each_symbol_is_in_a_folder(tmp_path):
    """As [train] says; without it, as it is found."""
    found = read_job(str(job(tmp_path, train="per-series = true\njobs = 2")))
    assert (found.per_series, found.working.jobs) == (True, 2)
    assert not read_job(str(job(tmp_path))).per_series
    assert not read_job(str(job(tmp_path, train="-"))).per_series
    (tmp_path / "a.model").mkdir()
    assert read_job(str(job(tmp_path, train="-"))).per_series


def test_the_environment_changes_nothing(tmp_path, monkeypatch):
    """What RNNCLI_TRAIN_EPOCHS says is for `train`."""
    monkeypatch.setenv("RNNCLI_TRAIN_EPOCHS", "7")
    monkeypatch.setenv("EPOCHS", "7")
    assert read_job(str(job(tmp_path))).training.epochs == 3


def uncommented(tmp_path, *, says_default):
    """The job of the example with those settings that say that they are off, or the others."""
    path = tmp_path / "nightly.toml"
    lines = [
        line.removeprefix("# ")
        if re.match(r"# [a-z-]+ = ", line) and ("default:" in line) is says_default
        else line
        for line in EXAMPLE.splitlines()
        if "require" not in line  # which needs portfolios
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert sum(a != b for a, b in zip(lines, EXAMPLE.splitlines(), strict=False)) > 5
    return read_job(str(path))


def test_the_example_says_what_the_defaults_are(tmp_path):
    """Settings that are commented out change nothing, but for those that say otherwise."""
    path = tmp_path / "nightly.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    plain = read_job(str(path))
    assert plain.feed.max_data_age == 2
    same = uncommented(tmp_path, says_default=False)
    assert (same.reading.column, same.predicting.horizon) == ("close", 5)
    horizon_of_model = replace(same.predicting, horizon=None)
    assert replace(same, reading=plain.reading, predicting=horizon_of_model) == plain
    path.write_text(EXAMPLE.replace("# per-series = false", "per-series = true"), encoding="utf-8")
    assert read_job(str(path)).per_series


def test_the_example_marks_what_is_no_default(tmp_path):
    """Each setting that says that it is off, or names the default, is another."""
    path = tmp_path / "nightly.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    plain, shown = read_job(str(path)), uncommented(tmp_path, says_default=True)
    assert (shown.digits, shown.names, plain.digits, plain.names) == (6, "nixtla", None, "rnncli")
    assert (shown.report, plain.report) == (str(tmp_path / "report-{date}.html"), None)
    assert (shown.feed.wait_for, plain.feed.wait_for) == ("20:00", None)
    assert (shown.tidying.outputs, plain.tidying.outputs) == (60, None)
    assert (shown.tidying.log_size, plain.tidying.log_size) == (100, None)
    assert (shown.monitor.on_failure[1:], plain.monitor.on_failure) == (("--job", "nightly"), ())
    assert shown.monitor.metrics != plain.monitor.metrics
    assert shown.reading.exclude != plain.reading.exclude


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("train", "hiden-size = 4", "line 6: [train] has no option hiden-size; did you mean"
         " hidden-size?"),
        ("train", "every = 7", "line 6: [train] every 7: is not a duration; use 7d, 2w or 12h"),
        ("train", 'epochs = "x"', "line 6: [train] epochs = 'x': "),
        ("train", "epochs = 0", "line 6: [train] epochs = 0: "),
        ("train", "epochs = {a = 1}", "line 6: [train] epochs: needs a text or a number"),
        ("train", 'cell = "gruu"', "line 6: [train] cell = 'gruu': "),
        ("train", "momentum = nan", "line 6: [train] momentum = nan: "),
        ("train", 'labels = "a,b"', "line 6: [train] labels a,b: needs classes; add"),
        ("forecast", "epochs = 3", "line 10: [forecast] has no option epochs; it is one"
         " of [train]"),
        ("forecast", "paths = 3", "line 10: [forecast] has no option paths; it is one of [prices]"),
        ("score", 'by = ["model"]', "line 16: [score] has no option by"),
        ("prices", "column = 3", "line 1: [prices] names no paths"),
        ("model", "", "[model] names no file"),
        ("output", 'file = "f.{day}.csv"', "no placeholder {day}; there are {date}"),
        ("output", 'file = "f.xlsx"', "the ending names no form; write format = \"csv\""),
        ("output", 'file = "-"', "[output] -: a nightly job reads and writes files; name one"),
        ("ledger", 'file = "~nobody-here/l"', "[ledger] ~nobody-here/l: no such home folder"),
        ("train", "jobs = 2", "line 6: [train] jobs: does nothing without per-series = true: one"
         " network trains in one place"),
        ("train", 'cluster = "tcp://x:1"', "line 6: [train] cluster: does nothing without"),
        ("train", 'per-series = true\ntime-budget = "5m"', "line 7: [train] time-budget:"
         " is of one training; leave it out, or per-series"),
        ("train", 'every = "0d"', "line 6: [train] every 0d: would train in every run; use 1d"),
        ("forecast", "horizon = 2024-01-01", "line 10: [forecast] horizon = 2024-01-01: "),
        ("forecast", "level = [80, 2024-01-01]", "[forecast] level = [80, 2024-01-01]: "),
        ("prices", "paths = [1, 2]", "line 2: [prices] paths: 1 is not a file name; write it in"
         " quotes"),
        ("ledger", "file = 2024-01-01", "[ledger] file: 2024-01-01 is not a file name"),
        ("train", 'per-series = true\njobs = 2\ncluster = "tcp://x:1"', "[train] jobs: cannot"
         " be combined with cluster; leave one of them out"),
        ("train", "hidden_sise = 4", "line 6: [train] has no option hidden_sise; did you mean"
         " hidden_size?"),
        ("train", "hidden_size = 0", "line 6: [train] hidden_size = 0: "),
        ("train", "on_drift = 3", "line 6: [train] on_drift = 3: "),
        ("output", 'file = "f.csv"\ndigits = 0', "line 13: [output] digits = 0: "),
        ("output", 'file = "f.csv"\nnames = "nixtle"', "line 13: [output] names = 'nixtle': "),
        ("leger", 'file = "l"', "line 15: no table [leger]; did you mean [ledger]?"),
    ],
)  # fmt: skip
def test_faults_name_the_place_and_the_remedy(tmp_path, table, text, said):
    """One line; where a table of its own would be wrong, the line of that."""
    path = job(tmp_path, **{table: text})
    with worded(as_option), pytest.raises(UsageError) as caught:
        read_job(str(path))
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[prices\n", "line 1: [prices"),
        ("[model]\n[[train]]\n", "line 2: [[train]] begins a list of tables; write [train], once"),
        ("train = 3\n", ": train is a table; write [train] and its options below"),
        (
            "epochs = 3\n",
            "line 1: epochs is outside any table; write it below one",
        ),
        ('[prices]\npaths = ["a"]\n', "neither [output] nor [ledger]"),
        ('[prices]\npaths = ["a"]\n[train]\n', "no table [model]; [train] needs it: write it"),
        ('[prices]\npaths = ["a"]\n[model]\nfile = "m"\n', "neither [output] nor [ledger]"),
        (b"\xff\xfe", "is not a TOML file"),
    ],
)
def test_what_is_not_a_job_is_refused(tmp_path, text, said):
    """No TOML, no table, half a job."""
    path = tmp_path / "nightly.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as caught:
        read_job(str(path))
    assert said in str(caught.value)
    with pytest.raises(MissingInputError, match="rnncli batch --init"):
        read_job(str(tmp_path / "none.toml"))


def test_a_mark_at_the_beginning_is_none_of_the_text(tmp_path):
    """As some editors write it."""
    path = job(tmp_path)
    plain = read_job(str(path))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_job(str(path)) == plain


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("forecast", "level = [80, 180]", "line 10: [forecast] level = 180: a level is"),
        ("score", 'require-coverage = "80"', "line 16: [score] require-coverage = 80: write level"),
        ("train", 'inputs = "volume"', "line 6: [train] inputs volume: "),
    ],
)
def test_faults_that_are_seen_later_name_the_place_too(tmp_path, call, table, text, said):
    """What only a stage knows to be wrong is reported with the line all the same."""
    (tmp_path / "prices.csv").write_text("date,close\n2024-01-01,8\n2024-01-02,9\n")
    path = job(tmp_path, **{table: text})
    for options in ((), ("--dry-run",)):
        done = call("batch", path, *options)
        assert (done.returncode, done.stdout) == (2, b"")
        assert f"error: {path}, {said}" in done.stderr.decode()
        assert done.stderr.count(b"\n") == 1


def test_the_line_is_that_of_the_table_with_the_value(tmp_path):
    """Where two tables have the option."""
    path = job(tmp_path, train='loss = "quantile"\nlevel = [80]', forecast="level = [95, 180]")
    said = str(located(str(path), UsageError("--level 180.0: is none")))
    assert said == f"{path}, line 9: [forecast] level = 180.0: is none"
    said = str(located(str(path), UsageError("--level 80.0: is none")))
    assert said == f"{path}, line 7: [train] level = 80.0: is none"
    for other in ("--threads 3: are none", "a.csv: is none"):
        assert str(located(str(path), UsageError(other))) == other


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("output", 'file = "prices.csv"', "is one of the prices"),
        ("output", 'file = "nightly.toml"\nformat = "csv"', "is the configuration itself"),
        ("log", 'file = "ledger.db"', "is the file of [ledger] too"),
        ("prices", 'paths = ["."]', "lies among the prices, and the next night would read it"),
    ],
)
def test_nothing_is_written_over_what_is_read(tmp_path, call, table, text, said):
    """Nor to where the next night would take it for prices."""
    path = job(tmp_path, **{table: text})
    done = call("batch", path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert not os.path.exists(tmp_path / "ledger.db")


def test_a_job_that_is_not_named(call):
    """One line says how to get one."""
    done = call("batch")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"rnncli batch --init > nightly.toml" in done.stderr
