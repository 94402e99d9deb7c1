"""Filled weekends and long runs of one price are reported, and what looks alike is not."""

import io

import numpy as np
import pytest
from builders import weekdays

from rnncli.prices.reader import read_prices
from rnncli.settings import ReadSettings


def walk(count: int, seed: int = 0, decimals: int = 2) -> np.ndarray:
    """Prices that move by a percent a day."""
    moves = np.random.default_rng(seed).normal(0, 0.01, count)
    return np.round(100 * np.exp(np.cumsum(moves)), decimals)


def warned(dates, values, symbols=None) -> str:
    """What the reader warns of; nothing where it does not."""
    names = ["A"] * len(values) if symbols is None else symbols
    texts = [str(date) for date in dates]
    lines = [f"{d},{s},{v}" for d, s, v in zip(texts, names, values.tolist(), strict=True)]
    data = "\n".join(["date,symbol,close", *lines, ""]).encode()
    return "".join(read_prices(["-"], ReadSettings(), io.BytesIO(data)).warnings())


ALL_DAYS = np.arange("2022-01-03", "2023-02-27", dtype="datetime64[D]")
WEEKEND = (ALL_DAYS.astype(int) + 3) % 7 >= 5


def filled(values: np.ndarray) -> np.ndarray:
    """Weekends that repeat Friday."""
    rows = np.arange(len(values))
    return values[np.maximum.accumulate(np.where(WEEKEND, 0, rows))]


def test_filled_weekends_are_reported():
    """With the first of them, and how many rows they are."""
    said = warned(ALL_DAYS, filled(walk(len(ALL_DAYS))))
    assert "rows of weekends that repeat the price before (first A on 2022-01-08; leave" in said
    assert said.endswith(f"): {WEEKEND.sum()}")


def test_the_remedy_is_to_leave_them_out():
    """What is left is as a market of weekdays."""
    assert warned(ALL_DAYS[~WEEKEND], filled(walk(len(ALL_DAYS)))[~WEEKEND]) == ""


def test_a_market_that_never_closes_is_not_a_filled_one():
    """Its weekends move; one or two that do not are chance."""
    values = walk(len(ALL_DAYS))
    values[5] = values[4]
    assert warned(ALL_DAYS, values) == ""


def test_a_price_that_hardly_moves_says_nothing_of_weekends():
    """A fund of money, whose price repeats on most days."""
    values = np.repeat(walk(len(ALL_DAYS) // 7 + 1), 7)[: len(ALL_DAYS)]
    assert "weekends" not in warned(ALL_DAYS, values)


@pytest.mark.parametrize(("start", "rows"), [(210, 90), (210, 30), (0, 60), (100, 31), (7, 45)])
def test_a_halt_is_reported(start, rows):
    """At the end, where forecasts begin, and everywhere else."""
    dates, values = weekdays("2022-01-03", 300), walk(300)
    values[start : start + rows] = 12.34
    days = [str(dates[i])[:10] for i in (start, start + rows - 1)]
    said = warned([str(date)[:10] for date in dates], values)
    assert f"long runs of one price (first A: {rows} rows from {days[0]} to {days[1]}): 1" in said


def test_every_run_of_every_series_counts():
    """And a run ends with its series."""
    dates = [str(date)[:10] for date in weekdays("2022-01-03", 200)]
    one, other = walk(200), walk(200, 1)
    one[20:60], one[100:140], one[180:], other[:20] = 50, 51, 52, 52
    other[150:190] = 53
    said = warned([*dates, *dates], np.concatenate([one, other]), ["A"] * 200 + ["B"] * 200)
    assert f"(first A: 40 rows from {dates[20]} to {dates[59]}): 3" in said


@pytest.mark.parametrize(
    "values",
    [
        np.repeat(walk(30), 10),
        np.where(np.arange(300) % 29 == 0, walk(300), 50.0),
        np.concatenate([walk(100), np.full(29, 7.0), walk(100)]),
        np.round(walk(300), -1),
    ],
    ids=["ten days each", "seldom another", "29 rows", "tens"],
)
def test_prices_that_repeat_by_nature_are_not_told(values):
    """A pegged currency, a price that is set once a fortnight, one of few digits."""
    assert "run" not in warned([str(d)[:10] for d in weekdays("2022-01-03", len(values))], values)


def bars(dates, opens, closes) -> str:
    """What the reader warns of in bars, where the open is read."""
    lines = [f"{d},{o},{c}" for d, o, c in zip(dates, opens.tolist(), closes.tolist(), strict=True)]
    data = "\n".join(["date,open,close", *lines, ""]).encode()
    prices = read_prices(["-"], ReadSettings(), io.BytesIO(data), fields=("open",))
    return "".join(prices.warnings())


def test_opens_that_are_the_close_before_are_reported():
    """Vendors without opens fill them so; some true ones among them are no matter."""
    closes, days = walk(61), weekdays("2024-01-01", 61)
    opens = np.append(closes[0], closes[:-1])
    said = "symbols whose opens are the close before (first stdin: 60 of 60), so that there are no"
    assert said in bars(days, opens, closes)
    assert "59 of 60" in bars(days, np.where(np.arange(61) == 30, opens + 1, opens), closes)
    assert bars(days, np.where(np.arange(61) % 10, opens, opens + 0.1), closes) == ""


def test_opens_of_a_market_that_never_closes_are_no_fault():
    """Nor those of hours, nor of a price that mostly stands still."""
    closes = walk(61)
    opens = np.append(closes[0], closes[:-1])
    assert bars(ALL_DAYS[:61], opens, closes) == ""
    hours = [f"2024-01-{2 + i // 20:02}T{i % 20:02}:00" for i in range(61)]
    assert bars(hours, opens, closes) == ""
    still = np.repeat(walk(16), 4)[:61]
    assert "opens" not in bars(weekdays("2024-01-01", 61), np.append(still[0], still[:-1]), still)
