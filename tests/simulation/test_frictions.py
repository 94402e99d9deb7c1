"""Limits, stale days, halts, bounce and ticks: what they do to prices."""

import numpy as np
import pytest
from simulated import draws_of, known_parameters

from rnncli.simulation.frictions import ticks, to_prices
from rnncli.simulation.market import simulate_bars

SYMBOLS, DAYS = 20, 600


def bars_of(days=DAYS, **changes):
    return simulate_bars(known_parameters(SYMBOLS, **changes), draws_of(SYMBOLS, days), 0)


def test_without_frictions_the_close_is_the_value():
    """Returns are those of the walk: one percent a day, uncorrelated, the first price as drawn."""
    bars = bars_of()
    returns = np.diff(bars.close, axis=0)
    assert np.std(returns) == pytest.approx(0.01, rel=0.03)
    np.testing.assert_allclose(bars.close[0], np.log(100))
    np.testing.assert_allclose(bars.open[1:], bars.close[:-1])  # and there is no night


@pytest.mark.slow
def test_an_overreaction_is_given_back():
    """A share of every move is given back at a rate, so returns over a month spread less."""
    share, rate, month = 0.2, 0.4, 21
    bars = bars_of(days=4000, overreaction=share, overreaction_reversion=rate)
    reach = np.append(1, -share * rate * (1 - rate) ** np.arange(200))  # of a move, day by day
    of_month = np.convolve(reach, np.ones(month))
    expected = np.sqrt(np.sum(of_month**2) / np.sum(reach**2) / month)
    spread = np.std(bars.close[month:] - bars.close[:-month]) / np.std(np.diff(bars.close, axis=0))
    assert expected < 0.85
    assert spread / np.sqrt(month) == pytest.approx(expected, rel=0.03)


def test_no_price_leaves_the_limit():
    """All prices are within the limit of the last close; what is cut off comes later."""
    free, held = bars_of(volatility=4.0), bars_of(volatility=4.0, limit=5.0)
    last = held.close[:-1]
    for prices in (held.open, held.high, held.low, held.close):
        assert np.abs(prices[1:] - last).max() <= 0.05 + 1e-12
    hits = np.isclose(np.abs(np.diff(held.close, axis=0)), 0.05)
    assert 0.1 < np.mean(hits) < 0.4
    assert np.mean(np.abs(held.close - free.close) < 1e-9) > 0.5
    locked = hits & (held.high[1:] - held.low[1:] < 1e-12)
    assert locked.any()


def test_stale_days_repeat_the_price():
    """Without a trade the four prices are the last close; then the price has gone on."""
    bars = bars_of(stale_probability=0.3)
    stale = ~bars.traded[1:]
    assert np.mean(stale) == pytest.approx(0.3, abs=0.02)
    for prices in (bars.open, bars.high, bars.low, bars.close):
        assert (prices[1:][stale] == bars.close[:-1][stale]).all()
    free = bars_of()
    np.testing.assert_allclose(bars.close[bars.traded], free.close[bars.traded])


def test_halts_leave_out_rows():
    """A halt has no rows for as many days as drawn, and the last row is there."""
    bars = bars_of(halt_probability=0.01, halt_length=5.0)
    assert np.mean(~bars.listed) == pytest.approx(0.05, abs=0.02)
    assert bars.listed[-1].all()
    lengths = np.diff(np.flatnonzero(np.diff(np.pad(~bars.listed[:, 0], 1).astype(int))))[::2]
    assert lengths.max() > 1
    assert not bars.traded[~bars.listed].any()


def test_bounce_is_taken_back_the_next_day():
    """Roll 1984: the first autocovariance of returns is minus the variance of the bounce."""
    returns = 100 * np.diff(bars_of(spread=0.5).close, axis=0)
    assert np.mean(returns[:-1] * returns[1:]) == pytest.approx(-0.25, abs=0.05)


def test_high_and_low_hold_open_and_close():
    """Under every friction at once."""
    bars = bars_of(
        spread=0.3, limit=5.0, volatility=3.0, stale_probability=0.1, trades=4.0, night_share=0.4
    )
    assert (bars.high >= np.maximum(bars.open, bars.close)).all()
    assert (bars.low <= np.minimum(bars.open, bars.close)).all()


def test_prices_are_whole_ticks():
    """Of a cent; of 1, 2 or 5 times a power of ten; of seven digits; and at least one tick."""
    parameters = known_parameters(4)
    parameters.tick[:] = 0.01, -1, 0, -1
    parameters.price[:] = 40, 40, 123.4, 60_000
    parameters.relative_tick[:] = 1, 0.001, 1, 0.005
    whole, decimals = ticks(parameters)
    assert (whole / 10.0**decimals).tolist() == [0.01, 0.05, 0.0001, 200]
    prices = to_prices(np.log([[41.1234, 41.1234, 41.123412, 61_234]]), parameters)
    assert prices.tolist() == [[41.12, 41.1, 41.1234, 61_200]]
    assert to_prices(np.full((1, 4), -50.0), parameters).tolist() == [[0.01, 0.05, 0.0001, 200]]
