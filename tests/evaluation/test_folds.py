"""Which cutoffs an evaluation has, and when the model is trained again."""

import numpy as np
import pytest
from builders import prices_of

from rnncli.errors import UsageError
from rnncli.evaluation.cutoffs import calendar, choose
from rnncli.settings import EvaluateSettings

DAYS = calendar(prices_of({"A": np.arange(1.0, 61)}))  # 2024-01-01 to 2024-03-22
UNDATED = calendar(prices_of({"A": np.arange(1.0, 61)}, first=None))
SEEN = np.datetime64("2024-02-23", "s")  # leaves 20 days, so 18 cutoffs for two days ahead


def folds(seen=SEEN, days=DAYS, horizon=2, **settings):
    return choose(days, EvaluateSettings(**settings), horizon, seen)


def test_cutoffs_after_what_was_seen_need_no_training():
    """The last ones are taken, the default stride is the horizon."""
    found = folds(folds=9)
    assert (found.refit, len(found.days), found.groups) == (False, 9, ((0, 9),))
    assert [DAYS.shown(day) for day in found.days[[0, -1]].tolist()] == ["2024-02-27", "2024-03-20"]
    assert [DAYS.shown(d) for d in folds(folds=1).days.tolist()] == ["2024-03-20"]


def test_too_few_are_made_more_by_training_again():
    """Up to the first cutoff, once."""
    found = folds(folds=10)
    assert (found.refit, len(found.days), found.groups) == (True, 10, ((0, 10),))


def test_all_that_are_left():
    """--folds 0 takes every cutoff after what the model saw."""
    assert len(folds(folds=0, stride=1).days) == 18
    assert len(folds(folds=0).days) == 9


@pytest.mark.parametrize("seen", [SEEN, None])
def test_refit_once_does_not_mind_what_was_seen(seen):
    """The model is trained again in any case."""
    found = folds(seen, folds=9, refit="once")
    assert (found.refit, len(found.days)) == (True, 9)


def test_refit_every_few_cutoffs():
    """Each group of folds has a separate model."""
    assert folds(folds=7, refit="every-3").groups == ((0, 3), (3, 6), (6, 7))
    assert folds(folds=7, refit="every-9").groups == ((0, 7),)


def test_refit_none_names_the_date_to_train_until():
    """With the model it asks for, the same command runs."""
    with pytest.raises(UsageError, match=r"9 of 10 cutoffs are after 2024-02-23.*until=") as told:
        folds(folds=10, refit="none")
    until = np.datetime64(str(told.value).split('"')[-2], "s")
    assert len(folds(until, folds=10, refit="none").days) == 10
    with pytest.raises(UsageError, match="folds 0: 0 of 1 cutoffs"):
        folds(np.datetime64("2024-03-21", "s"), folds=0)
    with pytest.raises(UsageError, match="too few rows"):
        folds(horizon=70, refit="none")


@pytest.mark.parametrize("refit", ["none", None])
def test_without_dates_nobody_knows_what_was_seen(refit):
    """Such models are trained again, or refused."""
    if refit is None:
        assert folds(None, UNDATED, folds=3).refit
    else:
        with pytest.raises(UsageError, match="without dates"):
            folds(None, UNDATED, refit=refit)


@pytest.mark.parametrize("refit", ["every", "every-0", "every-x", "sometimes", "every--1"])
def test_refit_that_means_nothing_is_refused(refit):
    """There are three ways to write it."""
    with pytest.raises(UsageError, match="use none, once or every-K"):
        folds(refit=refit)


def test_training_again_needs_a_number_of_folds():
    """There is no saying how many cutoffs are left."""
    with pytest.raises(UsageError, match="say how many"):
        folds(folds=0, refit="once")
