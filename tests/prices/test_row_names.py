"""What a row is called: a trading day, where prices are daily."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of

from rnncli.prices.row_names import row_name

WALK = {"A": np.arange(1.0, 41), "B": np.arange(1.0, 4)}


@pytest.mark.parametrize(
    ("first", "step", "name"),
    [
        ("2024-01-01", np.timedelta64(1, "D"), "trading day"),
        ("2024-01-01", np.timedelta64(7, "D"), "row"),
        ("2024-01-01T09:30:00", np.timedelta64(1, "D"), "row"),  # bars at a time of day
        ("2024-01-01", np.timedelta64(3600, "s"), "row"),
    ],
)
def test_days_are_trading_days_and_other_steps_are_rows(first, step, name):
    """By the usual step within each series, whatever lies between the series."""
    prices = prices_of(WALK)
    rows = np.concatenate([np.arange(40), np.arange(3)])
    dates = (np.datetime64(first, "s") + rows * step).astype("datetime64[s]")
    assert row_name(replace(prices, dates=dates)) == name


def test_series_without_dates_have_rows():
    """And a series of a single row."""
    assert row_name(prices_of(WALK, first=None)) == "row"
    assert row_name(prices_of({"A": np.array([1.0])})) == "row"
