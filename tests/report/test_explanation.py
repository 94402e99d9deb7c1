"""What is said of an explanation below its tables."""

import io
from dataclasses import replace

import numpy as np
import pytest

from rnncli.gradients.explanation import Effects, Explanation, SymbolExplanation
from rnncli.report.explanation import explanation_report
from rnncli.report.output import rendered

ROWS, INPUTS = 3, ("close", "volume")


def symbol(name="A", gap=0.0, middle=0.0):
    """Three rows, of which the last widened by e^0.2 and the first narrowed by as much."""
    by_row = np.array([[-0.2, 0.0], [0.0, 0.0], [0.1, 0.1]])
    return SymbolExplanation(
        symbol=name,
        dates=np.array(["2024-01-02", "2024-01-03", "2024-01-04"], "datetime64[s]"),
        row_numbers=np.arange(5, 8),
        changes=np.array([np.nan, 0.0, 0.05]),
        inputs=INPUTS,
        fed=np.zeros((ROWS, 2)),
        unit="log",
        width=Effects(by_row, np.log(0.04), gap),
        location=Effects(np.full((ROWS, 2), middle), 6 * middle, 0.0),
    )


def shown(*symbols, weight=None):
    """The tables as text."""
    report = explanation_report(Explanation(symbols, 1, 95.0, weight))
    return rendered(report.tables(), io.StringIO())


def test_effects_are_percentages_of_the_width():
    """Of all rows together, and of those that moved it: quiet ones are not listed."""
    text = shown(symbol())
    assert "A: what moved the 95 % range of the row after 2024-01-04, over 3 rows" in text
    assert [line.split()[:3] for line in text.splitlines() if "2024-01-0" in line][1:] == [
        ["2024-01-04", "0", "+5.00"],
        ["2024-01-02", "2", "-"],
    ]
    assert "+22.1 %" in text
    assert "-18.1 %" in text
    assert "The range is 4 % of the price wide; after 3 usual rows, 4 % of the price." in text
    assert "volume is as usual" in text


@pytest.mark.parametrize(
    ("weight", "said"),
    [(None, None), (0.5, "which has 50% of the weight"), (1.0, "explained is the prior")],
)
def test_whose_part_it_is(weight, said):
    """The network's in a pool, the prior's where it has all the weight."""
    text = shown(symbol(), weight=weight)
    assert ("prior" in text) == (said is not None)
    assert said is None or said in text


def test_nothing_has_no_sign_of_less():
    """An effect, a change and a forecast that round to zero from below."""
    tiny = symbol(middle=-1e-9)
    by_row = np.array([[-1e-5, 0.0], [0.3, 0.0], [1e-4, -1e-5]])
    tiny = replace(tiny, width=Effects(by_row, -3.0, 0.0), changes=np.array([-1e-9, -1e-7, 0.1]))
    text = shown(tiny)
    assert "-0.0" not in text
    assert "+0.0 %" in text
    assert "+0.00 %" in text


def test_a_last_price_that_may_be_wrong_is_explained():
    """It is no feature that could be as usual."""
    assert "may be wrong" not in shown(symbol())
    text = " ".join(shown(replace(symbol(), inputs=("close", "wild move"))).split())
    assert "up and down in turn. Wild move: the last price moved so far that it may be" in text


def test_the_forecast_stands_beside_where_it_was_moved():
    """In percent of the price; without, that nothing moved it."""
    assert "The forecast does not depend on these rows." in shown(symbol())
    text = shown(symbol(middle=0.001))
    assert "The forecast is +0.600 % from the last price; after 3 usual rows, +0.000 %" in text


def test_effects_that_do_not_add_up_are_admitted():
    """A gap of more than a hundredth of what they come to."""
    assert "do not add up" not in shown(symbol(gap=1e-6))
    assert "do not add up" in shown(symbol(gap=0.01))


def test_no_more_than_a_screen_or_two():
    """Four symbols have tables; how many have not is said."""
    text = shown(*(symbol(name) for name in "ABCDEF"))
    assert "2 more symbols not shown; --symbols chooses which are, --format csv has all" in text
    assert "E: what moved" not in text


def test_rows_without_dates_are_numbered():
    """As in forecasts."""
    undated = replace(symbol(), dates=np.full(ROWS, np.datetime64("NaT", "s")))
    rows = list(explanation_report(Explanation((undated,), 1, 95.0)).rows())
    assert [(row["date"], row["lag"], row["input"]) for row in rows[:3]] == [
        (5, 2, "close"), (5, 2, "volume"), (6, 1, "close"),
    ]  # fmt: skip
