"""Columns without a role that contradict the roles of the others."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from rnncli.errors import DataError, setting
from rnncli.prices.parsing.check import FileCheck, Severity
from rnncli.prices.parsing.columns.doubtful import refuse_stray_texts
from rnncli.prices.parsing.columns.duplicate_keys import refuse_several_listings
from rnncli.prices.parsing.columns.profile import FEW_ROWS, ColumnProfile, GridProfile
from rnncli.prices.parsing.columns.roles import Columns, RequestedColumns
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.grid.non_data_rows import HEADINGS
from rnncli.prices.parsing.values.date_serials import days_of_year_zero, is_serial
from rnncli.prices.parsing.vocabulary import column_names
from rnncli.prices.parsing.vocabulary.cell_words import BOARDS, FLAGS
from rnncli.prices.parsing.vocabulary.date_words import WEEKDAY_CELL
from rnncli.prices.parsing.vocabulary.expression import expression

_MONTH = expression(r"(0?[1-9]|1[0-2])[./-](19|20)\d\d|(19|20)\d\d[./-](0?[1-9]|1[0-2])")
_FIELDS = column_names.OTHERS | column_names.CANDLE | {"vwap"}
_CLOSES = frozenset(("close", "adjclose", "last", "price", "pxlast"))
_SYMBOLS_OR_FIELDS = frozenset((*column_names.SYMBOLS, "index", "series", "label"))
_DATES_OR_INDEX = frozenset((*column_names.DATES, "index"))
_DISTINCT = 0.9  # the share of different cells in a column of dates


def refuse_melted(profile: GridProfile, columns: Columns, requested: RequestedColumns) -> None:
    """Refuse a row for each field of a day: its highs and volumes would be taken for prices."""
    if requested.symbol is not None:
        return
    for index, column in enumerate(profile):
        if index in {columns.date, columns.time, *columns.prices}:
            continue
        fields = {column_names.bare_name(cell) for cell in set(column.cells) if cell}
        closes = fields & _CLOSES
        if len(fields) > 1 and closes and fields <= _FIELDS:
            raise DataError(
                f"{profile.top}: column {_name_or_number(profile, index)} names fields, such as"
                f" {', '.join(sorted(fields)[:3])}, a row for each; keep the rows of"
                f" {min(closes, key=len)} only, or make each field a column"
            )


def refuse_undated(profile: GridProfile, columns: Columns, _: RequestedColumns) -> None:
    """Refuse a file without a date column where a column without a role may hold the dates."""
    if columns.date is not None:
        return
    index = _wide_dates(profile, columns) if columns.layout == "wide" else _dates(profile, columns)
    if index is None:
        return
    cell = next(iter(cell for cell in profile[index].raw_cells if cell.strip()), "")[:40]
    name = profile.short_name(index) or f"column {index + 1}"
    is_counted = days_of_year_zero(profile[index].cells)
    format_ = "" if is_counted else f" name its format with {setting('date_format')},"
    raise DataError(
        f"{profile.top}: no date column, but {name!r} may hold dates, such as {cell!r};"
        f"{format_} write it as 2024-01-31 under 'date', or take it out"
    )


def _wide_dates(profile: GridProfile, columns: Columns) -> int | None:
    """Return the first of the symbols if it, and not each of them, puts the rows in order."""
    first, *others = columns.prices
    is_alone = _orders_rows(profile[first]) and not all(_orders_rows(profile[i]) for i in others)
    return first if is_alone else None


def _dates(profile: GridProfile, columns: Columns) -> int | None:
    """Return a column without a role that may hold the dates of a file with one price column."""
    symbols = profile[columns.symbol].raw_cells if columns.symbol is not None else None
    if symbols is not None and len(set(symbols)) == len(symbols):
        return None  # each symbol once: no order to lose
    for index, column in enumerate(profile):
        if index in {columns.symbol, columns.prices[0]}:
            continue
        if names.is_field(column.name) and column.bare_name not in _DATES_OR_INDEX:
            continue
        if _may_be_dates(column, symbols):
            return index
    return None


def refuse_headings(profile: GridProfile, columns: Columns, _: RequestedColumns) -> None:
    """Refuse headings between the rows where no column has symbols: they may be the symbols."""
    if columns.symbol is None and HEADINGS in profile.grid.dropped:
        raise DataError(
            f"{profile.top}: headings between the rows, which may name symbols; split the file at"
            " them, or write the symbol of each row in a column"
        )


def refuse_unnamed_symbols(
    profile: GridProfile, columns: Columns, requested: RequestedColumns
) -> None:
    """Refuse a single series beside a column of texts that repeat: they may be symbols."""
    if columns.layout != "single" or requested.layout is not None:
        return
    for index, column in enumerate(profile):
        if index in {columns.date, columns.time, columns.prices[0]}:
            continue
        if names.is_field(column.name) and column.bare_name not in _SYMBOLS_OR_FIELDS:
            continue
        if _may_be_symbols(profile, index):
            refuse_stray_texts(profile, [index])
            one, other = _first_two(profile, index)
            raise DataError(
                f"{profile.top}: column {_name_or_number(profile, index)} may hold symbols, such as"
                f" {one[:40]!r} and {other[:40]!r}; name it with {setting('symbol_column')}"
                f"{'' if column.name else f' {index + 1}'}, or say {setting('layout', 'single')}"
            )


# In this order, once the columns of a file with a header have their roles.
ROLE_CHECKS = (
    FileCheck(
        "row for each field",
        Severity.REFUSE,
        "a column that names open, high, close and so on, a row for each",
        refuse_melted,
    ),
    FileCheck(
        "several listings",
        Severity.REFUSE,
        "prices of one symbol and day that a further column tells apart",
        refuse_several_listings,
    ),
    FileCheck(
        "dates under another name",
        Severity.REFUSE,
        "no column of dates, and another one that may hold them",
        refuse_undated,
    ),
    FileCheck(
        "headings for symbols",
        Severity.REFUSE,
        "headings between the rows, and no column of symbols",
        refuse_headings,
    ),
    FileCheck(
        "symbols under another name",
        Severity.REFUSE,
        "one series beside a column of texts that repeat",
        refuse_unnamed_symbols,
    ),
)


def _name_or_number(profile: GridProfile, index: int) -> str:
    return profile.short_name(index) or str(index + 1)


def _first_two(profile: GridProfile, index: int) -> list[str]:
    """Return the first two different cells of a column."""
    distinct: dict[str, None] = {}
    for cell in profile.grid.column(index):
        distinct[cell] = None
        if len(distinct) == 2:
            break
    return list(distinct)


def _may_be_symbols(profile: GridProfile, index: int) -> bool:
    """Whether the cells are texts, none empty, two or more of them on several rows."""
    column = profile[index]
    cells: Sequence[str] = column.cells
    is_constant = len(set(cells)) == 1 and cells[0] and not column.is_numeric
    if is_constant and not profile.is_complete and not profile.grid.is_constant(index):
        cells = list(profile.grid.column(index))  # the next symbol begins below the first rows
    texts = {cell.casefold() for cell in cells}
    if not all(cells) or column.is_numeric or column.holds_times:
        return False
    if texts <= FLAGS or texts <= BOARDS:
        return False
    if column.holds_dates or all(WEEKDAY_CELL.match(text) for text in texts):
        return False
    return sum(count > 1 for count in Counter(cells).values()) > 1


def _may_be_dates(column: ColumnProfile, symbols: Sequence[str] | None) -> bool:
    """Whether the cells are different texts, months, or numbers that put the rows in order."""
    cells = column.cells
    if len(cells) < 2 or not all(cells):
        return False
    if all(map(_MONTH.fullmatch, cells)):
        return True
    if column.is_numeric:
        return all(map(is_serial, cells)) or (symbols is None and _orders_rows(column))
    keys = list(zip(symbols, cells, strict=True)) if symbols is not None else cells
    return len(set(keys)) >= _DISTINCT * len(keys)


def _orders_rows(column: ColumnProfile) -> bool:
    """Whether the cells are whole numbers that only rise or only fall, and do not count rows."""
    cells = column.cells
    if len(cells) < FEW_ROWS or not all(cell.isdecimal() and len(cell) < 18 for cell in cells):
        return False
    counted = [int(cell) for cell in cells]
    steps = np.diff(counted)
    if np.all(steps == 1) and (counted[0] < 2 or not column.name):
        return False
    return bool(np.all(steps > 0) or np.all(steps < 0))
