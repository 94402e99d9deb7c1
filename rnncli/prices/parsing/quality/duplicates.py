"""Rows that repeat a symbol and a date: which go, and which are refused since they contradict."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray, distinct
from rnncli.dates import format_date
from rnncli.errors import SeriesError, setting
from rnncli.prices.parsing.quality.file_report import FileReport
from rnncli.prices.parsing.table.join import PriceRows

CONTRADICTED = "prices that another contradicts"
CONTRADICTED_BESIDE = "rows with the same price that another contradicts beside it"


@dataclass(frozen=True)
class Duplicates:
    """Which rows repeat a symbol and a date and are left out; `changed` had another price."""

    dropped: BoolArray  # (rows,)
    changed: BoolArray  # (rows,)
    beside: BoolArray  # (rows,) the price was the same, and a column carried beside it was not
    faults: dict[int, SeriesError] = field(default_factory=dict)  # code of a series: its fault


def find_duplicates(rows: PriceRows, keep: str, running: Set[int] = frozenset()) -> Duplicates:
    """Return the rows to leave out; `keep` says which of two that differ: first, last, or refuse.

    With refuse, a series whose rows contradict each other is among the `faults`. `running`: codes
    of series whose last row is the price of a day that is not over.
    """
    faults: dict[int, SeriesError] = {}
    twins = rows.twins()
    clash = np.zeros_like(twins)
    clash[1:] = twins[1:] & (rows.values[1:] != rows.values[:-1])
    beside = np.zeros_like(twins)
    for name, values in rows.fields.items():
        differs = np.zeros_like(twins)
        given = ~np.isnan(values)
        differs[1:] = twins[1:] & given[1:] & given[:-1] & (values[1:] != values[:-1])
        beside |= differs & ~clash
        if keep == "refuse":
            faults = _contradictions(rows, values, f"{name}s", differs, running) | faults
    if keep == "refuse":
        faults |= _contradictions(rows, rows.values, "prices", clash, running)
    if keep == "last":  # the row before a twin goes, and is counted
        twins, clash, beside = (np.append(mask[1:], False) for mask in (twins, clash, beside))
    return Duplicates(twins, clash, beside, faults)


def fill_beside(rows: PriceRows) -> PriceRows:
    """Return the rows with what one of two on the same day lacks beside the price from the other.

    That is the next row of the same symbol and day, or the one before.
    """
    twins = np.flatnonzero(rows.twins()) if rows.fields else np.zeros(0, dtype=np.int64)
    if twins.size == 0:
        return rows
    filled = {}
    for name, lacking in rows.fields.items():
        values = lacking.copy()
        for source, target in ((twins - 1, twins), (twins, twins - 1)):
            values[target] = np.where(np.isnan(values[target]), values[source], values[target])
        filled[name] = values
    return replace(rows, fields=filled)


def _contradictions(
    rows: PriceRows, values: Float64Array, what: str, clash: BoolArray, running: Set[int]
) -> dict[int, SeriesError]:
    """Return the fault of each series with values that differ from those of the row before."""
    places = np.flatnonzero(clash)
    if not places.size:
        return {}
    codes, firsts = np.unique(rows.codes[places], return_index=True)
    faults: dict[int, SeriesError] = {}
    for code, of_series in zip(codes.tolist(), np.split(places, firsts[1:]), strict=True):
        try:
            refuse_contradictions(rows, values, what, of_series, code in running)
        except SeriesError as fault:
            faults[code] = fault
    return faults


def refuse_contradictions(
    rows: PriceRows, values: Float64Array, what: str, clash: IntArray, running: bool
) -> None:
    """Refuse a series with rows of one date whose values differ from those of the row before."""
    i = int(clash[0])
    one, other = (rows.names[rows.files[k]] for k in (i - 1, i))
    first, second = rows.lines[i - 1], rows.lines[i]
    where = f"{one}, lines {first} and {second}"
    if one != other:
        where = f"{one}, line {first}, and {other}, line {second}"
    both = f"{values[i - 1]} and {values[i]}"
    symbol, date = rows.symbols[rows.codes[i]], format_date(rows.dates[i])
    remedy = "remove one"
    if running and rows.codes[i + 1 : i + 2].tolist() != [rows.codes[i]]:
        remedy = f"the day is running: leave its last price out with {setting('drop_running')}"
    more = f" (and {clash.size - 1} more)" if clash.size > 1 else ""
    raise SeriesError(
        f"{where}: {symbol} has two {what} on {date}, {both}{more}",
        symbol=symbol,
        remedy=f"{remedy}, choose with {setting('duplicates', 'first')} or last, or name the"
        f" columns that tell them apart with {setting('symbol_column')}",
    )


def count_duplicates(
    rows: PriceRows, duplicates: Duplicates, reports: Sequence[FileReport]
) -> list[FileReport]:
    """Return the reports with the repeated rows of each file counted in."""
    counted = list(reports)
    for file in distinct(rows.files[duplicates.dropped]).tolist():
        of_file = duplicates.dropped & (rows.files == file)
        codes, counts = np.unique(rows.codes[of_file], return_counts=True)
        pairs = zip(codes.tolist(), counts.tolist(), strict=True)
        by_symbol = {rows.symbols[code]: count for code, count in pairs}
        changed = int(np.count_nonzero(duplicates.changed & of_file))
        beside = int(np.count_nonzero(duplicates.beside & of_file))
        contradicted = {CONTRADICTED: changed, CONTRADICTED_BESIDE: beside}
        counted[file] = replace(
            counted[file],
            dropped=counted[file].dropped
            | {reason: count for reason, count in contradicted.items() if count},
            duplicates=sum(by_symbol.values()) - changed - beside,
            duplicates_by_symbol=by_symbol,
        )
    return counted
