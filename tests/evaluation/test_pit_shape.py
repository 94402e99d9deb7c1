"""The verdict on a PIT histogram, of outcomes that are made to have its shape."""

from dataclasses import replace

import numpy as np
import pytest
from evaluations import FOLDS, evaluation

from rnncli.evaluation.pit_shape import pit_finding


def finding_of(transform, folds=FOLDS):
    """What is said of evenly spread places after a transform of them."""
    made = evaluation()
    shape = made.scores["model"]["absolute"].shape
    places = (np.arange(np.prod(shape)) + 0.5) / np.prod(shape)
    pit = np.random.default_rng(2).permutation(transform(places)).reshape(shape)
    pit[made.origins.fold >= folds] = np.nan
    scores = made.scores | {"model": made.scores["model"] | {"pit": pit}}
    return pit_finding(replace(made, scores=scores))


@pytest.mark.parametrize(
    ("transform", "grade", "answer"),
    [
        (lambda u: u, "good", "Yes, as far as chance allows: the outer tenths have 20.8 %"),
        (lambda u: np.where(u < 0.5, u / 8, 1 - (1 - u) / 8), "poor", "No: ranges are too narrow"),
        (lambda u: 0.5 + (u - 0.5) / 4, "fair", "ranges are too wide: "),
        (lambda u: 0.5 + u / 2, "fair", "forecasts are too low: the upper half has 100.0 %"),
        (lambda u: u / 2, "fair", "forecasts are too high: the upper half has 0.0 %"),
    ],
)
def test_the_shape_is_said_in_words(transform, grade, answer):
    """Flat, high at the ends, high in the middle, and sloping to either side."""
    finding = finding_of(transform)
    assert answer in finding.answer
    assert finding.grade == grade


def test_few_cutoffs_do_not_tell_and_points_have_no_shape():
    """What is known is said all the same."""
    assert finding_of(lambda u: u, 3).answer.startswith("Too few cutoffs to tell: the outer")
    made = evaluation()
    scores = made.scores | {"model": {"absolute": made.scores["model"]["absolute"]}}
    assert pit_finding(replace(made, scores=scores)) is None
