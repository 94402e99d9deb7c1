"""Cutoffs are shared dates, and a past ends at its cutoff."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of

from rnncli.errors import DataError, UsageError
from rnncli.evaluation.cutoffs import calendar, cutoffs, last_cutoffs, origins_at, past

LONG = prices_of({"A": np.arange(1.0, 31), "B": np.arange(1.0, 26)})
UNDATED = prices_of({"A": np.arange(1.0, 31), "B": np.arange(1.0, 26)}, first=None)


def shown(days, found):
    return [days.shown(day) for day in found.tolist()]


def test_last_cutoff_leaves_the_horizon_and_the_others_go_back():
    """Days of the shared calendar, a stride apart."""
    days = calendar(LONG)
    assert shown(days, days.days[-6:]) == [
        "2024-02-02", "2024-02-05", "2024-02-06", "2024-02-07", "2024-02-08", "2024-02-09",
    ]  # fmt: skip
    assert shown(days, cutoffs(days, 2, 3, None)[-2:]) == ["2024-02-02", "2024-02-07"]


def test_cutoffs_are_after_what_was_seen():
    """A day that the model saw is no cutoff, the next one is."""
    days = calendar(LONG)
    seen = int(np.datetime64("2024-02-05", "s").astype(np.int64))
    assert shown(days, cutoffs(days, 2, 1, seen)) == ["2024-02-06", "2024-02-07"]


def test_the_first_cutoff_leaves_something_to_train_on():
    """Ten days at least; too many folds are refused with what there is."""
    days = calendar(LONG)
    every = cutoffs(days, 1, 1, None)
    assert (len(every), int(np.searchsorted(days.days, every[0]))) == (20, 9)
    with pytest.raises(UsageError, match=r"leave 20 cutoffs.*use fewer folds, or a smaller"):
        last_cutoffs(days, 21, 1, 1)
    assert len(last_cutoffs(days, 20, 1, 1)) == 20
    with pytest.raises(UsageError, match=r"leave 0 cutoffs.*or a smaller horizon$"):
        last_cutoffs(days, 0, 30, 1)


def test_too_many_folds_are_answered_by_the_largest_stride_that_is_enough():
    """And the next larger one is not."""
    days = calendar(LONG)
    with pytest.raises(UsageError, match=r"leave 4 cutoffs.*or stride=3, or a smaller horizon$"):
        last_cutoffs(days, 6, 5, 5)
    assert len(last_cutoffs(days, 6, 5, 3)) == 6
    assert len(cutoffs(days, 5, 4, None)) < 6


def test_without_dates_rows_are_counted_from_the_end():
    """Series without dates end together."""
    days = calendar(UNDATED)
    assert (days.dated, shown(days, cutoffs(days, 5, 5, None)[-2:])) == (False, [-11, -6])
    assert days.last_rows(UNDATED, np.array([-6])).tolist() == [[24, 19]]


def test_some_dates_and_some_not_are_refused():
    """There is no shared calendar then."""
    mixed = replace(LONG, dates=np.where(np.arange(55) < 30, LONG.dates, UNDATED.dates))
    with pytest.raises(DataError, match="B has no dates and others have"):
        calendar(mixed)


def test_a_series_is_forecast_from_its_last_row_at_the_cutoff():
    """B has ended by the last cutoffs; a day off is the row before."""
    days = calendar(LONG)
    rows = days.last_rows(LONG, cutoffs(days, 2, 1, None)[-6:])
    assert rows[:, 0].tolist() == [22, 23, 24, 25, 26, 27]
    assert rows[:, 1].tolist() == [22, 23, 24, 24, 24, 24]
    found = origins_at(LONG, rows)
    assert found.row[found.series == 1].tolist() == [22, 23]
    assert found.fold[found.series == 1].tolist() == [0, 1]
    holes = LONG.subset([0])
    kept = np.arange(30) != 26
    holes = replace(
        holes, values=holes.values[kept], dates=holes.dates[kept], offsets=np.array([0, 29])
    )
    assert calendar(LONG).days[26] not in calendar(holes).days
    assert calendar(holes).last_rows(holes, days.days[26:27]).tolist() == [[25]]


def test_cells_have_two_rows_before_and_one_after():
    """A change is needed to tell how far a price moves."""
    rows = np.array([[-1, 0], [0, 1], [1, 24]])
    found = origins_at(LONG, rows)
    assert list(zip(found.series.tolist(), found.row.tolist(), strict=True)) == [(0, 1), (1, 1)]


def test_a_past_is_what_was_known():
    """Rows up to the cutoff, with their dates and whatever is carried beside them."""
    prices = replace(LONG, fields={"volume": np.arange(55.0)})
    known = past(prices, np.array([4, 2]))
    assert known.symbols == ("A", "B")
    assert known.values.tolist() == [1, 2, 3, 4, 5, 1, 2, 3]
    assert known.fields["volume"].tolist() == [0, 1, 2, 3, 4, 30, 31, 32]
    assert known.dates_of(1).tolist() == LONG.dates_of(1)[:3].tolist()
    only = past(prices, np.array([-1, 0]))
    assert (only.symbols, only.values.tolist(), only.sources) == (("B",), [1.0], ("prices.csv",))
    with pytest.raises(DataError, match="no series has a row"):
        past(prices, np.array([-1, -1]))


def test_a_network_may_need_more_rows_before():
    """Returns over a season need as many."""
    rows = np.array([[1, 0], [4, 1]])
    found = origins_at(LONG, rows, 3)
    assert list(zip(found.series.tolist(), found.row.tolist(), strict=True)) == [(0, 4)]
