"""Read price files into many series, each of its own length, checked and in order of date."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

import numpy as np

from rnncli.errors import DataError, MissingInputError, RnncliError, UsageError
from rnncli.prices.parsing.columns.find import find_columns
from rnncli.prices.parsing.columns.roles import RequestedColumns
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.quality.counts import (
    count_constant,
    count_jumps,
    count_late,
    count_pauses,
    count_repeats,
    count_strays,
)
from rnncli.prices.parsing.quality.date_checks import refuse_half_days, refuse_swapped
from rnncli.prices.parsing.quality.duplicates import fill_beside, find_repeats, refuse_currencies
from rnncli.prices.parsing.quality.file_report import FileReport, describe
from rnncli.prices.parsing.quality.outliers import find_strays
from rnncli.prices.parsing.quality.splits import adjust, find_jumps
from rnncli.prices.parsing.quality.truncation import refuse_cut
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
    grid = read_grid(text, settings.delimiter, limits)
    wanted = RequestedColumns(
        settings.column, settings.symbol_column, settings.layout, fields, settings.date_format
    )
    columns = find_columns(grid, wanted)
    table = read_table(grid, columns, settings.date_format, default_symbol(name), settings.decimal)
    refuse_cut(grid, columns, table)
    if settings.symbol_column is None:
        refuse_currencies(grid, columns, table)
    refuse_swapped(name, table)
    refuse_half_days(name, table)
    return describe(grid, columns, table), table


def _finish(rows: PriceRows, reports: Sequence[FileReport], settings: ReadSettings) -> Prices:
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


class SharedSymbolError(Exception):
    """A symbol is in files of two groups: they must be read together."""


def one_by_one(paths: Sequence[str], settings: ReadSettings) -> list[str]:
    """The files to read in groups; none where there are few, or settings look at all together."""
    files = [path for path, _ in inputs(paths)]
    together = settings.symbols or settings.since or settings.until or settings.strict
    return [] if together or len(files) <= FILES else files


def read_in_batches(
    files: Sequence[str], settings: ReadSettings, fields: Sequence[str], fail: Fail
) -> Iterator[Prices]:
    """Series of some files after the other; every file that cannot be read is handed to `fail`.

    Raises SharedSymbolError, and the first fault where no file at all can be read.
    """
    known: set[str] = set()
    first: RnncliError | None = None
    for start in range(0, len(files), FILES):
        faults: list[RnncliError] = []
        prices = _group(files[start : start + FILES], settings, fields, faults.append)
        for fault in faults:
            fail(fault)
        first = first or (faults[0] if faults else None)
        if prices is None:
            continue
        if known & set(prices.symbols):
            raise SharedSymbolError
        known |= set(prices.symbols)
        yield prices
    if not known and first is not None:
        raise type(first)(f"{first} (and so with all {len(files)} files)")


def _group(
    files: Sequence[str], settings: ReadSettings, fields: Sequence[str], fail: Fail
) -> Prices | None:
    """Series of some files, None where none can be read; then each is read alone, to fail alone."""
    held: list[RnncliError] = []
    try:
        prices = read_prices(files, settings, None, held.append, fields)
    except (DataError, MissingInputError):
        held = []
        for file in files:
            try:
                read_prices([file], settings, None, None, fields)
            except (DataError, MissingInputError) as fault:
                held.append(fault)
        if len(held) < len(files):
            raise
        prices = None
    for one in held:
        fail(one)
    return prices
