"""Who is reported how a run ended: metrics, commands, and a check before the run."""

import json
import os
import re
import sys

import pytest
from nights import dates, job, lay, market

from rnncli.nightly import disk
from rnncli.storage.locks import locked

WRITES = f"""["{sys.executable}", "-c", '''
import os, sys
open(sys.argv[1], "w").write(os.environ["RNNCLI_STATUS"] + " " + sys.stdin.read())
''', "{{}}"]"""
MONITOR = f"""metrics = "m.prom"
on-success = {WRITES.format("ok.txt")}
on-failure = {WRITES.format("bad.txt")}
"""
LINE = re.compile(r'([a-z_]+)\{job="[^"]*"(?:,([a-z]+)="([^"]*)")?\} (\S+)')


@pytest.fixture
def place(tmp_path):
    """A folder with a job that forecasts with the prior."""
    lay(tmp_path, market(), 40)
    job(tmp_path, train="-", model="-", monitor=MONITOR)
    return tmp_path


def metrics(place):
    """Every metric of the file: name and label -> value; each line is one."""
    lines = (place / "m.prom").read_text().splitlines()
    found = {}
    for line in lines:
        if not line.startswith("# "):
            name, _, label, value = LINE.fullmatch(line).groups()
            found[name, label] = float(value)
    helped = {line.split()[2] for line in lines if line.startswith("# HELP ")}
    assert helped == {name for name, _ in found}
    return found


def told(place, name):
    """The status and the summary that a command was given."""
    status, summary = (place / name).read_text().split(" ", 1)
    return int(status), json.loads(summary)


def test_a_run_that_succeeds(place, call):
    """Metrics, and the command for success."""
    assert call("batch", place / "nightly.toml", "-q").returncode == 0
    status, summary = told(place, "ok.txt")
    assert (status, summary["schema"], summary["recorded"]) == (0, "rnncli/night/1", 8)
    found = metrics(place)
    assert found["rnncli_symbols", "forecast"] == 4
    assert found["rnncli_recorded_forecasts", None] == 8
    assert found["rnncli_disk_bytes", "ledger"] == os.path.getsize(place / "ledger.db")
    assert found["rnncli_missed_trading_days", None] > 500
    assert found["rnncli_last_run_status", None] == 0
    assert not (place / "bad.txt").exists()


def test_a_run_that_fails_keeps_the_time_of_the_last_success(place, call):
    """And tells its fault, its status, and the error as before."""
    call("batch", place / "nightly.toml", "-q")
    before = metrics(place)
    (place / "prices.csv").write_text("nothing\n", encoding="ascii")
    done = call("batch", place / "nightly.toml", "-q")
    status, summary = told(place, "bad.txt")
    assert status == done.returncode == 65
    assert summary["done"] == "failed"
    assert f"error: {summary['faults'][0]}\n" == done.stderr.decode()
    found = metrics(place)
    success = ("rnncli_last_success_timestamp_seconds", None)
    assert (found[success], found["rnncli_last_run_status", None]) == (before[success], 65)


def test_a_run_in_which_something_failed_is_not_a_success(place, call):
    """Status 1 is reported as such; coverage and drift are there once forecasts are scored."""
    (place / "more").mkdir()
    (place / "more" / "BAD.csv").write_text("no prices\n", encoding="ascii")
    job(place, prices='paths = ["prices.csv", "more"]', train="-", model="-", monitor=MONITOR)
    for days in (40, 41):
        lay(place, market(), days)
        assert call("batch", place / "nightly.toml", "-q").returncode == 1
    assert told(place, "bad.txt")[0] == 1
    found = metrics(place)
    assert found["rnncli_symbols", "unread"] == 1
    assert 0 <= found["rnncli_coverage_ratio", "80"] <= 1
    assert found["rnncli_coverage_drifted", "80"] == 0


def test_a_command_that_fails_is_a_warning(place, call):
    """The status of the run stays."""
    job(place, train="-", model="-", monitor='on-success = ["/no/such/command"]')
    done = call("batch", place / "nightly.toml")
    assert done.returncode == 0
    assert b"[monitor] on-success: /no/such/command cannot be started" in done.stderr


def test_a_dry_run_and_a_check_tell_nobody(place, call):
    """Nothing is written."""
    before = sorted(place.iterdir())
    for option in ("--dry-run", "--check"):
        assert call("batch", place / "nightly.toml", option, "-q").returncode == 0
    assert sorted(place.iterdir()) == before


