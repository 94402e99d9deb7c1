"""Faulty prices that --repair leaves out; what is none; and nothing but the past decides."""

import io

import numpy as np
import pytest

from rnncli.prices.reader import read_prices
from rnncli.prices.summary import summarise
from rnncli.settings import ReadSettings

ROWS = 120
DATES = np.busday_offset("2023-01-02", np.arange(ROWS), "forward").astype(str)


def walk(seed=0, rows=ROWS):
    rng = np.random.default_rng(seed)
    return 50 * np.exp(np.cumsum(0.01 * rng.standard_normal(rows)))


def read(values, repair=True, rows=None, head="date,close", beside=(), fields=()):
    """Prices of one symbol whose rows have these closes and columns beside them."""
    columns = [DATES[: len(values)], *(map(repr, map(float, c)) for c in (values, *beside))]
    lines = [head, *map(",".join, list(zip(*columns, strict=True))[:rows])]
    stream = io.BytesIO("\n".join(lines).encode())
    return read_prices(["-"], ReadSettings(repair=repair), stream, fields=fields)


def left_out(prices):
    """The dates that are left out, and of which fault."""
    return {r.date: r.fault for r in prices.files[0].repairs if r.became is None}


def spoilt(*changes, seed=0):
    """A walk some of whose rows, or slices, are multiplied by a factor."""
    values = walk(seed)
    for row, factor in changes:
        values[row] = values[row] * factor
    return values


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ((60, 100), "decimal point"), ((60, 0.01), "decimal point"), ((60, 10), "decimal point"),
        ((60, 0.001), "decimal point"), ((60, 2.2), "stray"), ((60, 0.4), "stray"),
        ((60, 0), "zero"), ((0, 0), "zero"), ((ROWS - 1, 0), "zero"),
        ((slice(60, 63), 100), "decimal point"),
    ],
)  # fmt: skip
def test_faults_are_left_out_counted_and_listed(change, fault):
    row, _ = change
    values = spoilt(change)
    prices = read(values)
    dates = np.atleast_1d(DATES[row]).tolist()
    assert left_out(prices) == dict.fromkeys(dates, fault)
    assert prices.series(0).tolist() == np.delete(values, row).tolist()
    assert prices.files[0].repairs[0].was == np.atleast_1d(values[row])[0]
    assert prices.warnings()[0].startswith("stdin: left out ")
    assert prices.warnings()[0].endswith(f": {len(dates)}")
    assert summarise(prices)[0].dropped == len(dates)


@pytest.mark.parametrize(
    "change",
    [(slice(60, None), 0.5), (slice(60, None), 0.01), (slice(60, None), 10), (60, 1.06)],
)
def test_splits_and_usual_moves_are_not_faults(change):
    values = spoilt(change)
    assert read(values).values.tolist() == values.tolist()


def test_a_squeeze_is_not_a_fault():
    """Doubling and halving days are usual then."""
    moves = {60: 1.6, 61: 1.5, 62: 0.7, 63: 1.9, 64: 0.53, 65: 1.4}
    values = walk() * np.cumprod([moves.get(row, 1.0) for row in range(ROWS)])
    assert read(values).values.tolist() == values.tolist()


def test_nothing_is_left_out_unless_asked_for():
    values = spoilt((60, 100), (80, 0))
    prices = read(values, repair=False)
    assert prices.values.tolist() == values.tolist()
    assert prices.files[0].repairs == ()
    assert "see --repair" in prices.warnings()[0]


def test_of_a_few_rows_nothing_is_left_out_and_a_huge_jump_is_noticed():
    """What was asked for is not named as a remedy; without, that it needs more rows."""
    values = np.array([100.0, 101.0, 100.0, 102000.0, 101.0])
    prices = read(values)
    assert prices.values.tolist() == values.tolist()
    assert "from 100 to 102000): 2" in prices.warnings()[0]
    assert "last price" not in prices.warnings()[0]
    said = "see --repair, which needs more rows before"
    assert said in read(values, repair=False).warnings()[0]


def test_a_last_price_that_may_be_a_fault_is_kept_and_reported():
    """It may be a move or a split, which only later rows show."""
    values = spoilt((ROWS - 1, 3))
    prices = read(values)
    assert prices.values.tolist() == values.tolist()
    assert (
        f"kept, since only later ones can show it (first stdin on {DATES[-1]}"
        in (prices.warnings()[0])
    )


def test_a_price_of_zero_among_rates_below_zero_is_none():
    values = np.round(np.sin(np.arange(ROWS) / 9) - 0.5, 1)
    assert (values == 0).any()
    zeros = np.flatnonzero(values == 0)
    first_below = int(np.argmax(values < 0))
    assert set(left_out(read(values))) == set(DATES[zeros[zeros < first_below]])


@pytest.mark.slow
def test_nothing_after_a_day_changes_rows_up_to_it():
    """Whatever day prices end on, they are those of the whole series up to it.

    Rows at the end that later ones show to be faults are not of the whole series, so that no
    forecast is made on their days.
    """
    values = spoilt(
        (20, 0), (40, 100), (55, 2.5), (slice(70, 74), 0.01), (90, 0.1), (100, -1), (105, 0),
        (slice(110, None), 0.5),
    )  # fmt: skip
    whole = read(values)
    kept = dict(zip(whole.dates.astype("datetime64[D]").astype(str), whole.values, strict=True))
    faulty = {40, 55, 70, 71, 72, 73, 90}
    assert set(left_out(whole)) == {DATES[row] for row in (*faulty, 20)}
    for rows in range(2, ROWS + 1):
        early = read(values, rows=rows)
        dates = early.dates.astype("datetime64[D]").astype(str).tolist()
        expected = [date for date in DATES[:rows] if date in kept]
        if rows - 1 in faulty:
            assert dates[: len(expected)] == expected
            assert set(dates[len(expected) :]) <= {DATES[row] for row in faulty}
        else:
            assert dates == expected
        assert early.values[: len(expected)].tolist() == [kept[date] for date in expected]


def test_highs_and_lows_are_mended_in_the_unit_of_their_day():
    values = walk()
    high, low = values * 1.01, values * 0.99
    high[50], low[70] = high[50] * 100, low[70] / 100
    prices = read(values, head="date,close,high,low", beside=(high, low), fields=("high", "low"))
    assert prices.fields["high"] == pytest.approx(values * 1.01)
    assert prices.fields["low"] == pytest.approx(values * 0.99)
    repairs = {r.column: (r.date, r.was) for r in prices.files[0].repairs}
    assert repairs == {"high": (DATES[50], high[50]), "low": (DATES[70], low[70])}
    assert "mended opens, highs or lows off by a power of ten" in prices.warnings()[0]


def test_details_list_each_repair():
    details = list(read(spoilt((60, 100), (80, 0))).details())
    price = walk()[60] * 100
    assert f"stdin: stdin, {DATES[60]}: price {price:g}, decimal point: left out" in details
    assert f"stdin: stdin, {DATES[80]}: price 0, zero: left out" in details
