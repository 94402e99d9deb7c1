"""Which column of a grid is the date, the symbol, the price: the layout of a price file."""

import re
from collections.abc import Sequence

from rnncli.errors import DataError, UsageError
from rnncli.prices.parsing.columns.date import date_column, time_column
from rnncli.prices.parsing.columns.duplicate_keys import check_apart
from rnncli.prices.parsing.columns.headless import without_header
from rnncli.prices.parsing.columns.high_low import find_bounds
from rnncli.prices.parsing.columns.ohlcv import find_fields, refuse_headless
from rnncli.prices.parsing.columns.price import price_column, refuse_scaled
from rnncli.prices.parsing.columns.profile import Guess
from rnncli.prices.parsing.columns.roles import Columns, RequestedColumns
from rnncli.prices.parsing.columns.symbol import is_no_symbol
from rnncli.prices.parsing.columns.unassigned_checks import (
    refuse_headed,
    refuse_melted,
    refuse_mixed,
    refuse_undated,
)
from rnncli.prices.parsing.columns.wide_checks import (
    refuse_amounts,
    refuse_codes,
    refuse_left_out,
    refuse_months,
    refuse_one_symbol,
    refuse_percent,
    refuse_twins,
)
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.vocabulary import column_names


def find_columns(grid: CellGrid, wanted: RequestedColumns | None = None) -> Columns:
    """Give every needed column its role.

    Raises DataError where the roles stay open, UsageError where what is wanted is not there.
    """
    wanted = wanted or RequestedColumns()
    if grid.header is None:
        refuse_headless(grid.top, wanted.fields)
        return without_header(grid, wanted)
    _check_readable(grid, grid.header)
    guess = Guess(grid, grid.header)
    if grid.tickers is not None:
        columns = _under_tickers(guess, grid.tickers, wanted.price)
    else:
        columns = _by_names(guess, wanted)
        if wanted.symbol is None:
            refuse_melted(guess, columns)
            columns = check_apart(guess, columns)
        refuse_undated(guess, columns)
        refuse_headed(guess, columns)
        if wanted.layout is None:
            refuse_mixed(guess, columns)
    return find_fields(guess, columns, wanted.fields, grid.tickers) if wanted.fields else columns


def _by_names(guess: Guess, wanted: RequestedColumns) -> Columns:
    """Give the columns their roles by their names, and by what their cells look like."""
    date, why_date = date_column(guess, wanted.date_format)
    time = time_column(guess, date)
    symbol, why_symbol = _symbol_column(guess, {date, time}, wanted)
    beside = _beside(guess, wanted.symbol)
    evidence = {"date_column": why_date, "symbol_column": why_symbol}
    price, evidence["price_column"] = _price_column(guess, {date, time, symbol, *beside}, wanted)
    if price is None:
        return _wide(guess, date, time, symbol, wanted, evidence)
    if wanted.price is None:
        refuse_scaled(guess, price)
    layout = "single" if symbol is None else "long"
    what = "a price column" if symbol is None else "a symbol column and a price column"
    evidence["layout"] = "--layout" if wanted.layout else what
    name = guess.header[price] or f"column {price + 1}"
    said = {role: why for role, why in evidence.items() if why}
    return Columns(
        layout,
        (price,),
        (name,),
        date,
        time,
        symbol,
        said,
        beside=beside,
        bounds=find_bounds(guess, price),
    )


def _check_readable(grid: CellGrid, header: Sequence[str]) -> None:
    if grid.guessed and any(re.search("[\u00c2\u00c3][\u0080-\u00bf]", cell) for cell in header):
        raise DataError(
            f"{grid.top}: the text is UTF-8 in some lines and not in others;"
            " save it in one encoding"
        )
    if grid.guessed and any("\ufffd" in cell for cell in header):
        raise DataError(
            f"{grid.top}: the header is in an unknown encoding;"
            " say which with --encoding, such as cp932 or gb18030"
        )


def _symbol_column(
    guess: Guess, taken: set[int | None], wanted: RequestedColumns
) -> tuple[int | None, str]:
    """Return the column of symbols; one that counts rows, or says the currency, is none."""
    if wanted.symbol is not None:
        first = _names_of(guess, wanted.symbol)[0]
        return named_column(guess, first, "--symbol-column"), "--symbol-column"
    if wanted.layout in {"single", "wide"}:
        return None, ""
    attributes = {"currency", "country", "id"} if {"high", "low"} <= set(guess.bare) else set()
    found = [
        i
        for i in guess.named(column_names.SYMBOLS)
        if i not in taken and guess.bare[i] not in attributes and not is_no_symbol(guess, i)
    ]
    if found:
        return guess.only(found, found[0]), "named so"
    if wanted.layout == "long":
        raise UsageError(f"{guess.name}: no symbol column; name it with --symbol-column")
    return None, ""


def _beside(guess: Guess, wanted: str | None) -> tuple[int, ...]:
    """Return the columns that the user names behind the first one of symbols."""
    further = _names_of(guess, wanted)[1:] if wanted else []
    return tuple(named_column(guess, name, "--symbol-column") for name in further)


