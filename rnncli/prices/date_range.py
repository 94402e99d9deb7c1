"""The days of the prices that are used: from --since to the end of --until."""

import numpy as np

from rnncli.dates import ISO_DAY, date_remedy, date_span
from rnncli.errors import DataError, UsageError, setting
from rnncli.prices.parsing.table.join import PriceRows
from rnncli.settings import ReadSettings


def first_and_last_day(
    settings: ReadSettings,
) -> tuple[np.datetime64 | None, np.datetime64 | None]:
    """The first and the last day that are used, None without a bound. Raises UsageError."""
    since, until = _day(settings.since, "since"), _day(settings.until, "until")
    if since is not None and until is not None and since > until:
        raise UsageError(
            f"{setting('since')} {since}: is later than {setting('until')} {until}",
            remedy="exchange them",
        )
    return since, until


def since_day(settings: ReadSettings) -> str | None:
    """The date of --since as ledgers write it, None without. Raises UsageError."""
    since = _day(settings.since, "since")
    return None if since is None else str(since)


def _day(text: str | None, option: str) -> np.datetime64 | None:
    if text is None:
        return None
    try:
        if not ISO_DAY.fullmatch(text.strip()):
            raise ValueError
        return np.datetime64(text.strip(), "D")
    except ValueError as error:
        given = f"{setting(option)} {text!r}"
        raise UsageError(f"{given} is not a date", remedy=date_remedy(text)) from error


def only_days(
    rows: PriceRows, since: np.datetime64 | None, until: np.datetime64 | None
) -> PriceRows:
    """Return the rows from `since` to the end of the day `until`.

    Raises UsageError where rows have no dates, DataError where no row is left.
    """
    if since is None and until is None:
        return rows
    if np.isnat(rows.dates).any():
        raise UsageError(
            f"{setting('since')} and {setting('until')} need dates, and some of these prices have"
            " none"
        )
    keep = np.ones(rows.values.size, dtype=np.bool_)
    if since is not None:
        keep &= rows.dates >= since
    if until is not None:
        keep &= rows.dates < until + np.timedelta64(1, "D")
    if not keep.any():
        first, last = date_span(rows.dates)
        raise DataError(
            f"no rows are left: the prices are from {first} to {last}",
            remedy=f"change {setting('since')} or {setting('until')}",
        )
    return rows.take(keep)
