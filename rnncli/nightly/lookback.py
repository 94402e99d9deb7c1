"""Which recorded forecasts a run scores, and which rows of the prices that takes."""

import os
from collections.abc import Sequence

import numpy as np

from rnncli.ledger.reader import Pair, PortfolioRecords, in_order, last_pairs, read_portfolios
from rnncli.ledger.writer import ROWS_AT_CUTOFF
from rnncli.nightly.config import Job
from rnncli.prices.series import Prices

ROWS_ON_PAGE = 120  # of a series: what is drawn of its past, and what its last change is held to


def recorded_pairs(job: Job) -> list[Pair]:
    """Models and cutoffs in the ledger that a run may score: one cutoff more than it will.

    Raises DataError, LockedError.
    """
    if job.ledger is None or not _has_content(job.ledger):
        return []
    cutoffs = job.window.cutoffs
    return last_pairs(job.ledger, cutoffs and cutoffs + 1)


def recorded_nights(job: Job) -> PortfolioRecords:
    """The nights of portfolios in the ledger that a run may test: one cutoff more than it will.

    Raises DataError, LockedError.
    """
    if job.risk is None or job.ledger is None or not _has_content(job.ledger):
        return PortfolioRecords([], {}, {})
    return read_portfolios(job.ledger, last=job.risk.nights and job.risk.nights + 1)


def _has_content(path: str) -> bool:
    return os.path.exists(path) and os.path.getsize(path) > 0


def rows_to_keep(prices: Prices, pairs: Sequence[Pair], least: int = ROWS_AT_CUTOFF) -> Prices:
    """The last rows of each series: those from the oldest cutoff on, and the row before it.

    At least as many as are given, if there are enough.
    """
    starts = np.maximum(prices.lengths - least, 0)
    if pairs:
        dated = [cutoff for _, cutoff in pairs if isinstance(cutoff, str)]
        oldest = np.datetime64(min(dated, default="9999-01-01"), "s")
        for i in range(len(starts)):
            if not prices.has_dates(i):
                starts[i] = 0  # a cutoff is the number of its row
            else:
                first = int(np.searchsorted(prices.dates_of(i), oldest)) - 1
                starts[i] = max(min(starts[i], first), 0)
    return prices.later(starts)


def pairs_before(pairs: Sequence[Pair], prices: Prices, cutoffs: int) -> list[Pair]:
    """Those of the last `cutoffs` cutoffs (0: all) that have a row of prices after them."""
    dates = prices.dates[~np.isnat(prices.dates)]
    newest = dates.max() if len(dates) else None
    rows = int(prices.lengths.max())

    def has_later_rows(cutoff: str | int) -> bool:
        if isinstance(cutoff, int):
            return cutoff < rows
        return newest is not None and bool(np.datetime64(cutoff, "s") < newest)

    scorable = sorted({cutoff for _, cutoff in pairs if has_later_rows(cutoff)}, key=in_order)
    last = set(scorable[-cutoffs:])
    return [pair for pair in pairs if pair[1] in last]
