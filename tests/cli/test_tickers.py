"""`--tickers` and `--repair` from the shell: every command, the ledger and a nightly job."""

import csv
import io
import json

import pytest
from nights import dates, job, lay, market, summary

DAYS, CHANGED = 60, 40


@pytest.fixture
def place(tmp_path):
    """Prices of four symbols; S0 is called NEW from the fortieth day on, as the changes say."""
    lay(tmp_path, market(), DAYS)
    path, day = tmp_path / "prices.csv", dates(DAYS)[CHANGED]
    lines = path.read_text(encoding="ascii").splitlines()
    renamed = [line.replace(",S0,", ",NEW,") if line >= day else line for line in lines[1:]]
    (tmp_path / "renamed.csv").write_text("\n".join([lines[0], *renamed]) + "\n", encoding="ascii")
    (tmp_path / "c.csv").write_text(f"old,new,date\nS0,NEW,{day}\n", encoding="ascii")
    return tmp_path


@pytest.mark.slow
def test_every_command_applies_the_changes(call, place, tmp_path):
    """A renamed series is forecast as the same one under one name, to the byte."""
    options, model = (place / "renamed.csv", "--tickers", place / "c.csv"), tmp_path / "m"
    whole = call("predict", place / "prices.csv").stdout
    assert call("predict", *options).stdout == whole.replace(b"S0,", b"NEW,")
    done = call("train", *options, "-o", model, "--hidden-size", 2, "--epochs", 1)
    assert (done.returncode, done.stderr) == (0, b"")
    for command in (("evaluate", "--folds", 2, "--horizon", 2), ("gradients",), ("explain",)):
        name, *more = command
        done = call(name, model, *options, *more)
        assert (done.returncode, done.stderr) == (0, b"")
    document = json.loads(call("inspect", *options).stdout)
    assert [series["symbol"] for series in document["series"]] == ["NEW", "S1", "S2", "S3"]
    assert document["files"][-1]["noted"] == {"rows of S0 as NEW": CHANGED}


def test_forecasts_of_a_renamed_symbol_are_scored(call, place):
    """Recorded before the change, scored after it: as without a change."""
    ledger, day = place / "l.db", dates(DAYS)[CHANGED - 2]
    made = call("predict", place / "prices.csv", "--until", day, "--ledger", ledger)
    assert made.returncode == 0
    whole = json.loads(call("score", ledger, place / "prices.csv").stdout)
    options = ("--tickers", place / "c.csv", "--by", "symbol")
    done = call("score", ledger, place / "renamed.csv", *options)
    scored = json.loads(done.stdout)
    assert (scored["came"], scored["absent"]) == (whole["came"], 0)
    assert [row["symbol"] for row in scored["scores"]] == ["NEW", "S1", "S2", "S3"]
    lost = json.loads(call("score", ledger, place / "renamed.csv").stdout)
    assert lost["pending"] == 4


def test_a_nightly_job_goes_on_through_a_change(call, place):
    """The night after scores what was forecast under the old name."""
    tables = {
        "prices": 'paths = ["prices.csv"]\ntickers = "c.csv"', "model": "-", "train": "-",
    }  # fmt: skip
    whole = (place / "renamed.csv").read_text(encoding="ascii").splitlines()
    days = dates(DAYS)
    for last in (CHANGED - 1, CHANGED + 1):
        kept = [line for line in whole[1:] if line[:10] <= days[last]]
        (place / "prices.csv").write_text("\n".join([whole[0], *kept]) + "\n", encoding="ascii")
        done = call("batch", job(place, **tables), "--format", "json")
        assert (done.returncode, done.stderr) == (0, b"")
    assert summary(done)["came"] == 4 * (2 + 1) - 4
    rows = list(csv.DictReader(io.StringIO((place / "forecasts.csv").read_text("ascii"))))
    assert {row["symbol"] for row in rows} == {"NEW", "S1", "S2", "S3"}


def test_inspect_reads_the_columns_that_predict_would_read(call, place):
    """It shows what is mended beside the price, and where first."""
    path = place / "crossed.csv"
    path.write_text("date,close,high,low\n2024-01-15,2,3,1\n2024-01-16,2,1,3\n")
    done = call("inspect", path, "--format", "json")
    said = "high below low, both taken as missing (first crossed on line 3)"
    assert f"{said}: 1" in done.stderr.decode()
    assert json.loads(done.stdout)["files"][0]["mended"] == {said: 1}


def test_repairs_are_counted_on_stderr_and_listed_by_inspect(call, place):
    path = place / "prices.csv"
    lines = path.read_text(encoding="ascii").splitlines()
    lines[31] = ",".join([*lines[31].split(",")[:2], "0.0"])
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    done = call("inspect", path, "--repair", "--format", "json")
    assert json.loads(done.stdout)["files"][0]["repairs"] == [
        {"symbol": "S0", "date": dates(DAYS)[30], "column": "price", "fault": "zero", "was": 0.0,
         "became": None}
    ]  # fmt: skip
    assert done.stderr.count(b"\n") == 1
    assert b"left out prices of zero (first S0 on " in done.stderr
    assert b"zero" in call("inspect", path, "--repair", "--format", "table").stdout
    assert call("predict", path).returncode == 1
    repaired = call("predict", path, "--repair")
    assert (repaired.returncode, repaired.stderr) == (0, done.stderr)
