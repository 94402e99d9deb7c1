"""The state of the market: medians over all symbols of a day, of what is known at its close."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of, random_walk

from rnncli.transforms.features import features, standardised
from rnncli.transforms.inputs.custom import LIMIT
from rnncli.transforms.inputs.market import MARKET_FIELDS
from rnncli.transforms.inputs.table import MARKET
from rnncli.transforms.market_medians import (
    DAILY,
    FEWEST,
    LEAST_DAYS,
    YOUNG,
    is_market,
    market_for,
    medians_by,
    unknown_market,
    with_market,
    without_market,
)

DAYS = 130


def market(symbols=FEWEST, days=DAYS, seed=0):
    """Walks of some symbols over the same days."""
    rng = np.random.default_rng(seed)
    return prices_of({f"S{i:02}": random_walk(rng, days) for i in range(symbols)})


def cut(prices, days):
    """The first days of every series."""
    rows = np.concatenate([np.arange(days) + begin for begin in prices.offsets[:-1]])
    return replace(
        prices, values=prices.values[rows], dates=prices.dates[rows],
        offsets=np.arange(len(prices.symbols) + 1) * days,
        fields={name: values[rows] for name, values in prices.fields.items()},
    )  # fmt: skip


def test_medians_are_those_of_numpy():
    rng = np.random.default_rng(1)
    values, groups = rng.normal(size=200), rng.integers(0, 9, 200)
    expected = [np.median(values[groups == group]) for group in range(9)]
    assert medians_by(values, groups).tolist() == expected


def test_a_day_has_the_medians_of_its_symbols():
    prices = market(FEWEST + 1)
    known = with_market(prices)
    each = [features(prices, i, ("level", "leverage"), DAILY) for i in range(FEWEST + 1)]
    for name, column in zip(MARKET_FIELDS, (1, 5, 7, 8), strict=True):
        expected = np.median([of_symbol[:, column] for of_symbol in each], axis=0)
        expected[:YOUNG] = np.nan
        for i in range(FEWEST + 1):
            rows = slice(prices.offsets[i], prices.offsets[i + 1])
            np.testing.assert_array_equal(known.fields[name][rows], expected)


def test_nothing_after_a_day_changes_the_market_of_it():
    prices = market()
    whole, early = with_market(prices), with_market(cut(prices, 40))
    for name in MARKET_FIELDS:
        np.testing.assert_array_equal(early.fields[name], cut(whole, 40).fields[name])


def test_a_few_wrong_prices_hardly_move_it():
    prices = market(25)
    wrong = replace(prices, values=prices.values.copy())
    wrong.values[prices.offsets[1:4] - 1] *= 100
    right, moved = (with_market(one).fields["market:five"][-1] for one in (prices, wrong))
    assert abs(moved - right) < 0.5


def test_it_is_unknown_on_days_of_few_symbols():
    prices = market(FEWEST - 1)
    known = with_market(prices)
    assert all(np.isnan(known.fields[name]).all() for name in MARKET_FIELDS)
    warning = unknown_market(known)
    assert "fewer than 20 symbols with 22 rows before have prices on the last date of" in warning
    assert "S00, S01, S02, S03, S04 and 14 more" in warning
    assert unknown_market(with_market(market())) is None
    assert unknown_market(prices) is None  # without medians, nothing is fed them


def test_a_symbol_alone_on_its_last_date_is_warned_of():
    both = beside(market(), "2030-01-01")
    assert "the last date of Z:" in unknown_market(with_market(both))


def test_few_symbols_on_most_dates_are_warned_of():
    prices = market()
    late = prices.subset([0])
    for i in range(1, FEWEST):
        last = slice(prices.offsets[i + 1] - 40, prices.offsets[i + 1])
        late = joined(late, prices.values[last], prices.dates[last])
    assert "most dates" in unknown_market(with_market(late))


def beside(prices, first):
    """Prices with one more symbol, from another day on."""
    alone = prices_of({"Z": random_walk(np.random.default_rng(3), DAYS)}, first)
    return joined(prices, alone.values, alone.dates, "Z")


def joined(prices, values, dates, symbol=None):
    """Prices with one more symbol."""
    return replace(
        prices, symbols=(*prices.symbols, symbol or f"T{len(prices.symbols)}"),
        sources=(*prices.sources, "z.csv"), values=np.append(prices.values, values),
        dates=np.append(prices.dates, dates),
        offsets=np.append(prices.offsets, prices.offsets[-1] + len(values)),
    )  # fmt: skip


@pytest.mark.parametrize("spoil", [-1.0, 0.0])
def test_a_symbol_does_not_count_from_a_price_on_that_is_not_positive(spoil):
    """Days before stay as they were: nothing after a cutoff changes them."""
    prices = market(FEWEST + 1)
    prices.values[100] = spoil
    rest = with_market(prices.subset(range(1, FEWEST + 1)))
    clean, spoilt = with_market(market(FEWEST + 1)), with_market(prices)
    for name in MARKET_FIELDS:
        of_last = spoilt.fields[name][-DAYS:]
        np.testing.assert_array_equal(of_last[100:], rest.fields[name][-DAYS:][100:])
        np.testing.assert_array_equal(of_last[:100], clean.fields[name][-DAYS:][:100])


def test_a_day_is_the_same_at_any_time_of_it():
    prices = market()
    later = prices.dates.copy()
    later[: DAYS * 3] += np.timedelta64(16, "h")
    known, moved = with_market(prices), with_market(replace(prices, dates=later))
    for name in MARKET_FIELDS:
        np.testing.assert_array_equal(moved.fields[name], known.fields[name])
    twice = replace(prices, dates=later)
    twice.dates[1] = twice.dates[0] + np.timedelta64(1, "h")  # prices within a day
    assert np.isnan(with_market(twice).fields[MARKET_FIELDS[0]]).all()


@pytest.mark.parametrize("period", ["W", "M"])
def test_a_week_or_a_month_is_one_on_whichever_day_it_ends(period):
    prices = market()
    numbers = np.arange(DAYS)
    begins = (
        np.datetime64("2015-01-05", "D") + (7 * numbers).astype("timedelta64[D]")  # Mondays
        if period == "W"
        else (np.datetime64("2015-01", "M") + numbers.astype("timedelta64[M]")).astype("M8[D]")
    )
    of_all = np.concatenate([begins + np.timedelta64(i % 7, "D") for i in range(FEWEST)])
    dated = replace(prices, dates=of_all.astype("datetime64[s]"), resample=period)
    known, daily = with_market(dated), with_market(prices)
    for name in MARKET_FIELDS:
        np.testing.assert_array_equal(known.fields[name], daily.fields[name])


def test_prices_without_dates_have_no_market():
    prices = replace(market(), dates=np.full(FEWEST * DAYS, np.datetime64("NaT", "s")))
    assert all(np.isnan(with_market(prices).fields[name]).all() for name in MARKET_FIELDS)
    assert not is_market(prices)


def test_many_symbols_on_most_days_are_a_market(monkeypatch):
    """Too many are not read together by default; of too few days nothing is learnt."""
    assert is_market(market())
    assert is_market(with_market(market()).subset([0]))
    assert not is_market(market(FEWEST - 1))
    assert not is_market(market(days=YOUNG + LEAST_DAYS - 1))
    assert not is_market(with_market(market(FEWEST - 1)))
    monkeypatch.setattr("rnncli.transforms.market_medians.MOST", FEWEST)
    assert not is_market(market(FEWEST + 1))


def test_it_is_computed_once_and_taken_away_again():
    known = with_market(market())
    assert with_market(known) is known
    assert not without_market(known).fields
    assert with_market(known.subset([0])).fields.keys() == known.fields.keys()
    assert market_for(("volume", MARKET)) is with_market
    assert market_for(("volume",)) is None


def test_a_crash_is_bounded():
    spread = ((0.0, 1.0),) * len(MARKET_FIELDS)
    fed = standardised(np.full((1, len(MARKET_FIELDS)), -40.0), spread, (MARKET,))
    assert np.all(np.abs(fed) < LIMIT)
