"""Which columns cannot be the symbol of a row, whatever they are called."""

import re

import numpy as np

from rnncli.errors import DataError
from rnncli.formats import words
from rnncli.formats.guess import FEW_ROWS, Guess
from rnncli.formats.numbers import is_currency
from rnncli.formats.roles import Columns
from rnncli.formats.sheet import Sheet
from rnncli.formats.table import Table


def is_no_symbol(guess: Guess, index: int) -> bool:
    """Whether the cells count or number the rows, are prices, or name the one currency of all."""
    cells = [cell.strip() for cell in guess.cells[index]]
    if guess.counts_rows(index) or guess.holds_decimals(index):
        return True
    if guess.bare[index] in words.ATTRIBUTES and len(set(cells)) == 1:
        return len(cells) > 1 and guess.sheet.is_constant(index)
    weak = guess.bare[index] in words.WEAK_SYMBOLS and len(cells) >= FEW_ROWS
    return weak and all(map(str.isdecimal, cells)) and len(set(cells)) == len(cells)


def refuse_currencies(sheet: Sheet, columns: Columns, table: Table) -> None:
    """Refuse one series that changes its currency: rows of two currencies, never on one date."""
    if columns.symbol is None or sheet.header is None or table.dates is None:
        return
    named = words.bare_name(sheet.header[columns.symbol]) == "currency"
    if not named or len(table.symbols) < 2 or not all(map(is_currency, table.symbols)):
        return
    pairs = np.unique(np.stack([table.dates.view(np.int64), table.codes]), axis=1)
    if np.unique(pairs[0]).size == pairs.shape[1]:
        one, other = table.symbols[:2]
        line = table.lines[np.argmax(table.codes == 1)]
        raise DataError(
            f"{sheet.name}, line {line}: prices in {other} after some in {one}; split the file,"
            f" or say --symbol-column {sheet.header[columns.symbol].strip()}"
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
