"""Series that end on a day that nobody can know a price of."""

from datetime import date

import numpy as np
import pytest
from builders import weekdays

from rnncli.prices.parsing.quality.date_checks import yet_to_come
from rnncli.prices.parsing.values import date_candidates

TODAY = date(2024, 6, 19)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A day that stays."""
    monkeypatch.setattr(date_candidates, "today", lambda: TODAY)


def late(*series) -> list[int]:
    dates = [np.asarray(own, dtype="datetime64[s]") for own in series]
    offsets = np.concatenate([[0], np.cumsum([len(own) for own in dates])])
    return yet_to_come(np.concatenate(dates), offsets).tolist()


def test_a_mistyped_year_is_seen_and_tomorrow_is_not():
    """Somewhere it is tomorrow already; a year ahead it is nowhere, for one row alone either."""
    days = weekdays("2024-01-01", 123)
    assert str(days[-1])[:10] == "2024-06-19"
    ahead = np.append(days, np.datetime64("2025-06-20", "s"))
    tomorrow = np.append(days, np.datetime64("2024-06-20", "s"))
    assert late(days, ahead, tomorrow, ahead[-1:]) == [1, 3]


def test_a_period_that_has_begun_may_be_dated_by_its_end():
    """The month, the quarter and the year of today, and none after them."""
    for step in ("M", "Y"):
        following = np.datetime64("2024-06-19", step) + np.arange(-11, 2).astype(
            f"timedelta64[{step}]"
        )
        ends = following.astype("datetime64[s]") - np.timedelta64(1, "D")
        assert late(ends) == []
        assert late(np.append(ends, ends[-1] + (ends[-1] - ends[-2]))) == [0]


def test_rows_without_dates_are_never_late():
    """There is nothing to see it by."""
    assert late(np.full(3, np.datetime64("NaT", "s"))) == []
