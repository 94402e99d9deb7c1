"""Jumps that look like a split are found, others are not, and undoing them leaves no jump."""

import io

import numpy as np
import pytest
from builders import weekdays
from hypothesis import given
from hypothesis import strategies as st

from rnncli.prices.parsing.quality.currency_changes import euro_jumps
from rnncli.prices.parsing.quality.splits import find_splits, undo
from rnncli.prices.reader import read_prices
from rnncli.settings import ReadSettings


def quiet(count: int, seed: int = 0) -> np.ndarray:
    """Prices that move by a percent a day."""
    return 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count)))


def found(values, dates=None) -> list[tuple[int, float]]:
    dates = weekdays("2024-01-01", len(values)) if dates is None else dates
    jumps = find_splits(np.asarray(values), np.zeros(len(values), np.int64), dates)
    return list(zip(jumps.rows.tolist(), jumps.ratios.tolist(), strict=True))


@pytest.mark.parametrize("ratio", [2, 3, 4, 7, 10, 20, 0.5, 0.1])
def test_a_split_is_found_and_undone(ratio):
    """The price falls to a half, a third, or rises as much, and stays there."""
    values = quiet(100)
    split = values.copy()
    split[60:] /= ratio
    assert found(split) == [(60, pytest.approx(ratio))]
    codes, dates = np.zeros(100, np.int64), weekdays("2024-01-01", 100)
    assert undo(find_splits(split, codes, dates), split, codes) == pytest.approx(values / ratio)


@pytest.mark.parametrize("ratio", [6 / 5, 5 / 4, 3 / 2, 5 / 2, 2 / 3, 4 / 5, 5 / 6])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_split_of_parts_is_found(ratio, seed):
    """Three for two and the like, where no other step comes near."""
    values = quiet(300, seed)
    values[200:] /= ratio * values[200] / values[199]  # a day without another move
    assert found(values) == [(200, pytest.approx(ratio))]


@pytest.mark.parametrize("ratio", [100, 150, 200, 1 / 100, 1 / 150, 1 / 200])
def test_the_largest_splits_are_found(ratio):
    """Up to 1:200, with rows enough on either side."""
    values = quiet(100)
    values[60:] /= ratio
    assert found(values) == [(60, pytest.approx(ratio))]


def test_bad_news_is_not_a_split_of_parts():
    """A loss of a third after which the price moves more than before, or one like others."""
    values = quiet(300)
    shaken = values.copy()
    shaken[200:] /= 1.5
    shaken[201:206] *= [1.05, 0.98, 1.04, 0.97, 1.03]
    assert found(shaken) == []
    values[200:] /= 1.5
    values[100:] *= 0.8
    assert found(values) == []


def with_column(head: str, none: str, split: str, adjusted: bool, ratio: float = 1.05) -> bytes:
    """A file with a column of splits; the price jumps, if it is not adjusted."""
    values = quiet(100)
    values[60:] /= 1 if adjusted else ratio * values[60] / values[59]
    lines = [f"{day},{price:.4f},{split if k == 60 else none}" for k, (day, price) in enumerate(
        zip(weekdays("2024-01-01", 100).astype("datetime64[D]"), values, strict=True)
    )]  # fmt: skip
    return "\n".join([f"Date,Close,{head}", *lines, ""]).encode()


@pytest.mark.parametrize(
    ("head", "none", "split"),
    [
        ("Stock Splits", "0.0", "1.05"), ("splitFactor", "1.0", "1.05"),
        ("Split Ratio", "", "21:20"), ("Splits", "", "21-for-20"), ("split", "1", "21/20"),
        ("split_coefficient", "1.0000", "1.0500"),
    ],
)  # fmt: skip
def test_a_column_of_splits_is_proof(head, none, split):
    """Even of a jump that nobody would see, and the remedy that the warning names works."""
    data = with_column(head, none, split, adjusted=False)
    prices = read_prices(["-"], ReadSettings(), io.BytesIO(data))
    day = weekdays("2024-01-01", 100)[60].astype("datetime64[D]")
    warning = f"noticed named splits that prices jump by (first stdin 21:20 on {day}; see "
    assert warning + "--adjust-splits): 1" in prices.warnings()[0]
    mended = read_prices(["-"], ReadSettings(adjust_splits=True), io.BytesIO(data))
    assert mended.values[59] == pytest.approx(mended.values[60], rel=1e-4)
    assert "mended splits undone (first stdin 21:20" in mended.warnings()[0]


