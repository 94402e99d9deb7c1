"""How numbers, texts and tables look."""

import io

import pytest
from rich.console import Console

from rnncli.report.output import plain
from rnncli.report.tables import bar, counted, number, pairs, price, shown, sparkline, table
from rnncli.report.text import cell, safe


def drawn(thing, width=80):
    """What a thing looks like in a terminal of a width, line ends trimmed."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, height=25, emoji=False, highlight=False, markup=False,
        color_system=None, _environ={},
    )  # fmt: skip
    console.print(thing)
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-2.0, "-2"), (2.0**50, "1125899906842624"),
        (0.5, "0.5"), (0.9900000000000001, "0.99"), (1 / 3, "0.33333"), (12 + 1 / 3, "12.333"),
        (123456.7, "123457"), (0.00048828125, "0.000488"), (8.9e-16, "8.9e-16"),
        (1.5e9 + 0.5, "1.5e+09"), (1e300, "1e+300"), (float("inf"), "inf"), (float("nan"), "-"),
    ],
)  # fmt: skip
def test_numbers_are_short_and_whole_ones_in_full(value, text):
    """Short numbers stand as they are, others to five digits, extremes with a power of ten."""
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (71.93, "71.930"), (179.868, "179.87"), (38915.87, "38,915.87"), (1.0, "1.0000"),
        (0.5, "0.50000"), (0.00012345678, "0.00012346"), (0.0, "0.00000"), (-37.63, "-37.630"),
        (-0.0, "0.00000"), (float("nan"), "-"), (999_999_999_999.0, "999,999,999,999.00"),
        (1.25e12, "1.25000e+12"), (-1.23456789e300, "-1.23457e+300"), (float("inf"), "inf"),
    ],
)  # fmt: skip
def test_prices_of_one_size_have_the_same_decimals(value, text):
    """A column of prices lines up at its decimal points."""
    assert price(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"), (True, "yes"), (False, "no"), (7, "7"), ([2, 3], "2 x 3"), ("a\x1b", "a\\x1b"),
    ],
)  # fmt: skip
def test_values_are_shown_for_people(value, text):
    """Nothing is a dash, truth is a word, a shape is read aloud, text is made harmless."""
    assert shown(value) == text


def test_a_table_that_fits_is_one_table():
    """Texts on the left, numbers on the right, two spaces between."""
    assert drawn(table("Title", ["name", "count"], [["a", 1], ["bb", 20]], caption="End")) == [
        "Title", "", " name  count", " ───────────", " a         1", " bb       20", "", "End",
    ]  # fmt: skip


def test_a_table_too_wide_is_split_and_repeats_its_keys():
    """No number is cut: the columns go below each other, the first in every part."""
    rows = [["AAA", 10**11, 2 * 10**11, 3 * 10**11]]
    lines = drawn(table("T", ["symbol", "one", "two", "three"], rows), width=40)
    text = "\n".join(lines)
    assert all(str(value) in text for value in rows[0][1:])
    assert text.count("AAA") == text.count("symbol") == 2
    assert max(map(len, lines)) <= 40


def test_a_long_text_is_folded_and_loses_nothing():
    """A name longer than the screen goes on in the next line."""
    name = "n" * 100
    lines = drawn(table("T", ["symbol", "rows"], [[name, 5]]), width=40)
    assert "".join(lines).count("n") == 100
    assert max(map(len, lines)) <= 40


def test_pairs_stand_in_two_columns():
    """Names and values line up under their title, with a blank line after."""
    assert drawn(pairs("Title", [("a", "1"), ("long name", "2")])) == [
        "Title", "  a          1", "  long name  2", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("share", "text"), [(0, ""), (1, "████"), (0.5, "██"), (0.53, "██▏"), (7, "████"), (-1, "")]
)
def test_a_bar_is_a_share_of_its_width(share, text):
    """Bars are drawn in eighths and never leave their width."""
    assert bar(share, 4).plain == text


def test_bars_begin_at_the_left():
    """Bars of a column share their left end."""
    lines = drawn(table("T", ["lag", ""], [[0, bar(1, 8)], [1, bar(0.25, 8)]]))
    assert lines[4].index("█") == lines[5].index("█")


def test_one_is_not_many():
    """A count agrees with its noun."""
    assert [counted(n, "symbol") for n in (0, 1, 2)] == ["0 symbols", "1 symbol", "2 symbols"]


def test_safe_text_has_no_hidden_character():
    """Control, bidirectional and invisible characters are shown by number; letters are kept."""
    assert safe("a\x1b\x9b\u202e\u200b\udcff\n") == "a\\x1b\\x9b\\u202e\\u200b\\udcff\\n"
    assert safe("Äß€漢😀[x]") == "Äß€漢😀[x]"


def test_a_cell_is_not_a_formula():
    """A text that a spreadsheet would compute gets a quote; others are left alone."""
    assert [cell(text) for text in ("=1", "+1", "-1", "@a", "\ta", "a=1", "'a")] == [
        "'=1", "'+1", "'-1", "'@a", "'\\ta", "a=1", "'a",
    ]  # fmt: skip


def test_plain_values_are_json():
    """What is not finite is null, at any depth; keys are text."""
    values = {1: [float("nan"), (1.5, float("inf"))], "a": None, "b": True}
    assert plain(values) == {"1": [None, [1.5, None]], "a": None, "b": True}


def test_spare_columns_are_left_out_before_a_table_is_split():
    """One by one, in the order given, and the reader is told of them."""
    grid = table("T", ["name", "a", "bb", "c"], [["x", 1, 22, 3]], spare=["bb", "c"])
    assert drawn(grid, 30)[2].split() == ["name", "a", "bb", "c"]
    assert drawn(grid, 13)[2].split() == ["name", "a", "c"]
    assert "narrow: bb." in " ".join(drawn(grid, 13))
    assert drawn(grid, 10)[2].split() == ["name", "a"]
    assert "bb, c." in " ".join(drawn(grid, 10))


@pytest.mark.parametrize(
    ("values", "width", "text"),
    [
        ([], 3, ""), ([5.0], 3, "▄"), ([5.0, 5.0], 3, "▄▄"), ([0.0, 7.0], 3, "▁█"),
        ([0, 2, 6, 8, 3, 5], 3, "▁█▅"), ([-1e308, 1e308], 2, "▁█"),
    ],
)  # fmt: skip
def test_a_sparkline_has_the_means_of_parts_between_the_lowest_and_the_highest(values, width, text):
    """As many blocks as there are values, up to the width."""
    assert sparkline(values, width).plain == text


def test_a_sparkline_of_letters_where_only_they_are_sure_to_be_shown(monkeypatch):
    """The locale says so."""
    monkeypatch.setenv("LC_ALL", "C")
    assert sparkline([0.0, 7.0], 2).plain == "_#"


def test_a_text_of_ten_thousand_characters_is_cut_in_a_table():
    """Rich takes a minute for columns of that width; other forms have all of it."""
    assert shown("S" * 1000) == "S" * 1000
    assert shown("S" * 10_000) == "S" * 1000 + "…"
