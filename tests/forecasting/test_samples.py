"""`predict --paths`: the paths themselves, a row each, for programs."""

import csv
import io
import json

import numpy as np
import pytest
from builders import random_walk, weekdays

TRAIN = ("--loss", "student-t", "--hidden-size", 2, "--epochs", 2)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """A file of two symbols."""
    rng = np.random.default_rng(0)
    days = weekdays("2024-01-01", 80).astype("datetime64[D]")
    columns = zip(days, random_walk(rng, 80), random_walk(rng, 80), strict=True)
    path = tmp_path_factory.mktemp("samples") / "two.csv"
    lines = ["date,AAA,BBB", *(",".join(map(str, row)) for row in columns)]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


@pytest.fixture
def drawn(call, wide, tmp_path):
    """A model of a distribution."""
    model = tmp_path / "m"
    assert call("train", wide, "-o", model, *TRAIN).returncode == 0
    return model


def test_a_row_a_path_and_a_column_a_row_ahead(call, drawn, wide):
    done = call("predict", drawn, wide, "--paths", 300, "--horizon", 3)
    assert (done.returncode, done.stderr) == (0, b"")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert len(rows) == 600
    assert list(rows[0]) == ["symbol", "cutoff", "path", "price_1", "price_2", "price_3"]
    assert [row["path"] for row in rows if row["symbol"] == "BBB"] == [
        str(n) for n in range(1, 301)
    ]
    own = np.array([float(row["price_1"]) for row in rows if row["symbol"] == "AAA"])
    forecast = call("predict", drawn, wide, "--horizon", 1, "--symbols", "AAA", "--level", 80)
    told = next(csv.DictReader(io.StringIO(forecast.stdout.decode())))
    assert np.median(own) == pytest.approx(float(told["forecast"]), rel=1e-3)


def test_json_lines_are_the_same_for_a_symbol_alone_and_differ_by_seed(call, drawn, wide):
    lines = ("--paths", 5, "--format", "jsonl")
    both = call("predict", drawn, wide, *lines).stdout.splitlines()
    alone = call("predict", drawn, wide, *lines, "--symbols", "BBB").stdout.splitlines()
    other = call("predict", drawn, wide, *lines, "--symbols", "BBB", "--seed", 1).stdout
    assert both[5:] == alone != other.splitlines()
    assert json.loads(alone[0])["symbol"] == "BBB"


def test_a_model_of_points_has_no_paths(call, wide, tmp_path):
    model = tmp_path / "m"
    assert call("train", wide, "-o", model, *TRAIN, "--loss", "mse").returncode == 0
    done = call("predict", model, wide, "--paths", 5)
    assert done.returncode == 2
    assert b"--paths: this model forecasts points; train one with --loss student-t" in done.stderr


def test_paths_are_not_table(call, drawn, wide):
    done = call("predict", drawn, wide, "--paths", 5, "--format", "table")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"add --format jsonl" in done.stderr
