"""What speaks against columns of numbers as the symbols of a wide file."""

import warnings
from collections import Counter
from collections.abc import Sequence

import numpy as np

from rnncli.errors import DataError
from rnncli.prices.parsing.columns.profile import FEW_ROWS, Guess, is_candle
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.vocabulary.date_words import ANY_MONTH, month_name

_LARGER = 1000  # times the prices beside it, in a file of a few columns: rather a turnover
_FEW = 3
_WILD = 0.05  # of the price: a usual step of a turnover, and
_WILDER = 5  # so many times that of the prices beside it
MONTHS_ACROSS = 6  # columns called like months, of which one may be a symbol by chance


def refuse_left_out(guess: Guess, without: Sequence[int], field: str | None) -> None:
    """Refuse a symbol without a field where others have one: it would be left out."""
    for index in without:
        name = guess.header[index]
        if field is not None and not names.is_field(name) and guess.is_numeric(index):
            raise DataError(
                f"{guess.name}: {name[:40]!r} is a symbol or a field that is not known;"
                f" rename it to '{name[:40]}_{field}', or take it out"
            )


def refuse_one_symbol(guess: Guess, rest: Sequence[int], field: str | None) -> None:
    """Refuse columns that are rather the prices of one symbol, under names in another language."""
    shown = guess.list_names()
    if guess.guessed and any(not guess.header[i].isascii() for i in rest):
        raise DataError(
            f"{guess.name}: columns {shown} in an uncertain encoding;"
            " say which with --encoding, such as cp1252"
        )
    if field is not None or not 4 <= len(rest) <= 7:
        return
    for left_out in (None, *rest):
        if is_candle(guess.values([i for i in rest if i != left_out])):
            raise DataError(
                f"{guess.name}: columns {shown} look like open, high, low and close of one symbol;"
                " choose the close with --column, or say --layout wide"
            )


def refuse_percent(guess: Guess, rest: Sequence[int]) -> None:
    """Refuse columns in percent that need not be prices."""
    for index in rest:
        cell = next((cell.strip() for cell in guess.cells[index] if "%" in cell), "")
        if cell:
            raise DataError(
                f"{guess.where(index, cell)}: {cell[:40]!r} may be a return"
                " rather than a price; give prices, or say --layout wide for rates"
            )


def refuse_amounts(guess: Guess, rest: Sequence[int]) -> None:
    """Refuse whole numbers beside prices with decimals, far larger or wilder: rather a turnover."""
    table = guess.values(rest)
    table = guess.values(rest, ",") if table is None else table
    if table is None or table.shape[1] < FEW_ROWS:
        return
    whole = np.all(np.isnan(table) | (table == np.rint(table)), axis=1)
    if whole.all() or not whole.any():
        return
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a column may be empty in the first rows
        sizes = np.nanmedian(table, axis=1)
        steps = np.nanmedian(np.abs(np.diff(np.log(np.where(table > 0, table, np.nan)))), axis=1)
    usual_size, usual_step = float(np.nanmax(sizes[~whole])), float(np.nanmedian(steps[~whole]))
    for i in np.flatnonzero(whole).tolist():
        wild = steps[i] > max(_WILD, _WILDER * usual_step) and sizes[i] > usual_size
        if wild or (len(rest) <= _FEW and sizes[i] >= _LARGER * usual_size):
            raise DataError(
                f"{guess.name}: {guess.header[rest[i]][:40]!r} may be a volume or a turnover;"
                " name the price with --column, or say --layout wide if each is a symbol"
            )


def refuse_codes(guess: Guess, rest: Sequence[int]) -> None:
    """Refuse a few small whole numbers, such as a day of the week, beside prices with decimals."""
    codes = [i for i in rest if guess.holds_codes(i)]
    if codes and any(guess.holds_decimals(i) for i in rest):
        name = guess.header[codes[0]][:40]
        raise DataError(
            f"{guess.name}: {name!r} holds a few whole numbers and no prices; take it out,"
            " name it with --symbol-column, or say --layout wide"
        )


def refuse_months(guess: Guess, rest: Sequence[int]) -> None:
    """Refuse a table of a year in each row and a month in each column."""
    months = [guess.header[i] for i in rest if month_name(guess.header[i]) in ANY_MONTH]
    if len(months) >= MONTHS_ACROSS:
        raise DataError(
            f"{guess.name}: months across, from {months[0][:40]!r} to {months[-1][:40]!r};"
            " write the months as rows of date and close"
        )


def refuse_twins(name: str, symbols: Sequence[str]) -> None:
    """Refuse two columns for one symbol."""
    if len(set(symbols)) < len(symbols):
        twin = next(symbol for symbol, count in Counter(symbols).items() if count > 1)
        raise DataError(f"{name}: two price columns are called {twin!r}; rename one")
