"""Scores by group of an evaluation, against sums by hand; the worst misses, against prices."""

from dataclasses import replace

import numpy as np
from builders import prices_of
from evaluations import FOLDS, evaluation

from rnncli.evaluation.coverage import band, check_coverage
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


def test_a_month_of_few_cutoffs_has_the_band_of_typical_ones():
    """As wide as their number explains; a group that shares cutoffs with others has none."""
    rng = np.random.default_rng(8)
    made = evaluation()
    inside = (rng.random((2 * FOLDS, 2)) < 0.8).astype(float)
    made.scores[MODEL]["coverage_80"] = inside
    cutoffs = tuple(f"2024-0{1 + k // 4}-0{1 + k % 4}" for k in range(FOLDS))
    months = rows_by(replace(made, cutoffs=cutoffs), "month")
    fold = np.repeat(made.origins.fold, 2)
    whole = check_coverage(inside.ravel(), fold, 80.0, 0.01, made.plan.overlap())
    assert whole.independent
    for name, row in months.items():
        count = round(whole.independent * 4 / FOLDS)
        assert row["independent_80"] == count, name
        assert (row["band_low_80"], row["band_high_80"]) == tuple(
            k / count for k in band(count, 0.8, 0.01)
        )
    assert months["2024-01"]["band_low_80"] < whole.low
    few = np.where((made.origins.fold < 9)[:, None] & [True, False], "few", "many")
    rows = {row["kind"]: row for row in score_groups(made, {"kind": few})}
    assert np.isnan(rows["few"]["band_low_80"])
    assert not np.isnan(rows["many"]["band_low_80"])


def test_few_cutoffs_in_all_have_no_band_by_month_either():
    """Nine cutoffs do not say how far series move together."""
    made = evaluation()
    few = [k for k in range(2 * FOLDS) if made.origins.fold[k] < 9]
    scores = {name: {key: np.where(np.isin(np.arange(2 * FOLDS), few)[:, None], values, np.nan)
                     for key, values in of_method.items()}
              for name, of_method in made.scores.items()}  # fmt: skip
    dated = replace(made, scores=scores, cutoffs=("2024-01-31",) * FOLDS)
    assert np.isnan(rows_by(dated, "month")["2024-01"]["band_low_80"])
