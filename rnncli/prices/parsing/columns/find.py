"""Which column of a grid is the date, the symbol, the price: the layout of a price file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rnncli.errors import DataError, UsageError, setting
from rnncli.prices.parsing.columns.company_fields import closes_of_companies
from rnncli.prices.parsing.columns.date_column import date_column, time_column
from rnncli.prices.parsing.columns.derived import (
    derived_columns,
    is_priced_ticker,
    named_after,
    told,
)
from rnncli.prices.parsing.columns.headless import find_without_header
from rnncli.prices.parsing.columns.ohlcv import find_bounds, find_fields
from rnncli.prices.parsing.columns.price import price_column, refuse_scaled
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.columns.roles import Columns, RequestedColumns
from rnncli.prices.parsing.columns.symbol import columns_beside, requested_column, symbol_column
from rnncli.prices.parsing.columns.unassigned_checks import ROLE_CHECKS
from rnncli.prices.parsing.columns.wide_checks import (
    PAIR_CHECKS,
    TWIN_CHECK,
    WIDE_CHECKS,
    WideColumns,
    refuse_without_field,
)
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.vocabulary.column_names import CLOSES_OF_SYMBOLS, bare_name


def find_columns(grid: CellGrid, requested: RequestedColumns | None = None) -> Columns:
    """Give every needed column its role.

    Raises DataError where the roles stay open, UsageError where what is asked for is not there.
    """
    requested = requested or RequestedColumns()
    if grid.header is None:
        return find_without_header(grid, requested)
    refuse_unreadable(grid, grid.header)
    profile = GridProfile(grid, grid.header)
    if grid.tickers is not None:
        columns = under_tickers(profile, grid.tickers, requested.price)
    else:
        columns = _by_names(profile, requested)
        for check in ROLE_CHECKS:
            check.function(profile, columns, requested)
    return find_fields(profile, columns, requested) if requested.fields else columns


def refuse_unreadable(grid: CellGrid, header: Sequence[str]) -> None:
    """Refuse a header that is garbled, or has letters of an unknown encoding."""
    if grid.guessed and any(re.search("[\u00c2\u00c3][\u0080-\u00bf]", cell) for cell in header):
        raise DataError(
            f"{grid.top}: the text is UTF-8 in some lines and not in others;"
            " save it in one encoding"
        )
    if grid.guessed and any("\ufffd" in cell for cell in header):
        raise DataError(
            f"{grid.top}: the header is in an unknown encoding;"
            f" say which with {setting('encoding')}, such as cp932 or gb18030"
        )


@dataclass(frozen=True)
class _Roles:
    """The columns that have a role before one is sought for the price, and why."""

    date: int | None
    time: int | None
    symbol: int | None
    beside: tuple[int, ...]
    evidence: dict[str, str]

    def with_layout(self, why: str) -> dict[str, str]:
        """Return the evidence for the columns and the layout, without empty entries."""
        return {role: why for role, why in (self.evidence | {"layout": why}).items() if why}


def _by_names(profile: GridProfile, requested: RequestedColumns) -> Columns:
    """Give the columns their roles by their names, and by what their cells look like."""
    date, why_date = date_column(profile, requested.date_format)
    time = time_column(profile, date)
    symbol, why_symbol = symbol_column(profile, {date, time}, requested)
    beside = columns_beside(profile, requested.symbol)
    taken = {date, time, symbol, *beside}
    price, why_price = _price_column(profile, taken, requested)
    evidence = {"date_column": why_date, "symbol_column": why_symbol, "price_column": why_price}
    roles = _Roles(date, time, symbol, beside, evidence)
    if price is not None:
        return _one_price_column(profile, roles, price, requested)
    if requested.layout == "wide":
        return requested_wide(profile, roles)
    return guessed_wide(profile, roles)


def _price_column(
    profile: GridProfile, taken: set[int | None], requested: RequestedColumns
) -> tuple[int | None, str]:
    """Return the column of prices, None if there is none, and why it is that one."""
    if requested.price is not None:
        return requested_column(profile, requested.price, setting("column")), setting("column")
    return (None, "") if requested.layout == "wide" else price_column(profile, taken)


def _one_price_column(
    profile: GridProfile, roles: _Roles, price: int, requested: RequestedColumns
) -> Columns:
    """Return the roles with one column of prices, of one symbol or of those in another column."""
    if requested.price is None:
        refuse_scaled(profile, price)
    is_single = roles.symbol is None
    columns_say = "a price column" if is_single else "a symbol column and a price column"
    return Columns(
        "single" if is_single else "long",
        (price,),
        (profile.names[price] or f"column {price + 1}",),
        roles.date,
        roles.time,
        roles.symbol,
        roles.with_layout(setting("layout") if requested.layout else columns_say),
        beside=roles.beside,
        bounds=find_bounds(profile, price),
    )


def requested_wide(profile: GridProfile, roles: _Roles) -> Columns:
    """Take every column that is neither date nor counter as one symbol, as --layout wide says."""
    prices, field, made = _of_one_field(profile, roles)
    texts = [i for i in prices if not profile[i].is_numeric]
    if roles.symbol is not None or texts or not prices:
        raise _no_price(profile, texts if roles.symbol is None else [])
    wide = _wide_columns(profile, prices, field, roles)
    TWIN_CHECK.function(profile, wide)
    return replace(_with_symbols(roles, wide), left_out=told(profile, made))


def guessed_wide(profile: GridProfile, roles: _Roles) -> Columns:
    """Take every column of numbers that looks like a price as one symbol, unless a check refuses.

    Those that are made of the prices beside them are left out, and counted.
    """
    candidates = _candidates(profile, roles) if roles.symbol is None else []
    if companies := closes_of_companies(profile, candidates):
        return _with_symbols(roles, _of_companies(profile, companies, roles))
    prices, field, made = _of_one_field(profile, roles)
    if roles.symbol is None:
        for check in PAIR_CHECKS:
            check.function(profile, _wide_columns(profile, prices, field, roles))
    derived = [] if roles.symbol is not None else derived_columns(profile, prices)
    prices = [i for i in prices if i not in derived]
    headers = {i: profile.names[i] for i in prices}
    odd = [i for i in prices if not profile[i].is_numeric]
    odd += [i for i in prices if not names.may_be_symbol(headers[i])]
    odd += [i for i in prices if names.is_no_close(headers[i])]
    odd += [i for i in prices if names.is_ratio(headers[i])]
    tickers = {i for i in odd if is_priced_ticker(profile, i, prices)}
    odd = [i for i in odd if i not in tickers]
    symbols = sum(i in tickers or not names.is_field(headers[i]) for i in prices)
    are_few = symbols < 2 - bool(derived)
    is_long = roles.symbol is not None
    if is_long or are_few or odd:
        raise _no_price(profile, [] if is_long or are_few else odd)
    left_out = told(profile, [*made, *derived])
    if len(prices) == 1:
        columns = _one_price_column(profile, roles, prices[0], RequestedColumns())
        return replace(columns, left_out=left_out)
    wide = _wide_columns(profile, prices, field, roles)
    for check in WIDE_CHECKS:
        check.function(profile, wide)
    return replace(_with_symbols(roles, wide), left_out=left_out)


def _of_companies(profile: GridProfile, companies: dict[int, str], roles: _Roles) -> WideColumns:
    """Return the closes of companies under their names."""
    symbols = tuple(companies.values())
    wide = WideColumns(tuple(companies), symbols, "close", roles.date is not None)
    TWIN_CHECK.function(profile, wide)
    return wide


def _candidates(profile: GridProfile, roles: _Roles) -> list[int]:
    """Return the columns that are neither dates nor counters, nor fields beside a symbol."""
    others = frozenset(profile.names)
    return [
        i
        for i, name in enumerate(profile.names)
        if name and i not in {roles.date, roles.time} and not names.is_beside(name, others)
    ]


def _of_one_field(profile: GridProfile, roles: _Roles) -> tuple[list[int], str | None, list[int]]:
    """Return the columns that may be symbols, the field in their names, and those made of them.

    Of columns such as AAPL_open and AAPL_close those of the close are taken; AAPL_return beside
    them is made of one.
    """
    candidates = _candidates(profile, roles)
    fields = {i: names.split_field(profile.names[i])[0] for i in candidates}
    field = next((close for close in CLOSES_OF_SYMBOLS if close in fields.values()), None)
    if not any(fields.values()):
        return candidates, field, []
    closes = [i for i in candidates if fields[i] == field]
    others = [i for i in candidates if not fields[i]]
    made = named_after(profile, others, [names.split_field(profile.names[i])[1] for i in closes])
    unknown = [i for i in others if i not in made]
    refuse_without_field(profile, unknown, field, is_long=roles.symbol is not None)
    return closes, field, made


def _wide_columns(
    profile: GridProfile, prices: Sequence[int], field: str | None, roles: _Roles
) -> WideColumns:
    symbols = tuple(names.split_field(profile.names[i])[1] for i in prices)
    return WideColumns(prices, symbols, field, roles.date is not None)


def _with_symbols(roles: _Roles, wide: WideColumns) -> Columns:
    evidence = roles.with_layout(f"{len(wide.prices)} columns of numbers under names of their own")
    prices = tuple(wide.prices)
    return Columns("wide", prices, wide.symbols, roles.date, roles.time, evidence=evidence)


def _no_price(profile: GridProfile, odd: Sequence[int]) -> DataError:
    """Return the error of no price column; `odd` are the columns that cannot be symbols."""
    listed = ", ".join(profile.names[i][:20] for i in dict.fromkeys(odd))[:60]
    has_texts = any(not profile[i].is_numeric for i in odd)
    wide = "" if has_texts else f", or say {setting('layout', 'wide')} if each is a symbol"
    more = f", or take out {listed}{wide}" if odd else ""
    return DataError(
        f"{profile.top}: no price column among {profile.list_names()};"
        f" choose one with {setting('column')}{more}"
    )


def under_tickers(profile: GridProfile, tickers: tuple[str, ...], requested: str | None) -> Columns:
    """Take the price field of each ticker as a symbol, under a header of two rows."""
    fields = [bare_name(requested)] if requested else list(CLOSES_OF_SYMBOLS)
    field = next((field for field in fields if field in profile.bare_names[1:]), None)
    if field is None:
        listed = ", ".join(dict.fromkeys(name for name in profile.names[1:] if name))
        problem = f"{profile.top}: no column {requested or 'close'!r}; there are {listed}"
        raise (
            UsageError(problem)
            if requested
            else DataError(f"{problem}; choose {setting('column')}")
        )
    prices = [i for i, bare in enumerate(profile.bare_names) if i > 0 and bare == field]
    wide = WideColumns(prices, tuple(tickers[i] for i in prices), field, dated=True)
    TWIN_CHECK.function(profile, wide)
    evidence = {
        "layout": "two header rows, of fields and of symbols",
        "price_column": setting("column") if requested else f"the field {profile.names[prices[0]]}",
        "date_column": "the first column, under two header rows",
    }
    return Columns("wide", tuple(prices), wide.symbols, 0, evidence=evidence)
