"""Rolling origins: the shared cutoffs of an evaluation, and the past of each."""

from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import IntArray, distinct
from rnncli.dates import format_date
from rnncli.errors import DataError, UsageError, setting
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.settings import EvaluateSettings

LEAST_ROWS = 10  # of the calendar up to the first cutoff, to train on


@dataclass(frozen=True)
class Calendar:
    """Every day on which some series has a row: `days` (n), ascending.

    Of series without dates a day is the row counted from the end, -1 the last. `rows` (all rows):
    the day of each row, in place of its date.
    """

    days: IntArray
    rows: IntArray
    dated: bool

    def shown(self, day: int) -> str | int:
        """A day as its date, or its number."""
        return format_date(np.datetime64(day, "s")) if self.dated else day

    def last_rows(self, prices: Prices, days: IntArray) -> IntArray:
        """The last row of each series at or before each day, or -1: (days, series)."""
        last = [
            np.searchsorted(self.rows[start:end], days, side="right") - 1
            for start, end in zip(prices.offsets[:-1], prices.offsets[1:], strict=True)
        ]
        return np.stack(last, axis=1)


def calendar(prices: Prices) -> Calendar:
    """The days of prices. Raises DataError where only some series have dates."""
    dated = ~np.isnat(prices.dates)
    if dated.all():
        rows = prices.dates.astype("datetime64[s]").astype(np.int64)
    elif dated.any():
        without = next(i for i in range(len(prices.symbols)) if not prices.has_dates(i))
        raise DataError(
            f"{prices.sources[without]}: {prices.symbols[without]} has no dates and others have;"
            f" evaluate them apart with {setting('symbols')}"
        )
    else:
        ends = np.repeat(prices.offsets[1:], prices.lengths)
        rows = np.arange(len(prices.values)) - ends
    return Calendar(distinct(rows), rows, bool(dated.all()))


def cutoffs(calendar: Calendar, horizon: int, stride: int, after: int | None) -> IntArray:
    """All days that can be cutoffs, ascending: the last leaves `horizon` days, the others go back.

    `after`: only days after that one; None: all with enough rows before to train on.
    """
    last = len(calendar.days) - 1 - horizon
    days = calendar.days[np.arange(last, LEAST_ROWS - 2, -stride)[::-1]]
    return days if after is None else days[days > after]


def last_cutoffs(calendar: Calendar, folds: int, horizon: int, stride: int) -> IntArray:
    """The last `folds` of the cutoffs. Raises UsageError where there are fewer."""
    days = cutoffs(calendar, horizon, stride, None)
    if len(days) < folds or not len(days):
        fewer = f"use fewer {setting('folds')}" if len(days) else "give longer series"
        closer = _largest_stride(len(cutoffs(calendar, horizon, 1, None)), folds)
        nearer = f" or {setting('stride', closer)}" if closer else ""
        raise UsageError(
            f"{horizon} rows ahead and a stride of {stride} leave {len(days)} cutoffs with at"
            f" least {LEAST_ROWS} rows before",
            option="folds",
            value=folds,
            remedy=f"{fewer}{nearer}, or a smaller {setting('horizon')}",
        )
    return days[-folds:]


def _largest_stride(days: int, folds: int) -> int:
    """The largest stride at which `folds` cutoffs fit in a number of `days`; 0: never."""
    if not 1 < folds <= days:
        return 0
    return (days - 1) // (folds - 1)


def origins_at(prices: Prices, rows: IntArray, least: int = 1) -> Origins:
    """Where every series is forecast that has a row after its row of `rows` (folds, series).

    And `least` before, for a change at least. Series by series, cutoff by cutoff.
    """
    usable = (rows >= least) & (rows + 1 < prices.lengths[None, :])
    series, fold = np.nonzero(usable.T)
    return Origins(series, rows[fold, series], fold)


