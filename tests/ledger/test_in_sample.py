"""Forecasts of days that their model was fitted on are marked, told, and never scored."""

import json
import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from ledgers import SOURCE, forecast_of, record_by, rising
from nights import job, lay, market, summary

from rnncli.ledger.matching import match_forecasts
from rnncli.ledger.reader import read_ledger
from rnncli.ledger.score import score_ledger
from rnncli.settings import ScoreSettings

FITTED = replace(SOURCE, seen="2024-01-08")


def test_a_model_knows_what_follows_cutoffs_before_its_last_day():
    """On its last day it does not; a number of rows is not a date."""
    assert FITTED.saw_after("2024-01-05")
    assert not FITTED.saw_after("2024-01-08")
    assert not FITTED.saw_after("2024-01-08T10:00:00")
    assert not FITTED.saw_after(3)
    assert not SOURCE.saw_after("1999-01-01")


def test_in_sample_forecasts_are_counted_and_not_scored(tmp_path):
    """Those of the days after are; a warning says how many are not."""
    path, prices = str(tmp_path / "l.db"), rising(9)
    early = record_by(path, FITTED, forecast_of(rising(4)))  # to 4 January, a Thursday
    late = record_by(path, FITTED, forecast_of(rising(6)))  # to 8 January
    assert (early.new, early.in_sample) == (4, 4)
    assert "4 forecasts are in-sample" in early.said_of_in_sample
    assert (late.new, late.in_sample) == (4, 0)
    recorded = read_ledger(path)
    assert recorded.sources == {1: FITTED}
    matched = match_forecasts(recorded, prices)
    assert [matched.count(state) for state in ("in_sample", "came")] == [4, 4]
    score = score_ledger(recorded, prices, ScoreSettings(), pytest.fail)
    assert sum(row["forecasts"] for row in score.rows) == 4


def test_what_a_model_saw_is_filled_in_once_it_is_known(tmp_path):
    """A ledger of an earlier version does not know it; then it is never forgotten."""
    path = str(tmp_path / "l.db")
    record_by(path, SOURCE, forecast_of(rising(4)))
    assert record_by(path, FITTED, forecast_of(rising(4))).in_sample == 4
    record_by(path, SOURCE, forecast_of(rising(5)))
    assert read_ledger(path).sources == {1: FITTED}


def test_a_date_that_was_never_written_is_damage(tmp_path):
    """Of what a model saw, too."""
    path = str(tmp_path / "l.db")
    record_by(path, FITTED, forecast_of(rising(4)))
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("UPDATE model SET seen = '2024-13-01'")
    base.close()
    with pytest.raises(Exception, match="is a damaged ledger"):
        read_ledger(path)


def test_a_night_before_the_end_of_the_training_is_not_scored(tmp_path, call):
    """A model trained to the end forecasts `until` an earlier day: said in the summary."""
    lay(tmp_path, market(2), 40)
    path = job(tmp_path)
    assert summary(call("batch", path, "--format", "json"))["in_sample"] == 0
    job(tmp_path, prices='paths = ["prices.csv"]\nuntil = "2024-02-15"', train="-")
    found = summary(call("batch", path, "--format", "json"))
    assert (found["recorded"], found["in_sample"]) == (4, 4)
    job(tmp_path, train="-")
    found = summary(call("batch", path, "--format", "json"))
    assert (found["came"], found["left_out_in_sample"]) == (0, 4)
    ledger, prices = tmp_path / "ledger.db", tmp_path / "prices.csv"
    printed = call(
        "predict", tmp_path / "a.model", prices, "--until", "2024-02-14", "--ledger", ledger
    )
    assert b"10 forecasts are in-sample: their model was fitted on days after" in printed.stderr
    assert json.loads(call("score", ledger, prices).stdout)["in_sample"] == 14


def test_matched_forecasts_of_symbols_that_are_gone_stay_absent(tmp_path):
    """In-sample is what could be scored else."""
    path = str(tmp_path / "l.db")
    record_by(path, FITTED, forecast_of(rising(4)))
    matched = match_forecasts(read_ledger(path), rising(9, "A"))
    assert sorted(np.unique(matched.states.astype(str)).tolist()) == ["absent", "in_sample"]
