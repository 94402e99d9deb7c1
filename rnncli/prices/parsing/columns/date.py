"""Which column holds the dates, and which the times of day beside them."""

from collections.abc import Sequence

from rnncli.errors import DataError
from rnncli.prices.parsing.columns.profile import Guess
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.vocabulary import column_names


def date_column(guess: Guess, date_format: str | None) -> tuple[int | None, str]:
    """Return the column of dates, None if there is none, and why it is that one.

    Raises DataError where several may be it, or the one that is called so holds none.
    """
    found = guess.named(column_names.DATES)
    if date_format is not None:
        fits = [i for i in range(len(guess.header)) if guess.fits_format(i, date_format)]
        fits = [i for i in found if i in fits] or fits
        fits = [i for i in fits if i in found or not names.is_field(guess.header[i])] or fits
        if len(fits) > 1 and fits[0] not in found:
            raise _two_dates(guess, fits)
        if fits:
            return guess.only(fits, fits[0]), "fits --date-format"
    dated = [i for i in found if guess.holds_dates(i)]
    counted = [i for i in found if guess.holds_counts(i)]
    sure = [i for i in found if guess.bare[i] not in column_names.WEAK_DATES]
    if {"year", "month"} <= set(guess.bare) and not dated:
        raise DataError(f"{guess.name}: the date is split over columns; join them in one column")
    for candidates in (dated, counted, sure):
        if candidates:
            return guess.only(found, candidates[0]), "named so"
    unnamed = [i for i, bare in enumerate(guess.bare) if not bare and guess.holds_dates(i)]
    if len(unnamed) == 1:
        return unnamed[0], "holds dates, and has no name"
    date, evidence = _unknown_date_column(guess)
    if date is None and (odd := [i for i in found if not guess.counts_days(i)]):
        cell = next(iter(guess.cells[odd[0]]), "").strip()
        raise DataError(
            f"{guess.where(odd[0], cell)}: {cell[:40]!r} is not a date;"
            " write dates as 2024-01-31, name the format with --date-format, or rename the column"
        )
    return date, evidence


def _unknown_date_column(guess: Guess) -> tuple[int | None, str]:
    """Return the one column under an unknown name that holds dates."""
    unknown = [i for i, name in enumerate(guess.header) if not names.is_field(name)]
    dated = [i for i in unknown if guess.holds_dates(i) and not guess.is_numeric(i)]
    dated = dated or [i for i in unknown if guess.holds_digits_of_dates(i)]
    texts = [i for i, name in enumerate(guess.header) if name and not guess.is_numeric(i)]
    dated = dated or [i for i in texts if guess.holds_dates(i)]
    if len(dated) > 1:
        raise _two_dates(guess, dated)
    return (dated[0], "the only one that holds dates") if dated else (None, "")


def _two_dates(guess: Guess, found: Sequence[int]) -> DataError:
    one, other = (guess.header[i][:40] for i in found[:2])
    return DataError(f"{guess.name}: {one!r} and {other!r} hold dates; call one of them 'date'")


def time_column(guess: Guess, date: int | None) -> int | None:
    """Return the column of times of day beside the dates, if there is one."""
    found = [i for i in guess.named(column_names.TIMES) if i != date]
    usable = [i for i in found if date is not None and guess.is_clock(i)]
    if usable:
        return guess.only(found, usable[0])
    if date is not None:
        _refuse_hours(guess, date)
    return None


def _refuse_hours(guess: Guess, date: int) -> None:
    """Refuse a column of hours beside days that come again for each of them."""
    for index in guess.named(column_names.HOURS):
        hours, days = ({cell.strip() for cell in guess.cells[i]} for i in (index, date))
        if len(hours) > 1 and 2 * len(days) <= len(guess.cells[date]):
            name = guess.header[index][:40]
            raise DataError(
                f"{guess.name}: the hour is in column {name!r}, apart from the date; join them in"
                " one column, as in 2024-01-31 13:00"
            )