@pytest.mark.parametrize(
    ("factor", "shown"), [(100, "from 99.46 to 9922"), (0.01, "from 99.46 to 0.9922")]
)
def test_pounds_and_then_pence_are_not_split(factor, shown):
    """The message says what it may be; the option converts earlier prices to the last unit."""
    values = quiet(100)
    values[60:] *= factor * 99.22 / values[60]
    values[:60] *= 99.46 / values[59]
    days = weekdays("2024-01-01", 100).astype("datetime64[D]")
    lines = [f"{day},{price:.6f}" for day, price in zip(days, values, strict=True)]
    data = "\n".join(["date,close", *lines, ""]).encode()
    (warned,) = read_prices(["-"], ReadSettings(), io.BytesIO(data)).warnings()
    assert (
        "noticed jumps by about 100, as from pounds to pence or by a split (first stdin" in warned
    )
    assert (
        f"{shown} on {days[60]}; --adjust-splits converts earlier prices to the last unit): 1"
        in warned
    )
    mended = read_prices(["-"], ReadSettings(adjust_splits=True), io.BytesIO(data))
    assert mended.values[59] == pytest.approx(99.46 * factor)


@pytest.mark.parametrize("split", ["2.0", "0.5", "1.05", "20"])
def test_a_column_of_splits_that_prices_are_adjusted_for_says_nothing(split):
    """As that of Yahoo, whose prices do not jump."""
    data = with_column("Stock Splits", "0.0", split, adjusted=True)
    prices = read_prices(["-"], ReadSettings(adjust_splits=True), io.BytesIO(data))
    assert prices.warnings() == []
    assert prices.values[0] == pytest.approx(quiet(100)[0], abs=1e-4)


def test_a_column_of_splits_speaks_against_other_jumps():
    """A loss of half the price that it does not name is a loss, and stays one."""
    data = with_column("Stock Splits", "0.0", "4.0", adjusted=False, ratio=4.0).decode()
    head, *lines = data.split("\n")[:-1]
    cells = [line.split(",") for line in lines]
    fallen = [f"{d},{float(p) / (2 if k >= 80 else 1)},{s}" for k, (d, p, s) in enumerate(cells)]
    text = "\n".join([head, *fallen, ""]).encode()
    prices = read_prices(["-"], ReadSettings(adjust_splits=True), io.BytesIO(text))
    assert "splits undone (first stdin 4:1" in prices.warnings()[0]
    assert prices.warnings()[0].endswith("): 1")
    assert prices.values[79] > 1.8 * prices.values[80]


def test_a_month_may_lose_a_third():
    """A jump between rows of months is not taken for a split of 3:2; one of 2:1 is."""
    months = np.arange("2000-01", "2012-01", dtype="datetime64[M]").astype("datetime64[s]")
    values = quiet(len(months))
    values[100:] /= 1.5 * values[100] / values[99]
    assert found(values, months) == []
    values[100:] /= 1.35
    assert found(values, months) == [(100, pytest.approx(2))]


def test_a_column_of_splits_of_many_symbols():
    """Each row's split is its symbol's, in a file that is not sorted."""
    values = quiet(100)
    rows = []
    for symbol, ratio in (("B", 4.0), ("A", 0.5)):
        split = values.copy()
        split[60:] /= ratio
        rows += [
            f"{day},{symbol},{price:.4f},{ratio if k == 60 else 0}" for k, (day, price) in
            enumerate(zip(weekdays("2024-01-01", 100).astype("datetime64[D]"), split, strict=True))
        ]  # fmt: skip
    data = "\n".join(["date,symbol,close,Stock Splits", *rows[::-1], ""]).encode()
    prices = read_prices(["-"], ReadSettings(adjust_splits=True), io.BytesIO(data))
    assert prices.symbols == ("A", "B")
    assert prices.series(0)[0] == pytest.approx(values[0] * 2, rel=1e-4)
    assert prices.series(1)[0] == pytest.approx(values[0] / 4, rel=1e-4)
    assert "): 2" in prices.warnings()[0]


def test_a_bad_print_is_not_a_split():
    """What is taken back the next day is an error of the data."""
    values = quiet(100)
    values[60] /= 2
    assert found(values) == []


