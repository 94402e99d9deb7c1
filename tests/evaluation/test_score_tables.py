"""Scores put together: means, tests, symbols."""

import math

import numpy as np
import pytest
from evaluations import FOLDS, evaluation

from rnncli.evaluation.diebold_mariano import diebold_mariano
from rnncli.evaluation.result import MODEL
from rnncli.evaluation.score_tables import by_symbol, columns, compare, overall, table


def test_a_row_a_method_and_ahead():
    """Means over all cutoffs and symbols; what a method does not say is not known."""
    found = evaluation()
    rows = table(found)
    assert [(row["method"], row["ahead"]) for row in rows] == [
        (method, ahead) for method in (MODEL, "naive", "ewma") for ahead in (1, 2)
    ]
    own, scores = rows[1], found.scores[MODEL]
    assert own["mae"] == pytest.approx(scores["absolute"][:, 1].mean())
    assert own["rmse"] == pytest.approx(math.sqrt(scores["square"][:, 1].mean()))
    assert own["width_80"] == pytest.approx(scores["width_80"][:, 1].mean())
    assert own["forecasts"] == 2 * FOLDS
    assert math.isnan(rows[2]["crps"])
    assert set(own) == {"method", "ahead", "forecasts", *columns((80.0,))}


def test_p_values_are_of_the_difference_to_the_model():
    """At each cutoff the mean over symbols; the model has none of its own."""
    found = evaluation()
    rows = {(row["method"], row["ahead"]): row for row in table(found)}
    difference = found.scores[MODEL]["absolute"] - found.scores["naive"]["absolute"]
    d = difference.reshape(2, FOLDS, 2).mean(axis=0)
    assert rows["naive", 1]["p_mae"] == pytest.approx(diebold_mariano(d[:, 0], 1).p)
    assert rows["naive", 1]["p_crps"] is None
    assert rows["ewma", 2]["p_crps"] is not None
    assert math.isnan(rows[MODEL, 1]["p_mae"])
    whole = compare(found, "mae", "naive")
    assert whole.p == pytest.approx(diebold_mariano(d.mean(axis=1), 1).p)
    assert {row["method"]: row["p_mae"] for row in overall(found)}["naive"] == whole.p


def test_autocovariances_are_those_that_overlap():
    """ceil(horizon/stride) - 1: one for two rows ahead every day, none every other day."""
    found, apart = evaluation(), evaluation(stride=2)
    d = (found.scores[MODEL]["absolute"] - found.scores["naive"]["absolute"]).mean(axis=1)
    d = d.reshape(2, FOLDS).mean(axis=0)
    assert compare(found, "mae", "naive").p == pytest.approx(diebold_mariano(d, 1).p)
    assert compare(apart, "mae", "naive").p == pytest.approx(diebold_mariano(d, 0).p)


def test_errors_of_a_symbol_are_in_its_price():
    """With naive's beside, and its own coverage."""
    found = evaluation()
    rows = by_symbol(found)
    assert [(row["symbol"], row["ahead"]) for row in rows] == [
        ("A", 1), ("A", 2), ("B", 1), ("B", 2),
    ]  # fmt: skip
    own = found.scores[MODEL]
    assert rows[2]["mae"] == pytest.approx(own["price_absolute"][FOLDS:, 0].mean())
    assert rows[3]["rmse"] == pytest.approx(math.sqrt(own["price_square"][FOLDS:, 1].mean()))
    assert rows[0]["coverage_80"] == pytest.approx(own["coverage_80"][:FOLDS, 0].mean())
    naive = found.scores["naive"]["price_absolute"]
    assert rows[0]["mae_naive"] == pytest.approx(naive[:FOLDS, 0].mean())


def test_overall_has_the_histogram():
    """Of methods that have a distribution."""
    rows = {row["method"]: row for row in overall(evaluation())}
    assert len(rows[MODEL]["pit"]) == 10
    assert rows["naive"]["pit"] is None


def test_a_score_of_some_aheads_has_no_mean_over_all():
    """A density of the first row alone must not stand beside one of all rows."""
    found = evaluation()
    found.scores["ewma"]["log_score"] = np.ones((2 * FOLDS, 2))
    assert compare(found, "log_score", "ewma").p is not None
    found.scores[MODEL]["log_score"][:, 1] = np.nan
    rows = {row["method"]: row for row in overall(found)}
    assert math.isnan(rows[MODEL]["log_score"])
    assert rows["ewma"]["p_log_score"] is None
    assert compare(found, "log_score", "ewma", 0).p is not None
