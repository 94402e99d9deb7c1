"""What came of the forecasts of the last nights: the ledger, and the rows of prices it is about."""

import os
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from rnncli.errors import DataError
from rnncli.job import Job
from rnncli.live import Live, live
from rnncli.prices import Prices
from rnncli.recorded import Recorded, read_ledger
from rnncli.settle import CAME

BEHIND = 2  # rows of each series that are kept at least: by them a cutoff is known


def recall(job: Job) -> Recorded | None:
    """The forecasts that a night may look back on; None where none was recorded."""
    if job.ledger is None or not os.path.exists(job.ledger) or not os.path.getsize(job.ledger):
        return None
    cutoffs = job.window.cutoffs
    return read_ledger(job.ledger, cutoffs and cutoffs + 1)


def needed(prices: Prices, recorded: Recorded | None) -> Prices:
    """The last rows of each series: those that recorded forecasts are of."""
    starts = np.maximum(prices.lengths - BEHIND, 0)
    if recorded is not None:
        dated = [cutoff for cutoff in recorded.cutoffs if isinstance(cutoff, str)]
        oldest = np.datetime64(min(dated, default="9999-01-01"), "s")
        for i in range(len(starts)):
            if not prices.has_dates(i):
                starts[i] = 0  # a cutoff is the number of its row
            else:
                first = int(np.searchsorted(prices.dates_of(i), oldest)) - 1
                starts[i] = max(min(starts[i], first), 0)
    return prices.later(starts)


def hindsight(
    job: Job, recorded: Recorded | None, prices: Prices, warn: Callable[[str], None]
) -> Live | None:
    """Scores of the forecasts of the last nights, this one's own left out; None without any.

    Raises DataError where they cannot be had and the job requires something of them.
    """
    if recorded is None:
        return None
    own = _of_window(recorded, prices, job.window.cutoffs)
    if not len(own):
        return None
    settings = replace(job.scoring, by=("model", "ahead"))
    try:
        found = live(_taken(recorded, own), prices, settings, warn)
    except DataError as fault:
        if job.scoring.require_coverage or job.scoring.require_skill:
            raise
        warn(f"{job.ledger}: nothing was scored: {fault}")
        return None
    return found if found.evaluation is not None else None


def _of_window(recorded: Recorded, prices: Prices, cutoffs: int) -> np.ndarray:
    """Numbers of the forecasts from so many last cutoffs before the newest rows."""
    dates = prices.dates[~np.isnat(prices.dates)]
    newest = str(dates.max().astype("datetime64[s]")) if len(dates) else ""
    rows = int(prices.lengths.max())
    known = {
        c for c in set(recorded.cutoffs) if (c < rows if isinstance(c, int) else _day(c) < newest)
    }
    last = sorted(known, key=lambda cutoff: (isinstance(cutoff, str), cutoff))[-cutoffs:]
    kept = set(last)
    return np.array([i for i, cutoff in enumerate(recorded.cutoffs) if cutoff in kept], np.int64)


def _day(cutoff: str) -> str:
    return str(np.datetime64(cutoff, "s"))


def _taken(recorded: Recorded, own: np.ndarray) -> Recorded:
    """Some of the forecasts."""
    values: dict[str, Any] = {
        field.name: getattr(recorded, field.name) for field in fields(recorded)
    }
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            values[name] = value[own]
        elif isinstance(value, list):
            values[name] = [value[i] for i in own.tolist()]
        elif name in ("lower", "upper"):
            values[name] = {level: bounds[own] for level, bounds in value.items()}
    return Recorded(**values)


def coverage(found: Live) -> dict[float, float]:
    """Share of what came that was inside the bounds of each level."""
    recorded, settled = found.recorded, found.settled
    came = settled.states == CAME
    factors = settled.factors[came]
    shares = {}
    for level, lower in recorded.lower.items():
        low, high = lower[came] * factors, recorded.upper[level][came] * factors
        known = ~np.isnan(low)
        if known.any():
            actual = settled.actual[came][known]
            inside = (low[known] <= actual) & (actual <= high[known])
            shares[level] = float(inside.mean())
    return shares
