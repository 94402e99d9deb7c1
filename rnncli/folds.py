"""Which cutoffs an evaluation has, and whether the model must be trained once more for them."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import IntArray
from rnncli.dates import format_date
from rnncli.errors import UsageError
from rnncli.origins import Calendar, cutoffs, enough
from rnncli.settings import EvaluateSettings


@dataclass(frozen=True)
class Folds:
    """Cutoffs (days of the calendar), and the folds that one fit serves: (first, after the last).

    `refit`: whether each of these groups gets a model of its own.
    """

    days: IntArray
    groups: tuple[tuple[int, int], ...]
    refit: bool


def choose(
    calendar: Calendar, settings: EvaluateSettings, horizon: int, seen: np.datetime64 | None
) -> Folds:
    """The cutoffs of the settings: after `seen`, the last date of the model, where these do.

    Raises UsageError where they do not, and the model may not be trained again.
    """
    stride, every = settings.stride or horizon, _every(settings.refit)
    possible = cutoffs(calendar, horizon, stride, None)
    if settings.refit in (None, "none"):
        after = int(seen.astype(np.int64)) if seen is not None and calendar.dated else None
        known = cutoffs(calendar, horizon, stride, after) if after is not None else possible[:0]
        if len(known) >= max(settings.folds, 1):
            return _grouped(known[-settings.folds :], None, refit=False)
        if settings.refit == "none" or settings.folds == 0:
            raise UsageError(_too_few(calendar, possible, settings, known, seen))
    if settings.folds == 0:
        raise UsageError(f"--folds 0: say how many cutoffs with --refit {settings.refit}")
    return _grouped(enough(possible, settings.folds, horizon, stride), every, refit=True)


def _every(refit: str | None) -> int | None:
    """K of every-K; None where one fit serves all."""
    if refit in (None, "none", "once"):
        return None
    number = refit.removeprefix("every-")
    if number == refit or not number.isdecimal() or int(number) < 1:
        raise UsageError(f"--refit {refit}: is none of none, once, every-K such as every-5")
    return int(number)


def _grouped(days: IntArray, every: int | None, refit: bool) -> Folds:
    size = every or len(days)
    starts = range(0, len(days), size)
    return Folds(days, tuple((s, min(s + size, len(days))) for s in starts), refit)


def _too_few(
    calendar: Calendar, possible: IntArray, settings: EvaluateSettings, known: IntArray,
    seen: np.datetime64 | None,
) -> str:  # fmt: skip
    if seen is None or not calendar.dated:
        return "--refit none: without dates it is not known what the model saw; use --refit once"
    option = "--refit none" if settings.refit == "none" else "--folds 0"
    if len(possible) == 0:
        return f"{option}: there are too few rows for any cutoff; use a smaller --horizon"
    wanted = max(settings.folds, 1)
    first = np.searchsorted(calendar.days, possible[-min(wanted, len(possible))])
    until = calendar.shown(int(calendar.days[first - 1]))
    return (
        f"{option}: {len(known)} of {wanted} cutoffs are after {format_date(seen)}, the last date"
        f" the model saw; make it with rnncli train --until {until}"
    )
