"""Energy and variogram scores, by hand and at the truth."""

import math

import numpy as np
import pytest

from rnncli.risk.scores import energy_score, variogram_score

SCENARIOS = np.array([[0.0, 3.0, 3.0], [0.0, 4.0, 0.0]])
ACTUAL = np.array([0.0, 4.0])


def test_energy_score_by_hand():
    """Distances 4, 3, 5 to the actual; 5, 3, 4 between scenarios."""
    assert energy_score(SCENARIOS, ACTUAL) == pytest.approx(4 - 4 / 2, rel=1e-9)


def test_energy_score_of_some_pairs_is_nearly_that_of_all():
    """All shifts are all pairs; a few of many scenarios come close."""
    assert energy_score(SCENARIOS, ACTUAL, 2) == pytest.approx(2.0, rel=1e-9)
    drawn = np.random.default_rng(1).standard_normal((3, 1500))
    exact = energy_score(drawn, np.zeros(3))
    assert energy_score(drawn, np.zeros(3), 4) == pytest.approx(exact, rel=0.03)


def test_variogram_score_by_hand():
    """The one pair is 0, 1 and 3 apart in the scenarios, 4 in truth."""
    expected = ((0 + 1 + math.sqrt(3)) / 3 - 2) ** 2
    assert variogram_score(SCENARIOS, ACTUAL) == pytest.approx(expected, rel=1e-9)
    assert variogram_score(SCENARIOS[:1], ACTUAL[:1]) == 0


@pytest.mark.parametrize("score", [energy_score, variogram_score])
def test_the_true_correlation_scores_best(score):
    """Of 150 days of two symbols that move together."""
    rng = np.random.default_rng(2)
    root = np.linalg.cholesky(np.array([[1, 0.9], [0.9, 1]]))
    days, drawn = root @ rng.standard_normal((2, 150)), rng.standard_normal((2, 120))
    means = [
        np.mean([score(scenarios, day) for day in days.T]) for scenarios in (root @ drawn, drawn)
    ]
    assert means[0] < means[1]
