"""How old the newest prices are by the clock: in trading days that have passed without a row."""

import numpy as np

from rnncli.arrays import DateArray
from rnncli.dates import format_date, seconds_until, today
from rnncli.errors import NotDeliveredError, StaleDataError, UsageError
from rnncli.nightly.config import Job
from rnncli.prices.date_history import DAY, trail
from rnncli.prices.future_dates import Sessions, TradingDays, dates_after, usual_days
from rnncli.prices.series import Prices

MOST_ROWS = 4096  # ahead that are looked at


def freshest_dates(prices: Prices) -> DateArray:
    """The dates of the series that ends last, of several the longest; empty without dates."""
    last = prices.dates[prices.offsets[1:] - 1]
    dated = np.flatnonzero(~np.isnat(last))
    if not len(dated):
        return prices.dates[:0]
    newest = dated[last[dated] == last[dated].max()]
    return prices.dates_of(int(newest[np.argmax(prices.lengths[newest])]))


def fresher(one: DateArray, other: DateArray) -> DateArray:
    """Of the dates of two series, those that end later; of equal ends, the more."""
    if not len(one) or not len(other):
        return one if len(one) else other
    return max(one, other, key=lambda dates: (dates[-1], len(dates)))


def missed_days(dates: DateArray, calendar: str | None) -> int:
    """How many trading days after the last of `dates` have begun, today included.

    A trading day is one that the series would have a row on: by its usual weekdays and holidays, or
    the sessions of the exchange `calendar`. A row that spans several days is missed once it is due.
    """
    now = int(np.datetime64(today(), "D").astype(np.int64))
    last = int(dates[-1].astype("datetime64[D]").astype(np.int64))
    if now <= last:
        return 0
    past = trail(dates)
    if past.median_step() >= 2 * DAY:
        ahead = dates_after(past, min(now - last, MOST_ROWS)).astype("datetime64[D]")
        return int(np.count_nonzero(ahead.astype(np.int64) <= now))
    days: TradingDays = usual_days(dates)
    if calendar is not None:
        days = Sessions(calendar, dates[-1:], now - last)
    missed, day = 0, days.after(last)
    while day <= now:
        missed, day = missed + 1, days.after(day)
    return missed


def refuse_stale(job: Job, dates: DateArray) -> None:
    """Refuse to forecast from prices that are older than the job allows.

    Raises NotDeliveredError where the job waits for those of today, StaleDataError where nobody
    expects them any more, UsageError where prices without dates have no age.
    """
    feed = job.feed
    if feed.max_data_age is None and feed.wait_for is None:
        return
    if not len(dates):
        option = "wait_for" if feed.max_data_age is None else "max_data_age"
        raise UsageError("needs prices with dates", option=option, remedy="leave it out")
    allowed, missed = feed.max_data_age or 0, missed_days(dates, job.predicting.calendar)
    if missed <= allowed:
        return
    days = "1 trading day" if missed == 1 else f"{missed} trading days"
    said = f"the newest prices are of {format_date(dates[-1])}, {days} ago"
    if feed.wait_for is not None and (
        feed.max_data_age is None or missed == allowed + 1 or seconds_until(feed.wait_for) > 0
    ):
        raise NotDeliveredError(f"{said}; those of today are not there yet, so run the job later")
    raise StaleDataError(
        f"{said}, and max-data-age is {allowed}; check the price feed,"
        " or leave out the setting for prices of the past"
    )
