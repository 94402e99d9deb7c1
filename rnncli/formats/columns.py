"""Which column of a sheet is the date, the symbol, the price: the layout of a price file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.errors import DataError, UsageError
from rnncli.formats import header as names
from rnncli.formats.dates import is_date, is_epoch
from rnncli.formats.header import bare_name
from rnncli.formats.numbers import is_missing, is_number
from rnncli.formats.sheet import Sheet

_ADD_HEADER = "add a header row such as date,close"


@dataclass(frozen=True)
class Columns:
    """The columns that are needed: `prices` has one column, or one per symbol in a wide file."""

    layout: str  # single, long or wide
    prices: tuple[int, ...]
    price_names: tuple[str, ...]
    date: int | None = None
    time: int | None = None
    symbol: int | None = None


class _Guess:
    """The names and first cells of a sheet's columns, and what they look like."""

    def __init__(self, sheet: Sheet, header: Sequence[str]):
        self.name = sheet.name
        self.header = tuple("" if names.is_counter(cell) else cell.strip() for cell in header)
        self.bare = [bare_name(cell) for cell in self.header]
        rows = [row for row in sheet.sample if len(row) >= sheet.width]
        self.cells = [[row[index] for row in rows] for index in range(len(header))]

    def named(self, wanted: Sequence[str]) -> list[int]:
        """Return the columns with one of these names, the most wanted name first."""
        return [i for name in wanted for i, bare in enumerate(self.bare) if bare == name]

    def is_numeric(self, index: int) -> bool:
        filled = [cell for cell in self.cells[index] if not is_missing(cell)]
        return all(is_number(cell) for cell in filled)

    def holds_dates(self, index: int) -> bool:
        filled = [cell for cell in self.cells[index] if not is_missing(cell)]
        return bool(filled) and sum(is_date(cell) for cell in filled) > len(filled) // 2

    def holds_counts(self, index: int) -> bool:
        """Whether the cells count seconds since 1970 or are years."""
        cells = [cell.strip() for cell in self.cells[index]]
        years = all(cell.isdecimal() and "1500" <= cell <= "2199" for cell in cells)
        return all(map(is_epoch, cells)) or (years and all(len(cell) == 4 for cell in cells))

    def is_clock(self, index: int) -> bool:
        digits = [cell.strip().replace(":", "").split(".")[0] for cell in self.cells[index]]
        return all(d.isdigit() and len(d) in {3, 4, 5, 6} for d in digits)

    def list_names(self) -> str:
        shown = ", ".join(name[:40] or "(unnamed)" for name in self.header[:12])
        return shown + (", ..." if len(self.header) > 12 else "")


def find_columns(sheet: Sheet, wanted: str | None) -> Columns:
    """Give every needed column its role; `wanted` is the price column asked for.

    Raises DataError where the roles stay open, UsageError where `wanted` is not among the names.
    """
    if sheet.header is None:
        return _without_header(sheet, wanted)
    guess = _Guess(sheet, sheet.header)
    if sheet.tickers is not None:
        return _under_tickers(guess, sheet.tickers, wanted)
    date = _date_column(guess)
    time = _time_column(guess, date)
    symbol = _symbol_column(guess, {date, time})
    if wanted is not None:
        price: int | None = _wanted_column(guess, wanted)
    else:
        price = _price_column(guess, {date, time, symbol})
    if price is None:
        return _wide(guess, date, time, symbol)
    layout = "single" if symbol is None else "long"
    return Columns(layout, (price,), (guess.header[price],), date, time, symbol)


def _only(guess: _Guess, found: list[int], index: int) -> int:
    """Return the column at `index`, unless another has the same name."""
    twins = [i for i in found if guess.bare[i] == guess.bare[index]]
    if len(twins) > 1:
        where = " and ".join(str(i + 1) for i in twins)
        raise DataError(
            f"{guess.name}: two columns are called {guess.header[index]!r} ({where}); rename one"
        )
    return index


def _date_column(guess: _Guess) -> int | None:
    found = guess.named(names.DATES)
    dated = [i for i in found if guess.holds_dates(i)]
    counted = [i for i in found if guess.holds_counts(i)]
    sure = [i for i in found if guess.bare[i] not in names.WEAK_DATES]
    if {"year", "month"} <= set(guess.bare) and not dated:
        raise DataError(f"{guess.name}: the date is split over columns; join them in one column")
    for candidates in (dated, counted, sure):
        if candidates:
            return _only(guess, found, candidates[0])
    unnamed = [i for i, bare in enumerate(guess.bare) if not bare and guess.holds_dates(i)]
    if len(unnamed) == 1:
        return unnamed[0]
    return _unknown_date_column(guess)


def _unknown_date_column(guess: _Guess) -> int | None:
    """Return the one column under an unknown name that holds dates."""
    unknown = [i for i, name in enumerate(guess.header) if not names.is_field(name)]
    dated = [i for i in unknown if guess.holds_dates(i) and not guess.is_numeric(i)]
    if len(dated) > 1:
        raise DataError(f"{guess.name}: two columns hold dates; name one of them 'date'")
    return dated[0] if dated else None


def _time_column(guess: _Guess, date: int | None) -> int | None:
    found = [i for i in guess.named(names.TIMES) if i != date]
    usable = [i for i in found if date is not None and guess.is_clock(i)]
    return _only(guess, found, usable[0]) if usable else None


