"""What is shown of a model: nested values in one cell, and how much there is of long ones."""

from rnncli.report.inspection import _in_line


def test_nested_values_are_counted_within_others():
    """The functions and weights of a season, by symbol and lag, are for JSON."""
    season = {"rows": 20, "functions": ((0.5, 1.0),), "weights": {"A": [1.0], "B": [2.0]}}
    assert _in_line(season) == "rows 20, functions (1), weights (2)"
    assert _in_line({}) == "-"


def test_long_lists_are_cut():
    assert _in_line(list("abcdef")) == "a, b, c, d, e … (6 in all)"
    assert _in_line(list("abcdef"), 6) == "a, b, c, d, e, f"
