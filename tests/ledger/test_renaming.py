"""Forecasts under an old ticker find the prices that are under the new one."""

from dataclasses import replace

import numpy as np
from ledgers import SOURCE, forecast_of, record_by, rising

from rnncli.ledger.matching import match_forecasts
from rnncli.ledger.reader import read_ledger
from rnncli.ledger.renaming import under_current_names
from rnncli.prices.beside.ticker_changes import read_ticker_changes
from rnncli.settings import ReadSettings


def changes(tmp_path, *lines):
    path = tmp_path / "changes.csv"
    path.write_text("\n".join(["old,new,date", *lines]) + "\n", encoding="ascii")
    return read_ticker_changes(ReadSettings(tickers=str(path)))


def ledger(tmp_path, symbols="AB", days=10):
    """Forecasts of series that rise, from the tenth day of 2024."""
    path = str(tmp_path / "l.db")
    record_by(path, SOURCE, forecast_of(rising(days, symbols)))
    return read_ledger(path)


def states(recorded, prices):
    matched = match_forecasts(recorded, prices)
    return dict(zip(recorded.symbols, matched.states.tolist(), strict=True))


def test_forecasts_of_a_renamed_symbol_are_scored(tmp_path):
    recorded = ledger(tmp_path)
    today = replace(rising(20), symbols=("NEW", "B"))
    assert states(recorded, today) == {"A": "absent", "B": "came"}
    renamed, count = under_current_names(recorded, changes(tmp_path, "A,NEW,2024-01-17"), today)
    assert states(renamed, today) == {"NEW": "came", "B": "came"}
    assert count == 2
    matched = match_forecasts(renamed, today)
    assert sorted(matched.actual.tolist()) == [20.0, 21.0, 30.0, 31.0]


def test_forecasts_of_the_company_before_are_not_those_of_its_name(tmp_path):
    """A is given to another company after the cutoff, which has prices at it."""
    recorded = ledger(tmp_path)
    known = changes(tmp_path, "X,A,2024-01-17", ",A,2024-01-17")
    renamed, _ = under_current_names(recorded, known, rising(20))
    assert states(renamed, rising(20)) == {"A (another company's since)": "absent", "B": "came"}


def test_without_changes_or_before_them_forecasts_stay(tmp_path):
    recorded = ledger(tmp_path)
    assert under_current_names(recorded, None, rising(20)) == (recorded, 0)
    announced = changes(tmp_path, "A,NEW,2024-06-03")
    renamed, count = under_current_names(recorded, announced, rising(20))
    assert (renamed.symbols, count) == (recorded.symbols, 0)


def test_cutoffs_without_dates_stay(tmp_path):
    path = str(tmp_path / "l.db")
    record_by(path, SOURCE, forecast_of(rising(10, first=None)))
    recorded = read_ledger(path)
    assert not any(isinstance(cutoff, str) for cutoff in recorded.cutoffs)
    renamed, count = under_current_names(
        recorded, changes(tmp_path, "A,NEW,2024-01-17"), rising(20, first=None)
    )
    assert (renamed.symbols, count) == (recorded.symbols, 0)
    assert np.all(match_forecasts(renamed, rising(20, first=None)).states == "came")
