"""Recorded lower bounds scored as values at risk."""

from dataclasses import replace

import numpy as np
import pytest
from ledgers import SOURCE, forecast_of, record_by, rising

from rnncli.ledger.matching import match_forecasts
from rnncli.ledger.reader import read_ledger
from rnncli.ledger.value_at_risk import recorded_risks, risk_sentences
from rnncli.risk.coverage_tests import kupiec

DAYS = 40


@pytest.fixture(scope="module")
def risks(tmp_path_factory):
    """Of a ledger with a forecast of every day: every fourth price of A falls by 5."""
    path = str(tmp_path_factory.mktemp("risks") / "l.db")
    prices = rising(DAYS)
    values = prices.values.copy()
    values[np.arange(3, DAYS, 4)] -= 5
    fallen = type(prices)(prices.symbols, values, prices.offsets, prices.dates)
    for day in range(5, DAYS - 1):
        kept = np.concatenate([np.arange(day), DAYS + np.arange(day)])
        early = type(prices)(
            prices.symbols, values[kept], np.array([0, day, 2 * day]), prices.dates[kept]
        )
        record_by(path, SOURCE, forecast_of(early, width=4.0, levels=(80.0, 90.0)))
    recorded = read_ledger(path)
    return list(recorded_risks(recorded, match_forecasts(recorded, fallen)))


def test_prices_below_the_lower_bound_are_counted(risks):
    """By symbol and level, of the next row alone; the bound of 90 % is the 95 % value at risk."""
    found = {(one.symbol, one.confidence): one for one in risks}
    assert set(found) == {("A", 90.0), ("B", 90.0), ("A", 95.0), ("B", 95.0)}
    falls, rises = found["A", 95.0], found["B", 95.0]
    assert (falls.rows, rises.rows) == (DAYS - 6, DAYS - 6)
    expected = sum((day % 4) == 3 for day in range(5, DAYS - 1))
    assert (falls.hits, rises.hits) == (expected, 0)
    assert falls.expected == pytest.approx(0.05 * (DAYS - 6))
    hits = np.arange(DAYS - 6) < expected
    assert falls.kupiec_p == pytest.approx(kupiec(hits, 0.05).p)
    assert (falls.zone, rises.zone) == ("red", "green")


def test_sentences_count_symbols_that_are_rejected(risks):
    """One a confidence level."""
    said = list(risk_sentences(risks))
    assert len(said) == 2
    assert "Value at risk 95 %, next row: 8 of 68 losses beyond it, 3.4 expected" in said[1]
    assert said[1].endswith("3.4 expected; Kupiec's test rejects 1 of 2 symbols at 5%.")


def test_too_few_rows_are_not_tested(risks):
    """A value at risk of 95 % is beyond once in 20 rows; one of 75 % is tested from 10 rows on."""
    falls, rises = [one for one in risks if one.confidence == 95.0]
    (said,) = risk_sentences([replace(falls, rows=1), replace(rises, rows=19)])
    assert said.endswith("Kupiec's test needs 20 rows of a symbol.")
    (said,) = risk_sentences([replace(falls, rows=20), replace(rises, rows=19)])
    assert said.endswith("Kupiec's test rejects 1 of 1 symbols with 20 rows or more at 5%.")
    (said,) = risk_sentences([replace(falls, rows=9, confidence=75.0)])
    assert said.endswith("Kupiec's test needs 10 rows of a symbol.")
