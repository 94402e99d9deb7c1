"""A forecast is of the price a number of rows after its cutoff, in the unit of today's prices."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of
from ledgers import SOURCE, forecast_of, record_by, rising

from rnncli.ledger.matching import match_forecasts
from rnncli.ledger.reader import read_ledger


@pytest.fixture
def recorded(tmp_path):
    """What is recorded of prices as they were known then, and read back."""

    def keep(prices, **options):
        path = str(tmp_path / "l.db")
        record_by(path, SOURCE, forecast_of(prices, **options))
        return read_ledger(path)

    return keep


def test_rows_ahead_of_the_cutoff_are_the_actual_prices(recorded):
    """Whatever the date that was expected; what is beyond the end has not come."""
    found = match_forecasts(recorded(rising(4), horizon=3), rising(6))
    assert found.states.tolist() == ["came", "came", "pending"] * 2
    assert found.actual.tolist() == pytest.approx([14, 15, np.nan, 24, 25, np.nan], nan_ok=True)
    assert [str(day)[:10] for day in found.dates[:3]] == ["2024-01-05", "2024-01-08", "NaT"]
    assert found.factors.tolist() == [1] * 6
    assert found.series.tolist() == [0, 0, 0, 1, 1, 1]


def test_a_holiday_moves_a_forecast_to_the_next_row(recorded):
    """The second row ahead was dated Monday; there is none, and Tuesday is the second row."""
    later = rising(7, "A")
    kept = np.arange(7) != 5
    later = replace(later, values=later.values[kept], dates=later.dates[kept],
                    offsets=np.array([0, 6]))  # fmt: skip
    was = recorded(rising(4, "A"))
    assert was.dates[1] == "2024-01-08"
    found = match_forecasts(was, later)
    assert str(found.dates[1])[:10] == "2024-01-09"
    assert found.actual[1] == later.values[5]


def test_symbols_and_cutoffs_that_are_not_there_are_absent(recorded):
    """Another symbol, prices that begin later, prices without dates."""
    was = recorded(rising(4, "A"))
    for other in (rising(9, "B"), rising(9, "A", "2024-01-09"), rising(9, "A", None)):
        assert match_forecasts(was, other).states.tolist() == ["absent"] * 2


def test_series_without_dates_are_matched_by_their_rows(recorded):
    """Row 4 was the last one known; what is shorter now than then is absent."""
    was = recorded(rising(4, "A", None))
    found = match_forecasts(was, rising(5, "A", None))
    assert found.states.tolist() == ["came", "pending"]
    assert (found.rows[0], found.actual[0]) == (3, 14)
    assert match_forecasts(was, rising(3, "A", None)).states.tolist() == ["absent"] * 2


def test_an_adjusted_split_moves_the_forecast(recorded):
    """All prices up to then are half of what they were: so is what was said about them."""
    was = recorded(rising(4, "A"))
    halved = prices_of({"A": np.array([10.0, 11, 12, 13, 14, 15, 16]) / 2})
    found = match_forecasts(was, halved)
    assert found.states.tolist() == ["came", "came"]
    assert found.factors.tolist() == [0.5, 0.5]
    assert found.actual.tolist() == [7, 7.5]


def test_a_dividend_moves_it_a_little_and_cents_are_no_hindrance(recorded):
    """Factors of 0.97 and of rounded prices."""
    was = recorded(rising(4, "A"))
    adjusted = prices_of({"A": np.round(np.array([10.0, 11, 12, 13, 14]) * 0.97, 2)})
    found = match_forecasts(was, adjusted)
    assert found.states[0] == "came"
    assert found.factors[0] == pytest.approx(0.97, abs=1e-3)


@pytest.mark.parametrize("now", [[10.0, 11, 12, 14.5, 14], [10.0, 11, 12.9, 12, 14]])
def test_a_past_rewritten_otherwise_is_left_out(now, recorded):
    """A corrected price at the cutoff, whether or not the row before was corrected too."""
    was = recorded(rising(4, "A"))
    assert match_forecasts(was, prices_of({"A": now})).states.tolist() == ["rewritten"] * 2


@pytest.mark.parametrize("last", [12.1, 13.9])
def test_a_provisional_price_at_the_cutoff_is_scored_as_it_was(last, recorded):
    """It was forecast from; within a usual change, and where the row before stands."""
    was = recorded(rising(4, "A"))
    assert was.divisors.tolist() == [1, 1]
    found = match_forecasts(was, prices_of({"A": [10.0, 11, 12, last, 14, 15]}))
    assert (found.states.tolist(), found.factors.tolist()) == (["came", "came"], [1, 1])
    halved = match_forecasts(was, prices_of({"A": np.array([10.0, 11, 12, last, 14, 15]) / 2}))
    assert halved.states.tolist() == ["came", "came"]
    np.testing.assert_allclose(halved.factors, 0.5, rtol=0.02)
    both = prices_of({"A": [10.0, 11, 14, last, 14, 15]})
    assert match_forecasts(was, both).states.tolist() == ["rewritten"] * 2


def test_a_changed_past_before_the_cutoff_alone_changes_nothing(recorded):
    """The forecast was made from it, but is of a price in the same unit."""
    was = recorded(rising(4, "A"))
    found = match_forecasts(was, prices_of({"A": [1.0, 2, 3, 13, 14]}))
    assert found.states.tolist() == ["came", "pending"]
    assert found.factors.tolist() == [1, 1]


def test_one_row_known_tells_no_factor(recorded):
    """The same price is the same; another one is left out."""
    was = recorded(rising(1, "A"))
    assert match_forecasts(was, rising(3, "A")).states.tolist() == ["came", "came"]
    assert (
        match_forecasts(was, prices_of({"A": [5.0, 5.5, 6]})).states.tolist() == ["rewritten"] * 2
    )


def test_prices_of_zero_and_less_are_the_same_or_rewritten(recorded):
    """No factor is made of them."""
    was = recorded(prices_of({"A": [-1.0, 0.0]}))
    assert match_forecasts(was, prices_of({"A": [-1.0, 0.0, 2.0]})).states.tolist() == [
        "came",
        "pending",
    ]
    moved = prices_of({"A": [-2.0, 1.0, 2.0]})
    assert match_forecasts(was, moved).states.tolist() == ["rewritten"] * 2
