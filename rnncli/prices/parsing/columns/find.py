"""Which column of a grid is the date, the symbol, the price: the layout of a price file."""

import re
from collections.abc import Sequence

from rnncli.errors import DataError, UsageError, setting
from rnncli.prices.parsing.columns.date_column import date_column, time_column
from rnncli.prices.parsing.columns.headless import find_without_header
from rnncli.prices.parsing.columns.ohlcv import find_fields
from rnncli.prices.parsing.columns.price import one_price_column, price_column
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.columns.roles import Columns, NamedColumns, RequestedColumns
from rnncli.prices.parsing.columns.symbol import columns_beside, requested_column, symbol_column
from rnncli.prices.parsing.columns.unassigned_checks import ROLE_CHECKS
from rnncli.prices.parsing.columns.wide import guessed_wide, requested_wide
from rnncli.prices.parsing.columns.wide_checks import TWIN_CHECK, WideColumns
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


def _by_names(profile: GridProfile, requested: RequestedColumns) -> Columns:
    """Give the columns their roles by their names, and by what their cells look like."""
    date, why_date = date_column(profile, requested.date_format)
    time = time_column(profile, date)
    symbol, why_symbol = symbol_column(profile, {date, time}, requested)
    beside = columns_beside(profile, requested.symbol)
    taken = {date, time, symbol, *beside}
    price, why_price = _price_column(profile, taken, requested, is_long=symbol is not None)
    evidence = {"date_column": why_date, "symbol_column": why_symbol, "price_column": why_price}
    roles = NamedColumns(date, time, symbol, beside, evidence)
    if price is not None:
        return one_price_column(profile, roles, price, requested)
    if requested.layout == "wide":
        return requested_wide(profile, roles)
    return guessed_wide(profile, roles)


def _price_column(
    profile: GridProfile, taken: set[int | None], requested: RequestedColumns, *, is_long: bool
) -> tuple[int | None, str]:
    """Return the column of prices and the reason for the choice, None without one."""
    if requested.price is not None:
        return requested_column(profile, requested.price, setting("column")), setting("column")
    if requested.layout == "wide":
        return None, ""
    return price_column(profile, taken, is_long=is_long)


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