def past(prices: Prices, rows: IntArray) -> Prices:
    """Prices up to and including the row `rows` (series) of each series; empty series are left out.

    Raises DataError if no series is left.
    """
    series_left = np.flatnonzero(rows >= 0)
    if len(series_left) == 0:
        raise DataError(
            "no series has a row up to the first cutoff", remedy=f"use fewer {setting('folds')}"
        )
    place = np.arange(len(prices.values)) - np.repeat(prices.offsets[:-1], prices.lengths)
    early = place <= np.repeat(rows, prices.lengths)
    lengths = np.minimum(rows[series_left] + 1, prices.lengths[series_left])
    return replace(
        prices,
        symbols=tuple(prices.symbols[i] for i in series_left),
        values=prices.values[early],
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        dates=prices.dates[early],
        sources=tuple(prices.sources[i] for i in series_left),
        fields={name: values[early] for name, values in prices.fields.items()},
    )


@dataclass(frozen=True)
class Folds:
    """Cutoffs (days of the calendar), and the folds of each fit: (first, after the last).

    `refit`: whether a model is trained for each of these groups.
    """

    days: IntArray
    groups: tuple[tuple[int, int], ...]
    refit: bool


def choose(
    calendar: Calendar, settings: EvaluateSettings, horizon: int, seen: np.datetime64 | None,
    saw_none: bool = False,
) -> Folds:  # fmt: skip
    """The cutoffs of the settings: after `seen`, the last date of the model, where these do.

    With `saw_none` the model saw no prices, and any cutoff will do. Raises UsageError where they
    do not, and the model may not be trained again.
    """
    stride, every = settings.stride or horizon, _every(settings.refit)
    possible = cutoffs(calendar, horizon, stride, None)
    if saw_none:
        if settings.refit not in (None, "none"):
            raise UsageError(
                "the prior is not trained on prices", option="refit", value=settings.refit
            )
        folds = settings.folds or max(len(possible), 1)
        return _grouped(last_cutoffs(calendar, folds, horizon, stride), None, refit=False)
    if settings.refit in (None, "none"):
        after = int(seen.astype(np.int64)) if seen is not None and calendar.dated else None
        unseen = cutoffs(calendar, horizon, stride, after) if after is not None else possible[:0]
        if len(unseen) >= max(settings.folds, 1):
            return _grouped(unseen[-settings.folds :], None, refit=False)
        if settings.refit == "none" or settings.folds == 0:
            raise _too_few(calendar, possible, settings, unseen, seen)
    if settings.folds == 0:
        reason = f"say how many cutoffs with {setting('refit', settings.refit)}"
        raise UsageError(reason, option="folds", value=0)
    return _grouped(last_cutoffs(calendar, settings.folds, horizon, stride), every, refit=True)


def _every(refit: str | None) -> int | None:
    """K of every-K; None if one fit is used for all."""
    if refit in (None, "none", "once"):
        return None
    number = refit.removeprefix("every-")
    if number == refit or not number.isdecimal() or int(number) < 1:
        raise UsageError(
            "no such refit; use none, once or every-K, such as every-5", option="refit", value=refit
        )
    return int(number)


def _grouped(days: IntArray, every: int | None, refit: bool) -> Folds:
    size = every or len(days)
    starts = range(0, len(days), size)
    return Folds(days, tuple((s, min(s + size, len(days))) for s in starts), refit)


def _too_few(
    calendar: Calendar, possible: IntArray, settings: EvaluateSettings, unseen: IntArray,
    seen: np.datetime64 | None,
) -> UsageError:  # fmt: skip
    """Why there are fewer cutoffs after `seen` than were asked for."""
    if seen is None or not calendar.dated:
        return UsageError(
            "without dates it is not known what the model saw", option="refit", value="none",
            remedy=f"use {setting('refit', 'once')}",
        )  # fmt: skip
    option, value = ("refit", "none") if settings.refit == "none" else ("folds", 0)
    if len(possible) == 0:
        return UsageError(
            "there are too few rows for any cutoff", option=option, value=value,
            remedy=f"use a smaller {setting('horizon')}",
        )  # fmt: skip
    wanted = max(settings.folds, 1)
    first = np.searchsorted(calendar.days, possible[-min(wanted, len(possible))])
    until = calendar.shown(int(calendar.days[first - 1]))
    return UsageError(
        f"{len(unseen)} of {wanted} cutoffs are after {format_date(seen)}, the last date the model"
        " saw", option=option, value=value,
        remedy=f"make it with rnncli train {setting('until', until)}",
    )  # fmt: skip
