"""The inputs of the open: by their definitions, and of an open of another scale none."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of

from rnncli.transforms.features import features
from rnncli.transforms.inputs.days import DECAY, Days
from rnncli.transforms.inputs.gap import LIMIT, GapLevel, gaps
from rnncli.transforms.inputs.level import log_deviations
from rnncli.transforms.volatility import START, running_deviations

DIVISOR = 1.7
ROWS = 40


def bars(seed=4):
    """Prices with an open, and a range that has both inside."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(0.02 * rng.standard_normal(ROWS)))
    before = np.concatenate([close[:1], close[:-1]])
    first = before * np.exp(0.01 * rng.standard_normal(ROWS))
    ends = np.stack([first, close])
    reach = np.exp(np.abs(0.01 * rng.standard_normal((2, ROWS))))
    columns = {"open": first, "high": ends.max(0) * reach[0], "low": ends.min(0) / reach[1]}
    return replace(prices_of({"A": close}), fields=columns)


def with_column(prices, name, row, value):
    column = prices.fields[name].copy()
    column[row] = value
    return replace(prices, fields=prices.fields | {name: column})


def of_night(prices):
    """The log of the open over the close before, in units of the changes; of the first row none."""
    moved = np.log(prices.fields["open"][1:] / prices.values[:-1])
    return np.concatenate([[np.nan], 100 * moved / DIVISOR])


def test_a_gap_is_the_move_from_the_close_before_to_the_open():
    prices = bars()
    np.testing.assert_allclose(gaps(Days(prices, 0, DIVISOR)), of_night(prices), rtol=1e-9)
    before = running_deviations(100 * np.diff(np.log(prices.values)) / DIVISOR, DECAY)
    expected = np.log(np.abs(of_night(prices)[1:]) / before[:-1])
    fed = features(prices, 0, ("gap",), DIVISOR)[1:, 0]
    np.testing.assert_allclose(fed, np.clip(expected, -LIMIT, LIMIT), rtol=1e-9)


def test_an_open_at_the_close_before_does_not_count():
    """Which vendors fill in where they have none."""
    prices = bars()
    still = with_column(prices, "open", 7, prices.values[6])
    reached = with_column(still, "high", 7, max(prices.fields["high"][7], prices.values[6]))
    inside = with_column(reached, "low", 7, min(prices.fields["low"][7], prices.values[6]))
    assert np.isnan(features(inside, 0, ("gap",), DIVISOR)[7, 0])


def test_an_open_at_the_close_of_the_day_does_not_count():
    """As where a file has one price a day, in all columns."""
    prices = bars()
    flat = with_column(prices, "open", 7, prices.values[7])
    assert np.isnan(features(flat, 0, ("gap",), DIVISOR)[7, 0])


@pytest.mark.parametrize(
    ("name", "value"),
    [("open", np.nan), ("open", 0.0), ("open", 5000.0), ("low", np.nan), ("high", 1.0)],
)
def test_an_open_that_is_not_within_the_range_of_its_day_does_not_count(name, value):
    """As after a split that one of the columns is not adjusted for."""
    names = ("gap", "gap-level")
    whole, spoilt = bars(), with_column(bars(), name, 20, value)
    fed, usual = features(spoilt, 0, names, DIVISOR), features(whole, 0, names, DIVISOR)
    assert np.isnan(fed[20, 0])
    late = np.log(Days(spoilt, 0, DIVISOR).after)
    level = fed[:, 1:] + late[:, None]
    np.testing.assert_allclose(level[20], level[19], rtol=1e-12)  # nothing was taken in
    np.testing.assert_array_equal(fed[:20], usual[:20])


def test_prices_of_another_scale_than_their_columns_have_no_gaps():
    prices = bars()
    halved = replace(prices, values=prices.values / 2)
    assert np.isnan(gaps(Days(halved, 0, DIVISOR))).all()


def test_levels_are_logs_of_the_deviations_of_gaps():
    prices = bars()
    night, late = of_night(prices), Days(prices, 0, DIVISOR).after
    levels = features(prices, 0, ("gap-level",), DIVISOR)
    for column, span in enumerate(GapLevel.spans):
        mean, count = START, 0
        for row, gap in enumerate(night):
            if np.isfinite(gap):
                weight = max(1 / span, 1 / (count + 2))
                mean, count = mean + weight * (gap**2 - mean), count + 1
            expected = log_deviations(np.array(mean)) - np.log(late[row])
            assert levels[row, column] == pytest.approx(expected, rel=1e-9)


def test_the_rhythm_of_gaps_remembers_one_of_a_quarter_ago():
    """A wide gap on much volume 62 rows before tomorrow; the same gap on usual volume is none."""
    rows = 200
    rng = np.random.default_rng(3)
    close = 100 * np.exp(np.cumsum(0.01 * rng.standard_normal(rows)))
    before = np.concatenate([close[:1], close[:-1]])
    for busy, expected in ((1e7, True), (1e5, False)):
        first, volume = before.copy(), np.full(rows, 1e5)
        first[100], volume[100] = before[100] * 1.08, busy
        ends = np.stack([first, close])
        columns = {"open": first, "high": ends.max(0), "low": ends.min(0), "volume": volume}
        prices = replace(prices_of({"A": close}), fields=columns)
        fed = features(prices, 0, ("gap-rhythm",), DIVISOR)
        assert (fed[161, 0] > 1) == expected
        assert fed[120, 0] == 0
