"""The verdict says what the test says; requirements hold or tell by how much they do not."""

import numpy as np
import pytest
from evaluations import FOLDS, evaluation

from rnncli.errors import UsageError
from rnncli.evaluation.result import MODEL
from rnncli.evaluation.verdict import (
    checks,
    claims,
    claims_against_best,
    parse_coverage,
    words,
)
from rnncli.settings import EvaluateSettings


def shifted(mae=0.0, crps=0.0, coverage=0.8, folds=FOLDS):
    """An evaluation whose model is better by so much; the first `folds` cutoffs alone known."""
    found = evaluation()
    noise = np.random.default_rng(2).normal(0, 0.05, (2 * FOLDS, 2))
    own = found.scores[MODEL]
    found.scores["ewma"]["absolute"] = found.scores["naive"]["absolute"]
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


def test_better_and_worse_are_reported_with_their_size():
    """Where the test sees them, with the measure and p."""
    said = words(shifted(mae=-0.3, crps=0.3))
    assert "point forecast: 20" in said
    assert "% worse than naive by MAE (p < 0.001)" in said
    assert "% better than EWMA by CRPS (p < 0.001), its 80 % interval 10 % narrower at" in said
    assert "at the same coverage (80.0 % against 80.0 %)" in said


def test_bounds_that_cover_something_else_are_not_called_sharper():
    """Narrower bounds are no feat where they hold less, be it by a point."""
    for coverage, shown in ((0.6, "60.0"), (0.79, "79.0")):
        said = words(shifted(crps=0.3, coverage=coverage))
        assert "narrower" not in said
        assert f"its 80 % interval covers {shown} % against 80.0 %" in said


def test_few_cutoffs_do_not_allow_a_verdict():
    """Nine are reported, and that it takes ten."""
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

    assert said("80:76-84", 0.8) == (True, "the 80 % interval covers 80.00 %")
    assert said("80:76-84", 0.7) == (
        False, "the 80 % interval covers 70.00 %, 6.00 points too low",
    )  # fmt: skip
    assert said("80:76-84", 0.9)[1].endswith("6.00 points too high")
    assert said("99:98-100", 0.9) == (False, "the model gives no interval of that level")


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
    with pytest.raises(UsageError, match=r"^require_skill drift: no such test; use naive, ewma"):
        EvaluateSettings(require_skill=("drift",))


def test_a_requirement_not_met_says_by_how_much():
    """Both losses, the difference in percent, the p-value."""
    settings = EvaluateSettings(require_skill=("naive",))
    (one,) = checks(shifted(mae=-0.3), settings)
    assert one.required == 'require_skill="naive"'
    assert "mean MAE 1." in one.said
    assert "one-sided p = 1, alpha 0.05" in one.said


def rivalled(less=0.0, **shift):
    """An evaluation with a baseline "har-t" whose CRPS is lower than EWMA's by so much.

    And one of points alone, which is worse than naive.
    """
    found = shifted(**shift)
    naive = found.scores["naive"]
    found.scores["drift"] = naive | {"absolute": naive["absolute"] + 0.1}
    found.scores["har-t"] = found.scores["naive"] | {
        "crps": found.scores["ewma"]["crps"] - less,
        "log_score": found.scores[MODEL]["log_score"] + 0.5,
    }
    return found


def test_the_best_baseline_is_named_beside_the_usual_ones():
    """With its test, and once."""
    said = words(rivalled(0.5, mae=0.3, crps=0.3))
    assert "% better than naive, the best baseline, by MAE (p < 0.001);" in said
    assert "% better than EWMA by CRPS (p < 0.001), its 80 % interval 10 % narrower" in said
    assert said.endswith("% worse than har-t, the best baseline, by CRPS (p < 0.001)")
    assert "no better than har-t, the best baseline (p = 0." in words(rivalled(0.3, crps=0.301))
    usual = words(rivalled(-0.5, crps=0.3))
    assert "than EWMA, the best baseline, by CRPS" in usual
    assert "har-t" not in usual


def test_a_single_baseline_is_not_called_the_best():
    """The same for another loss; without the usual baseline it is compared with another one."""
    found = shifted(mae=0.3, crps=0.3)
    del found.scores["ewma"]
    assert "best" not in words(found)
    only = rivalled(0.5, crps=0.3)
    del only.scores["naive"], only.scores["ewma"], only.scores["drift"]
    assert words(only).startswith("nothing was tested")
    assert {one.against for one in claims_against_best(only)} == {"har-t"}


def test_the_best_is_compared_by_every_loss():
    """The log score by its difference, which is no share of anything."""
    point, ranged, density = claims_against_best(rivalled(0.5, crps=0.3))
    assert (point.loss, ranged.loss, density.loss) == ("mae", "crps", "log_score")
    assert (ranged.against, density.against) == ("har-t", "har-t")
    assert ranged.change > 0
    assert np.isnan(density.change)
    assert density.difference == pytest.approx(-0.5)


def test_required_skill_over_the_best():
    """By the range; of a model of points by its error; each names the baseline."""
    settings = EvaluateSettings(require_skill=("best",))

    def check(found):
        (one,) = checks(found, settings)
        return one

    assert check(rivalled(0.1, crps=0.3)).met
    lost = check(rivalled(0.5, crps=0.3))
    assert not lost.met
    assert lost.said.startswith("har-t, the best baseline: mean CRPS 1.")
    points = rivalled(0.5, mae=0.3)
    del points.scores[MODEL]["crps"]
    assert check(points).met
    assert check(points).said.startswith("naive, the best baseline: mean MAE 1.")
    alone = shifted(crps=0.3)
    del alone.scores["ewma"]
    assert (check(alone).met, check(alone).said) == (False, "no baseline has a range")
