"""A price below zero for a day, as of oil in April 2020: trained, forecast and evaluated."""

import csv
import io
import json

import numpy as np
import pytest
from builders import weekdays

ROWS, BELOW = 320, 200
TRAIN = ("--scale", "difference", "--hidden-size", 2, "--epochs", 1)


@pytest.fixture(scope="module")
def oil(tmp_path_factory):
    """Prices that fall from 60 to 10 within weeks, to -37.63 for a day, and come back."""
    rng = np.random.default_rng(0)
    logs = np.log(60) + np.cumsum(0.02 * rng.standard_t(5, ROWS))
    logs[BELOW - 30 :] -= 0.05 * np.arange(ROWS - BELOW + 30).clip(0, 30)
    closes = np.round(np.exp(logs), 2)
    closes[BELOW - 1 : BELOW + 2] = 18.27, -37.63, 10.01
    dates = weekdays("2019-07-15", ROWS).astype("datetime64[D]")
    assert str(dates[BELOW]) == "2020-04-20"
    path = tmp_path_factory.mktemp("oil") / "oil.csv"
    lines = [f"{day},{close}" for day, close in zip(dates, closes, strict=True)]
    path.write_text("\n".join(["date,close", *lines]) + "\n", encoding="ascii")
    return path


@pytest.fixture(scope="module")
def model(oil, tmp_path_factory):
    from in_process import here  # noqa: PLC0415 - as the fixture `call` does

    path = tmp_path_factory.mktemp("model") / "oil.model"
    assert here("train", oil, "-o", path, *TRAIN).returncode == 0
    return path


def test_a_remedy_is_named_where_prices_must_be_positive(call, oil, tmp_path):
    for command in (("predict", oil), ("train", oil, "-o", tmp_path / "m")):
        done = call(*command)
        assert done.returncode == 65
        assert b"oil has 1 value <= 0 (-37.63 on 2020-04-20)" in done.stderr
        assert b"--scale difference" in done.stderr


def test_it_is_forecast_as_a_distribution(call, oil, model):
    """On the day below zero as well: an interval around the last price, that grows."""
    for options in ((), ("--until", "2020-04-20")):
        done = call("predict", model, oil, "--horizon", 3, *options)
        rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
        width = [float(row["upper_95"]) - float(row["lower_95"]) for row in rows]
        assert all(np.isfinite(width))
        assert 0 < width[0] < width[-1]
        assert all(float(r["lower_95"]) < float(r["naive"]) < float(r["upper_95"]) for r in rows)
    assert float(rows[0]["naive"]) == -37.63


def test_it_is_evaluated_in_units_of_its_changes(call, oil, tmp_path):
    """Over the day below zero too, which the model is trained up to."""
    early = tmp_path / "early.model"
    assert call("train", oil, "-o", early, "--until", "2020-03-31", *TRAIN).returncode == 0
    done = call("evaluate", early, oil, "--horizon", 1, "--stride", 1, "--folds", 60)
    assert done.returncode == 0
    document = json.loads(done.stdout)
    for row in document["scores"]:
        assert row["mae"] is None or np.isfinite(row["mae"])
    (coverage,) = {r["coverage_95"] for r in document["scores"] if r["method"] == "model"}
    assert 0.7 <= coverage <= 1


def test_repairs_leave_a_price_below_zero(call, oil):
    document = json.loads(call("inspect", oil, "--repair").stdout)
    assert document["files"][0]["repairs"] == []
    assert document["series"][0]["rows"] == ROWS
