"""The verdict in plain words, of evaluations made so that the answer is known."""

from dataclasses import replace

import numpy as np
import pytest
from evaluations import FOLDS, evaluation

from rnncli.evaluation.plain_verdict import FAIR, GOOD, POOR, in_short, plain_verdict
from rnncli.evaluation.result import MODEL
from rnncli.evaluation.verdict import checks, words
from rnncli.settings import EvaluateSettings


def made(**scores):
    """An evaluation with some scores of the model replaced."""
    before = evaluation()
    return replace(before, scores=before.scores | {MODEL: before.scores[MODEL] | scores})


def answers(one):
    """Grade and answer by the beginning of the question."""
    return {found.question.split()[0]: (found.grade, found.answer) for found in plain_verdict(one)}


@pytest.mark.parametrize(
    ("share", "grade", "word"),
    [(0.8, GOOD, "Yes"), (0.3, POOR, "No"), (1.0, FAIR, "More"), (0.7, FAIR, "Too few cutoffs")],
)
def test_coverage_is_judged_by_what_chance_explains(share, grade, word):
    """As promised, too narrow, wider than need be, or off by what chance may explain."""
    inside = (np.arange(4 * FOLDS) % 10 < 10 * share).astype(float).reshape(-1, 2)
    found, answer = answers(made(coverage_80=inside))["Does"]
    assert (found, answer.startswith(word)) == (grade, True)
    assert f"{100 * inside.mean():.1f} %" in answer


@pytest.mark.parametrize(
    ("factor", "grade", "words"),
    [(0.5, GOOD, "Yes, by 50.00 %"), (2.0, POOR, "further off"), (1.0, POOR, "do not trade")],
)
def test_the_line_is_judged_beside_the_last_price(factor, grade, words):
    """Closer, further off, or the same as naive."""
    naive = evaluation().scores["naive"]["absolute"]
    found, answer = answers(made(absolute=factor * naive))["Is"]
    assert (found, words in answer) == (grade, True)


def test_a_line_that_differs_by_chance_is_not_to_be_traded_on():
    """Noise around naive's errors."""
    naive = evaluation().scores["naive"]["absolute"]
    noise = np.random.default_rng(1).normal(0, 0.3, naive.shape)
    assert answers(made(absolute=naive + noise))["Is"][0] == POOR


def test_of_prices_that_stood_still_nothing_is_claimed():
    """Whatever the scores of ranges are: the last price was the next one."""
    before = evaluation()
    still = {"naive": before.scores["naive"] | {"absolute": np.zeros((2 * FOLDS, 2))}}
    better = {MODEL: before.scores[MODEL] | {"crps": 0.01 * before.scores["ewma"]["crps"]}}
    one = replace(before, scores=before.scores | better | still)
    said = "o price moved after any cutoff, so there is nothing to compare"
    assert in_short(one) == f"N{said}."
    assert words(one) == f"n{said}"
    assert [(found.grade, said in found.answer) for found in plain_verdict(one)] == [(FAIR, True)]
    required = EvaluateSettings(require_skill=("ewma",))
    assert [(check.met, said in check.said) for check in checks(one, required)] == [(False, True)]


@pytest.mark.parametrize(("factor", "grade"), [(0.5, GOOD), (2.0, POOR)])
def test_the_range_is_judged_beside_the_best_simple_method(factor, grade):
    """By CRPS, with the name of the method."""
    one = made(crps=factor * evaluation().scores["ewma"]["crps"])
    found = next(f for f in plain_verdict(one) if f.question.startswith("Are"))
    assert found.grade == grade
    assert "ewma" in found.question


def test_few_cutoffs_are_no_verdict():
    """Under ten there is no test, and none is claimed."""
    before = made(absolute=0.5 * evaluation().scores["naive"]["absolute"])
    kept = before.origins.fold < 5
    few = replace(
        before,
        plan=replace(before.plan, days=before.plan.days[:5]),
        origins=type(before.origins)(
            before.origins.series[kept], before.origins.row[kept], before.origins.fold[kept]
        ),
        scores={m: {n: v[kept] for n, v in s.items()} for m, s in before.scores.items()},
    )
    grade, answer = answers(few)["Is"]
    assert grade == FAIR
    assert "5 cutoffs" in answer


@pytest.mark.parametrize(
    ("share", "factor", "sentence"),
    [
        (0.8, 1.0, "The intervals held as promised (83.3 % of 80 %); do not trade on the forecast"
         " line, which was no better than the last price."),
        (0.3, 0.5, "The intervals were too narrow (31.2 % of 80 %); the forecast line was 50.00 %"
         " closer than the last price."),
        (0.7, 1.0, "12 cutoffs are too few to tell whether the intervals hold (72.9 % of 80 %); do"
         " not trade on the forecast line, which was no better than the last price."),
        (1.0, 2.0, "The intervals were wider than need be (100.0 % of 80 %); do not trade on the"
         " forecast line, which was no better than the last price."),
    ],
)  # fmt: skip
def test_the_verdict_in_short(share, factor, sentence):
    """One sentence on the range and the line."""
    inside = (np.arange(4 * FOLDS) % 10 < 10 * share).astype(float).reshape(-1, 2)
    noise = np.random.default_rng(1).normal(0, 0.3, inside.shape) if factor == 1 else 0
    one = made(
        coverage_80=inside, absolute=factor * evaluation().scores["naive"]["absolute"] + noise
    )
    assert in_short(one) == sentence
