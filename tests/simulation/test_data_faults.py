"""Faults of files: what they change, and that nothing is changed where there are none."""

import numpy as np
import pytest
from simulated import draws_of, known_parameters

from rnncli.simulation.data_faults import add_faults, draw_gaps
from rnncli.simulation.market import simulate_bars

SYMBOLS, DAYS = 10, 1000
PRICES = ("open", "high", "low", "close")


def faulty(**changes):
    parameters = known_parameters(SYMBOLS, **changes)
    bars = simulate_bars(parameters, draws_of(SYMBOLS, DAYS), 0)
    return bars, add_faults(parameters, draws_of(SYMBOLS, DAYS, seed=2), bars)


def test_without_faults_nothing_changes():
    """The bars are those that went in, but for the rounding of a range taken apart."""
    bars, same = faulty()
    for name in PRICES:
        np.testing.assert_allclose(getattr(same, name), getattr(bars, name), rtol=1e-12)
    assert (same.volume == bars.volume).all()


def test_biased_ranges_are_wider_by_their_factor():
    """Every range times the factor, around its middle; open and close stay inside."""
    bars, wide = faulty(range_bias=0.2)
    before, after = bars.high - bars.low, wide.high - wide.low
    np.testing.assert_allclose(after, before * np.exp(0.2))
    _, narrow = faulty(range_bias=-1.0)
    assert (narrow.high >= np.maximum(narrow.open, narrow.close)).all()


def test_a_change_of_source_is_once_and_for_good():
    """Ranges and volumes are of one kind before some day and of another after it."""
    bars, changed = faulty(source_change=1.0, range_change=0.5, volume_change=2.0)
    after = changed.volume > bars.volume + 1
    assert (np.diff(after.astype(int), axis=0) >= 0).all()
    assert len(set(after.sum(axis=0).tolist())) > 5
    factor = np.log((changed.high - changed.low) / (bars.high - bars.low))
    np.testing.assert_allclose(factor, 0.5 * after, atol=1e-9)


def test_a_split_moves_all_prices_and_the_volume():
    """From its day on all four prices are higher or lower by one factor, volume the other way."""
    bars, split = faulty(split_probability=0.003, split_size=0.7)
    shift = split.close - bars.close
    for name in PRICES:
        np.testing.assert_allclose(getattr(split, name) - getattr(bars, name), shift, atol=1e-9)
    np.testing.assert_allclose(bars.volume - split.volume, shift, atol=1e-9)
    jumps = np.abs(np.diff(shift, axis=0))
    assert np.mean(jumps > 1e-9) == pytest.approx(0.003, abs=0.0015)


def test_columns_that_are_missing():
    """1: volume; 2: a range of nothing; 3: all but the close; days of zero volume."""
    parameters = known_parameters(4, zero_volume=0.2)
    parameters.missing_columns[:] = 0, 1, 2, 3
    gaps = draw_gaps(parameters, draws_of(4, 1000))
    assert gaps.no_volume.tolist() == [False, True, False, True]
    assert gaps.no_range.tolist() == [False, False, False, True]
    assert gaps.flat_range.tolist() == [False, False, True, False]
    assert np.mean(gaps.zero_volume) == pytest.approx(0.2, abs=0.03)
