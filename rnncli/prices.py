"""Read price files into many series, each of its own length, checked and in order of date."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from rnncli.errors import DataError, MissingInputError, RnncliError, UsageError
from rnncli.formats.bytes import read_text
from rnncli.formats.columns import Columns, find_columns
from rnncli.formats.dialect import read_sheet
from rnncli.formats.joining import (
    Rows,
    by_date,
    join,
    only_days,
    only_symbols,
    refuse_contradictions,
    show_date,
    without_empty,
)
from rnncli.formats.sheet import Sheet
from rnncli.formats.table import Table, read_table, steps_within
from rnncli.settings import ReadSettings

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
DateArray = npt.NDArray[np.datetime64]

ENDINGS = (".csv", ".txt", ".tsv")
PACKED = ("", ".gz", ".xz", ".bz2", ".zip")
GAP = 4  # a step longer than so many median steps is a gap
_EXPECTED = ("lines above the header", "columns without a price")  # no cause for a warning
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class FileReport:
    """What one file was taken for, and what was left out of it."""

    name: str
    encoding: str
    delimiter: str
    layout: str  # single, long or wide
    price_column: str
    date_column: str | None
    time_column: str | None
    date_format: str | None
    symbol_column: str | None
    order: str  # oldest first, newest first, mixed, or as in the file
    rows: int  # with a price, before --symbols, --since and --until
    dropped: dict[str, int] = field(default_factory=dict)  # reason: rows
    duplicates: int = 0
    dropped_by_symbol: dict[str, int] = field(default_factory=dict)
    duplicates_by_symbol: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Prices:
    """Many price series, each of its own length, end to end in one flat array."""

    symbols: tuple[str, ...]  # (series,) in order of first appearance
    values: FloatArray  # (rows,) oldest first within a series
    offsets: IntArray  # (series + 1,) series i is values[offsets[i]:offsets[i + 1]]
    dates: DateArray  # (rows,) datetime64[s]; NaT for every row of a series without dates
    sources: tuple[str, ...]  # (series,) the files a series came from, as the user named them
    files: tuple[FileReport, ...]

    @property
    def lengths(self) -> IntArray:
        """Rows of each series, shape (series,)."""
        return np.diff(self.offsets)

    def series(self, i: int) -> FloatArray:
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
        )

    def warnings(self) -> list[str]:
        """One line per file that had rows dropped or mended."""
        return [line for report in self.files if (line := _warning(report))]


@dataclass(frozen=True)
class SeriesSummary:
    """One series as `rnncli inspect` lists it."""

    symbol: str
    rows: int
    first_date: str | None
    last_date: str | None
    first_close: float
    last_close: float
    gaps: int
    duplicates: int
    dropped: int


def read_prices(
    paths: Sequence[str],
    settings: ReadSettings,
    stdin: BinaryIO | None = None,
    on_fault: Callable[[RnncliError], None] | None = None,
) -> Prices:
    """Read CSV files, folders of them, or standard input (`-`) into series sorted by date.

    Raises MissingInputError where an input cannot be opened, DataError where it cannot be read as
    meant, UsageError where a setting does not fit the files. With `on_fault`, a file that cannot
    be read is handed to it and left out, as long as another one can.
    """
    since, until = _day(settings.since, "--since"), _day(settings.until, "--until")
    read = list(_read_files(_inputs(paths), settings, stdin, on_fault))
    reports, tables = [report for report, _ in read], [table for _, table in read]
    rows = join([report.name for report in reports], tables)
    rows = only_days(only_symbols(rows, settings.symbols), since, until)
    if rows.values.size == 0:
        raise DataError("no rows are left; widen --symbols, --since or --until")
    return _finish(by_date(without_empty(rows)), reports)


def _day(text: str | None, option: str) -> np.datetime64 | None:
    if text is None:
        return None
    try:
        if not _DAY.fullmatch(text.strip()):
            raise ValueError
        return np.datetime64(text.strip(), "D")
    except ValueError as error:
        raise UsageError(f"{option} {text!r} is not a date; write it as 2024-01-31") from error


def _inputs(paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every file to read, with the name it is called by."""
    for path in paths:
        if path == "-":
            yield path, "stdin"
        elif os.path.isdir(path):
            yield from ((file, file) for file in _price_files(path))
        else:
            yield path, path


def _price_files(folder: str) -> list[str]:
    endings = tuple(ending + packed for ending in ENDINGS for packed in PACKED)
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise MissingInputError(f"{folder}: cannot be read ({error.strerror})") from error
    paths = [os.path.join(folder, name) for name in names if not name.startswith(".")]
    files = [path for path in paths if path.lower().endswith(endings) and os.path.isfile(path)]
    if not files:
        raise MissingInputError(f"{folder}: no price files in this folder (*.csv, *.txt, *.csv.gz)")
    return files


def default_symbol(name: str) -> str:
    """Return the symbol of a file without a symbol column: its name without folder and endings."""
    stem = Path(name).name
    for endings in (PACKED[1:], ENDINGS):
        found = next((end for end in endings if stem.lower().endswith(end)), "")
        stem = stem[: -len(found)] if found and len(stem) > len(found) else stem
    return stem


