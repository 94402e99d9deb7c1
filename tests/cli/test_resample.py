"""`--resample` and `--init` from the shell: what a model was trained on is read again by itself."""

import csv
import io
import json

import numpy as np
import pytest
from builders import random_walk, weekdays

TRAIN = ("--hidden-size", 2, "--epochs", 1)


@pytest.fixture
def days(tmp_path):
    """A file of 400 days up to Wednesday 14 May 2025."""
    dates = weekdays("2023-11-02", 400).astype("datetime64[D]")
    closes = random_walk(np.random.default_rng(0), 400)
    lines = [f"{day},{close}" for day, close in zip(dates, closes, strict=True)]
    path = tmp_path / "days.csv"
    path.write_text("\n".join(["date,close", *lines]) + "\n", encoding="ascii")
    return path


def dates_of(done):
    return [row["date"] for row in csv.DictReader(io.StringIO(done.stdout.decode()))]


def test_a_model_of_weeks_forecasts_weeks_by_itself(call, days, tmp_path):
    """On Fridays, the same bytes as if told to; rows that come one by one are refused."""
    model = tmp_path / "m"
    done = call("train", days, "-o", model, "--resample", "W", *TRAIN)
    assert done.returncode == 0
    assert b"last weeks that are not over, kept" in done.stderr
    by_itself = call("predict", model, days, "--horizon", 3)
    assert dates_of(by_itself) == ["2025-05-23", "2025-05-30", "2025-06-06"]
    told = call("predict", model, days, "--horizon", 3, "--resample", "W")
    assert told.stdout == by_itself.stdout
    assert call("evaluate", model, days, "--folds", 2, "--horizon", 2).returncode == 0
    assert call("gradients", model, days).returncode == 0
    assert json.loads(call("inspect", model).stdout)["settings"]["read"]["resample"] == "W"
    refused = call("predict", model, "-", "--follow", stdin=b"date,close\n2024-01-05,3\n")
    assert refused.returncode == 2
    assert b"--resample W" in refused.stderr


@pytest.mark.slow(each_version=True)
def test_a_model_of_days_warns_of_weeks(call, days, tmp_path):
    """Its intervals are of a day; a model of weeks says the same of months, the prior nothing."""
    daily, weekly = tmp_path / "daily", tmp_path / "weekly"
    assert call("train", days, "-o", daily, *TRAIN).returncode == 0
    assert call("train", days, "-o", weekly, "--resample", "W", *TRAIN).returncode == 0
    job = tmp_path / "job.toml"
    job.write_text(
        f'[prices]\npaths = ["{days}"]\nresample = "W"\n[model]\nfile = "{daily}"\n'
        f'[ledger]\nfile = "{tmp_path}/l.db"\n',
        "ascii",
    )
    for told in (
        call("predict", daily, days, "--resample", "W"),
        call("gradients", daily, days, "--resample", "W"),
        call("batch", job, "--dry-run"),
    ):
        assert told.returncode == 0
        assert (
            b"--resample W: the model was trained on rows as the files have them; train a model"
            b" with --resample W, or leave it out\n"
        ) in told.stderr
    other = call("evaluate", weekly, days, "--resample", "M", "--folds", 1, "--refit", "none")
    assert b"--resample M: the model was trained on --resample W;" in other.stderr
    for quiet in (("predict", daily), ("predict", weekly, "--resample", "W"), ("predict",)):
        assert b"was trained on" not in call(*quiet, days).stderr


def test_the_prior_forecasts_months(call, days):
    """On the last day of each from Monday to Friday, the month that runs being one of the past."""
    done = call("predict", days, "--resample", "M", "--horizon", 3)
    assert dates_of(done) == ["2025-06-30", "2025-07-31", "2025-08-29"]
    whole = call("predict", days, "--resample", "M", "--horizon", 1, "--drop-running")
    assert dates_of(whole) == ["2025-05-30"]


def test_training_goes_on_with_new_rows(call, days, tmp_path):
    """With the period of the model too; what differs is refused before prices are read."""
    old, new = tmp_path / "old", tmp_path / "new"
    first = ("train", days, "-o", old, "--resample", "W", "--until", "2024-12-31", *TRAIN)
    assert call(*first).returncode == 0
    done = call("train", days, "-o", new, "--init", old)
    assert done.returncode == 0
    about = json.loads(call("inspect", new).stdout)
    assert about["settings"]["read"]["resample"] == "W"
    assert (
        about["training"]["went_on_from"]["digest"]
        == json.loads(done.stdout)["went_on_from"]["digest"]
    )
    assert about["training"]["epochs"][0]["learning_rate"] == pytest.approx(0.002)
    refused = call("train", tmp_path / "none.csv", "-o", new, "--init", old, "--hidden-size", 32)
    assert refused.returncode == 2
    assert refused.stderr.startswith(
        b"error: --hidden-size 32: is not that of the model, which is 2;"
    )
    for more in (("--per-series",), ("--start", "prior")):
        assert call("train", days, "-o", tmp_path / "x", "--init", old, *more).returncode == 2
