"""A price means the number its writer meant, or it is no price."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.prices.parsing.values.numbers import decimal_mark, is_missing, is_number, parse

MISSING = ["", " ", "null", "NULL", "NaN", "nan", "N/A", "#N/A", "-", ".", "None"]


@pytest.mark.parametrize(
    ("cell", "mark", "value"),
    [
        ("1.5", ".", 1.5),
        (" -37.63 ", ".", -37.63),
        ("+.5", ".", 0.5),
        ("1e3", ".", 1000.0),
        ("$1,234.50", ".", 1234.5),
        ("€ 12", ".", 12.0),
        ("-$5", ".", -5.0),
        ("£1,234,567", ".", 1234567.0),
        ("12,02,30,384.00", ".", 120230384.0),
        ("1'234.56", ".", 1234.56),
        ("1.234,56", ",", 1234.56),
        ("1.234.567", ",", 1234567.0),
        ("0,785", ",", 0.785),
        ("1 234,56", ",", 1234.56),
        ("1\u202f234,56 €", ",", 1234.56),
        ("12", ",", 12.0),
        ("(5.5)", ".", -5.5),
        ("($5.5)", ".", -5.5),
        ("12.5-", ".", -12.5),
        ("\u22125", ".", -5.0),
        ("1 USD", ".", 1.0),
        ("USD 1.5", ".", 1.5),
        ("R$ 1.234,56", ",", 1234.56),
        ("12,5 zł", ",", 12.5),
        ("4.25%", ".", 4.25),
        ("-0,6 %", ",", -0.6),
        ("1.2M", ".", 1_200_000.0),
        ("68,24M", ",", 68_240_000.0),
        ("950K", ".", 950_000.0),
        ("5 Mio.", ",", 5_000_000.0),
        ("1.1B", ".", 1_100_000_000.0),
    ],
)
def test_numbers_in_every_style(cell, mark, value):
    """Currency signs and thousands separators fall away under the column's decimal mark."""
    assert is_number(cell)
    assert parse([cell], mark) == ([value], None)


@pytest.mark.parametrize(
    "cell",
    ["inf", "-Infinity", "1e400", "abc", "1.2.3", "1,2,3", "1_000", "0x1A", "TRUE", "1 apple"],
)
def test_what_is_not_a_finite_number_is_refused(cell):
    """Infinities, overflow and words are pointed at by their index."""
    assert parse(["1", cell], ".") == ([1.0], 1)


@pytest.mark.parametrize("cell", MISSING)
def test_markers_of_missing_values(cell):
    """The usual ways to write that there is no value are missing values."""
    assert is_missing(cell)
    values, bad = parse([cell], ".")
    assert (math.isnan(values[0]), bad) == (True, None)


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1.5"], "."),
        (["1,5"], ","),
        (["1,234"], None),
        (["1.234"], None),
        (["1,234,567"], "."),
        (["1.234,5"], ","),
        (["1,234.5"], "."),
        (["0,123"], ","),
        (["10,24B", "-0,61%"], ","),
        (["1.5", "1,5"], "both"),
        (["2024-01-02", "abc", ""], None),
    ],
)
def test_the_decimal_mark_is_proved_not_guessed(cells, mark):
    """Three digits after a mark prove nothing."""
    assert decimal_mark(cells) == mark


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5))
def test_floats_survive_to_the_last_bit(values):
    """What Python writes is read back as the same number."""
    assert parse([repr(value) for value in values], ".") == (values, None)
