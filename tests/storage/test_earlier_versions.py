"""Files that earlier versions wrote: read as they were meant, or refused with what mends them.

`earlier/VERSION` holds what a small training and two forecasts of that version left. A new version
gets a folder of its own, and the files of older ones stay as they are.
"""

import csv
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from rnncli.ledger.migration import backup_of
from rnncli.ledger.tables import VERSION
from rnncli.ledger.upkeep import check_whole, ledger_info

EARLIER = Path(__file__).parent / "earlier"
VERSIONS = sorted(path.name for path in EARLIER.iterdir())
LEDGERS = {"0.1": 1, "0.2": 4}  # version of a program -> of its ledgers
PREDICT = ("--until", "2024-02-20", "--horizon", 2)


@pytest.fixture(params=VERSIONS)
def place(request, tmp_path):
    """The files of a version, in a folder of its name."""
    return Path(shutil.copytree(EARLIER / request.param, tmp_path / request.param))


def forecasts(text):
    """Forecasts and bounds by symbol and row ahead."""
    rows = csv.DictReader(text.splitlines())
    names = ("forecast", "lower_80", "upper_80", "lower_95", "upper_95")
    return {(r["symbol"], r["ahead"]): [float(r[name]) for name in names] for r in rows}


def test_a_model_forecasts_what_it_did(place, call):
    """Numbers and bounds, up to the rounding of another processor."""
    done = call("predict", place / "a.model", place / "prices.csv", *PREDICT)
    assert (done.returncode, done.stderr) == (0, b"")
    before = forecasts((place / "forecast.csv").read_text(encoding="ascii"))
    now = forecasts(done.stdout.decode())
    assert now.keys() == before.keys()
    for key, numbers in before.items():
        assert now[key] == pytest.approx(numbers, rel=1e-6)


def test_a_state_is_read_or_filled_again(place, call):
    """The forecasts are those without it."""
    words = (place / "a.model", place / "prices.csv", *PREDICT)
    done = call("predict", *words, "--state", place / "a.state")
    assert done.returncode == 0
    again = call("predict", *words, "--state", place / "a.state")
    assert done.stdout == again.stdout == call("predict", *words).stdout


def test_a_checkpoint_is_resumed_or_training_starts_again(place, call):
    """A model comes out of it in any case."""
    done = call(
        "train", place / "prices.csv", "-o", place / "b.model", "--resume", "--hidden-size", 2,
        "--epochs", 2, "--checkpoint-every", 1, "--pool", "none",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert call("inspect", place / "b.model").returncode == 0


def test_a_ledger_is_read_as_it_is_and_upgraded_after_a_copy(place, call):
    """Not a byte changes by reading; every forecast is there before and after."""
    ledger, version = place / "ledger.db", LEDGERS[place.name]
    content = ledger.read_bytes()
    words = ("score", ledger, place / "prices.csv", "--format", "json")
    before = json.loads(call(*words).stdout)
    assert before["came"] == 8
    assert check_whole(str(ledger)) == []
    assert ledger.read_bytes() == content
    (row,) = json.loads(call("upgrade", ledger, "--format", "json").stdout)["rows"]
    assert (row["was"], row["now"], row["upgraded"]) == (version, VERSION, version < VERSION)
    assert json.loads(call(*words).stdout) == before
    if version == VERSION:
        return
    assert json.loads(call(words[0], row["backup"], *words[2:]).stdout) == {
        **before, "ledger": row["backup"],
    }  # fmt: skip
    assert check_whole(str(ledger)) == []
    assert ledger_info(backup_of(str(ledger), version)).forecasts == 8


def test_a_run_goes_on_with_an_earlier_ledger_and_model(place, call):
    """The model is the one that the ledger knows: nothing is recorded twice."""
    words = ("predict", place / "a.model", place / "prices.csv", *PREDICT)
    done = call(*words, "--ledger", place / "ledger.db")
    assert (done.returncode, done.stderr) == (0, b"")
    info = ledger_info(str(place / "ledger.db"))
    assert (info.version, info.forecasts, info.models) == (VERSION, 8, 1)
    base = sqlite3.connect(place / "ledger.db")
    assert base.execute("SELECT seen FROM model").fetchall() == [("2024-02-09",)]
    base.close()


def test_upgrade_tells_the_kind_of_every_file(place, call):
    """And leaves those alone that are of this format already."""
    names = ("a.model", "a.state", "b.model.checkpoint")
    done = call("upgrade", *(place / name for name in names), "--format", "jsonl")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["kind"] for row in rows] == ["model", "state", "checkpoint"]
    for name in names:
        assert (place / name).read_bytes() == (EARLIER / place.name / name).read_bytes()
