"""Columns by date that are common to all symbols, such as an index of volatility."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.arrays import BoolArray, DateArray, Float64Array, IntArray
from rnncli.dates import format_date
from rnncli.errors import DataError, setting
from rnncli.prices.beside.dated_file import DatedFile, day_of, refuse_same_stem, stem_of
from rnncli.settings import ReadSettings

AT = "@"  # between a column and the file it is in
ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class FeatureFile:
    """The columns of numbers of a file, by `COLUMN@FILE`: (rows) each, in order of `dates`."""

    name: str
    dates: DateArray
    columns: dict[str, Float64Array]
    dropped: dict[str, int] = field(default_factory=dict)  # lines that were left out, by reason

    def known_at(self, dates: DateArray) -> tuple[dict[str, Float64Array], BoolArray]:
        """The last known value of each column at dates (n), NaN before the first one.

        And at which of the dates that of some column is an older one, of another date. A row
        without a time of day is known at the close of its day: not yet at an hour of that day.
        """
        known, moments = self.dates, dates
        if np.array_equal(known, day_of(known)):
            within = not np.array_equal(dates, day_of(dates))
            moments = day_of(dates) - ONE_DAY if within else dates
        place = np.searchsorted(known, moments, side="right") - 1
        values, carried = dict[str, Float64Array](), np.zeros(len(dates), np.bool_)
        for name, column in self.columns.items():
            source = _last_places(column)[place]
            values[name] = np.where(place >= 0, column[source], np.nan)
            carried |= ~np.isnan(values[name]) & (known[source] != moments)
        return values, carried

    def only(self, names: Collection[str]) -> "FeatureFile":
        """The file with these of its columns."""
        columns = {name: values for name, values in self.columns.items() if name in names}
        return replace(self, columns=columns)


def read_feature_files(settings: ReadSettings) -> list[FeatureFile]:
    """The files that the settings name. Raises MissingInputError, DataError, UsageError."""
    refuse_same_stem(settings.feature_file)
    return [_read(path, settings) for path in settings.feature_file]


def _read(path: str, settings: ReadSettings) -> FeatureFile:
    file = DatedFile(path, settings, "feature_file")
    file.refuse_mixed()
    order = np.argsort(file.dates, kind="stable")
    dates = file.dates[order]
    twice = np.flatnonzero(dates[1:] == dates[:-1])
    if twice.size:
        first, second = sorted(int(file.lines[order[twice[0] + k]]) for k in (0, 1))
        raise DataError(
            f"{format_date(dates[twice[0]])} is there twice, on line {first} too",
            place=f"{path}, line {second}",
            remedy="keep one row for each date: its columns are common to all symbols; columns of"
            f" one symbol are joined to the price file, for {setting('feature')}",
        )
    columns = {
        f"{file.profile.names[i]}{AT}{stem_of(path)}": file.numbers(i)[order]
        for i in file.numeric
        if file.profile.names[i]
    }
    columns = {name: values for name, values in columns.items() if not np.isnan(values).all()}
    if not columns:
        raise DataError(
            f"has no column of numbers beside its dates; there are {file.profile.list_names()}",
            place=path,
        )
    return FeatureFile(path, dates, columns, file.dropped)


def last_known(values: Float64Array) -> Float64Array:
    """Values (rows) with the last known one in the place of each that is missing."""
    filled: Float64Array = values[_last_places(values)]
    return filled


def _last_places(values: Float64Array) -> IntArray:
    """Of each value (rows), the place of the last one up to it that is not missing, else 0."""
    known = np.where(np.isnan(values), 0, np.arange(len(values)))
    places: IntArray = np.maximum.accumulate(known)
    return places
