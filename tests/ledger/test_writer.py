"""The ledger keeps every forecast once, whole runs only, whatever befalls the processes."""

import os
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import prices_of
from ledgers import SOURCE, forecast_of, record_by, rising
from paths import TOOLS
from processes import Started, finished

from rnncli.errors import LockedError, MissingInputError
from rnncli.ledger import database
from rnncli.ledger.reader import read_ledger
from rnncli.ledger.record_result import RecordResult
from rnncli.ledger.writer import Source, check_ledger, storable, unrecorded


@pytest.fixture
def path(tmp_path):
    """Where a ledger may be."""
    return str(tmp_path / "a ledger?#%.db")


def test_what_was_recorded_is_read_back_to_the_last_digit(path):
    """Forecast, bounds, naive, the prices behind them, the model, the run."""
    prices = rising(4)
    made = forecast_of(prices, ahead=1 / 3, levels=(80.0, 97.5))
    assert record_by(path, SOURCE, made) == RecordResult(1, 4, 0, 0)
    found = read_ledger(path)
    assert found.symbols == ["A", "A", "B", "B"]
    assert found.cutoffs == ["2024-01-04"] * 4
    assert found.dates == ["2024-01-05", "2024-01-08"] * 2
    assert found.aheads.tolist() == [1, 2, 1, 2]
    assert found.forecasts.tolist() == made.forecasts.ravel().tolist()
    assert found.lower[97.5].tolist() == made.lower[97.5].ravel().tolist()
    assert found.upper[80.0].tolist() == made.upper[80.0].ravel().tolist()
    assert found.naive.tolist() == found.prices.tolist() == [13, 13, 23, 23]
    assert found.before.tolist() == [12, 12, 22, 22]
    assert found.divisors.tolist() == [1] * 4
    assert found.sources == {1: SOURCE}
    assert list(found.times) == [1]


def test_rows_are_counted_where_there_are_no_dates(path):
    """Cutoff and dates are numbers then, and stay numbers; one row has none before it."""
    record_by(path, SOURCE, forecast_of(rising(1, "A", first=None)))
    found = read_ledger(path)
    assert (found.cutoffs, found.dates) == ([1, 1], [2, 3])
    assert np.isnan(found.before).all()
    assert np.isnan(found.divisors).all()


def test_the_same_forecast_is_recorded_once(path):
    """Nothing changes, not even the number of runs; another model's is another forecast."""
    made = forecast_of(rising(4))
    record_by(path, SOURCE, made)
    before = Path(path).read_bytes()
    assert record_by(path, SOURCE, made) == RecordResult(None, 0, 4, 0)
    assert Path(path).read_bytes() == before
    assert record_by(path, Source("e" * 64, "b.model", "open"), made) == RecordResult(2, 4, 0, 0)
    assert len(read_ledger(path).symbols) == 8


def test_a_longer_horizon_adds_what_is_new(path):
    """Rows that are there stay with the run that made them."""
    record_by(path, SOURCE, forecast_of(rising(4), horizon=1))
    assert record_by(path, SOURCE, forecast_of(rising(4), horizon=3)) == RecordResult(2, 4, 2, 0)
    assert read_ledger(path).runs.tolist() == [1, 2, 2, 1, 2, 2]


def test_the_first_of_two_different_forecasts_stands(path):
    """And their number is reported."""
    record_by(path, SOURCE, forecast_of(rising(4), ahead=1))
    assert record_by(path, SOURCE, forecast_of(rising(4), ahead=2, width=9)) == RecordResult(
        None, 0, 4, 4
    )
    found = read_ledger(path)
    assert found.forecasts.tolist() == [14, 15, 24, 25]
    assert (found.upper[80.0] - found.forecasts).tolist() == [2] * 4


