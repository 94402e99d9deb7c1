"""Which column holds the dates, and which the times of day beside them."""

from collections.abc import Sequence

from rnncli.errors import DataError, setting
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.values.local_days import says_as_written
from rnncli.prices.parsing.vocabulary import column_names
from rnncli.prices.parsing.vocabulary.expression import expression

_PERIOD = expression("[MQSA][0-9]{1,2}")  # parts of a year as statistical offices number them


def date_column(profile: GridProfile, date_format: str | None) -> tuple[int | None, str]:
    """Return the column of dates and the reason for the choice, None if there is no such column.

    Raises DataError where several columns may hold them, or a column named as dates has no dates.
    """
    candidates = profile.named(column_names.DATES)
    if says_as_written(date_format):
        date_format = None
    if date_format is not None and (fitting := columns_of_format(profile, candidates, date_format)):
        return profile.unique(fitting[0], fitting), f"fits {setting('date_format')}"
    dated = [i for i in candidates if profile[i].holds_dates]
    counted = [i for i in candidates if profile[i].holds_epochs_or_years]
    sure = [i for i in candidates if profile[i].bare_name not in column_names.WEAK_DATES]
    if not dated:
        refuse_split_dates(profile)
    for usable in (dated, counted, sure):
        if usable:
            return profile.unique(usable[0], candidates), "named so"
    unnamed = [i for i, column in enumerate(profile) if not column.bare_name and column.holds_dates]
    if len(unnamed) == 1:
        return unnamed[0], "holds dates, and has no name"
    date, evidence = unknown_date_column(profile)
    if date is None:
        refuse_no_dates(profile, candidates)
    return date, evidence


def refuse_split_dates(profile: GridProfile) -> None:
    """Refuse years beside a column of their months, quarters or weeks."""
    years = profile.named(tuple(column_names.YEARS))
    parts = [i for i in profile.named(tuple(column_names.PARTS_OF_YEARS)) if i not in years]
    parts += [
        i for i in profile.named(("period",)) if all(map(_PERIOD.fullmatch, profile[i].cells))
    ]
    for year in years:
        for part in parts:
            cells = profile[year].cells
            if len(set(cells)) == len(cells) > 1 and profile.bare_names[part] != "month":
                continue  # each year once: the other column does not continue the date
            one, other = profile.short_name(year), profile.short_name(part)
            has_days = bool(profile.named(column_names.DAYS_OF_MONTHS))
            written = "2024-01-31" if has_days else "2024-01, 2024-Q1 or 2024-W01"
            raise DataError(
                f"{profile.top}: the date is split over columns, {one!r} and {other!r}; join them"
                f" in one column 'date', as in {written}"
            )


def columns_of_format(
    profile: GridProfile, candidates: Sequence[int], date_format: str
) -> list[int]:
    """Return the columns whose cells fit a format of strptime, those under names of dates first."""
    fitting = [i for i, column in enumerate(profile) if column.fits_format(date_format)]
    fitting = [i for i in candidates if i in fitting] or fitting
    free = [i for i in fitting if i in candidates or not names.is_field(profile.names[i])]
    fitting = free or fitting
    if len(fitting) > 1 and fitting[0] not in candidates:
        raise _two_dates(profile, fitting)
    return fitting


def refuse_no_dates(profile: GridProfile, candidates: Sequence[int]) -> None:
    """Refuse a column under a name of dates that holds neither dates nor ordinary numbers."""
    for index in candidates:
        if not profile[index].holds_ordinary_numbers:
            cell = next(iter(profile[index].cells), "")
            raise DataError(
                f"{profile.where(index, cell)}: {cell[:40]!r} is not a date; write dates as"
                f" 2024-01-31, name the format with {setting('date_format')}, or rename the column"
            )


def unknown_date_column(profile: GridProfile) -> tuple[int | None, str]:
    """Return the one column under an unknown name that holds dates."""
    unknown = [i for i, name in enumerate(profile.names) if not names.is_field(name)]
    dated = [i for i in unknown if profile[i].holds_dates and not profile[i].is_numeric]
    dated = dated or [i for i in unknown if profile[i].holds_digits_of_dates]
    texts = [i for i, column in enumerate(profile) if column.name and not column.is_numeric]
    dated = dated or [i for i in texts if profile[i].holds_dates]
    if len(dated) > 1:
        raise _two_dates(profile, dated)
    return (dated[0], "the only one that holds dates") if dated else (None, "")


def _two_dates(profile: GridProfile, dated: Sequence[int]) -> DataError:
    one, other = (profile.short_name(i) for i in dated[:2])
    return DataError(f"{profile.top}: {one!r} and {other!r} hold dates; call one of them 'date'")


def time_column(profile: GridProfile, date: int | None) -> int | None:
    """Return the column of times of day beside the dates, if there is one."""
    if date is None:
        return None
    candidates = [i for i in profile.named(column_names.TIMES) if i != date]
    usable = [i for i in candidates if profile[i].holds_times]
    if usable:
        return profile.unique(usable[0], candidates)
    refuse_hours(profile, date)
    return None


def refuse_hours(profile: GridProfile, date: int) -> None:
    """Refuse a column of hours beside days that are repeated for each hour."""
    days = profile[date].cells
    for index in profile.named(column_names.HOURS):
        if len(set(profile[index].cells)) > 1 and 2 * len(set(days)) <= len(days):
            raise DataError(
                f"{profile.top}: the hour is in column {profile.short_name(index)!r}, apart from"
                " the date; join them in one column, as in 2024-01-31 13:00"
            )
