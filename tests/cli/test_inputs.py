"""More than one input a day, from the shell: read, trained on, asked for again in a forecast."""

import numpy as np
import pytest
from builders import random_walk, weekdays

TRAIN = ("--hidden-size", 2, "--epochs", 1)


@pytest.fixture
def bars(tmp_path):
    """A file with open, high, low, close and volume."""
    rng = np.random.default_rng(0)
    closes = random_walk(rng, 80)
    lines = ["date,high,low,close,volume"]
    for day, close in zip(weekdays("2024-01-01", 80).astype("datetime64[D]"), closes, strict=True):
        high, low = close * rng.uniform(1, 1.01), close * rng.uniform(0.99, 1)
        lines.append(f"{day},{high},{low},{close},{rng.integers(1000, 9000)}")
    path = tmp_path / "bars.csv"
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


def test_one_row_ahead_is_all_that_is_known(call, bars, tmp_path):
    model = tmp_path / "m"
    done = call("train", bars, "-o", model, "--inputs", "close,volume,high-low,weekday", *TRAIN)
    assert (done.returncode, done.stderr) == (0, b"")
    done = call("predict", model, bars)
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 2)
    done = call("predict", model, bars, "--horizon", 2)
    assert done.returncode == 2
    for said in (
        b"--horizon 2",
        b"volume, high-low",
        b"train with --mode direct, or with --inputs close alone",
        b"close alone",
    ):
        assert said in done.stderr
    assert call("gradients", model, bars).returncode == 0
    assert b'"inputs": ["volume", "high-low", "weekday"]' in call("inspect", model).stdout


@pytest.mark.parametrize("mode", ["seq2vec", "encoder-decoder"])
def test_a_form_that_fixes_a_horizon_goes_as_far(call, bars, tmp_path, mode):
    model = tmp_path / "m"
    shape = ("--mode", mode, "--horizon", 3, "--inputs", "close,high-low", *TRAIN)
    assert call("train", bars, "-o", model, *shape).returncode == 0
    done = call("predict", model, bars)
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 4)


def test_a_file_without_the_column_is_refused(call, bars, tmp_path):
    model, plain = tmp_path / "m", tmp_path / "plain.csv"
    plain.write_text("date,close\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n", encoding="ascii")
    assert call("train", bars, "-o", model, "--inputs", "close,volume", *TRAIN).returncode == 0
    done = call("predict", model, plain)
    assert done.returncode == 65
    assert b"plain.csv, line 1: no column of volume" in done.stderr
    done = call("train", bars, "-o", model, "--inputs", "close,sentiment", *TRAIN)
    assert done.returncode == 2
    assert b"no 'sentiment'; there are close, volume, high-low, weekday" in done.stderr
