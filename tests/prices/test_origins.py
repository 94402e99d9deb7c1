"""The rows that forecasts are made from."""

import numpy as np
from builders import prices_of

from rnncli.prices.origins import Origins, last_rows

ORIGINS = Origins(np.array([0, 0, 2]), np.array([1, 3, 2]), np.array([0, 1, 0]))


def test_origins_are_gone_through_series_by_series():
    """Each series with its places and its rows; one without origins is left out."""
    visited = [(i, at, rows.tolist()) for i, at, rows in ORIGINS.by_series()]
    assert visited == [(0, slice(0, 2), [1, 3]), (2, slice(2, 3), [2])]


def test_every_second_origin_begins_with_the_first():
    """With its fold where there are folds, and none where there are none."""
    assert len(ORIGINS) == 3
    second = ORIGINS.every(2)
    assert (second.series.tolist(), second.row.tolist(), second.fold.tolist()) == (
        [0, 2], [1, 2], [0, 0],
    )  # fmt: skip
    assert len(Origins(ORIGINS.series, ORIGINS.row).every(2).fold) == 0


def test_last_rows_are_those_that_predict_starts_from():
    last = last_rows(prices_of({"A": [1, 2, 4], "B": [5.0]}))
    assert (last.series.tolist(), last.row.tolist()) == ([0, 1], [2, 0])
