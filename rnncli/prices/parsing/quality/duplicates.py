"""Rows that repeat a symbol and a date: which go, and which are refused since they contradict."""

import re
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray
from rnncli.dates import format_date
from rnncli.errors import DataError
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.table.join import PriceRows
from rnncli.prices.parsing.table.table import Table
from rnncli.prices.parsing.values.numbers import is_currency
from rnncli.prices.parsing.vocabulary import column_names


@dataclass(frozen=True)
class Duplicates:
    """Which rows repeat a symbol and a date and are left out; `changed` had another price."""

    dropped: BoolArray  # (rows,)
    changed: BoolArray  # (rows,)
    beside: BoolArray  # (rows,) the price was the same, and a column carried beside it was not


def find_repeats(rows: PriceRows, keep: str) -> Duplicates:
    """Return the rows to leave out; `keep` says which of two that differ: first, last, or neither.

    Raises DataError naming both lines where two rows contradict each other and none is kept.
    """
    twins = rows.twins()
    clash = np.zeros_like(twins)
    clash[1:] = twins[1:] & (rows.values[1:] != rows.values[:-1])
    beside = np.zeros_like(twins)
    for name, values in rows.fields.items():
        other = np.zeros_like(twins)
        known = ~np.isnan(values)
        other[1:] = twins[1:] & known[1:] & known[:-1] & (values[1:] != values[:-1])
        beside |= other & ~clash
        if keep == "refuse" and not clash.any():
            _refuse_contradictions(rows, values, f"{name}s", np.flatnonzero(other))
    if keep == "refuse":
        _refuse_contradictions(rows, rows.values, "prices", np.flatnonzero(clash))
    if keep == "last":  # the row before a twin goes, and is counted
        return Duplicates(*(np.append(found[1:], False) for found in (twins, clash, beside)))
    return Duplicates(twins, clash, beside)


def fill_beside(rows: PriceRows) -> PriceRows:
    """Return the rows with what one of two on the same day lacks beside the price from the other.

    That is the next row of the same symbol and day, or the one before.
    """
    twins = np.flatnonzero(rows.twins()) if rows.fields else np.zeros(0, dtype=np.int64)
    if twins.size == 0:
        return rows
    filled = {}
    for name, found in rows.fields.items():
        values = found.copy()
        for of, to in ((twins - 1, twins), (twins, twins - 1)):
            values[to] = np.where(np.isnan(values[to]), values[of], values[to])
        filled[name] = values
    return replace(rows, fields=filled)


def _refuse_contradictions(
    rows: PriceRows, values: Float64Array, what: str, clash: IntArray
) -> None:
    if clash.size == 0:
        return
    i = int(clash[0])
    one, other = (rows.names[rows.files[k]] for k in (i - 1, i))
    first, second = rows.lines[i - 1], rows.lines[i]
    where = f"{one}, lines {first} and {second}"
    if one != other:
        where = f"{one}, line {first}, and {other}, line {second}"
    both = f"{values[i - 1]} and {values[i]}"
    symbol, date = rows.symbols[rows.codes[i]], format_date(rows.dates[i])
    more = f" (and {clash.size - 1} more)" if clash.size > 1 else ""
    raise DataError(
        f"{where}: {symbol} has two {what} on {date}, {both}{more};"
        " remove one, choose with --duplicates first or last, or name the columns that tell them"
        " apart with --symbol-column"
    )


def refuse_currencies(grid: CellGrid, columns: Columns, table: Table) -> None:
    """Refuse one series that changes its currency: rows of two currencies, never on one date."""
    if columns.symbol is None or grid.header is None or table.dates is None:
        return
    named = column_names.bare_name(grid.header[columns.symbol]) == "currency"
    if not named or len(table.symbols) < 2 or not all(map(is_currency, table.symbols)):
        return
    pairs = np.unique(np.stack([table.dates.view(np.int64), table.codes]), axis=1)
    if np.unique(pairs[0]).size == pairs.shape[1]:
        one, other = table.symbols[:2]
        line = table.lines[np.argmax(table.codes == 1)]
        raise DataError(
            f"{grid.name}, line {line}: prices in {other} after some in {one}; split the file,"
            f" or say --symbol-column {grid.header[columns.symbol].strip()}"
        )


def spelled_alike(table: Table) -> dict[str, int]:
    """Return how many symbols differ by case or marks alone, and are never of one date."""
    alike: dict[str, list[int]] = {}
    for code, symbol in enumerate(table.symbols):
        if bare := re.sub(r"[\W_]", "", symbol.casefold()):
            alike.setdefault(bare, []).append(code)
    several = [codes for codes in alike.values() if len(codes) > 1]
    if table.dates is None or not several:
        return {}
    found = [codes for codes in several if _are_apart(table, codes)]
    if not found:
        return {}
    one, other = (table.symbols[code][:20] for code in found[0][:2])
    what = f"symbols that differ by case or marks alone (first {one} and {other})"
    return {what: sum(map(len, found))}


def _are_apart(table: Table, codes: list[int]) -> bool:
    """Whether no two of some symbols have a row on one date."""
    assert table.dates is not None
    here = np.isin(table.codes, codes)
    pairs = np.unique(np.stack([table.dates[here].view(np.int64), table.codes[here]]), axis=1)
    return bool(np.unique(pairs[0]).size == pairs.shape[1])
