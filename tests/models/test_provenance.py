"""What a model saw is kept, and nothing may have seen what it forecasts."""

import numpy as np
import pytest
from builders import prices_of

from rnncli.errors import DataError
from rnncli.models.provenance import (
    fitted_spans,
    last_fitted,
    refuse_leakage,
    spans,
    trained_beyond,
)
from rnncli.settings import PrepareSettings

PRICES = prices_of({"A": np.arange(1.0, 13), "B": np.arange(1.0, 8)})


def test_parts_saw_the_days_of_their_share():
    """Ten targets of A, two of them held back: rows 11 and 12."""
    found = spans(PRICES, PrepareSettings(), 0.2)
    assert found["weights"] == ("2024-01-01", "2024-01-12")
    assert found["scaler and bins"] == found["weights"]
    assert found["early stop"] == ("2024-01-09", "2024-01-16")  # B's last day to A's
    assert found["calibration of the bounds"] == found["early stop"]


def test_without_validation_days_nothing_stops():
    """And without dates there is nothing to say."""
    assert spans(PRICES, PrepareSettings(scale="none"), 0.0)["early stop"] == (None, None)
    undated = prices_of({"A": [1.0, 2.0, 3.0]}, first=None)
    assert spans(undated, PrepareSettings(scale="none"), 0.0)["weights"] == (None, None)


def record(last, **parts):
    return {"first_date": "2024-01-01", "last_date": last, "seen": parts}


def test_a_part_that_saw_too_much_is_named():
    """Up to and with the cutoff is fine, a second after it is not."""
    cutoff = np.datetime64("2024-01-12", "s")
    refuse_leakage(record("2024-01-12", weights=("2024-01-01", "2024-01-12")), cutoff)
    leaked = record("2024-01-12", weights=("2024-01-01", "2024-01-12T00:00:01"))
    with pytest.raises(DataError, match="the weights of the model saw 2024-01-12T00:00:01, after"):
        refuse_leakage(leaked, cutoff)


def test_the_last_day_of_any_part_counts():
    """Even where the record as a whole says less."""
    assert last_fitted(record("2024-01-12", stop=("2024-01-01", "2024-02-01"))) == np.datetime64(
        "2024-02-01", "s"
    )
    assert last_fitted(record(None, weights=(None, None))) is None


def test_an_older_model_is_one_part():
    """It remembers its first and last date."""
    old = {"first_date": "2024-01-01", "last_date": "2024-01-12"}
    assert [(one.part, one.last_date) for one in fitted_spans(old)] == [("all of it", "2024-01-12")]
    with pytest.raises(DataError, match="all of it"):
        refuse_leakage(old, np.datetime64("2024-01-11", "s"))


@pytest.mark.parametrize(
    ("newest", "expected"),
    [("2024-01-04", ("2024-01-05", "2024-01-04")), ("2024-01-05", None), ("NaT", None)],
)
def test_a_model_trained_beyond_the_prices(newest, expected):
    """It knows what it forecasts only if its last day is later than all of theirs."""
    dates = np.array(["2024-01-02", newest], "datetime64[s]")[newest == "NaT" :]
    seen = record("2024-01-05", weights=("2024-01-01", "2024-01-05"))
    assert trained_beyond(seen, dates) == expected
    assert trained_beyond({**seen, "seen": {}}, dates) is None
