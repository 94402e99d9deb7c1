"""Symbols that are one series under two names, or two series under one name."""

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from rnncli.errors import DataError, setting
from rnncli.prices.parsing.grid.header import plain_name
from rnncli.prices.parsing.quality.file_report import ParsedFile
from rnncli.prices.parsing.table.table import Table
from rnncli.prices.parsing.values.numbers import is_currency
from rnncli.prices.parsing.vocabulary.cell_words import PARTS_OF_CURRENCIES
from rnncli.prices.parsing.vocabulary.column_names import MARKETS, bare_name

ALIKE = "symbols that differ by case or marks alone (first {one} and {other})"
SEVERAL_MARKETS = "symbols with more than one {column} (first {symbol}: {one} and {other})"


def refuse_currencies(file: ParsedFile) -> None:
    """Refuse one series that changes its currency: rows of two currencies, never on one date."""
    grid, columns, table = file.grid, file.columns, file.table
    if file.requested.symbol is not None or columns.symbol is None:
        return
    if grid.header is None or table.dates is None or len(table.symbols) < 2:
        return
    header = grid.header[columns.symbol]
    if bare_name(header) != "currency" or not all(map(_may_be_currency, table.symbols)):
        return
    if _are_apart(table, range(len(table.symbols))):
        one, other = table.symbols[:2]
        line = table.lines[np.argmax(table.codes == 1)]
        raise DataError(
            f"{grid.name}, line {line}: prices in {other} after some in {one}; split the file,"
            f" or say {setting('symbol_column')} {header.strip()}"
        )


def _may_be_currency(symbol: str) -> bool:
    """Whether a symbol is a currency or a part of one, or three letters as former ones have."""
    is_short = len(symbol) == 3 and symbol.isalpha() and symbol.isascii()
    return is_short or is_currency(symbol) or symbol.casefold() in PARTS_OF_CURRENCIES


def symbols_spelled_alike(file: ParsedFile) -> dict[str, int]:
    """Return how many symbols differ by case or marks alone, and are never of one date."""
    table = file.table
    if table.dates is None:
        return {}
    codes_of: dict[str, list[int]] = defaultdict(list)
    for code, symbol in enumerate(table.symbols):
        if letters := letters_of(symbol):
            codes_of[letters].append(code)
    alike = [codes for codes in codes_of.values() if len(codes) > 1 and _are_apart(table, codes)]
    if not alike:
        return {}
    one, other = (table.symbols[code][:20] for code in alike[0][:2])
    return {ALIKE.format(one=one, other=other): sum(map(len, alike))}


def letters_of(symbol: str) -> str:
    """A symbol without case and marks."""
    return re.sub(r"[\W_]", "", symbol.casefold())


def _are_apart(table: Table, codes: Sequence[int]) -> bool:
    """Whether no two of some symbols have a row on one date."""
    assert table.dates is not None
    rows = np.isin(table.codes, codes)
    pairs = np.unique(np.stack([table.dates[rows].view(np.int64), table.codes[rows]]), axis=1)
    return bool(np.unique(pairs[0]).size == pairs.shape[1])


def symbols_on_several_markets(file: ParsedFile) -> dict[str, int]:
    """Return how many symbols change their exchange, currency or unit, for each such column.

    Of a large file only pieces are looked at.
    """
    grid, symbol = file.grid, file.columns.symbol
    if grid.header is None or symbol is None or file.requested.symbol is not None:
        return {}
    names = [plain_name(name.strip()) for name in grid.header]
    markets_by_name = sorted(
        (name, index) for index, name in enumerate(names) if name in MARKETS and index != symbol
    )
    counts: dict[str, int] = {}
    for _, index in markets_by_name:
        markets: dict[str, dict[str, None]] = defaultdict(dict)
        for _, cells in grid.spread():
            markets[cells[symbol].strip()][cells[index].strip()] = None
        moved = {ticker: list(on) for ticker, on in markets.items() if len(on) > 1}
        if moved:
            ticker, (one, other, *_) = next(iter(moved.items()))
            text = SEVERAL_MARKETS.format(
                column=grid.header[index].strip()[:40],
                symbol=ticker[:40],
                one=one[:20],
                other=other[:20],
            )
            counts[text] = len(moved)
    return counts
