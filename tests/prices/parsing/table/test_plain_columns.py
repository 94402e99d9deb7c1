"""Columns that the kernel cuts are those of pandas, bit by bit; the rest it leaves to pandas."""

from dataclasses import replace

import numpy as np
import pytest
from ways_to_cut import cut_by

from rnncli import kernels
from rnncli.kernels import _compile
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.source.text import Text
from rnncli.prices.parsing.table import plain_columns
from rnncli.prices.parsing.table.pandas_columns import BulkColumns
from rnncli.prices.parsing.table.plain_columns import NotPlainError, PlainColumns

TEXTS, PRICES = [0, 3], [1, 2]


@pytest.fixture(autouse=True)
def large(monkeypatch):
    """Every text of this file is cut as that of a large file is, a few rows at a time."""
    cut_by("kernel", monkeypatch)
    monkeypatch.setattr(plain_columns, "PIECE", 100)


def grid_of(rows):
    """The grid of rows of date, two prices, symbol and a column that is not read."""
    lines = ["date,open,close,Name,note", *(",".join(row) for row in rows)]
    return read_grid(Text("x.csv", "\n".join(lines).encode() + b"\n", "utf-8"))


def assert_as_pandas(rows):
    """The kernel gives the numbers, distinct cells and codes of pandas."""
    grid = grid_of(rows)
    ref, comp = BulkColumns(grid, TEXTS, PRICES, bare=True), PlainColumns(grid, TEXTS, PRICES)
    for index in PRICES:
        values = comp.floats(index)
        assert values is not None
        np.testing.assert_array_equal(values.view(np.int64), ref.floats(index).view(np.int64))
    for index in TEXTS:
        assert comp.floats(index) is None
        cells, codes = comp.coded(index)
        assert cells == ref.coded(index)[0]
        np.testing.assert_array_equal(codes, ref.coded(index)[1])


def a_number(rng):
    """A plain number of up to 15 digits, the point anywhere."""
    digits = "".join(map(str, rng.integers(0, 10, rng.integers(1, 16))))
    at = int(rng.integers(0, len(digits) + 1))
    return rng.choice(["", "-"]) + rng.choice([digits, f"{digits[:at]}.{digits[at:]}"])


def test_numbers_are_the_nearest_floats():
    """Of any length, on either side of the point; a cell without a number is missing."""
    rng = np.random.default_rng(0)
    rows = [[f"day {i % 28}", a_number(rng), a_number(rng), "A", "n"] for i in range(2000)]
    others = ["", "n/a", "-", "NaN", "9007199254740992"]
    for number, row in enumerate(rows[1::9]):
        row[1] = others[number % len(others)]
    assert_as_pandas(rows)


def test_cells_are_told_apart():
    """Those that begin alike, that come again, that are empty or not ASCII."""
    rng = np.random.default_rng(1)
    names = ["A", "AB", "", "ABC", "B", "Ö", "日経", "AB ", "a", "1", "0700"]
    dates = [f"day {number}" for number in range(50)]
    symbols = rng.choice(names, 600).tolist()
    rows = [[dates[i % 47 + i // 300], "1", "2", symbols[i], "n"] for i in range(600)]
    assert_as_pandas(rows)


def test_many_cells_share_slots():
    """Some of thousands; and A390484 has that of A, which is noted before 390484."""
    rows = [[f"{number * 7919 % 3001}", "1", "2", "A", "n"] for number in range(6000)]
    for number, symbol in enumerate(["A", "390484", "A390484"]):
        rows[number][3] = symbol
    assert_as_pandas(rows)


def test_a_row_of_another_width_is_left_to_pandas():
    """The grid has none; a number of cells is not taken for granted."""
    rows = [[f"d{number}", "1", "2", "A", "n"] for number in range(99)]
    grid = grid_of(rows)
    for longer in (b"d50,1,2,A\n", b"d50,1,2,A,n,n\n"):
        body = grid.body.replace(b"d50,1,2,A,n\n", longer)
        with pytest.raises(NotPlainError):
            PlainColumns(replace(grid, body=body), TEXTS, PRICES)


def test_the_kernel_needs_no_numba(monkeypatch):
    """It takes the arrays as they are: Numba would be imported to convert them."""
    kernels.plain_columns_kernel.cache_clear()
    monkeypatch.setattr(_compile, "by_numba", None)
    columns = PlainColumns(grid_of([["d", "1", "2", "A", "n"]] * 99), TEXTS, PRICES)
    np.testing.assert_array_equal(columns.floats(1), np.ones(99))


def test_empty_lines_are_no_rows():
    """As for pandas, whatever piece they are in."""
    rows = [[f"d{number}", f"{number}", "2.5", "A", "n"] for number in range(100)]
    lines = ["date,open,close,Name,note", *(",".join(row) for row in rows)]
    grid = read_grid(Text("x.csv", "\n\n".join(lines).encode() + b"\n", "utf-8"))
    comp = PlainColumns(grid, TEXTS, PRICES)
    np.testing.assert_array_equal(comp.floats(1), np.arange(100))


FORMS = [
    "1e3",
    " 1",
    "1 ",
    "+1",
    "1.2.3",
    "12345678901234567",
    "0" * 30 + "1",
    "inf",
    "0x1",
    "--1",
    "1-",
    "1x",
]


@pytest.mark.parametrize("cell", FORMS)
def test_what_is_not_plain_is_left_to_pandas(cell):
    """Other forms of numbers, and text."""
    rows = [[f"d{number}", "1", cell if number == 50 else "2", "A", "n"] for number in range(99)]
    with pytest.raises(NotPlainError):
        PlainColumns(grid_of(rows), TEXTS, PRICES)


def test_a_control_character_is_left_to_pandas():
    """It ends a cell or a line there."""
    rows = [[f"d{number}", "1", "2", "A\0B", "n"] for number in range(99)]
    with pytest.raises(NotPlainError):
        PlainColumns(grid_of(rows), TEXTS, PRICES)


@pytest.mark.parametrize("odd", [1 << 14, 1])
def test_more_odd_cells_than_are_noted_are_left_to_pandas(odd, monkeypatch):
    """A piece has room for the positions of a limited number of them."""
    monkeypatch.setattr(plain_columns, "MOST_ODD", odd)
    rows = [[f"d{number}", "1" if number % 2 else "NA", "2", "A", "n"] for number in range(99)]
    if odd > 1:
        assert_as_pandas(rows)
    else:
        with pytest.raises(NotPlainError):
            PlainColumns(grid_of(rows), TEXTS, PRICES)