def _symbol_column(guess: _Guess, taken: set[int | None]) -> int | None:
    found = [i for i in guess.named(names.SYMBOLS) if i not in taken]
    return _only(guess, found, found[0]) if found else None


def _wanted_column(guess: _Guess, wanted: str) -> int:
    """Return the column the user asked for: by its header, else by its bare name."""
    folded = wanted.strip().casefold()
    found = [i for i, name in enumerate(guess.header) if name.casefold() == folded]
    found = found or [i for i, bare in enumerate(guess.bare) if bare and bare == bare_name(wanted)]
    if not found:
        raise UsageError(
            f"{guess.name}: no column {wanted!r} for --column; there are {guess.list_names()}"
        )
    return _only(guess, found, found[0])


def _price_column(guess: _Guess, taken: set[int | None]) -> int | None:
    """Return the close under one of its names, else the only numbers that are nothing else."""
    found = [i for i in guess.named(names.PRICES) if i not in taken]
    if found:
        return _only(guess, found, found[0])
    closes = [i for i, name in enumerate(guess.header) if names.split_field(name)[0] == "close"]
    if len(closes) == 1:
        return closes[0]
    numeric = [
        i
        for i, name in enumerate(guess.header)
        if i not in taken and name and not names.is_field(name) and guess.is_numeric(i)
    ]
    return numeric[0] if len(numeric) == 1 else None


def _wide(guess: _Guess, date: int | None, time: int | None, symbol: int | None) -> Columns:
    """Take every column that is neither date nor counter as one symbol."""
    rest = [i for i, name in enumerate(guess.header) if name and i not in {date, time}]
    split = {i: names.split_field(guess.header[i]) for i in rest}
    if any(field for field, _ in split.values()):
        rest = [i for i in rest if split[i][0] == "close"]
    bad = [i for i in rest if not names.may_be_symbol(guess.header[i]) or not guess.is_numeric(i)]
    fields = [i for i in rest if names.is_field(guess.header[i])]
    if symbol is not None or bad or len(rest) - len(fields) < 2:
        shown = guess.list_names()
        raise DataError(f"{guess.name}: no price column among {shown}; choose one with --column")
    symbols = tuple(split[i][1] for i in rest)
    _refuse_twins(guess.name, symbols)
    return Columns("wide", tuple(rest), symbols, date, time)


def _refuse_twins(name: str, symbols: Sequence[str]) -> None:
    if len(set(symbols)) < len(symbols):
        twin = next(symbol for symbol, count in Counter(symbols).items() if count > 1)
        raise DataError(f"{name}: two price columns are called {twin!r}; rename one")


def _under_tickers(guess: _Guess, tickers: tuple[str, ...], wanted: str | None) -> Columns:
    """Take the price field of each ticker as a symbol, under a header of two rows."""
    field = bare_name(wanted or "close")
    found = [i for i, bare in enumerate(guess.bare) if i > 0 and bare == field]
    if not found:
        fields = ", ".join(dict.fromkeys(name for name in guess.header[1:] if name))
        problem = f"{guess.name}: no column {wanted or 'close'!r}; there are {fields}"
        raise UsageError(problem) if wanted else DataError(f"{problem}; choose --column")
    symbols = tuple(tickers[i] for i in found)
    _refuse_twins(guess.name, symbols)
    return Columns("wide", tuple(found), symbols, 0)


def _without_header(sheet: Sheet, wanted: str | None) -> Columns:
    """Read a file without header only where its cells leave no doubt."""
    if wanted is not None:
        raise UsageError(f"{sheet.name}: no header row, so no column {wanted!r} for --column")
    guess = _Guess(sheet, [""] * sheet.width)
    if sheet.width == 1 and guess.is_numeric(0):
        return Columns("single", (0,), ("column 1",))
    dates = [i for i in range(sheet.width) if guess.holds_dates(i)]
    dates = dates or [0] * all(is_epoch(cell) for cell in guess.cells[0])
    texts = [i for i in range(sheet.width) if i not in dates and not guess.is_numeric(i)]
    if len(dates) == 1:
        time = dates[0] + 1
        if texts == [time] and guess.is_clock(time):
            return _candles(guess, dates[0], time)
        if not texts and sheet.width >= 5:
            return _candles(guess, dates[0], None)
        if sheet.width == 2 + len(texts) and len(texts) <= 1:
            price = next(i for i in range(sheet.width) if i not in (*dates, *texts))
            symbol = texts[0] if texts else None
            layout = "long" if texts else "single"
            return Columns(layout, (price,), (f"column {price + 1}",), dates[0], None, symbol)
    raise DataError(f"{sheet.name}: no header row; {_ADD_HEADER}")


def _candles(guess: _Guess, date: int, time: int | None) -> Columns:
    """Four prices after the date are open, high, low, close if the second and third bound all."""
    first = (date if time is None else time) + 1
    four = guess.cells[first : first + 4]
    if len(four) == 4:
        try:
            table = np.array([[float(cell) for cell in column] for column in four])
        except ValueError:
            table = np.empty((4, 0))
        if table.size and np.all(table[1] >= table.max(0)) and np.all(table[2] <= table.min(0)):
            return Columns("single", (first + 3,), (f"column {first + 4}",), date, time)
    raise DataError(f"{guess.name}: no header row, and no open, high, low, close; {_ADD_HEADER}")
