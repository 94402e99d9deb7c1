"""Reasons to be careful with a symbol: each where it applies, and no other."""

from dataclasses import replace

import numpy as np
from builders import prices_of, random_walk
from evaluations import FOLDS, evaluation
from ledgers import forecast_of

from rnncli.evaluation.doubts import doubts, usual_widths
from rnncli.evaluation.many_symbols import SymbolScores

FINE = {
    "coverage_80": 0.8, "band_low_80": 0.7, "band_high_80": 0.9, "independent_80": 200,
    "drift_80": False,
}  # fmt: skip


def forecast(rows=100, **changes):
    """Forecasts of two random walks."""
    rng = np.random.default_rng(3)
    return replace(forecast_of(prices_of({s: random_walk(rng, rows) for s in "AB"})), **changes)


def labels(made, scores):
    """What is said of each symbol, in a word or two."""
    judged = scores and SymbolScores(scores, (80.0,))
    return [[doubt.label for doubt in of_symbol] for of_symbol in doubts(made, judged)]


def test_nothing_is_said_where_nothing_is_wrong():
    """With a backtest in which ranges held, or without one."""
    assert labels(forecast(), {"A": FINE, "B": FINE}) == [[], []]
    assert labels(forecast(), None) == [[], []]


def test_ranges_that_did_not_hold_are_named_by_their_side():
    """Too narrow is serious, too wide is not; what was not tested is."""
    scores = {
        "A": FINE | {"coverage_80": 0.6, "drift_80": True},
        "B": FINE | {"coverage_80": 0.95, "drift_80": True},
    }
    (narrow,), (wide,) = doubts(forecast(), SymbolScores(scores, (80.0,)))
    assert (narrow.label, narrow.serious) == ("too narrow", True)
    assert "held 60.0 %, not 80 %; by chance 70.0 to 90.0 %" in narrow.reason
    assert (wide.label, wide.serious) == ("too wide", False)
    assert labels(forecast(), {"A": FINE}) == [[], ["untested"]]


def test_old_few_and_untested_rows_are_reported():
    """Each of its own symbol."""
    made = forecast()
    old = made.cutoffs.copy()
    old[1] -= np.timedelta64(30, "D")
    assert labels(replace(made, cutoffs=old), None) == [[], ["old"]]
    assert labels(forecast(rows=40), None) == [["few rows"], ["few rows"]]
    assert labels(replace(made, untested=np.array([True, False])), None) == [["untested"], []]


def test_a_jump_on_the_last_day_is_reported_and_one_before_it_is_not():
    """Of many times the usual change."""
    values = random_walk(np.random.default_rng(4), 100)
    jumped = np.append(values, values[-1] * 0.5)
    made = forecast_of(prices_of({"A": jumped, "B": np.append(jumped, jumped[-1])}))
    assert labels(made, None) == [["jump"], []]


def test_usual_widths_are_means_of_the_past():
    """By symbol and row ahead; none where there are no intervals of that level."""
    made = evaluation()
    past = made.scores["model"]["width_80"]
    assert np.allclose(usual_widths(made, 80.0)["B"], past[FOLDS:].mean(axis=0))
    assert usual_widths(made, 95.0) == {}