def _names_of(guess: Guess, wanted: str) -> list[str]:
    """Return the names in a list with commas; a single one that has commas is itself."""
    whole = any(name.casefold() == wanted.strip().casefold() for name in guess.header)
    return [wanted] if whole else [name for name in wanted.split(",") if name.strip()] or [wanted]


def named_column(guess: Guess, wanted: str, option: str) -> int:
    """Return the column the user asked for: by its header, its number, else by its bare name."""
    folded = wanted.strip().casefold()
    found = [i for i, name in enumerate(guess.header) if name.casefold() == folded]
    bare = column_names.bare_name(wanted)
    if not found and folded.isdecimal() and 1 <= int(folded) <= len(guess.header):
        return int(folded) - 1
    found = found or [i for i, name in enumerate(guess.bare) if name and name == bare]
    if not found:
        raise UsageError(
            f"{guess.name}: no column {wanted!r} for {option}; there are {guess.list_names()}"
        )
    return guess.only(found, found[0])


def _price_column(
    guess: Guess, taken: set[int | None], wanted: RequestedColumns
) -> tuple[int | None, str]:
    if wanted.price is not None:
        return named_column(guess, wanted.price, "--column"), "--column"
    return (None, "") if wanted.layout == "wide" else price_column(guess, taken)


def _wide(
    guess: Guess,
    date: int | None,
    time: int | None,
    symbol: int | None,
    wanted: RequestedColumns,
    evidence: dict[str, str],
) -> Columns:
    """Take every column that is neither date nor counter as one symbol."""
    rest = [i for i, name in enumerate(guess.header) if name and i not in {date, time}]
    rest = [i for i in rest if not names.is_beside(guess.header[i], guess.header)]
    split = {i: names.split_field(guess.header[i]) for i in rest}
    field = next(
        (
            f
            for f in column_names.CLOSES_OF_SYMBOLS
            if any(f == found for found, _ in split.values())
        ),
        None,
    )
    if any(found for found, _ in split.values()):
        refuse_left_out(guess, [i for i in rest if not split[i][0]], field)
        rest = [i for i in rest if split[i][0] == field]
    fields = [i for i in rest if names.is_field(guess.header[i])]
    bad = [i for i in rest if not guess.is_numeric(i)]
    if wanted.layout != "wide":
        bad += [i for i in rest if not names.may_be_symbol(guess.header[i])]
        bad += [i for i in rest if names.is_no_close(guess.header[i])]
        bad += [i for i in rest if names.is_ratio(guess.header[i])]
    few = len(rest) - len(fields) < 2 and wanted.layout != "wide"
    if symbol is not None or bad or few or not rest:
        raise _no_price(guess, [] if few or symbol is not None else bad)
    if wanted.layout != "wide":
        refuse_months(guess, rest)
        refuse_one_symbol(guess, rest, field)
        refuse_percent(guess, rest)
        if date is not None:
            refuse_amounts(guess, rest)
    symbols = tuple(split[i][1] for i in rest)
    refuse_twins(guess.name, symbols)
    if wanted.layout != "wide":
        refuse_codes(guess, rest)
    evidence["layout"] = f"{len(rest)} columns of numbers under names of their own"
    said = {role: why for role, why in evidence.items() if why}
    return Columns("wide", tuple(rest), symbols, date, time, evidence=said)


def _no_price(guess: Guess, odd: Sequence[int]) -> DataError:
    """Say that there is no price, and which columns stand in the way of one symbol each."""
    names_of = ", ".join(guess.header[i][:20] for i in dict.fromkeys(odd))[:60]
    texts = any(not guess.is_numeric(i) for i in odd)
    wide = "" if texts else ", or say --layout wide if each is a symbol"
    more = f", or take out {names_of}{wide}" if odd else ""
    return DataError(
        f"{guess.name}: no price column among {guess.list_names()}; choose one with --column{more}"
    )


def _under_tickers(guess: Guess, tickers: tuple[str, ...], wanted: str | None) -> Columns:
    """Take the price field of each ticker as a symbol, under a header of two rows."""
    fields = [column_names.bare_name(wanted)] if wanted else list(column_names.CLOSES_OF_SYMBOLS)
    field = next((f for f in fields if f in guess.bare[1:]), None)
    if field is None:
        known = ", ".join(dict.fromkeys(name for name in guess.header[1:] if name))
        problem = f"{guess.name}: no column {wanted or 'close'!r}; there are {known}"
        raise UsageError(problem) if wanted else DataError(f"{problem}; choose --column")
    found = [i for i, bare in enumerate(guess.bare) if i > 0 and bare == field]
    symbols = tuple(tickers[i] for i in found)
    refuse_twins(guess.name, symbols)
    evidence = {
        "layout": "two header rows, of fields and of symbols",
        "price_column": "--column" if wanted else f"the field {guess.header[found[0]]}",
        "date_column": "the first column, under two header rows",
    }
    return Columns("wide", tuple(found), symbols, 0, evidence=evidence)
