"""Read price files into many series, each of its own length, checked and in order of date."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from typing import BinaryIO, NamedTuple

import numpy as np

from rnncli.arrays import IntArray, distinct
from rnncli.errors import DataError, MissingInputError, RnncliError, UsageError, setting
from rnncli.prices.beside.attach import Beside
from rnncli.prices.beside.renaming import names_now, renamed
from rnncli.prices.beside.ticker_changes import read_ticker_changes
from rnncli.prices.date_range import first_and_last_day, only_days
from rnncli.prices.exclude import (
    AllExcludedError,
    excluded_symbols,
    is_typed,
    report_of_unknown,
    without_rows_of,
    without_symbols,
)
from rnncli.prices.parsing.columns.find import find_columns
from rnncli.prices.parsing.columns.roles import RequestedColumns
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.quality.checks import check_file, check_series
from rnncli.prices.parsing.quality.currency_changes import currency_lines, euro_jumps
from rnncli.prices.parsing.quality.duplicates import (
    count_duplicates,
    fill_beside,
    find_duplicates,
)
from rnncli.prices.parsing.quality.file_report import FileReport, ParsedFile, describe
from rnncli.prices.parsing.quality.outliers import find_outliers
from rnncli.prices.parsing.quality.repairs import repaired
from rnncli.prices.parsing.quality.running_rows import find_running, settle_running
from rnncli.prices.parsing.quality.series_rows import SeriesRows
from rnncli.prices.parsing.quality.split_ratios import named_splits
from rnncli.prices.parsing.quality.splits import find_splits, undo_splits
from rnncli.prices.parsing.source.limits import Limits
from rnncli.prices.parsing.source.paths import default_symbol, inputs
from rnncli.prices.parsing.source.text import Text, read_text, symbol_for_file
from rnncli.prices.parsing.table.join import (
    Fail,
    PriceRows,
    by_date,
    failing_alone,
    join,
    only_series,
    only_symbols,
    requested_symbols,
    rows_of_lines,
    some_undated,
    undated_in_two_files,
    without_empty,
    without_series,
)
from rnncli.prices.parsing.table.table import Table, read_table
from rnncli.prices.resample import resampled
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings


class _Fields(NamedTuple):
    """Further columns to read, and those of them that a file may lack."""

    names: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


class _File(NamedTuple):
    """A file as it was read, and what columns of it name, by line."""

    report: FileReport
    table: Table
    splits: dict[int, float]
    currencies: dict[int, float]  # lines at which the currency changes


def read_prices(
    paths: Sequence[str],
    settings: ReadSettings,
    stdin: BinaryIO | None = None,
    on_fault: Fail | None = None,
    fields: Sequence[str] = (),
    optional: Sequence[str] = (),
    of_all: Callable[[Prices], Prices] | None = None,
) -> Prices:
    """Read CSV files, folders of them, or standard input (`-`) into series sorted by date.

    `fields`: further columns, open, high, low, volume or others by name; a file must have them,
    except those that are `optional`: NaN if it has no such column, or no numbers in it. COLUMN@FILE
    is of a feature file, KIND:event of the events (see `Beside`). A cell that is empty there, or
    impossible (an open, high or low that is not above zero, a high below the low, a volume below
    zero), is NaN; a volume of zero stays. `of_all`: what all series go through together, before
    those of the symbols in the settings are chosen.

    Raises MissingInputError if an input cannot be opened, DataError if it cannot be read,
    UsageError if a setting does not fit the files. With `on_fault`, a file that cannot be read and
    a series that cannot be used (SeriesError) are passed to it and left out, unless they are all.
    """
    since, until = first_and_last_day(settings)
    further = Beside(fields, settings)
    carried = _Fields(further.of_prices, tuple(optional))
    changes = read_ticker_changes(settings)
    fail = on_fault or _stop
    excluded = excluded_symbols(settings.exclude)
    renaming = excluded & changes.holdings.keys() if changes is not None else frozenset()
    unknown = set(excluded if is_typed(settings.exclude) else ()) - renaming
    read = list(_read_files(paths, settings, stdin, fail, carried, excluded - renaming, unknown))
    if not read:
        raise AllExcludedError
    rows = join([file.report.name for file in read], [file.table for file in read])
    rows = without_series(rows, undated_in_two_files(rows), fail)
    beside = [report_of_unknown(unknown)] if unknown else []
    if changes is not None:
        rows, report = renamed(rows, changes, fail)
        beside.append(report)
        rows = without_rows_of(rows, [changes.current(name) for name in renaming])
    names = requested_symbols(names_now(settings.symbols, rows, changes), rows.symbols, fail)
    if of_all is None:
        rows = only_symbols(rows, names)
    else:
        fail = failing_alone(fail, names)
    if since is not None or until is not None:
        rows = without_series(rows, some_undated(rows), fail)
    rows = only_days(rows, since, until)
    prices = _finish(by_date(without_empty(rows)), read, settings, fail)
    if settings.resample is not None:
        prices = resampled(prices, settings.resample, fail, drop=settings.drop_running)
    prices = further.attached(replace(prices, files=(*prices.files, *beside)), changes)
    return prices if of_all is None else only_series(of_all(prices), names)


def _stop(fault: RnncliError) -> None:
    """Raise a fault: nothing is read where one file or series cannot be."""
    raise fault


def _read_files(
    paths: Sequence[str],
    settings: ReadSettings,
    stdin: BinaryIO | None,
    fail: Fail,
    fields: _Fields,
    excluded: Set[str],
    unknown: set[str],
) -> Iterator[_File]:
    """Read every file; those that fail are reported once it is clear that others do not.

    Excluded symbols are left out, and with them the fault of a file that is named after one.
    What a file has of the `unknown` symbols is removed from them.
    """
    faults: list[RnncliError] = []
    symbols: set[str] = set()
    done = 0
    for path, name in _inputs(paths, settings.beside, faults):
        try:
            file = _read_file(path, name, settings, stdin, fields)
            done += 1
            symbols.update(file.table.symbols)
            unknown.difference_update(file.table.symbols)
            if table := without_symbols(file.table, excluded):
                yield file._replace(table=table)
        except (DataError, MissingInputError, UsageError) as fault:
            if default_symbol(name) in excluded:
                unknown.discard(default_symbol(name))
                continue
            if fail is _stop:
                raise
            faults.append(fault)
    if faults and not done:
        raise faults[0]
    for left_out in faults:
        fail(symbol_for_file(left_out, symbols))


def _inputs(
    paths: Sequence[str], beside: Sequence[str], faults: list[RnncliError]
) -> Iterator[tuple[str, str]]:
    """Yield every file to read with its name; a folder that cannot be opened is a fault."""
    for path in paths:
        try:
            yield from inputs(path, beside)
        except MissingInputError as fault:
            faults.append(fault)


def _read_file(
    path: str,
    name: str,
    settings: ReadSettings,
    stdin: BinaryIO | None,
    fields: _Fields,
) -> _File:
    limits = Limits.times(settings.limits)
    text = read_text(path, name, stdin, settings.encoding, limits)
    return _parsed(text, settings, fields)[0]


def _parsed(
    text: Text, settings: ReadSettings, fields: _Fields, lines: IntArray | None = None
) -> tuple[_File, ParsedFile]:
    """A text as it was read; `lines` (rows,): of the file, where they are not in succession."""
    grid = read_grid(text, settings.delimiter, Limits.times(settings.limits))
    if lines is not None and lines.size != grid.lines.size:
        raise DataError("lines without a row", place=text.name)
    grid = grid if lines is None else replace(grid, lines=lines)
    requested = RequestedColumns(
        settings.column, settings.symbol_column, settings.layout, fields.names,
        settings.date_format, settings.duplicates, fields.optional,
    )  # fmt: skip
    columns = find_columns(grid, requested)
    table = read_table(
        grid, columns, settings.date_format, default_symbol(text.name), settings.decimal, requested
    )
    file = ParsedFile(grid, columns, table, requested)
    report = describe(file, check_file(file))
    return _File(report, table, named_splits(file), currency_lines(file)), file


def read_part(
    text: Text, lines: IntArray | None, settings: ReadSettings, fail: Fail,
    fields: Sequence[str] = (), optional: Sequence[str] = (),
) -> tuple[Prices, ParsedFile]:  # fmt: skip
    """Read some symbols of a file, whose settings name no other files; see `read_prices`."""
    further = Beside(fields, settings)
    read, file = _parsed(text, settings, _Fields(further.of_prices, tuple(optional)), lines)
    rows = by_date(without_empty(join([text.name], [read.table])))
    prices = _finish(rows, [read], settings, fail)
    return further.attached(prices, None), file


def _finish(rows: PriceRows, read: Sequence[_File], settings: ReadSettings, fail: Fail) -> Prices:
    """Leave out repeated rows, look for what is odd, and lay the series end to end."""
    files = set(distinct(rows.files).tolist())
    running = find_running(rows)
    rows, reports = settle_running(
        rows, running, [file.report for file in read], drop=settings.drop_running
    )
    rows = fill_beside(rows)
    duplicates = find_duplicates(rows, settings.duplicates, {one.code for one in running})
    if duplicates.faults:
        rows = without_empty(without_series(rows, duplicates.faults, fail))
        duplicates = find_duplicates(rows, settings.duplicates)
    failed = files - set(distinct(rows.files).tolist())
    reports = count_duplicates(rows, duplicates, reports)
    sources = rows.sources()
    rows = rows.take(~duplicates.dropped) if duplicates.dropped.any() else rows
    named = [file.splits for file in read]
    if settings.repair:
        rows, reports = repaired(rows, reports, rows_of_lines(rows, named).keys())
    euro = euro_jumps(rows.values, rows.codes, rows.dates)
    currencies = {*euro, *rows_of_lines(rows, [file.currencies for file in read])}
    splits = find_splits(
        rows.values, rows.codes, rows.dates, rows_of_lines(rows, named), currencies
    )
    adjusted = undo_splits(splits, rows) if settings.adjust_splits else rows
    explained = np.append(splits.rows, np.array(sorted(currencies), dtype=np.int64))
    outliers = find_outliers(rows.values, rows.codes, explained)
    series = SeriesRows(
        rows, splits, outliers, adjusted, settings.adjust_splits, settings.repair, euro
    )
    reports = check_series(series, reports)
    prices = Prices(
        adjusted.symbols,
        adjusted.values,
        series.offsets,
        adjusted.dates,
        tuple(", ".join(dict.fromkeys(rows.names[file] for file in of)) for of in sources),
        tuple(report for file, report in enumerate(reports) if file not in failed),
        adjusted.fields,
    )
    return _without_warned(prices, sources, reports, fail) if settings.strict else prices


def _without_warned(
    prices: Prices, sources: Sequence[Sequence[int]], reports: Sequence[FileReport], fail: Fail
) -> Prices:
    """Leave out the series of files with a warning: each such file fails alone.

    `sources` (series): the files of each. Raises DataError where no series is left.
    """
    warnings = {file: text for file, report in enumerate(reports) if (text := report.warning())}
    clean_series = [i for i, files in enumerate(sources) if not warnings.keys() & set(files)]
    remedy = f"mend the file, or leave out {setting('strict')}"
    faults = [DataError(text, remedy=remedy) for text in warnings.values()]
    if not clean_series:
        raise faults[0]
    for fault in faults:
        fail(fault)
    clean = tuple(report for report in prices.files if not report.warning())
    return replace(prices.subset(clean_series), files=clean) if faults else prices
