"""Read price files into many series, each of its own length, checked and in order of date."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

import numpy as np

from rnncli.errors import DataError, MissingInputError, RnncliError, UsageError, setting
from rnncli.prices.parsing.columns.find import find_columns
from rnncli.prices.parsing.columns.roles import RequestedColumns
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.quality.checks import check_file, check_series
from rnncli.prices.parsing.quality.duplicates import (
    count_duplicates,
    fill_beside,
    find_duplicates,
)
from rnncli.prices.parsing.quality.file_report import FileReport, ParsedFile, describe
from rnncli.prices.parsing.quality.series_rows import SeriesRows
from rnncli.prices.parsing.quality.splits import find_splits, undo_splits
from rnncli.prices.parsing.source.limits import Limits
from rnncli.prices.parsing.source.paths import default_symbol, inputs
from rnncli.prices.parsing.source.text import read_text
from rnncli.prices.parsing.table.join import (
    PriceRows,
    by_date,
    join,
    only_days,
    only_symbols,
    without_empty,
)
from rnncli.prices.parsing.table.table import Table, read_table
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FILES = 256  # read at a time
Fail = Callable[[RnncliError], None]


class _Fields(NamedTuple):
    """Columns to carry beside the price, and those of them that a file may lack."""

    names: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


def read_prices(
    paths: Sequence[str],
    settings: ReadSettings,
    stdin: BinaryIO | None = None,
    on_fault: Callable[[RnncliError], None] | None = None,
    fields: Sequence[str] = (),
    optional: Sequence[str] = (),
) -> Prices:
    """Read CSV files, folders of them, or standard input (`-`) into series sorted by date.

    `fields`, of open, high, low and volume, are carried beside the price; a file must have them,
    but for those that are `optional`: NaN where it has none, or holds no numbers there.
    A cell that is empty there, or cannot be (an open, high or low that is not above zero, a high
    below the low, a volume below zero), is NaN; a volume of zero stays.

    Raises MissingInputError where an input cannot be opened, DataError where it cannot be read as
    meant, UsageError where a setting does not fit the files. With `on_fault`, a file that cannot
    be read is handed to it and left out, as long as another one can.
    """
    since, until = _day(settings.since, "since"), _day(settings.until, "until")
    carried = _Fields(tuple(fields), tuple(optional))
    read = list(_read_files(inputs(paths), settings, stdin, on_fault, carried))
    reports, tables = [report for report, _ in read], [table for _, table in read]
    rows = join([report.name for report in reports], tables)
    rows = only_days(only_symbols(rows, settings.symbols), since, until)
    if rows.values.size == 0:
        names = [setting(name) for name in ("symbols", "since", "until")]
        raise DataError("no rows are left", remedy="widen {}, {} or {}".format(*names))
    prices = _finish(by_date(without_empty(rows)), reports, settings)
    if settings.strict and (warnings := prices.warnings()):
        raise DataError(warnings[0], remedy=f"mend the file, or leave out {setting('strict')}")
    return prices


def _day(text: str | None, option: str) -> np.datetime64 | None:
    if text is None:
        return None
    try:
        if not _DAY.fullmatch(text.strip()):
            raise ValueError
        return np.datetime64(text.strip(), "D")
    except ValueError as error:
        given = f"{setting(option)} {text!r}"
        raise UsageError(f"{given} is not a date", remedy="write it as 2024-01-31") from error


def _read_files(
    inputs: Iterable[tuple[str, str]],
    settings: ReadSettings,
    stdin: BinaryIO | None,
    on_fault: Callable[[RnncliError], None] | None,
    fields: _Fields,
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
    fields: _Fields,
) -> tuple[FileReport, Table]:
    limits = Limits.times(settings.limits)
    text = read_text(path, name, stdin, settings.encoding, limits)
    grid = read_grid(text, settings.delimiter, limits)
    requested = RequestedColumns(
        settings.column, settings.symbol_column, settings.layout, fields.names,
        settings.date_format, fields.optional,
    )  # fmt: skip
    columns = find_columns(grid, requested)
    table = read_table(
        grid, columns, settings.date_format, default_symbol(name), settings.decimal, requested
    )
    file = ParsedFile(grid, columns, table, requested)
    return describe(file, check_file(file)), table


def _finish(rows: PriceRows, reports: Sequence[FileReport], settings: ReadSettings) -> Prices:
    """Leave out repeated rows, look for what is odd, and lay the series end to end."""
    rows = fill_beside(rows)
    duplicates = find_duplicates(rows, settings.duplicates)
    reports = count_duplicates(rows, duplicates, reports)
    sources = tuple(
        ", ".join(dict.fromkeys(rows.names[file] for file in files)) for files in rows.sources()
    )
    rows = rows.take(~duplicates.dropped) if duplicates.dropped.any() else rows
    splits = find_splits(rows.values, rows.codes, rows.dates)
    adjusted = undo_splits(splits, rows) if settings.adjust_splits else rows
    series = SeriesRows(rows, splits, adjusted, undone=settings.adjust_splits)
    reports = check_series(series, reports)
    return Prices(
        adjusted.symbols,
        adjusted.values,
        series.offsets,
        adjusted.dates,
        sources,
        tuple(reports),
        adjusted.fields,
    )


class SharedSymbolError(Exception):
    """A symbol is in files of two groups: they must be read together."""


def one_by_one(paths: Sequence[str], settings: ReadSettings) -> list[str]:
    """The files to read in groups; none where there are few, or settings look at all together."""
    files = [path for path, _ in inputs(paths)]
    together = settings.symbols or settings.since or settings.until or settings.strict
    return [] if together or len(files) <= FILES else files


def read_in_batches(
    files: Sequence[str], settings: ReadSettings, fields: Sequence[str], fail: Fail,
    optional: Sequence[str] = (),
) -> Iterator[Prices]:  # fmt: skip
    """Series of some files after the other; every file that cannot be read is handed to `fail`.

    Raises SharedSymbolError, and the first fault where no file at all can be read.
    """
    symbols: set[str] = set()
    first: RnncliError | None = None
    for start in range(0, len(files), FILES):
        faults: list[RnncliError] = []
        prices = _group(files[start : start + FILES], settings, fields, faults.append, optional)
        for fault in faults:
            fail(fault)
        first = first or (faults[0] if faults else None)
        if prices is None:
            continue
        if symbols & set(prices.symbols):
            raise SharedSymbolError
        symbols |= set(prices.symbols)
        yield prices
    if not symbols and first is not None:
        raise type(first)(f"{first} (and so with all {len(files)} files)")


def _group(
    files: Sequence[str],
    settings: ReadSettings,
    fields: Sequence[str],
    fail: Fail,
    optional: Sequence[str],
) -> Prices | None:
    """Series of some files, None where none can be read; then each is read alone, to fail alone."""
    faults: list[RnncliError] = []
    try:
        prices = read_prices(files, settings, None, faults.append, fields, optional)
    except (DataError, MissingInputError):
        faults = []
        for file in files:
            try:
                read_prices([file], settings, None, None, fields, optional)
            except (DataError, MissingInputError) as fault:
                faults.append(fault)
        if len(faults) < len(files):
            raise
        prices = None
    for left_out in faults:
        fail(left_out)
    return prices