def _read_files(
    inputs: Iterable[tuple[str, str]],
    settings: ReadSettings,
    stdin: BinaryIO | None,
    on_fault: Callable[[RnncliError], None] | None,
) -> Iterator[tuple[FileReport, Table]]:
    """Read every file; those that fail are reported once it is clear that others do not."""
    faults: list[RnncliError] = []
    done = 0
    for path, name in inputs:
        try:
            yield _read_file(path, name, settings, stdin)
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
    path: str, name: str, settings: ReadSettings, stdin: BinaryIO | None
) -> tuple[FileReport, Table]:
    sheet = read_sheet(read_text(path, name, stdin))
    columns = find_columns(sheet, settings.column)
    table = read_table(sheet, columns, settings.date_format, default_symbol(name))
    return _report(sheet, columns, table), table


def _report(sheet: Sheet, columns: Columns, table: Table) -> FileReport:
    def name(index: int | None) -> str | None:
        if index is None:
            return None
        return sheet.header[index].strip() if sheet.header else f"column {index + 1}"

    wide = columns.layout == "wide"
    missing = [] if table.missing is None else table.missing.tolist()
    return FileReport(
        name=sheet.name,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        layout=columns.layout,
        price_column=f"{len(columns.prices)} columns" if wide else columns.price_names[0],
        date_column=name(columns.date),
        time_column=name(columns.time),
        date_format=table.date_format,
        symbol_column=name(columns.symbol),
        order=_order(table),
        rows=int(table.values.size),
        dropped=dict(table.dropped),
        dropped_by_symbol={
            symbol: count for symbol, count in zip(table.symbols, missing, strict=False) if count
        },
    )


def _order(table: Table) -> str:
    if table.dates is None:
        return "as in the file"
    steps = steps_within(table.dates, table.codes)
    if np.all(steps >= 0):
        return "oldest first"
    return "newest first" if np.all(steps <= 0) else "mixed"


def _finish(rows: Rows, reports: Sequence[FileReport]) -> Prices:
    """Leave out repeated rows and lay the series end to end."""
    twins = rows.twins()
    refuse_contradictions(rows, twins)
    files = _count_duplicates(rows, twins, reports)
    named = [[rows.names[file] for file in own] for own in rows.sources()]
    sources = tuple(", ".join(dict.fromkeys(own)) for own in named)
    kept = rows.take(~twins) if twins.any() else rows
    counts = np.bincount(kept.codes, minlength=len(kept.symbols))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Prices(kept.symbols, kept.values, offsets, kept.dates, sources, files)


def _count_duplicates(
    rows: Rows, twins: npt.NDArray[np.bool_], reports: Sequence[FileReport]
) -> tuple[FileReport, ...]:
    """Return the reports with the repeated rows of each file counted in."""
    counted = list(reports)
    for file in np.unique(rows.files[twins]).tolist():
        found, counts = np.unique(rows.codes[twins & (rows.files == file)], return_counts=True)
        pairs = zip(found.tolist(), counts.tolist(), strict=True)
        by_symbol = {rows.symbols[code]: count for code, count in pairs}
        total = sum(by_symbol.values())
        counted[file] = replace(counted[file], duplicates=total, duplicates_by_symbol=by_symbol)
    return tuple(counted)


def _warning(report: FileReport) -> str | None:
    """Return what was left out of a file, in one line."""
    counts = dict(report.dropped)
    if report.duplicates:
        counts["repeated rows"] = report.duplicates
    said = [f"{reason}: {n}" for reason, n in counts.items() if reason not in _EXPECTED]
    return f"{report.name}: left out {', '.join(said)}" if said else None


def summarise(prices: Prices) -> list[SeriesSummary]:
    """One summary per series, in the order of `prices.symbols`."""
    duplicates: dict[str, int] = {}
    dropped: dict[str, int] = {}
    for report in prices.files:
        for symbol, count in report.duplicates_by_symbol.items():
            duplicates[symbol] = duplicates.get(symbol, 0) + count
        for symbol, count in report.dropped_by_symbol.items():
            dropped[symbol] = dropped.get(symbol, 0) + count
    return [
        _summary(prices, i, duplicates.get(symbol, 0), dropped.get(symbol, 0))
        for i, symbol in enumerate(prices.symbols)
    ]


def _summary(prices: Prices, i: int, duplicates: int, dropped: int) -> SeriesSummary:
    values, dates, dated = prices.series(i), prices.dates_of(i), prices.has_dates(i)
    return SeriesSummary(
        symbol=prices.symbols[i],
        rows=int(values.size),
        first_date=show_date(dates[0]) if dated else None,
        last_date=show_date(dates[-1]) if dated else None,
        first_close=float(values[0]),
        last_close=float(values[-1]),
        gaps=count_gaps(dates) if dated else 0,
        duplicates=duplicates,
        dropped=dropped,
    )


def count_gaps(dates: DateArray) -> int:
    """How many steps are longer than four times the median step."""
    steps = np.diff(dates).astype(np.int64)
    return int(np.count_nonzero(steps > GAP * np.median(steps))) if steps.size else 0
