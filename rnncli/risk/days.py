"""Cutoffs of a backtest of risk that the model did not see."""

from rnncli.arrays import IntArray
from rnncli.errors import UsageError, setting
from rnncli.evaluation.cutoffs import Calendar, choose
from rnncli.models import provenance
from rnncli.models.model import Model
from rnncli.settings import EvaluateSettings


def days_unseen(
    model: Model, days: Calendar, folds: int, horizon: int = 1, stride: int = 1
) -> IntArray:
    """The last `folds` cutoffs, ascending; 0: all. The model is never trained again.

    Raises UsageError where the model saw one of them, or there are fewer.
    """
    settings = EvaluateSettings(horizon=horizon, stride=stride, folds=folds)
    seen, saw_none = provenance.last_fitted(model.record), provenance.saw_no_prices(model.record)
    chosen = choose(days, settings, horizon, seen, saw_none)
    if chosen.refit:
        until = days.shown(int(chosen.days[0]))
        raise UsageError(
            "the model saw days after the first cutoff, and is not trained again here",
            remedy=f"use the prior, or a model of rnncli train {setting('until', until)}",
        )
    return chosen.days