def test_other_bounds_are_other_numbers(path):
    """Of the same forecast too; those that are not known now, or were not, are none."""
    record_by(path, SOURCE, forecast_of(rising(4), width=2.0))
    wider = forecast_of(rising(4), width=3.0)
    assert record_by(path, SOURCE, wider) == RecordResult(None, 0, 4, 4)
    assert (read_ledger(path).upper[80.0] - read_ledger(path).forecasts).tolist() == [2] * 4
    unknown = replace(wider, lower={80.0: wider.lower[80.0] * np.nan}, upper=wider.upper)
    unknown = replace(unknown, upper={80.0: wider.upper[80.0] * np.nan})
    assert record_by(path, SOURCE, unknown) == RecordResult(None, 0, 4, 0)
    assert record_by(path, SOURCE, forecast_of(rising(4), levels=())) == RecordResult(None, 0, 4, 0)


@pytest.mark.parametrize(("change", "different"), [(2e-7, 0), (2e-6, 4)])
def test_rounding_is_no_difference(path, change, different):
    """Another processor rounds 32-bit numbers otherwise; what is recorded stands."""
    made = forecast_of(rising(4))
    record_by(path, SOURCE, made)
    before = Path(path).read_bytes()
    other = replace(made, forecasts=made.forecasts * (1 + change))
    assert record_by(path, SOURCE, other) == RecordResult(None, 0, 4, different)
    assert Path(path).read_bytes() == before


def test_a_model_limited_to_some_inputs_is_another_one(path):
    """Both forecasts are recorded, and told apart."""
    close = replace(SOURCE, inputs="close")
    made = forecast_of(rising(4))
    record_by(path, SOURCE, made)
    assert unrecorded(path, [(close, made)]) == 4
    assert record_by(path, close, forecast_of(rising(4), width=3.0)) == RecordResult(2, 4, 0, 0)
    assert record_by(path, close, forecast_of(rising(4), width=3.0)) == RecordResult(None, 0, 4, 0)
    assert unrecorded(path, [(close, made), (SOURCE, made)]) == 0
    found = read_ledger(path)
    assert list(found.sources.values()) == [SOURCE, close]
    assert [source.name for source in found.sources.values()] == ["d" * 12, f"{'d' * 12} close"]


def test_levels_come_in_any_order(path):
    """A new one is added to forecasts that are there, and is not known of those before."""
    record_by(path, SOURCE, forecast_of(rising(3)))
    record_by(path, SOURCE, forecast_of(rising(4)))
    record_by(path, SOURCE, forecast_of(rising(4), levels=(50.0,), width=7.0))
    found = read_ledger(path)
    assert list(found.lower) == [80.0, 50.0]
    assert np.isnan(found.lower[50.0]).tolist() == [True] * 4 + [False] * 4
    assert (found.upper[50.0] - found.forecasts)[4:].tolist() == [7.0] * 4
    assert (found.upper[80.0] - found.forecasts).tolist() == [2.0] * 8


def test_bounds_that_are_not_known_stay_so(path):
    """NaN is not a number in SQLite."""
    made = forecast_of(rising(4))
    unknown = {80.0: np.full((2, 2), np.nan)}
    record_by(path, SOURCE, replace(made, lower=unknown, upper=unknown))
    assert np.isnan(read_ledger(path).lower[80.0]).all()


def test_symbols_are_data(path):
    """Quotes, escape codes, another alphabet, and bytes of a file name that are not text."""
    names = ("'; DROP TABLE forecast; --", "\x1b[31m", "Ω", os.fsdecode(b"a\xff"))
    prices = replace(rising(4, "abcd"), symbols=names)
    record_by(path, SOURCE, forecast_of(prices, horizon=1))
    assert set(read_ledger(path).symbols) == {*names[:3], storable(names[3])}


def test_a_ledger_that_is_not_there_is_missing(path):
    """Reading makes none, and neither does looking."""
    with pytest.raises(MissingInputError, match="no such ledger"):
        read_ledger(path)
    check_ledger(path)
    assert not os.path.exists(path)


