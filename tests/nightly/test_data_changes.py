"""Traces tell a rewritten past from one that grew, was cut off at its start, or was adjusted."""

from pathlib import Path

import numpy as np
import pytest
from builders import prices_of, random_walk

from rnncli.nightly.data_changes import (
    changed_symbols,
    load_marks,
    mark_rows,
    marks_path,
    save_marks,
)

DAYS = 700  # nearly three years


@pytest.fixture
def walk():
    return np.rint(random_walk(np.random.default_rng(3), DAYS) * 100) / 100


def later(prices, row):
    """The same from a row on."""
    return prices.later(np.array([row] * len(prices.symbols)))


@pytest.mark.parametrize("first", ["2021-03-01", None])
def test_what_grew_is_the_same_and_any_price_that_changed_is_not(walk, first):
    """A row more, a symbol more or fewer; a cent on any single day but what is rounding."""
    old = mark_rows(prices_of({"A": walk[:-1], "B": walk[:50]}, first))
    assert changed_symbols(old, prices_of({"A": walk, "C": walk}, first), returns=True) == []
    for day in (0, 1, 300, DAYS - 4, DAYS - 3):
        other = walk.copy()
        other[day] += 0.01
        assert changed_symbols(old, prices_of({"A": other}, first), returns=True) == ["A"]


def test_a_file_that_begins_later_is_not_rewritten(walk):
    """As vendors cut off the oldest rows; what is left is still compared, year by year."""
    whole = prices_of({"A": walk}, "2021-03-01")
    old = mark_rows(whole)
    assert changed_symbols(old, later(whole, 100), returns=True) == []
    other = walk.copy()
    other[500] += 0.01
    assert changed_symbols(old, later(prices_of({"A": other}, "2021-03-01"), 100), True) == ["A"]


def test_a_file_that_lacks_its_end_is_not_rewritten(walk):
    """As of a download that broke off: what there is is still compared."""
    old = mark_rows(prices_of({"A": walk}))
    for last in (DAYS - 1, DAYS - 300, 1):
        assert changed_symbols(old, prices_of({"A": walk[:last]}), returns=True) == []
    other = walk[: DAYS - 300].copy()
    other[100] += 0.01
    assert changed_symbols(old, prices_of({"A": other}), returns=True) == ["A"]


@pytest.mark.parametrize("days", [2, 3, 40, 300])
def test_a_last_price_that_is_corrected_is_rewritten_on_whatever_day(walk, days):
    """By more than a usual day's move; else it was provisional, as many vendors' last one is."""
    for length in range(days, days + 30):
        usual = np.abs(np.diff(np.log(walk[:length]))).mean()
        for moves, said in ((1.01, ["A"]), (-1.01, ["A"]), (0.9, []), (-0.9, [])):
            other = walk[: length + 1].copy()
            other[length - 1] *= np.exp(moves * usual)
            old = mark_rows(prices_of({"A": walk[:length]}))
            for now in (other[:length], other):
                assert changed_symbols(old, prices_of({"A": now}), returns=True) == said


def test_where_no_usual_move_is_known_every_other_last_price_is_rewritten(walk):
    """A row a year, or a price of zero in each."""
    years = prices_of({"A": walk[:9]})
    years.dates[:] = (np.arange(2010, 2019) - 1970).astype("datetime64[Y]").astype("datetime64[s]")
    low = prices_of({"A": np.concatenate([[0.0], walk[:9]])})
    for prices in (years, low):
        old = mark_rows(prices)
        assert changed_symbols(old, prices, returns=False) == []
        prices.values[-1] *= 1.001
        assert changed_symbols(old, prices, returns=False) == ["A"]


@pytest.mark.parametrize("row", [1, 100, 261, 262, 263, 400, 523, DAYS - 1])
@pytest.mark.parametrize("factor", [0.5, 0.9, 10])
def test_a_split_that_is_adjusted_later_is_rewritten(walk, row, factor):
    """On whatever day it was, also the first one of a year: the returns are others."""
    adjusted = np.concatenate([walk[:row] * factor, walk[row:]])
    old = mark_rows(prices_of({"A": walk}))
    assert changed_symbols(old, prices_of({"A": adjusted}), returns=True) == ["A"]
    assert changed_symbols(mark_rows(prices_of({"A": adjusted})), prices_of({"A": walk}), True) == [
        "A"
    ]


def test_an_adjusted_past_holds_the_same_returns(walk):
    """By a factor and rounded to cents; to what sees prices it is another one."""
    old = mark_rows(prices_of({"A": walk}))
    for factor in (0.25, 0.98, 1.5):
        moved = prices_of({"A": np.round(walk * factor, 4)})
        assert changed_symbols(old, moved, returns=True) == []
        assert changed_symbols(old, moved, returns=False) == ["A"]
    half = np.concatenate([walk[:300] * 0.98, walk[300:]])
    assert changed_symbols(old, prices_of({"A": half}), returns=True) == ["A"]


def test_a_day_more_or_fewer_in_the_past_is_another_one(walk):
    """By its dates."""
    prices = prices_of({"A": walk})
    old = mark_rows(prices)
    gone = np.delete(np.arange(DAYS), 100)
    fewer = prices_of({"A": walk[gone]})
    fewer.dates[:] = prices.dates[gone]
    assert changed_symbols(old, fewer, returns=True) == ["A"]
    assert changed_symbols(mark_rows(fewer), prices, returns=True) == ["A"]


def test_prices_that_have_no_logarithm(walk):
    """Below zero, zero: their bytes count."""
    values = walk - 100
    values[5] = 0
    old = mark_rows(prices_of({"A": values}))
    assert changed_symbols(old, prices_of({"A": values}), returns=False) == []
    assert changed_symbols(old, prices_of({"A": values * 2}), returns=False) == ["A"]
    assert changed_symbols(old, prices_of({"A": walk}), returns=True) == ["A"]
    assert changed_symbols(old, prices_of({"A": values}), returns=True) == []


def test_traces_are_kept_beside_their_model(tmp_path, walk):
    """Read back as they were for that model alone; of what is damaged nothing is known."""
    path, own = str(tmp_path / "a.model"), mark_rows(prices_of({"A": walk, "=b\x1b": walk[:1]}))
    assert load_marks(path, "d") is None
    save_marks(path, "d", own)
    found = load_marks(path, "d")
    assert list(found) == list(own)
    for symbol, one in own.items():
        assert found[symbol].years == one.years
        np.testing.assert_array_equal(found[symbol].marks, one.marks)
    assert load_marks(path, "e") is None
    file = Path(marks_path(path))
    for content in (b"", b"nonsense", b"x" + file.read_bytes()[1:]):
        file.write_bytes(content)
        assert load_marks(path, "d") is None