def test_a_check_has_the_status_of_a_run(place, call, monkeypatch):
    """A job that runs, a disk that is full, prices that are old, a folder that is gone."""
    path = place / "nightly.toml"
    call("batch", path, "-q")
    with locked(str(path)):
        assert call("batch", path, "--check", "-q").returncode == 75
    with monkeypatch.context() as patch:
        patch.setattr(disk.shutil, "disk_usage", lambda _: disk.shutil._ntuple_diskusage(9, 8, 1))
        done = call("batch", path, "--check", "-q")
        assert (done.returncode, b"0 MiB free, and a run needs about 16 MiB" in done.stderr) == (
            74, True,
        )  # fmt: skip
    job(place, prices='paths = ["prices.csv"]\nmax-data-age = 3', train="-", model="-")
    assert call("batch", path, "--check", "-q").returncode == 76
    job(place, train="-", model="-", output='file = "none/f.csv"')
    assert call("batch", path, "--check", "-q").returncode == 73


def test_metrics_are_not_other_file_of_the_job(place, call):
    """Nor do they lie among the prices."""
    job(place, train="-", model="-", monitor='metrics = "ledger.db"')
    done = call("batch", place / "nightly.toml")
    assert (done.returncode, b"[monitor] " in done.stderr) == (2, True)


def test_forecast_files_are_kept_by_count_and_by_age(place, call):
    """By the date in their name; never tonight's, nor what is not of the job."""
    (place / "forecasts-notes.csv").write_text("mine", encoding="ascii")
    (place / "forecasts-2024-99-99.csv").write_text("mine", encoding="ascii")
    output = 'file = "forecasts-{date}.csv"'
    for days in range(36, 41):
        lay(place, market(), days)
        job(place, train="-", model="-", output=output, keep="outputs = 3")
        call("batch", place / "nightly.toml", "-q")
    names = [f"forecasts-{day}.csv" for day in dates(40)]
    left = {path.name for path in place.glob("forecasts-*")}
    assert left == {*names[37:40], "forecasts-notes.csv", "forecasts-2024-99-99.csv"}
    job(place, train="-", model="-", output=output, keep='output-age = "24h"')
    found = json.loads(call("batch", place / "nightly.toml", "--format", "json").stdout)
    assert found["removed"] == [str(place / names[37])]
    job(place, train="-", model="-", keep="outputs = 3")
    assert b"has no {date}" in call("batch", place / "nightly.toml").stderr


@pytest.mark.slow
def test_models_of_symbols_that_are_gone_are_removed_in_the_end(place, call):
    """With what is kept beside them, once they are old; others stay."""
    tables = {
        "model": 'file = "models"',
        "train": "per-series = true\njobs = 1\nhidden-size = 2\nepochs = 1",
        "keep": 'model-age = "2d"',
    }
    job(place, **tables)
    assert call("batch", place / "nightly.toml", "-q").returncode == 0
    prices = market()
    del prices["S1"]
    lay(place, prices, 41)
    call("batch", place / "nightly.toml", "-q")
    assert (place / "models" / "S1.model").exists()
    for symbol in ("S1", "S2"):
        os.utime(place / "models" / f"{symbol}.model", (0, 0))
    call("batch", place / "nightly.toml", "-q")
    left = {path.name for path in (place / "models").iterdir() if not path.name.startswith(".")}
    assert "S2.model" in left
    assert not [name for name in left if name.startswith("S1.")]


def test_a_log_begins_anew_at_its_size(place, call):
    """The number of earlier ones that is set stays."""
    job(place, train="-", model="-", log='file = "n.jsonl"', keep="log-size = 1\nlogs = 2")
    for number in range(4):
        line = json.dumps({"number": number, "text": "x" * (1 << 20)})
        (place / "n.jsonl").write_text(line + "\n", encoding="ascii")
        assert call("batch", place / "nightly.toml", "-q").returncode == 0
    logs = sorted(path.name for path in place.glob("n.jsonl*"))
    assert logs == ["n.jsonl", "n.jsonl.1", "n.jsonl.2"]
    first = (place / "n.jsonl.1").read_text(encoding="ascii").splitlines()[0]
    assert json.loads(first)["number"] == 3


@pytest.mark.parametrize("content", ["precious\n", "# HELP node_load1 x\n", "date,close\n"])
def test_a_file_of_something_else_is_not_replaced_by_metrics(place, call, content):
    """It is refused before the run, and by a check."""
    (place / "m.prom").write_text(content)
    for options in ((), ("--check",)):
        done = call("batch", place / "nightly.toml", *options)
        assert (done.returncode, done.stderr.count(b"\n")) == (73, 1)
        assert b"is not a file of metrics" in done.stderr
    assert (place / "m.prom").read_text() == content


def test_a_label_has_no_escape_codes(place, call):
    """The name of a job is text to who looks at the file, whatever is in it."""
    name = 'a"\n# HELP x\x1b[31m\u202e\\.toml'
    os.rename(place / "nightly.toml", place / name)
    done = call("batch", place / name)
    assert done.returncode == 0
    assert all(sign.isprintable() for sign in done.stdout.decode().replace("\n", ""))
    text = (place / "m.prom").read_text()
    assert r'a\"\n# HELP x\\x1b[31m\\u202e\\.toml"} ' in text
    assert all(sign.isprintable() for sign in text.replace("\n", ""))
    assert call("batch", place / name, "-q").returncode == 0
