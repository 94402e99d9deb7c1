"""Columns without a role that speak against the roles of the others."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from rnncli.errors import DataError
from rnncli.prices.parsing.columns.profile import FEW_ROWS, Guess
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.grid.cell_grid import HEADINGS
from rnncli.prices.parsing.values.date_serials import is_serial
from rnncli.prices.parsing.vocabulary import column_names
from rnncli.prices.parsing.vocabulary.cell_words import BOARDS, FLAGS
from rnncli.prices.parsing.vocabulary.date_words import WEEKDAY_CELL

_MONTH = re.compile(r"(0?[1-9]|1[0-2])[./-](19|20)\d\d|(19|20)\d\d[./-](0?[1-9]|1[0-2])")
_FIELDS = column_names.OTHERS | column_names.CANDLE | {"vwap"}
_OPEN = ("index", "series", "label")  # names of symbols as well as of fields
_DISTINCT = 0.9  # the share of different cells in a column of dates


def refuse_undated(guess: Guess, columns: Columns) -> None:
    """Refuse a file without a date column where a column that is left may hold the dates."""
    if columns.date is not None:
        return
    if columns.layout == "wide":
        odd = columns.prices[0]
        if _orders_rows(guess, odd) and not all(_orders_rows(guess, i) for i in columns.prices):
            raise _undated(guess, odd)
        return
    symbols = guess.cells[columns.symbol] if columns.symbol is not None else None
    if symbols is not None and len(set(symbols)) == len(symbols):
        return  # each symbol once: no order to lose
    for index, name in enumerate(guess.header):
        if index in {columns.symbol, columns.prices[0]}:
            continue
        if names.is_field(name) and guess.bare[index] not in (*column_names.DATES, "index"):
            continue
        if _may_be_dates(guess, index, symbols):
            raise _undated(guess, index)


def refuse_headed(guess: Guess, columns: Columns) -> None:
    """Refuse headings between the rows where no column has symbols: they may be the symbols."""
    if columns.symbol is None and HEADINGS in guess.grid.dropped:
        raise DataError(
            f"{guess.name}: headings between the rows, which may name symbols; split the file at"
            " them, or write the symbol of each row in a column"
        )


def refuse_mixed(guess: Guess, columns: Columns) -> None:
    """Refuse a single series beside a column of texts that repeat: they may be symbols."""
    if columns.layout != "single":
        return
    for index, name in enumerate(guess.header):
        if index in {columns.date, columns.time, columns.prices[0]}:
            continue
        if names.is_field(name) and guess.bare[index] not in (*column_names.SYMBOLS, *_OPEN):
            continue
        if _may_be_symbols(guess, index):
            one, other = _two(guess, index)
            raise DataError(
                f"{guess.name}: column {name[:40] or index + 1} may hold symbols, such as"
                f" {one[:40]!r} and {other[:40]!r}; name it with --symbol-column"
                f"{'' if name else f' {index + 1}'}, or say --layout single"
            )


def refuse_melted(guess: Guess, columns: Columns) -> None:
    """Refuse a row for each field of a day: its highs and volumes would be taken for prices."""
    for index, name in enumerate(guess.header):
        if index in {columns.date, columns.time, *columns.prices}:
            continue
        cells = {column_names.bare_name(cell) for cell in guess.cells[index] if cell.strip()}
        closes = cells & {"close", "adjclose", "last", "price", "pxlast"}
        if len(cells) > 1 and closes and cells <= _FIELDS:
            raise DataError(
                f"{guess.name}: column {name[:40] or index + 1} names fields, such as"
                f" {', '.join(sorted(cells)[:3])}, a row for each; keep the rows of"
                f" {min(closes, key=len)} only, or make each field a column"
            )


def _two(guess: Guess, index: int) -> list[str]:
    """Return the first two different cells of a column."""
    found: dict[str, None] = {}
    for cell in guess.grid.column(index):
        found[cell] = None
        if len(found) == 2:
            break
    return list(found)


def _may_be_symbols(guess: Guess, index: int) -> bool:
    """Whether the cells are texts, none empty, two or more of them on several rows."""
    cells = [cell.strip() for cell in guess.cells[index]]
    constant = len(set(cells)) == 1 and cells[0] and not guess.is_numeric(index)
    if constant and not guess.complete and not guess.grid.is_constant(index):
        cells = list(guess.grid.column(index))  # the next symbol begins below the first rows
    known = {cell.casefold() for cell in cells}
    flags = known <= FLAGS or known <= BOARDS
    if not all(cells) or guess.is_numeric(index) or guess.is_clock(index) or flags:
        return False
    if guess.holds_dates(index) or all(WEEKDAY_CELL.match(cell) for cell in known):
        return False
    return sum(count > 1 for count in Counter(cells).values()) > 1


def _undated(guess: Guess, index: int) -> DataError:
    cell = next((cell for cell in guess.cells[index] if cell.strip()), "")[:40]
    name = guess.header[index][:40] or f"column {index + 1}"
    return DataError(
        f"{guess.name}: no date column, but {name!r} may hold dates, such as {cell!r};"
        " name its format with --date-format, write it as 2024-01-31 under 'date', or take it out"
    )


def _may_be_dates(guess: Guess, index: int, symbols: Sequence[str] | None) -> bool:
    """Whether the cells are different texts, months, or numbers that put the rows in order."""
    cells = [cell.strip() for cell in guess.cells[index]]
    if len(cells) < 2 or not all(cells):
        return False
    if all(_MONTH.fullmatch(cell) for cell in cells):
        return True
    if guess.is_numeric(index):
        return all(map(is_serial, cells)) or (symbols is None and _orders_rows(guess, index))
    pairs = list(zip(symbols, cells, strict=True)) if symbols is not None else cells
    return len(set(pairs)) >= _DISTINCT * len(pairs)


def _orders_rows(guess: Guess, index: int) -> bool:
    """Whether the cells are whole numbers that only rise or only fall, and do not count rows."""
    cells = [cell.strip() for cell in guess.cells[index]]
    if len(cells) < FEW_ROWS or not all(cell.isdecimal() and len(cell) < 18 for cell in cells):
        return False
    counted = [int(cell) for cell in cells]
    steps = np.diff(counted)
    if np.all(steps == 1) and (counted[0] < 2 or not guess.header[index]):
        return False
    return bool(np.all(steps > 0) or np.all(steps < 0))