def test_a_writer_waits_and_gives_up_in_the_end(path, monkeypatch):
    """Somebody else's transaction: status 75, and nothing has changed."""
    record_by(path, SOURCE, forecast_of(rising(4)))
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LockedError, match="another process is writing"):
        record_by(path, SOURCE, forecast_of(rising(5)))
    with pytest.raises(LockedError):
        read_ledger(path)
    other.execute("ROLLBACK")
    other.close()
    assert len(read_ledger(path).symbols) == 4


def test_a_run_that_fails_in_the_middle_leaves_nothing(path):
    """A forecast that cannot be stored takes its whole run with it."""
    record_by(path, SOURCE, forecast_of(rising(4)))
    made = forecast_of(rising(5))
    made.forecasts[1, 1] = np.nan  # no forecast, and NOT NULL says so
    with pytest.raises(Exception, match="ledger"):
        record_by(path, SOURCE, made)
    assert read_ledger(path).runs.tolist() == [1] * 4


@pytest.mark.slow
def test_two_processes_lose_nothing(path):
    """Each adds its runs to one ledger, which neither has made before."""
    words = [sys.executable, str(TOOLS / "ledger_kills.py"), "--write", path, "--runs", "8"]
    running = [Started([*words, "--model", name]) for name in "xy"]
    assert [process.wait() for process in running] == [0, 0]
    found = read_ledger(path)
    assert len(found.times) == 16
    assert set(np.bincount(found.runs)[1:].tolist()) == {len(found.symbols) // 16}


@pytest.mark.slow
def test_a_killed_process_leaves_whole_runs(tmp_path):
    """The script that does so fifty times by hand, three times."""
    words = [sys.executable, str(TOOLS / "ledger_kills.py"), "--times", "3"]
    done = finished(words, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 of 3 hold whole runs only" in done.stdout


def test_what_would_be_recorded_is_counted_and_nothing_written(path):
    """Of several parts of a run; none of what is there."""
    parts = [forecast_of(rising(4, symbols)) for symbols in ("AB", "C")]

    def left(source=SOURCE):
        return unrecorded(path, [(source, part) for part in parts])

    assert left() == 6
    assert not os.path.exists(path)
    assert record_by(path, SOURCE, parts[0]).new == 4
    assert left() == 2
    assert left(replace(SOURCE, digest="e" * 64)) == 6
    assert record_by(path, SOURCE, *parts) == RecordResult(2, 2, 4, 0)
    assert left() == 0


def test_parts_of_a_run_are_one_run(path):
    """The same rows as of all symbols at once."""
    record_by(path, SOURCE, forecast_of(rising(4, "A")), forecast_of(rising(4, "B")))
    whole = path + "2"
    record_by(whole, SOURCE, forecast_of(rising(4, "AB")))
    one, other = read_ledger(path), read_ledger(whole)
    assert (one.symbols, one.runs.tolist()) == (other.symbols, [1, 1, 1, 1])


def test_symbols_between_those_of_a_run_do_not_count_as_recorded(path):
    """What is recorded is looked up by a range of symbols; those in it are distinguished."""
    record_by(path, SOURCE, forecast_of(rising(4, "BDé")))
    assert record_by(path, SOURCE, forecast_of(rising(4, "AEé"))) == RecordResult(2, 4, 2, 0)
    assert read_ledger(path).symbols == [symbol for symbol in "ABDEé" for _ in range(2)]


def test_series_of_other_lengths_are_looked_up_each_from_its_cutoff(path):
    """Without dates the cutoff is the number of rows, another one for each series."""
    prices = prices_of({"A": [1.0, 2, 3], "B": [1.0, 2, 3, 4]}, None)
    assert record_by(path, SOURCE, forecast_of(prices)).new == 4
    assert record_by(path, SOURCE, forecast_of(prices)) == RecordResult(None, 0, 4, 0)
    longer = prices_of({"A": [1.0, 2, 3, 4], "B": [1.0, 2, 3, 4]}, None)
    assert record_by(path, SOURCE, forecast_of(longer)) == RecordResult(2, 2, 2, 0)