def test_a_crash_and_a_wild_series_are_not_splits():
    """Three tenths of the price lost, or doubling as usual, says nothing of a split."""
    values = quiet(100)
    values[60:] *= 0.71
    assert found(values) == []
    assert found([1, 2, 1, 2, 3, 6, 3, 1, 2, 4]) == []


def test_a_jump_over_a_long_gap_is_not_a_split():
    """Half a year without prices may bring anything."""
    values, dates = quiet(100), weekdays("2024-01-01", 100)
    values[60:] /= 2
    dates[60:] += np.timedelta64(180, "D")
    assert found(values, dates) == []


def test_rows_without_dates_have_no_splits():
    """Nothing says that such rows follow each other overnight."""
    values = quiet(100)
    values[60:] /= 2
    assert found(values, np.full(100, np.datetime64("NaT", "s"))) == []


def test_a_split_belongs_to_its_series():
    """The step from one series to the next is none, and undoing touches one series."""
    values = np.concatenate([quiet(50), quiet(50, 1) / 2])
    values[75:] /= 4
    codes = np.repeat([0, 1], 50)
    dates = np.concatenate([weekdays("2024-01-01", 50)] * 2)
    jumps = find_splits(values, codes, dates)
    assert jumps.rows.tolist() == [75]
    assert np.array_equal(undo(jumps, values, codes)[:50], values[:50])


@given(st.integers(0, 1000))
def test_quiet_series_have_no_splits(seed):
    """A percent a day never looks like one."""
    assert found(quiet(60, seed)) == []


def in_euro(rate):
    """Days of a price whose currency becomes the euro with the new year, as a file."""
    days = weekdays("1998-11-23", 60).astype("datetime64[D]")
    values = quiet(60) * np.where(days < np.datetime64("1999-01-01"), rate, 1.0)
    return days, values


@pytest.mark.parametrize(("currency", "rate"), [("DEM", 1.95583), ("ITL", 1936.27)])
def test_the_rate_to_the_euro_is_not_a_split(currency, rate):
    """Prices are converted by hand: no option undoes it as if shares were divided."""
    days, values = in_euro(rate)
    lines = [f"{day},{value:.4f}" for day, value in zip(days, values, strict=True)]
    data = "\n".join(["date,close", *lines, ""]).encode()
    prices = read_prices(["-"], ReadSettings(adjust_splits=True), io.BytesIO(data))
    assert prices.values == pytest.approx(values, rel=1e-3)
    (warned,) = prices.warnings()
    assert f"jumps by about the rate of {currency} to the euro (first stdin on 1999-01-01" in warned
    assert "split" not in warned


def test_the_same_jump_in_another_year_is_like_a_split():
    """Days from the new year, a share was split in two far more often than converted."""
    days, values = in_euro(1.95583)
    codes, dates = np.zeros(60, np.int64), days.astype("datetime64[s]")
    (row,) = np.flatnonzero(days >= np.datetime64("1999-01-01"))[:1]
    for later, currencies in ((0, {row: "DEM"}), (7, {row: "DEM"}), (14, {}), (91, {})):
        moved = dates + np.timedelta64(later, "D")
        euro = euro_jumps(values, codes, moved)
        assert euro == currencies
        jumps = find_splits(values, codes, moved, currencies=euro)
        assert jumps.ratios.tolist() == ([] if currencies else [2.0])
    assert euro_jumps(values, codes, np.full(60, np.datetime64("NaT", "s"), "datetime64[s]")) == {}


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_named_change_of_currency_is_not_a_split(newest_first):
    """A column says why the price halves; what it says is reported instead."""
    days = weekdays("2024-01-01", 60).astype("datetime64[D]")
    values = quiet(60) * np.repeat([1.95583, 1.0], 30)
    lines = [
        f"{day},ABC,{value:.4f},{'DEM' if i < 30 else 'EUR'}"
        for i, (day, value) in enumerate(zip(days, values, strict=True))
    ]
    lines = lines[::-1] if newest_first else lines
    data = "\n".join(["date,symbol,close,currency", *lines, ""]).encode()
    prices = read_prices(["-"], ReadSettings(adjust_splits=True), io.BytesIO(data))
    assert prices.values == pytest.approx(values, rel=1e-3)
    (warned,) = prices.warnings()
    assert "symbols with more than one currency" in warned
    assert "split" not in warned
