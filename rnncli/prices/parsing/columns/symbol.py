"""Which columns cannot be the symbol of a row, whatever they are called."""

from rnncli.prices.parsing.columns.profile import FEW_ROWS, Guess
from rnncli.prices.parsing.vocabulary import column_names


def is_no_symbol(guess: Guess, index: int) -> bool:
    """Whether the cells count or number the rows, are prices, or name the one currency of all."""
    cells = [cell.strip() for cell in guess.cells[index]]
    if guess.counts_rows(index) or guess.holds_decimals(index):
        return True
    if guess.bare[index] in column_names.ATTRIBUTES and len(set(cells)) == 1:
        return len(cells) > 1 and guess.grid.is_constant(index)
    weak = guess.bare[index] in column_names.WEAK_SYMBOLS and len(cells) >= FEW_ROWS
    return weak and all(map(str.isdecimal, cells)) and len(set(cells)) == len(cells)
