"""Read price files into many series, each of its own length, checked and in order of date."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO

import numpy as np

from rnncli.arrays import DateArray, Float64Array, IntArray
from rnncli.errors import DataError, MissingInputError, RnncliError, UsageError
from rnncli.formats.bytes import read_text
from rnncli.formats.columns import find_columns
from rnncli.formats.counting import (
    count_constant,
    count_jumps,
    count_late,
    count_pauses,
    count_repeats,
    count_strays,
)
from rnncli.formats.cut import refuse_cut
from rnncli.formats.described import FileReport, describe
from rnncli.formats.dialect import read_sheet
from rnncli.formats.inputs import default_symbol, inputs
from rnncli.formats.joining import (
    Rows,
    by_date,
    join,
    only_days,
    only_symbols,
    without_empty,
)
from rnncli.formats.jumps import adjust, find_jumps
from rnncli.formats.limits import Limits
from rnncli.formats.order import refuse_half_days, refuse_swapped
from rnncli.formats.repeats import fill_beside, find_repeats
from rnncli.formats.roles import Wanted
from rnncli.formats.strays import find_strays
from rnncli.formats.symbols import refuse_currencies
from rnncli.formats.table import Table, read_table
from rnncli.settings import ReadSettings

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Prices:
    """Many price series, each of its own length, end to end in one flat array."""

    symbols: tuple[str, ...]  # (series,) in order of first appearance
    values: Float64Array  # (rows,) oldest first within a series
    offsets: IntArray  # (series + 1,) series i is values[offsets[i]:offsets[i + 1]]
    dates: DateArray  # (rows,) datetime64[s]; NaT for every row of a series without dates
    sources: tuple[str, ...]  # (series,) the files a series came from, as the user named them
    files: tuple[FileReport, ...]
    fields: dict[str, Float64Array] = field(default_factory=dict)  # (rows,) each, NaN where missing

    @property
    def lengths(self) -> IntArray:
        """Rows of each series, shape (series,)."""
        return np.diff(self.offsets)

    def series(self, i: int) -> Float64Array:
        """Return the prices of series `i`, a view."""
        return self.values[self.offsets[i] : self.offsets[i + 1]]

    def dates_of(self, i: int) -> DateArray:
        """Return the dates of series `i`, a view."""
        return self.dates[self.offsets[i] : self.offsets[i + 1]]

    def has_dates(self, i: int) -> bool:
        """Whether series `i` has dates; it has them for all its rows or for none."""
        return not np.isnat(self.dates_of(i)[:1]).any()

    def subset(self, kept: Sequence[int]) -> "Prices":
        """Only the series numbered in `kept`, in that order."""
        parts = [slice(self.offsets[i], self.offsets[i + 1]) for i in kept]
        lengths = [part.stop - part.start for part in parts]
        return replace(
            self,
            symbols=tuple(self.symbols[i] for i in kept),
            values=np.concatenate([self.values[part] for part in parts]),
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            dates=np.concatenate([self.dates[part] for part in parts]),
            sources=tuple(self.sources[i] for i in kept),
            fields={
                name: np.concatenate([values[part] for part in parts])
                for name, values in self.fields.items()
            },
        )

    def later(self, starts: IntArray) -> "Prices":
        """Each series from a row (series,) of its own on."""
        lengths = self.lengths - starts
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        kept = np.arange(offsets[-1]) + np.repeat(
            self.offsets[:-1] + starts - offsets[:-1], lengths
        )
        fields = {name: values[kept] for name, values in self.fields.items()}
        return replace(
            self, values=self.values[kept], offsets=offsets, dates=self.dates[kept], fields=fields
        )

    @classmethod
    def joined(cls, parts: "Sequence[Prices]") -> "Prices":
        """The series of several, in their order."""
        lengths = np.concatenate([part.lengths for part in parts])
        return cls(
            symbols=tuple(symbol for part in parts for symbol in part.symbols),
            values=np.concatenate([part.values for part in parts]),
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            dates=np.concatenate([part.dates for part in parts]),
            sources=tuple(source for part in parts for source in part.sources),
            files=tuple(report for part in parts for report in part.files),
            fields={
                name: np.concatenate([part.fields[name] for part in parts])
                for name in parts[0].fields
            },
        )

    def warnings(self) -> list[str]:
        """One line per file that had rows dropped or mended."""
        return [line for report in self.files if (line := report.warning())]

    def details(self) -> Iterator[str]:
        """Every decision about every file with its evidence, and every count, a line each."""
        for report in self.files:
            yield from report.details()


def read_prices(
    paths: Sequence[str],
    settings: ReadSettings,
    stdin: BinaryIO | None = None,
    on_fault: Callable[[RnncliError], None] | None = None,
    fields: Sequence[str] = (),
) -> Prices:
    """Read CSV files, folders of them, or standard input (`-`) into series sorted by date.

    `fields`, of open, high, low and volume, are carried beside the price; a file must have them.
    A cell that is empty there, or cannot be (an open, high or low that is not above zero, a high
    below the low, a volume below zero), is NaN; a volume of zero stays.

    Raises MissingInputError where an input cannot be opened, DataError where it cannot be read as
    meant, UsageError where a setting does not fit the files. With `on_fault`, a file that cannot
    be read is handed to it and left out, as long as another one can.
    """
    since, until = _day(settings.since, "--since"), _day(settings.until, "--until")
    read = list(_read_files(inputs(paths), settings, stdin, on_fault, tuple(fields)))
    reports, tables = [report for report, _ in read], [table for _, table in read]
    rows = join([report.name for report in reports], tables)
    rows = only_days(only_symbols(rows, settings.symbols), since, until)
    if rows.values.size == 0:
        raise DataError("no rows are left; widen --symbols, --since or --until")
    prices = _finish(by_date(without_empty(rows)), reports, settings)
    if settings.strict and (said := prices.warnings()):
        raise DataError(f"{said[0]}; mend the file, or leave out --strict")
    return prices


def _day(text: str | None, option: str) -> np.datetime64 | None:
    if text is None:
        return None
    try:
        if not _DAY.fullmatch(text.strip()):
            raise ValueError
        return np.datetime64(text.strip(), "D")
    except ValueError as error:
        raise UsageError(f"{option} {text!r} is not a date; write it as 2024-01-31") from error


def _read_files(
    inputs: Iterable[tuple[str, str]],
    settings: ReadSettings,
    stdin: BinaryIO | None,
    on_fault: Callable[[RnncliError], None] | None,
    fields: tuple[str, ...],
) -> Iterator[tuple[FileReport, Table]]:
    """Read every file; those that fail are reported once it is clear that others do not."""
    faults: list[RnncliError] = []
    done = 0
    for path, name in inputs:
        try:
            yield _read_file(path, name, settings, stdin, fields)
            done += 1
        except (DataError, MissingInputError) as fault:
            faults.append(fault)
            if on_fault is None:
                raise
    if faults and not done:
        raise faults[0]
    for left_out in faults:
        if on_fault is not None:
            on_fault(left_out)


def _read_file(
    path: str,
    name: str,
    settings: ReadSettings,
    stdin: BinaryIO | None,
    fields: tuple[str, ...],
) -> tuple[FileReport, Table]:
    limits = Limits.times(settings.limits)
    text = read_text(path, name, stdin, settings.encoding, limits)
    sheet = read_sheet(text, settings.delimiter, limits)
    wanted = Wanted(
        settings.column, settings.symbol_column, settings.layout, fields, settings.date_format
    )
    columns = find_columns(sheet, wanted)
    table = read_table(sheet, columns, settings.date_format, default_symbol(name), settings.decimal)
    refuse_cut(sheet, columns, table)
    if settings.symbol_column is None:
        refuse_currencies(sheet, columns, table)
    refuse_swapped(name, table)
    refuse_half_days(name, table)
    return describe(sheet, columns, table), table


def _finish(rows: Rows, reports: Sequence[FileReport], settings: ReadSettings) -> Prices:
    """Leave out repeated rows, look for splits, and lay the series end to end."""
    rows = fill_beside(rows)
    repeats = find_repeats(rows, settings.duplicates)
    reports = count_repeats(rows, repeats, reports)
    named = [[rows.names[file] for file in own] for own in rows.sources()]
    sources = tuple(", ".join(dict.fromkeys(own)) for own in named)
    kept = rows.take(~repeats.dropped) if repeats.dropped.any() else rows
    jumps = find_jumps(kept.values, kept.codes, kept.dates)
    reports = count_pauses(kept, reports)
    reports = count_jumps(kept, jumps, reports, settings.adjust_splits)
    reports = count_strays(kept, find_strays(kept.values, kept.codes, jumps.rows), reports)
    if settings.adjust_splits:
        kept = adjust(jumps, kept)
    counts = np.bincount(kept.codes, minlength=len(kept.symbols))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    reports = count_late(kept, offsets, reports)
    reports = count_constant(kept, offsets, reports)
    return Prices(
        kept.symbols, kept.values, offsets, kept.dates, sources, tuple(reports), kept.fields
    )
