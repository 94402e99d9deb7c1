"""The verdict says what the test says; requirements hold or tell by how much they do not."""

import numpy as np
import pytest
from evaluations import FOLDS, evaluation

from rnncli.errors import UsageError
from rnncli.evaluation.result import MODEL
from rnncli.evaluation.verdict import checks, claims, parse_coverage, words
from rnncli.settings import EvaluateSettings


def shifted(mae=0.0, crps=0.0, coverage=0.8, folds=FOLDS):
    """An evaluation whose model is better by so much; the first `folds` cutoffs alone known."""
    found = evaluation()
    noise = np.random.default_rng(2).normal(0, 0.05, (2 * FOLDS, 2))
    own = found.scores[MODEL]
    own["absolute"] = found.scores["naive"]["absolute"] - mae + noise
    own["crps"] = found.scores["ewma"]["crps"] - crps + noise
    own["absolute"][found.origins.fold >= folds] = np.nan
    own["crps"][found.origins.fold >= folds] = np.nan
    for scores in (own, found.scores["ewma"]):
        scores["coverage_80"] = np.full((2 * FOLDS, 2), 0.8)
        scores["width_80"] = np.full((2 * FOLDS, 2), 3.0)
    own["coverage_80"][:] = coverage
    own["width_80"][:] = 2.7
    return found


def test_a_difference_that_the_test_does_not_see_is_none():
    """Whatever its sign."""
    for less in (0.001, -0.001):
        assert "point forecast: no better than naive (p = 0." in words(shifted(mae=less))


def test_better_and_worse_are_told_with_their_size():
    """Where the test sees them, with the measure and p."""
    said = words(shifted(mae=-0.3, crps=0.3))
    assert "point forecast: 20" in said
    assert "% worse than naive by MAE (p < 0.001)" in said
    assert "% better than EWMA by CRPS (p < 0.001), its 80 % bounds 10 % narrower at" in said


def test_bounds_that_cover_something_else_are_not_called_sharper():
    """Narrower bounds are no feat where they hold less."""
    said = words(shifted(crps=0.3, coverage=0.6))
    assert "narrower" not in said
    assert "its 80 % bounds hold 60.0 % against 80.0 %" in said


def test_few_cutoffs_do_not_allow_a_verdict():
    """Nine are told, and that it takes ten."""
    said = words(shifted(mae=0.3, folds=9))
    assert "point forecast: too little to tell from naive (9 cutoffs; the test needs 10)" in said


def test_without_baselines_nothing_is_claimed():
    """And the verdict says how to get one."""
    found = shifted()
    del found.scores["naive"], found.scores["ewma"]
    assert claims(found) == []
    assert "add naive and ewma" in words(found)


def test_required_coverage():
    """Inside, below and above what is allowed."""

    def said(text, coverage):
        settings = EvaluateSettings(require_coverage=(text,))
        (one,) = checks(shifted(coverage=coverage), settings)
        return one.met, one.said

    assert said("80:76-84", 0.8) == (True, "the 80 % bounds held 80.00 %")
    assert said("80:76-84", 0.7) == (
        False, "the 80 % bounds held 70.00 %, 6.00 points too few",
    )  # fmt: skip
    assert said("80:76-84", 0.9)[1].endswith("6.00 points too much")
    assert said("99:98-100", 0.9) == (False, "the model gives no bounds of that level")


@pytest.mark.parametrize("text", ["80", "80:84-76", "80:a-b", "101:0-100", "80:76", "80:76-120"])
def test_coverage_that_means_nothing_is_refused(text):
    """One way to write it."""
    with pytest.raises(UsageError, match=r"^require_coverage .* as 80:76-84"):
        parse_coverage((text,))


def test_required_skill_is_one_sided():
    """Better by more than luck at alpha, over all aheads; worse is never skill."""

    def met(against, alpha=0.05, **shift):
        settings = EvaluateSettings(require_skill=(against,), alpha=alpha)
        (one,) = checks(shifted(**shift), settings)
        return one.met

    assert met("naive", mae=0.3)
    assert not met("naive", mae=-0.3)
    assert not met("naive", mae=0.001)
    assert met("ewma", crps=0.3)
    assert not met("ewma", crps=0.3, alpha=0.0)
    assert not met("ewma", crps=0.3, folds=9)
    with pytest.raises(UsageError, match=r"^require_skill drift: is neither"):
        EvaluateSettings(require_skill=("drift",))


def test_a_requirement_not_met_says_by_how_much():
    """Both losses, the difference in percent, the p-value."""
    settings = EvaluateSettings(require_skill=("naive",))
    (one,) = checks(shifted(mae=-0.3), settings)
    assert one.required == 'require_skill="naive"'
    assert "mean MAE 1." in one.said
    assert "one-sided p = 1, alpha 0.05" in one.said
