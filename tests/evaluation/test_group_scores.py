"""Scores by group of an evaluation, against sums by hand; the worst misses, against prices."""

from dataclasses import replace

import numpy as np
from builders import prices_of
from evaluations import FOLDS, evaluation

from rnncli.evaluation.group_scores import group_keys, score_groups
from rnncli.evaluation.metrics import interval_score
from rnncli.evaluation.misses import worst_misses
from rnncli.evaluation.result import MODEL


def rows_by(made, name):
    """Rows of the groups of one key."""
    return {row[name]: row for row in score_groups(made, {name: group_keys(made, name)})}


def test_groups_of_symbols_and_rows_ahead_are_means_of_their_scores():
    """Every forecast is in the group of its symbol, and of its row ahead."""
    made = evaluation()
    scores = made.scores[MODEL]
    by_symbol, by_ahead = rows_by(made, "symbol"), rows_by(made, "ahead")
    assert by_symbol["B"]["mae"] == np.mean(scores["absolute"][FOLDS:])
    assert by_symbol["A"]["width_80"] == np.mean(scores["width_80"][:FOLDS])
    assert by_ahead[2]["mae_naive"] == np.mean(made.scores["naive"]["absolute"][:, 1])
    assert [row["forecasts"] for row in by_ahead.values()] == [2 * FOLDS] * 2


def test_the_month_of_a_forecast_is_that_of_its_cutoff():
    """Of two months each has the cutoffs that lie in it; without dates there is one group."""
    made = evaluation()
    dated = replace(made, cutoffs=("2024-01-31", *["2024-02-01 10:00:00"] * (FOLDS - 1)))
    assert {m: r["forecasts"] for m, r in rows_by(dated, "month").items()} == {
        "2024-01": 4, "2024-02": 4 * (FOLDS - 1),
    }  # fmt: skip
    assert list(rows_by(made, "month")) == [""]


def test_groups_without_intervals_or_a_naive_forecast_have_none():
    """An evaluation of points alone is grouped as well."""
    made = evaluation()
    points = {n: v for n, v in made.scores[MODEL].items() if not n.endswith("_80")}
    row = rows_by(replace(made, scores={MODEL: points}), "symbol")["A"]
    assert np.isnan([row["coverage_80"], row["width_80"], row["mae_naive"]]).all()
    assert not row["drift_80"]


def missing(prices, lower, upper, pit=True):
    """An evaluation whose 80 % intervals (24, 2) are given, in the unit of scores."""
    made = evaluation()
    y = 100 * np.log(
        np.stack(
            [
                [prices.series(i)[r + k] / prices.series(i)[r] for k in (1, 2)]
                for i, r in zip(made.origins.series, made.origins.row, strict=True)
            ]
        )
    )
    own = {
        "absolute": np.abs(y),
        "width_80": upper - lower,
        "coverage_80": ((lower <= y) & (y <= upper)).astype(float),
        "interval_score_80": interval_score(y, lower, upper, 80.0),
        **({"pit": np.where(y < lower, 0.01, 0.99)} if pit else {}),
    }
    return replace(made, scores={MODEL: own})


def test_the_worst_miss_names_the_limit_that_was_passed():
    """Two jumps out of wide intervals are the misses, the further one first; none else is."""
    values = {s: np.full(30, 100.0) for s in "AB"}
    values["A"][20], values["B"][21] = 130.0, 50.0
    prices, width = prices_of(values), np.full((2 * FOLDS, 2), 4.0)
    made = missing(prices, -width / 2, width / 2)
    first, *rest = worst_misses(made, prices, 80.0, 50)
    assert first.symbol == "B"
    for one in (first, *rest):
        beyond = 100 * abs(np.log(one.actual / one.last)) - 2
        assert np.isclose(one.widths, beyond / 4)
        assert np.isclose(100 * abs(np.log(one.limit / one.last)), 2)
        assert (one.limit > one.last) == (one.actual > one.last)
    assert first.widths == max(one.widths for one in rest)
    assert len(worst_misses(made, prices, 80.0, 3)) == 3
    assert [one.limit for one in worst_misses(missing(prices, -width / 2, width / 2, False),
                                              prices, 80.0, 50)] == [
        one.limit for one in (first, *rest)
    ]  # fmt: skip


def test_no_interval_has_no_misses():
    """Neither has one that every outcome falls inside of."""
    prices = prices_of({s: np.full(30, 100.0) for s in "AB"})
    ones = np.ones((2 * FOLDS, 2))
    made = missing(prices, -ones, ones)
    assert worst_misses(made, prices, 80.0, 5) == []
    assert worst_misses(made, prices, 95.0, 5) == []
