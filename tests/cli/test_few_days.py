"""Bounds of a series of a few rows: never from a handful of validation days."""

import csv
import io

import pytest
from in_process import here

EIGHT = (19.534, 19.0905, 19.3479, 19.0012, 18.6547, 17.6144, 18.0065, 18.0797)
FIVE = (20, 20.3, 19.9, 20.4, 20.1)
UNTESTED = "fewer than 4 days were held out in training, so these intervals are untested"


@pytest.fixture(params=[EIGHT, FIVE], ids=["eight", "five"])
def prices(request, tmp_path):
    """A file of eight days, of which one is held back, and one of five, of which none is."""
    lines = [f"2022-01-{3 + k:02},{price}" for k, price in enumerate(request.param)]
    path = tmp_path / "few.csv"
    path.write_text("\n".join(["date,close", *lines, ""]), encoding="ascii")
    return path


def row_and_said(model, prices) -> tuple[dict[str, float], str]:
    done = here("predict", model, prices, "--horizon", 1)
    assert done.returncode == 0
    [row] = csv.DictReader(io.StringIO(done.stdout.decode()))
    numbers = ("lower_95", "lower_80", "forecast", "upper_80", "upper_95", "naive")
    return {name: float(row[name]) for name in numbers}, done.stderr.decode()


@pytest.mark.slow_shapes
@pytest.mark.parametrize("loss", ["student-t", "gaussian"])
@pytest.mark.parametrize("per_series", [False, True])
def test_a_network_alone_has_the_bounds_of_its_distribution(prices, tmp_path, loss, per_series):
    """The last price lies inside, as far from either side; a warning says nothing tested them."""
    model = tmp_path / "m"
    options = ["--pool", "none", "--epochs", 5, "--loss", loss]
    here("train", prices, "-o", model, *options, *(["--per-series"] if per_series else []))
    row, said = row_and_said(model, prices)
    assert row["lower_95"] < row["lower_80"] < row["naive"] < row["upper_80"] < row["upper_95"]
    down, up = row["naive"] - row["lower_80"], row["upper_80"] - row["naive"]
    assert 0.4 < down / up < 2.5
    assert said.startswith("warning: few: ")
    assert UNTESTED in said


def test_the_remedy_of_the_warning_works(prices, tmp_path):
    """Pooled with the prior, the bounds are no longer those of a network alone."""
    here("train", prices, "-o", tmp_path / "m", "--epochs", 5, "--pool", "auto")
    row, said = row_and_said(tmp_path / "m", prices)
    assert row["lower_80"] < row["naive"] < row["upper_80"]
    assert said == ""


def test_the_prior_prints_no_note(prices):
    """It has been tested elsewhere."""
    done = here("predict", prices, "--horizon", 1)
    assert (done.returncode, done.stderr) == (0, b"")
