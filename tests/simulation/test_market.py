"""Simulated markets: a seed is its bytes, a symbol is its number, bars are possible."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from simulated import draws_of, known_parameters

from rnncli.errors import UsageError
from rnncli.prices.reader import read_prices
from rnncli.settings import ReadSettings, SimulationSettings
from rnncli.simulation.bars import WEEK, by_week
from rnncli.simulation.calendars import trading_dates
from rnncli.simulation.market import (
    SHORTEST,
    SYMBOLS,
    simulate_bars,
    simulate_markets,
    simulate_prices,
)

TINY = SimulationSettings(series=6, length=150, seed=3)
FIELDS = ("open", "high", "low", "volume")


def arrays(prices):
    return [prices.values, prices.dates, prices.offsets, *(prices.fields[n] for n in FIELDS)]


def digest(prices):
    whole = hashlib.sha256()
    for array in arrays(prices):
        whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()


def same(one, other, i, j):
    """Whether series i of one is series j of the other, to the bit."""
    places = [slice(p.offsets[k], p.offsets[k + 1]) for p, k in ((one, i), (other, j))]
    return all(
        a[places[0]].tobytes() == b[places[1]].tobytes()
        for a, b in zip(
            [one.values, one.dates, *(one.fields[n] for n in FIELDS)],
            [other.values, other.dates, *(other.fields[n] for n in FIELDS)],
            strict=True,
        )
    )


def test_a_seed_is_a_market():
    """The same seed gives the same bytes, another one others."""
    assert digest(simulate_prices(TINY)) == digest(simulate_prices(TINY))
    assert digest(simulate_prices(TINY)) != digest(simulate_prices(replace(TINY, seed=4)))


def test_a_symbol_does_not_depend_on_how_many_there_are():
    """The first symbols of many are the few, in one market and over several."""
    few = simulate_prices(TINY)
    many = simulate_prices(replace(TINY, series=SYMBOLS + 3))
    assert few.symbols == many.symbols[:6]
    assert all(same(few, many, i, i) for i in range(6))
    one_more = simulate_prices(replace(TINY, series=SYMBOLS + 1))
    assert same(one_more, many, SYMBOLS, SYMBOLS)


def test_markets_come_one_after_the_other():
    """Fifty symbols at a time, with names in order."""
    sizes = [
        len(part.symbols)
        for part in simulate_markets(replace(TINY, series=2 * SYMBOLS + 1, length=5))
    ]
    assert sizes == [SYMBOLS, SYMBOLS, 1]
    prices = simulate_prices(replace(TINY, series=2 * SYMBOLS + 1, length=5))
    assert prices.symbols[0] == "S00001"
    assert list(prices.symbols) == sorted(set(prices.symbols))


@pytest.mark.slow_shapes
@pytest.mark.parametrize("bars", ["weekdays", "all-days", "weeks"])
@pytest.mark.parametrize("faults", [True, False])
def test_bars_are_possible(bars, faults):
    """Prices above zero, low <= open, close <= high, whole volumes, dates in order."""
    settings = SimulationSettings(series=SYMBOLS, length=300, seed=1, bars=bars, faults=faults)
    prices = simulate_prices(settings)
    first, high, low, volume = (prices.fields[name] for name in FIELDS)
    assert np.isfinite(prices.values).all()
    assert (prices.values > 0).all()
    known = ~np.isnan(high)
    assert (high >= np.maximum(first, prices.values))[known].all()
    assert (low <= np.minimum(first, prices.values))[known].all()
    assert (low[known] > 0).all()
    counted = volume[~np.isnan(volume)]
    assert (counted >= 0).all()
    assert (counted == np.floor(counted)).all()
    for i in range(SYMBOLS):
        assert (np.diff(prices.dates_of(i)) > np.timedelta64(0, "s")).all()
    assert np.isnan(high).any() == faults


def test_faults_are_beside_the_market():
    """Without faults it is the same market: same rows, same closes where there is no split."""
    with_faults = simulate_prices(replace(TINY, series=SYMBOLS))
    sound = simulate_prices(replace(TINY, series=SYMBOLS, faults=False))
    assert (with_faults.offsets == sound.offsets).all()
    equal = [np.array_equal(with_faults.series(i), sound.series(i)) for i in range(SYMBOLS)]
    assert np.mean(equal) > 0.7
    assert not np.isnan(sound.fields["volume"]).any()


@pytest.mark.slow
def test_some_symbols_are_listed_later():
    """Two fifths begin later, none with fewer than the least rows; all end on the last day."""
    prices = simulate_prices(replace(TINY, series=200, length=400, faults=False))
    lengths = prices.lengths
    assert lengths.max() == 400
    assert np.mean(lengths < 330) == pytest.approx(0.35, abs=0.12)
    assert lengths.min() >= SHORTEST - 40  # rows of halts are missing
    assert {str(prices.dates_of(i)[-1])[:10] for i in range(200)} == {"2024-12-31"}


def test_a_market_of_one_row():
    """The shortest that can be asked for."""
    prices = simulate_prices(replace(TINY, length=1))
    assert prices.lengths.tolist() == [1] * 6


def test_closes_alone_have_no_fields():
    """Columns of close: the same closes and nothing beside."""
    closes = simulate_prices(replace(TINY, columns="close"))
    assert closes.fields == {}
    assert (closes.values == simulate_prices(TINY).values).all()


def test_a_market_that_never_closes_has_no_gaps():
    """A row for every day; the open is where the last close was, but for bounce and thin trade."""
    settings = replace(TINY, series=SYMBOLS, length=300, bars="all-days", faults=False)
    prices = simulate_prices(settings)
    gaps = []
    for i in range(SYMBOLS):
        place = slice(prices.offsets[i], prices.offsets[i + 1])
        gaps.append(np.log(prices.fields["open"][place][1:] / prices.series(i)[:-1]))
    assert np.mean([np.mean(np.abs(gap)) < 1e-3 for gap in gaps]) > 0.5


def test_dates_of_each_kind_of_bars():
    """Weekdays, days, Fridays, up to the last date."""
    weekdays, days, weeks = (
        trading_dates(bars, 3, "2024-12-30").astype("datetime64[D]").astype(str).tolist()
        for bars in ("weekdays", "all-days", "weeks")
    )
    assert weekdays == ["2024-12-26", "2024-12-27", "2024-12-30"]
    assert days == ["2024-12-28", "2024-12-29", "2024-12-30"]
    assert weeks == ["2024-12-13", "2024-12-20", "2024-12-27"]
    with pytest.raises(UsageError, match="is not a date"):
        trading_dates("weeks", 3, "30.12.2024")


def test_weeks_are_five_days_put_together():
    """First open, highest high, lowest low, last close, all shares."""
    days = simulate_bars(known_parameters(2, stale_probability=0.2), draws_of(2, 23), 0)
    weeks = by_week(days)
    assert weeks.close.shape == (4, 2)
    for week in range(4):
        rows = slice(week * WEEK, (week + 1) * WEEK)
        assert (weeks.open[week] == days.open[rows][0]).all()
        assert (weeks.high[week] == days.high[rows].max(axis=0)).all()
        assert (weeks.low[week] == days.low[rows].min(axis=0)).all()
        assert (weeks.close[week] == days.close[rows][-1]).all()
        shares = (np.exp(days.volume[rows]) * days.traded[rows]).sum(axis=0)
        np.testing.assert_allclose(np.exp(weeks.volume[week]), shares)


def test_symbols_of_a_market_move_together():
    """Correlations within a market are above zero, those with the next market are not."""
    settings = SimulationSettings(series=2 * SYMBOLS, length=400, seed=2, faults=False)
    prices = simulate_prices(settings)
    whole = [i for i in range(2 * SYMBOLS) if prices.lengths[i] == 400]
    returns = np.array([np.diff(np.log(prices.series(i))) for i in whole])
    correlations = np.corrcoef(returns)
    first = np.array(whole) < SYMBOLS
    inside = correlations[np.ix_(first, first)][np.triu_indices(first.sum(), 1)]
    assert np.mean(inside) > 0.15
    assert abs(np.mean(correlations[np.ix_(first, ~first)])) < 0.03


def test_what_was_written_reads_the_same(call, tmp_path):
    """The file of `rnncli simulate` holds the prices that the package gives, digit for digit."""
    done = call("simulate", "--series", 6, "--length", 150, "--seed", 3)
    path = tmp_path / "simulated.csv"
    path.write_bytes(done.stdout)
    expected = simulate_prices(TINY)
    got = read_prices([str(path)], ReadSettings(), fields=FIELDS)
    assert got.symbols == expected.symbols
    for one, other in zip(arrays(got), arrays(expected), strict=True):
        np.testing.assert_array_equal(one, other)
