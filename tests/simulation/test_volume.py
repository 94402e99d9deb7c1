"""Volume follows the range and the events of the day, and is thin where trading is."""

import numpy as np
import pytest
from simulated import draws_of, known_parameters

from rnncli.simulation.market import simulate_bars

SYMBOLS, DAYS = 20, 1500


def bars_of(**changes):
    return simulate_bars(known_parameters(SYMBOLS, **changes), draws_of(SYMBOLS, DAYS), 0)


def test_volume_has_its_level():
    """With all else off the volume is that of the parameters."""
    np.testing.assert_allclose(bars_of().volume, 13)


def test_volume_follows_the_range():
    """Wild days are busy: the elasticity on the day's realised deviation."""
    bars = bars_of(volume_on_range=0.6, day_freedom=6.0)
    spread = np.log(bars.high - bars.low)
    assert np.corrcoef(spread.ravel(), bars.volume.ravel())[0, 1] > 0.6


def test_volume_has_a_memory_of_its_own():
    """An autoregression: lag by lag the correlation falls by the persistence."""
    volume = bars_of(volume_persistence=0.7, volume_shock=0.2).volume[100:]
    volume = volume - volume.mean()
    for lag in (1, 2):
        correlation = np.mean(volume[:-lag] * volume[lag:]) / np.mean(volume**2)
        assert correlation == pytest.approx(0.7**lag, abs=0.03)
    assert np.std(volume) == pytest.approx(0.2 / np.sqrt(1 - 0.49), rel=0.05)


@pytest.mark.slow
def test_calendar_of_volume():
    """A day of the week, and one day a quarter."""
    volume = bars_of(volume_weekday=0.1).volume - 13
    np.testing.assert_allclose(volume[:5, 0], [-0.1, -0.05, 0, 0.05, 0.1])
    busy = np.flatnonzero(bars_of(volume_expiry=0.5).volume[:, 0] > 13.4)
    assert set(np.diff(busy).tolist()) == {63}


def test_thin_symbols_have_a_small_and_erratic_volume():
    """Few trades a day: volume varies with their number and size."""
    volume = bars_of(trades=5.0).volume
    assert np.mean(volume) < 8
    assert np.std(volume) > 0.4
