"""The rows of all files under one numbering of symbols: joined, filtered, sorted."""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt

from rnncli.arrays import BoolArray, DateArray, Float64Array, IntArray, distinct
from rnncli.errors import DataError, RnncliError, SeriesError, setting
from rnncli.prices.parsing.table.table import Table
from rnncli.prices.series import Prices

SHOWN = 8  # symbols in a message
Fail = Callable[[RnncliError], None]  # is given what fails alone


@dataclass(frozen=True)
class PriceRows:
    """One entry per price; `codes` count into `symbols`, `files` into `names`."""

    symbols: tuple[str, ...]
    names: tuple[str, ...]
    codes: IntArray  # (rows,)
    dates: DateArray  # (rows,) NaT where a row has no date
    values: Float64Array  # (rows,)
    files: npt.NDArray[np.int32]  # (rows,)
    lines: IntArray  # (rows,)
    fields: dict[str, Float64Array] = field(default_factory=dict)  # carried beside: (rows,) each

    def take(self, index: IntArray | BoolArray) -> "PriceRows":
        """Return the rows at `index`."""
        return replace(
            self,
            codes=self.codes[index],
            dates=self.dates[index],
            values=self.values[index],
            files=self.files[index],
            lines=self.lines[index],
            fields={name: values[index] for name, values in self.fields.items()},
        )

    def sources(self) -> list[list[int]]:
        """Return the files that each symbol has rows in."""
        if len(self.names) == 1:
            return [[0] for _ in self.symbols]
        sources: list[list[int]] = [[] for _ in self.symbols]
        for pair in np.unique(self.codes * len(self.names) + self.files).tolist():
            sources[pair // len(self.names)].append(pair % len(self.names))
        return sources

    def twins(self) -> BoolArray:
        """Whether a row repeats symbol and date of the row before it, shape (rows,)."""
        twins = np.zeros(self.values.size, dtype=np.bool_)
        same_date = self.dates[1:] == self.dates[:-1]  # never so for NaT
        twins[1:] = (self.codes[1:] == self.codes[:-1]) & same_date
        return twins


def join(names: Sequence[str], tables: Sequence[Table]) -> PriceRows:
    """Stack the tables of all files."""
    place: dict[str, int] = {}
    codes = []
    for table in tables:
        places = [place.setdefault(symbol, len(place)) for symbol in table.symbols]
        same = places == list(range(len(places)))
        codes.append(table.codes if same else np.array(places, dtype=np.int64)[table.codes])
    return PriceRows(
        tuple(place),
        tuple(names),
        _stacked(codes),
        _stacked([_dates_or_nat(table) for table in tables]),
        _stacked([table.values for table in tables]),
        np.repeat(np.arange(len(tables), dtype=np.int32), [table.codes.size for table in tables]),
        _stacked([table.lines for table in tables]),
        {name: _stacked([t.fields[name] for t in tables]) for name in tables[0].fields},
    )


def _stacked(parts: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Return arrays end to end; a single one as it is."""
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


def _dates_or_nat(table: Table) -> DateArray:
    if table.dates is not None:
        return table.dates
    return np.full(table.values.size, np.datetime64("NaT", "s"))


def rows_of_lines(rows: PriceRows, values: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """Return the rows of some lines, each with the value that it has there; a mapping a file."""
    placed: dict[int, float] = {}
    for file, by_line in enumerate(values):
        if by_line:
            lines = np.array(list(by_line))
            at = np.flatnonzero((rows.files == file) & np.isin(rows.lines, lines))
            placed |= {row: by_line[int(rows.lines[row])] for row in at.tolist()}
    return placed


def undated_in_two_files(rows: PriceRows) -> dict[int, SeriesError]:
    """Return the series without dates that come in two files: nothing says how to join them."""
    undated = distinct(rows.codes[np.isnat(rows.dates)])
    if undated.size == 0 or len(rows.names) == 1:
        return {}
    faults: dict[int, SeriesError] = {}
    sources = rows.sources()
    for code in undated.tolist():
        try:
            refuse_undated_rows(rows.symbols[code], [rows.names[file] for file in sources[code]])
        except SeriesError as fault:
            faults[code] = fault
    return faults


def nearest(name: str, symbols: Sequence[str]) -> str | None:
    """The symbol that differs in case alone, else the most similar one, if any is similar."""
    by_case = [symbol for symbol in symbols if symbol.casefold() == name.casefold()]
    similar = by_case or get_close_matches(name.upper(), symbols, 1)
    return similar[0] if similar else None


def refuse_undated_rows(symbol: str, names: Sequence[str]) -> None:
    """Refuse a series without dates whose rows come in two files."""
    if len(names) > 1:
        raise SeriesError(
            f"{symbol}: in {names[0]} and {names[1]}, not dated in both, so the rows cannot be"
            " joined",
            symbol=symbol,
            remedy="give one of them",
        )


def some_undated(rows: PriceRows) -> dict[int, SeriesError]:
    """Return the series without dates, where rows of some days are wanted and others have dates."""
    undated = distinct(rows.codes[np.isnat(rows.dates)])
    if undated.size == distinct(rows.codes).size:
        return {}
    sources = rows.sources()
    needed = f"{setting('since')} and {setting('until')} need"
    return {
        code: SeriesError(
            f"{rows.names[sources[code][0]]}: {rows.symbols[code]} has no dates, which {needed}",
            symbol=rows.symbols[code],
        )
        for code in undated.tolist()
    }


def without_series(rows: PriceRows, faults: Mapping[int, SeriesError], fail: Fail) -> PriceRows:
    """Return the rows without those of some series, each of which fails alone.

    Raises the first fault where no other series is left.
    """
    if not faults:
        return rows
    first, *others = faults.values()
    if len(faults) == distinct(rows.codes).size:
        for fault in others:
            fail(fault)
        raise first
    for fault in (first, *others):
        fail(fault)
    return rows.take(~np.isin(rows.codes, list(faults)))


def requested_symbols(
    requested: str | None, symbols: Sequence[str], fail: Fail
) -> frozenset[str] | None:
    """The symbols named in a comma list, None for all; one that is not there fails alone.

    Raises DataError where no symbol of the list is there.
    """
    if not requested:
        return None
    names = requested_names(requested, symbols)
    if unknown := sorted(names - set(symbols)):
        remedy = _meant(unknown[0], symbols)
        said = f"no symbol {', '.join(unknown)} in the input"
        if len(unknown) == len(names):
            raise DataError(said, remedy=remedy)
        fail(DataError(said, remedy=remedy))
    return frozenset(names)


def only_symbols(rows: PriceRows, names: Set[str] | None) -> PriceRows:
    """The rows of some symbols, of all for None."""
    if names is None:
        return rows
    are_requested = np.array([symbol in names for symbol in rows.symbols])
    return rows.take(are_requested[rows.codes])


def only_series(prices: Prices, names: Set[str] | None) -> Prices:
    """The series of some symbols, of all for None. Raises DataError where none has rows."""
    if names is None:
        return prices
    if names.isdisjoint(prices.symbols):
        raise DataError(
            f"no rows are left of {', '.join(sorted(names))}",
            remedy=f"change {setting('since')} or {setting('until')}",
        )
    return prices.only(names)


def failing_alone(fail: Fail, names: Set[str] | None) -> Fail:
    """`fail` for the faults of some symbols, those of other series being ignored."""

    def of_some(fault: RnncliError) -> None:
        if names is None or not isinstance(fault, SeriesError) or fault.symbol in names:
            fail(fault)

    return of_some


def requested_names(requested: str, symbols: Sequence[str]) -> set[str]:
    """The symbols of a comma list; the whole text where it is a symbol, with a comma in it."""
    if requested in symbols:
        return {requested}
    return {name.strip() for name in requested.split(",") if name.strip()}


def _meant(name: str, symbols: Sequence[str]) -> str:
    """What to write in place of a symbol that is not there."""
    parts = [part for part in re.split(r"[\s;|+]+", name) if part]
    if len(parts) > 1 and set(parts) <= set(symbols):
        return f"separate symbols by commas: {','.join(parts)}"
    if name in ("*", "all", "ALL"):
        return f"for all symbols leave out {setting('symbols')}"
    meant = nearest(name, symbols)
    more = ", ..." if len(symbols) > SHOWN else ""
    return f"did you mean {meant}?" if meant else f"there are {', '.join(symbols[:SHOWN])}{more}"


def without_empty(rows: PriceRows) -> PriceRows:
    """Return the rows with the symbols that have none left out of the numbering."""
    counts = np.bincount(rows.codes, minlength=len(rows.symbols))
    if counts.all():
        return rows
    used = np.flatnonzero(counts)
    codes = np.searchsorted(used, rows.codes).astype(np.int64)
    return replace(rows, symbols=tuple(rows.symbols[i] for i in used), codes=codes)


def by_date(rows: PriceRows) -> PriceRows:
    """Return the rows by series, then by date; rows of one date stay in order of appearance."""
    codes, dates = rows.codes, rows.dates.view(np.int64)
    same = codes[1:] == codes[:-1]
    if np.all((codes[1:] > codes[:-1]) | (same & (dates[1:] >= dates[:-1]))):
        return rows
    return rows.take(np.lexsort((dates, codes)))
